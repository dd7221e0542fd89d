"""Reading trade-ins."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from regulars.customers.models import Customer
from regulars.kit.errors import NotFound
from regulars.kit.ids import among
from regulars.kit.scans import serials_in
from regulars.kit.turning import Turned, newest_first
from regulars.stores.models import Store
from regulars.tradeins.choices import OPEN, Status
from regulars.tradeins.facts import ItemFacts
from regulars.tradeins.models import CustomerPayout, Item, TradeIn

SHORTEST_SERIAL = 4
SHORTEST_TITLE = 3


def tradeins_of(store: Store) -> QuerySet[TradeIn]:
    """The trade-ins of a store, in no order."""
    return TradeIn.objects.filter(store=store)


def get_tradein(*, store: Store, tradein_id: UUID) -> TradeIn:
    """The trade-in with this id. Raises `NotFound`, for those of other stores too."""
    found = tradeins_of(store).select_related("customer").filter(pk=tradein_id).first()
    if found is None:
        raise NotFound(_("This trade-in does not exist in this store."))
    return found


def own_tradein(*, store: Store, customer_id: UUID, tradein_id: UUID) -> TradeIn:
    """A trade-in of this customer. Raises `NotFound`, for those of others too."""
    found = tradeins_of(store).filter(customer_id=customer_id, pk=tradein_id).first()
    if found is None:
        raise NotFound(_("There is no such trade-in among yours."))
    return found


def own_tradeins(
    *, store: Store, customer_id: UUID, after: UUID | None = None, limit: int = 20
) -> Turned[TradeIn]:
    """The trade-ins of a customer, newest first, of whatever state."""
    rows = tradeins_of(store).filter(customer_id=customer_id)
    return newest_first(rows, by="created_at", after=after, limit=limit)


def own_open(*, store: Store, customer_id: UUID, limit: int = 5) -> list[TradeIn]:
    """What a customer and the shop still have to do with each other, newest first."""
    rows = tradeins_of(store).filter(customer_id=customer_id, status__in=OPEN)
    return list(rows.order_by("-created_at", "-pk")[:limit])


def items_of(*, store: Store, tradein_id: UUID) -> list[Item]:
    """The items of a trade-in, in their order."""
    return list(Item.objects.filter(store=store, tradein_id=tradein_id).order_by("position", "pk"))


def items_by(*, store: Store, ids: Collection[UUID]) -> dict[UUID, list[Item]]:
    """The items of several trade-ins, by trade-in, in their order."""
    found: dict[UUID, list[Item]] = {one: [] for one in ids}
    for item in Item.objects.filter(store=store, tradein__in=among(ids)).order_by("position", "pk"):
        found[item.tradein_id].append(item)
    return found


def facts_of(items: Sequence[Item]) -> list[ItemFacts]:
    """Items as people write them."""
    return [
        ItemFacts(one.title, one.condition, one.serial, one.quoted_minor, one.final_minor, one.pk)
        for one in items
    ]


def paid_to(store: Store, customer_id: UUID) -> QuerySet[TradeIn]:
    """What the shop has paid a customer for, in no order."""
    return tradeins_of(store).filter(customer_id=customer_id, status=Status.COMPLETED)


def count_tradeins(*, store: Store, ids: list[UUID]) -> dict[UUID, int]:
    """How many trade-ins each of these customers has, in whatever state; who has none is left out."""
    rows = tradeins_of(store).filter(customer_id__in=among(ids)).values("customer_id")
    return dict(rows.annotate(number=Count("pk")).values_list("customer_id", "number"))


def find_tradeins(*, store: Store, text: str, limit: int = 5) -> list[TradeIn]:
    """Trade-ins with this number, tracking number, or serial number or IMEI of an item, newest first.

    Each is asked by itself, along its own index.
    """
    rows = tradeins_of(store)
    found = {
        one.pk: one
        for part in _known_by(store, text)
        for one in rows.filter(part).order_by("-created_at", "-pk")[:limit]
    }
    return sorted(found.values(), key=lambda one: (one.created_at, one.pk), reverse=True)[:limit]


def _known_by(store: Store, text: str) -> list[Q]:
    word = text.strip()
    found = [Q(tracking_number__in=list({word, word.upper()})) & ~Q(tracking_number="")] if word else []
    plain = word.lstrip("#")
    if plain.isascii() and plain.isdigit() and len(plain) < 16:
        found.append(Q(number=int(plain)))
    serials = [one for one in serials_in(word) if len(one) >= SHORTEST_SERIAL]
    if serials:
        items = Item.objects.filter(~Q(serial=""), store=store, serial__in=serials)
        found.append(Q(pk__in=items.values("tradein")))
    return found


def meant_by(store: Store, text: str, *, people: QuerySet[Customer] | None = None) -> Q:
    """Trade-ins that a text means: those known by it, with it in an item's title, or of these `people`."""
    word, trades = text.strip(), tradeins_of(store)
    parts: list[QuerySet[Any, Any]] = [
        trades.filter(one).order_by().values("pk") for one in _known_by(store, word)
    ]
    if len(word) >= SHORTEST_TITLE:
        titled = Item.objects.filter(store=store, title__icontains=word)
        parts.append(titled.order_by().values("tradein"))
    if people is not None:
        parts.append(trades.filter(customer__in=people.order_by().values("pk")).order_by().values("pk"))
    # Each has an index; put together by the ids, the database asks one after the other instead of every trade-in.
    return Q(pk__in=parts[0].union(*parts[1:], all=True)) if parts else Q(pk__in=[])


def due_to_expire(*, store: Store, now: datetime, limit: int) -> list[UUID]:
    """Offers that have run out, those that did so first coming first."""
    rows = tradeins_of(store).filter(status__in=(Status.PENDING, Status.LEAD), expires_at__lte=now)
    return list(rows.order_by("expires_at", "pk").values_list("pk", flat=True)[:limit])


def payout_of(*, store: Store, customer_id: UUID) -> CustomerPayout | None:
    """How a customer wants to be paid, if they have said."""
    return CustomerPayout.objects.filter(store=store, customer_id=customer_id).first()


def known_places(*, store: Store, starting: str = "", limit: int = 20) -> list[str]:
    """Store locations in use that begin so."""
    rows = tradeins_of(store).filter(location__istartswith=starting).exclude(location="")
    return list(rows.order_by("location").values_list("location", flat=True).distinct()[:limit])
