"""What becomes of points when customers are merged, split, forgotten or deleted."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from regulars.customers.erasing import Person
from regulars.customers.models import Customer
from regulars.kit.ids import among
from regulars.kit.locks import lock_rows
from regulars.loyalty import queries
from regulars.loyalty.choices import Source
from regulars.loyalty.models import Earning, Entry, Use
from regulars.loyalty.services.change import holdings_of, write_holdings
from regulars.stores.models import Store
from regulars.timeline.erasing import erase_words


def recount_points(*, store: Store, customer_ids: Collection[UUID]) -> None:
    """Bring what these customers have in line with their entries, after entries went from one to another.

    One may then owe points that the other brought and spent: the debt is shown.
    """
    people = lock_rows(Customer.objects.filter(store=store).only("points", "points_pending"), customer_ids)
    sums = queries.sums_of(store=store, ids=people)
    givers = Entry.objects.filter(store=store, customer_id__in=among(people), points__gt=0)
    holdings = holdings_of(store=store, people=people.values(), also=givers.values_list("pk", flat=True))
    for one, holding in holdings.items():
        holding.recount(sums.get(one, 0))
    write_holdings(store=store, holdings=holdings)


def forget_people(*, store: Store, people: list[Person], now: datetime) -> None:
    """The numbers stay for the books; what was written about these people goes, on the other side of their transfers,
    too, where it says the same."""
    ids = [person.id for person in people]
    rows = Entry.objects.filter(store=store, customer_id__in=ids)
    transfers = rows.filter(source=Source.CUSTOMER, source_id__isnull=False).values_list(
        "source_id", flat=True
    )
    others = Entry.objects.filter(store=store, source_id__in=set(transfers)).exclude(customer_id__in=ids)
    sides = list(others.values_list("customer_id", "change_set_id"))
    if sides:
        erase_words(
            store=store, record_ids={one for one, _act in sides}, change_set_ids={act for _one, act in sides}
        )
    for written in (rows, others):
        written.exclude(reason="", note="").update(reason="", note="")


def remove_points(*, store: Store, ids: list[UUID]) -> None:
    """Delete the entries of customers who are deleted."""
    rows = Entry.objects.filter(store=store, customer_id__in=ids)
    orders = rows.filter(source=Source.ORDER).values("source_id")
    Earning.objects.filter(store=store, order_id__in=orders).delete()
    Use.objects.filter(store=store, taker__in=rows).delete()
    Use.objects.filter(store=store, giver__in=rows).delete()
    # Also by entries of somebody who stays: two were one customer when it was taken back.
    Entry.objects.filter(store=store, reverses__in=rows).update(reverses=None)
    rows.delete()
