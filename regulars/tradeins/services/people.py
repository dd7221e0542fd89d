"""What becomes of trade-ins when customers are forgotten or deleted."""

from datetime import datetime
from uuid import UUID

from regulars.customers.erasing import Person, traces_of
from regulars.stores.models import Store
from regulars.timeline.erasing import erase_values
from regulars.tradeins.models import CustomerPayout, Item, TradeIn

# What of a trade-in speaks of the customer; the goods, the prices and the dates stay for the books.
PERSONAL = ("note", "tracking_number", "reference", "payout_sealed", "payout_masked")
_IN_HISTORY = ("note", "tracking_number", "reference", "items")


def forget_people(*, store: Store, people: list[Person], now: datetime) -> None:
    """Empty what names these people: how they are paid, notes, tracking numbers, serial numbers of their things."""
    ids = [person.id for person in people]
    CustomerPayout.objects.filter(store=store, customer_id__in=ids).delete()
    tradeins = list(TradeIn.objects.filter(store=store, customer_id__in=ids).values_list("pk", flat=True))
    TradeIn.objects.filter(store=store, pk__in=tradeins).update(**dict.fromkeys(PERSONAL, ""))
    Item.objects.filter(store=store, tradein_id__in=tradeins).exclude(serial="").update(serial="")
    erase_values(store=store, record_ids=tradeins, names=_IN_HISTORY)
    traces = traces_of(people)
    if not traces:
        return
    for tradein in TradeIn.objects.filter(store=store).exclude(note="").only("note").iterator(2000):
        cleaned = traces.clean(tradein.note, names=False)
        if cleaned != tradein.note:
            TradeIn.objects.filter(pk=tradein.pk).update(note=cleaned)


def remove_tradeins(*, store: Store, ids: list[UUID]) -> None:
    """Delete the trade-ins of customers who are deleted."""
    TradeIn.objects.filter(store=store, customer_id__in=ids).delete()
