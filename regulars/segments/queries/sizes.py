"""How large segments are and were, and who came and went."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import F, Q

from regulars.segments.models import Segment, SegmentMembership, SegmentSize
from regulars.segments.queries.find import segments_of
from regulars.stores.models import Store

# A segment that changes by more than this in a day deserves a look; tiny ones change by a half all the time.
DRIFT_PERCENT = 30
DRIFT_AT_LEAST = 10


@dataclass(frozen=True, slots=True)
class Drift:
    """A segment that changed a lot in a day."""

    segment_id: UUID
    name: str
    before: int
    after: int

    @property
    def percent(self) -> int:
        """By how much it changed: 40, or -35."""
        return round((self.after - self.before) * 100 / self.before)


@dataclass(frozen=True, slots=True)
class DaySize:
    """A segment on one day: how large it was in the end, and how many came and went."""

    day: date
    size: int
    entered: int
    left: int


@dataclass(frozen=True, slots=True)
class Movement:
    """Somebody who came into a segment, or left it."""

    customer_id: UUID
    number: int
    name: str
    at: datetime
    how: str


def sizes_by_day(*, store: Store, segment_id: UUID, today: date, days: int = 30) -> list[DaySize]:
    """The last days of a segment, oldest first, without gaps: on a day without a count it was as large as before."""
    first = today - timedelta(days=days - 1)
    rows = SegmentSize.objects.filter(store=store, segment_id=segment_id, day__lte=today)
    known = {row.day: row for row in rows.filter(day__gte=first)}
    earlier = rows.filter(day__lt=first).order_by("-day").first()
    if earlier is None and not known:
        return []
    found: list[DaySize] = []
    size = earlier.size if earlier else 0
    start = first if earlier else min(known)
    for number in range((today - start).days + 1):
        day = start + timedelta(days=number)
        row = known.get(day)
        size = row.size if row else size
        found.append(DaySize(day, size, row.entered if row else 0, row.left if row else 0))
    return found


def trends(
    *, store: Store, segment_ids: Iterable[UUID], today: date, days: int = 14
) -> dict[UUID, list[int]]:
    """The sizes of segments in the last days, for the small charts of the list; in two queries for all of them."""
    first = today - timedelta(days=days - 1)
    ids = list(segment_ids)
    rows = SegmentSize.objects.filter(store=store, segment_id__in=ids, day__lte=today)
    latest = rows.filter(day__lt=first).order_by("segment_id", "-day").distinct("segment_id")
    before = dict(latest.values_list("segment_id", "size"))
    known: dict[UUID, dict[date, int]] = {}
    for segment_id, day, size in rows.filter(day__gte=first).values_list("segment_id", "day", "size"):
        known.setdefault(segment_id, {})[day] = size
    found: dict[UUID, list[int]] = {}
    for segment_id in ids:
        size_then = before.get(segment_id)
        line: list[int] = []
        for number in range(days):
            size_then = known.get(segment_id, {}).get(first + timedelta(days=number), size_then)
            if size_then is not None:
                line.append(size_then)
        found[segment_id] = line
    return found


def drifted(*, store: Store, today: date) -> list[Drift]:
    """The segments whose size changed today by more than 30 % since the last count before, the largest change first."""
    rows = SegmentSize.objects.filter(store=store, segment__in=segments_of(store))
    now = {row.segment_id: row.size for row in rows.filter(day=today)}
    last = rows.filter(segment_id__in=list(now), day__lt=today).order_by("segment_id", "-day")
    before = dict(last.distinct("segment_id").values_list("segment_id", "size"))
    names = dict(segments_of(store).filter(pk__in=list(before)).values_list("pk", "name"))
    found = [
        Drift(pk, names[pk], was, now[pk])
        for pk, was in before.items()
        if was and abs(now[pk] - was) * 100 > was * DRIFT_PERCENT and abs(now[pk] - was) >= DRIFT_AT_LEAST
    ]
    return sorted(found, key=lambda one: (-abs(one.percent), one.name))


def movements(
    *,
    store: Store,
    segment_id: UUID,
    entered: bool,
    since: datetime | None = None,
    before: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[tuple[UUID, Movement]]:
    """Who came into a segment (or left it), the latest first, with the key to go on from."""
    moment = "entered_at" if entered else "left_at"
    rows = SegmentMembership.objects.filter(
        store=store, segment_id=segment_id, **{f"{moment}__isnull": False}
    )
    if since is not None:
        rows = rows.filter(**{f"{moment}__gte": since})
    if before is not None:
        at, key = before
        rows = rows.filter(Q(**{f"{moment}__lt": at}) | Q(**{moment: at, "pk__lt": key}))
    latest = rows.select_related("customer").order_by(f"-{moment}", "-pk")[:limit]
    return [
        (
            row.pk,
            Movement(row.customer_id, row.customer.number, row.customer.name, getattr(row, moment), row.how),
        )
        for row in latest
    ]


def due_for_refresh(*, before: datetime, limit: int) -> list[Segment]:
    """Segments of every store that were not refreshed since, those that wait longest first."""
    rows = Segment.objects.filter(deleted_at__isnull=True).filter(
        Q(tried_at__isnull=True) | Q(tried_at__lt=before)
    )
    waiting = rows.select_related("store").order_by(F("tried_at").asc(nulls_first=True), "pk")
    return list(waiting[:limit])
