"""Reading points."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Abs, Greatest

from regulars.customers.queries import customers_of
from regulars.kit.ids import among
from regulars.loyalty.choices import Kind
from regulars.loyalty.models import Entry, Programme
from regulars.stores.models import Store

_REST = Sum("left", filter=Q(pending=False), default=0)
_PENDING = Sum("left", filter=Q(pending=True), default=0)


def programme_of(*, store: Store) -> Programme:
    """How a store runs its points; the defaults when nothing was ever set."""
    return Programme.objects.filter(store=store).first() or Programme(store=store)


def entries_of(store: Store) -> QuerySet[Entry]:
    """The whole ledger of a store, in no order."""
    return Entry.objects.filter(store=store)


def entries_to(store: Store, customer_id: UUID) -> QuerySet[Entry]:
    """The entries of a customer, in no order."""
    return entries_of(store).filter(customer_id=customer_id)


def count_entries(*, store: Store, ids: list[UUID]) -> dict[UUID, int]:
    """How many entries each of these customers has; who has none is left out."""
    rows = entries_of(store).filter(customer_id__in=among(ids)).values("customer_id")
    return dict(rows.annotate(number=Count("pk")).values_list("customer_id", "number"))


def sums_of(*, store: Store, ids: Collection[UUID]) -> dict[UUID, int]:
    """What the entries of these customers come to; who has none is left out."""
    rows = entries_of(store).filter(customer_id__in=among(ids)).values("customer_id")
    return dict(rows.annotate(total=Sum("points")).values_list("customer_id", "total"))


def points_by_hand(*, store: Store, author_id: UUID | None, since: datetime) -> int:
    """How many points a person has given and taken by hand since a moment."""
    rows = entries_of(store).filter(author_id=author_id, kind=Kind.ADJUST, created_at__gte=since)
    return int(rows.aggregate(total=Sum(Abs("points"), default=0))["total"])


def drift(*, store: Store) -> dict[UUID, str]:
    """Customers whose points are not what their entries say, and how they differ. It must be none."""
    rows = entries_of(store).values("customer_id")
    counted = {
        one: figures
        for one, *figures in rows.annotate(total=Sum("points"), rest=_REST, pending=_PENDING)
        .values_list("customer_id", "total", "rest", "pending")
        .iterator()
    }
    shown = {
        one: (points, pending)
        for one, points, pending in customers_of(store)
        .filter(~Q(points=0) | ~Q(points_pending=0))
        .values_list("pk", "points", "points_pending")
        .iterator()
    }
    found = {}
    for one in shown.keys() | counted.keys():
        points, waiting = shown.get(one, (0, 0))
        total, rest, pending = counted.get(one, [0, 0, 0])
        if (points + waiting, max(points, 0), waiting) != (total, rest, pending):
            found[one] = (
                f"shows {points} and {waiting} pending; the entries come to {total}, "
                f"of which {rest} are left and {pending} pending"
            )
    return found


def liability(*, store: Store) -> tuple[int, int]:
    """How many points the customers of a store can spend in all, and how many they owe."""
    rows = customers_of(store)
    able = rows.aggregate(total=Sum(Greatest(F("points"), 0), default=0))["total"]
    owed = rows.filter(points__lt=0).aggregate(total=Sum("points", default=0))["total"]
    return able, -owed
