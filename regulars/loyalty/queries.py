"""Reading points."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import (
    BigIntegerField,
    Count,
    DecimalField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Abs, Cast, Greatest, Least
from django.utils.translation import gettext as _

from regulars.customers.models import Customer
from regulars.customers.queries import customers_of
from regulars.kit.ids import among
from regulars.kit.turning import Turned, newest_first
from regulars.loyalty.choices import Kind, Source
from regulars.loyalty.events import DRIFTED
from regulars.loyalty.models import Entry, Expiry, Programme, Use
from regulars.stores.models import Store
from regulars.timeline.queries import Happening, happenings

MOST_MINOR = 10**15
# What was being written while the run before looked is found by the next one; no write takes as long as this.
OVERLAP = timedelta(days=1)
_DRIFT = """
    SELECT id, points, points_pending, total, rest, pending
    FROM (
        SELECT coalesce(customer.id, entries.customer_id) AS id, coalesce(points, 0) AS points,
            coalesce(points_pending, 0) AS points_pending, coalesce(total, 0) AS total, coalesce(rest, 0) AS rest,
            coalesce(pending, 0) AS pending
        FROM (
            SELECT customer_id, sum(points) AS total, sum("left") FILTER (WHERE NOT pending) AS rest,
                sum("left") FILTER (WHERE pending) AS pending
            FROM loyalty_entry WHERE store_id = %(store)s GROUP BY customer_id
        ) AS entries
        FULL JOIN (
            SELECT id, points, points_pending FROM customers_customer
            WHERE store_id = %(store)s AND (points <> 0 OR points_pending <> 0)
        ) AS customer ON customer.id = entries.customer_id
    ) AS each
    WHERE (points + points_pending, greatest(points, 0), points_pending) IS DISTINCT FROM (total, rest, pending)"""


def programme_of(*, store: Store) -> Programme:
    """How a store runs its points; the defaults when nothing was ever set."""
    return Programme.objects.filter(store=store).first() or Programme(store=store)


def entries_of(store: Store) -> QuerySet[Entry]:
    """The whole ledger of a store, in no order."""
    return Entry.objects.filter(store=store)


def ledger_of(store: Store) -> QuerySet[Entry]:
    """The same as a list shows it: with whether each was taken back. No entry ever has another version."""
    back = Entry.objects.filter(store=OuterRef("store"), reverses=OuterRef("pk"))
    return entries_of(store).annotate(version=Value(1), voided=Exists(back))


def meant_by(store: Store, text: str, *, people: QuerySet[Customer]) -> Q:
    """Entries that a text means: of this key, or of these `people`."""
    keyed = entries_of(store).filter(~Q(key=""), key__in=(text, f"file:{text}"))
    theirs = entries_of(store).filter(customer__in=people.order_by().values("pk"))
    # Each has an index; put together by the ids, the database asks one after the other instead of every entry.
    return Q(pk__in=keyed.order_by().values("pk").union(theirs.order_by().values("pk"), all=True))


def entries_to(store: Store, customer_id: UUID) -> QuerySet[Entry]:
    """The entries of a customer, in no order."""
    return entries_of(store).filter(customer_id=customer_id)


def own_entries(
    *, store: Store, customer_id: UUID, after: UUID | None = None, limit: int = 30
) -> Turned[Entry]:
    """The entries of a customer, newest first."""
    return newest_first(entries_to(store, customer_id), by="created_at", after=after, limit=limit)


def expiring(*, store: Store, customer_id: UUID, limit: int = 12) -> list[tuple[datetime, int]]:
    """When points of a customer expire, and how many each time, the next first."""
    rows = entries_to(store, customer_id).filter(left__gt=0, expires_at__isnull=False)
    found = rows.values("expires_at").annotate(total=Sum("left")).order_by("expires_at")[:limit]
    return [(one["expires_at"], one["total"]) for one in found if one["expires_at"]]


def due_by(*, store: Store, until: datetime) -> QuerySet[Entry]:
    """The entries that expire until a moment. What was past its time at the run before is not looked at once more."""
    rows = entries_of(store).filter(left__gt=0, pending=False, expires_at__lte=until)
    seen = _seen_until(store, until)
    return rows.filter(Q(expires_at__gt=seen) | Q(late=True)) if seen else rows


def missed_by(*, store: Store, now: datetime) -> QuerySet[Entry]:
    """Entries past their time that no further run looks at; there are none unless something went wrong."""
    seen = _seen_until(store, now)
    rows = entries_of(store).filter(left__gt=0, pending=False, late=False)
    return rows.filter(expires_at__lte=seen) if seen else rows.none()


def _seen_until(store: Store, now: datetime) -> datetime | None:
    """Until when the next run takes everything for seen; a clock that was ahead counts no further than now."""
    last = Expiry.objects.filter(store=store).values_list("until", flat=True).first()
    return min(last, now) - OVERLAP if last else None


def expired_by(*, store: Store, until: datetime) -> tuple[int, int]:
    """Of how many customers points are gone at a moment unless they spend them, and how many points that is."""
    rows = due_by(store=store, until=until)
    found = rows.aggregate(customers=Count("customer_id", distinct=True), points=Sum("left", default=0))
    return found["customers"], found["points"]


def count_entries(*, store: Store, ids: list[UUID]) -> dict[UUID, int]:
    """How many entries each of these customers has; who has none is left out."""
    rows = entries_of(store).filter(customer_id__in=among(ids)).values("customer_id")
    return dict(rows.annotate(number=Count("pk")).values_list("customer_id", "number"))


def sums_of(*, store: Store, ids: Collection[UUID]) -> dict[UUID, int]:
    """What the entries of these customers come to; who has none is left out."""
    rows = entries_of(store).filter(customer_id__in=among(ids)).values("customer_id")
    return dict(rows.annotate(total=Sum("points")).values_list("customer_id", "total"))


def worth_to(store: Store, customer_id: UUID) -> QuerySet[Entry]:
    """The entries of a customer with what each is worth, in minor units."""
    exact = DecimalField(max_digits=40, decimal_places=0)
    value = Value(programme_of(store=store).value_minor, exact)
    # As many points as one entry may have, at the highest value, are more money than a column holds.
    worth = Func(Cast("points", exact) * value / Value(100, exact), function="trunc", output_field=exact)
    fits = Least(Greatest(worth, Value(-MOST_MINOR, exact)), Value(MOST_MINOR, exact))
    return entries_to(store, customer_id).annotate(worth=Cast(fits, BigIntegerField()))


def next_expiry(*, store: Store, customer_id: UUID) -> tuple[datetime, int] | None:
    """When points of a customer expire next, and how many; nothing when none ever do."""
    rows = entries_to(store, customer_id).filter(left__gt=0, expires_at__isnull=False)
    found = rows.values("expires_at").annotate(points=Sum("left")).order_by("expires_at").first()
    return (found["expires_at"], found["points"]) if found and found["expires_at"] else None


def known_among(*, store: Store, keys: Collection[str], reverses: Collection[UUID]) -> set[object]:
    """Of these keys those that have an entry, and of these entries those that were taken back."""
    rows = entries_of(store)
    found: set[object] = set(rows.filter(key__in=keys).values_list("key", flat=True)) if keys else set()
    if reverses:
        found |= set(rows.filter(reverses__in=among(reverses)).values_list("reverses", flat=True))
    return found


def uses_of(*, store: Store, takers: Collection[UUID]) -> dict[UUID, dict[UUID, int]]:
    """What each of these entries took, by the entry that it took it from."""
    found: dict[UUID, dict[UUID, int]] = {}
    if not takers:
        return found
    rows = Use.objects.filter(store=store, taker__in=among(takers))
    for taker, giver, points in rows.values_list("taker", "giver", "points"):
        found.setdefault(taker, {})[giver] = points
    return found


@dataclass(frozen=True, slots=True)
class Beside:
    """An entry that has to do with another one, and with how many points of it."""

    id: UUID
    made_at: datetime
    kind: Kind
    points: int


def taken_from(*, store: Store, entry_id: UUID) -> list[Beside]:
    """The entries of which an entry took points, the oldest first."""
    rows = Use.objects.filter(store=store, taker=entry_id).order_by("giver__created_at", "giver")
    wanted = ("giver_id", "giver__created_at", "giver__kind", "points")
    return [Beside(one, at, Kind(kind), points) for one, at, kind, points in rows.values_list(*wanted)]


def went_into(*, store: Store, entry_id: UUID) -> list[Beside]:
    """The entries that took points of an entry, the oldest first."""
    rows = Use.objects.filter(store=store, giver=entry_id).order_by("taker__created_at", "taker")
    wanted = ("taker_id", "taker__created_at", "taker__kind", "points")
    return [Beside(one, at, Kind(kind), points) for one, at, kind, points in rows.values_list(*wanted)]


def other_side(*, store: Store, entry_id: UUID) -> list[Beside]:
    """What takes an entry back, what it takes back, and the other side of a transfer."""
    entry = entries_of(store).get(pk=entry_id)
    found = Q(reverses=entry_id) | Q(pk=entry.reverses_id)
    if entry.kind == Kind.TRANSFER:
        found |= Q(kind=Kind.TRANSFER, source_id=entry.source_id)
    rows = entries_of(store).filter(found).exclude(pk=entry_id).order_by("created_at", "pk")
    return [Beside(one.pk, one.created_at, Kind(one.kind), one.points) for one in rows]


def points_by_hand(*, store: Store, authors: Collection[UUID], since: datetime) -> int:
    """How many points a person has given, taken and transferred by hand since a moment; `authors` are the ids under
    which they work. What a transfer takes counts, and what it gives is the same points."""
    adjusted = Q(kind=Kind.ADJUST, source=Source.HAND)
    transferred = Q(kind=Kind.TRANSFER, points__lt=0)
    rows = entries_of(store).filter(adjusted | transferred, author_id__in=authors, created_at__gte=since)
    return int(rows.aggregate(total=Sum(Abs("points"), default=0))["total"])


def drift(*, store: Store) -> dict[UUID, str]:
    """Customers whose points are not what their entries say, and how they differ. It must be none.

    Compared where they are kept: ten million entries are not brought here.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DRIFT, {"store": store.pk})
        return {
            one: _(
                "shows %(points)s and %(waiting)s pending; the entries come to %(total)s, of which "
                "%(rest)s are left and %(pending)s pending"
            )
            % {"points": points, "waiting": waiting, "total": total, "rest": rest, "pending": pending}
            for one, points, waiting, total, rest, pending in cursor.fetchall()
        }


def last_drift(*, store: Store, since: datetime) -> Happening | None:
    """The latest time since then that the nightly check found points that were not right."""
    found = happenings(store=store, record_id=store.pk, limit=1, keys=(DRIFTED.key,))
    return found[0] if found and found[0].at >= since else None


def liability(*, store: Store) -> tuple[int, int]:
    """How many points the customers of a store can spend in all, and how many they owe."""
    rows = customers_of(store)
    able = rows.aggregate(total=Sum(Greatest(F("points"), 0), default=0))["total"]
    owed = rows.filter(points__lt=0).aggregate(total=Sum("points", default=0))["total"]
    return able, -owed
