"""Keeping how large segments are."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import F

from regulars.segments.models import Segment, SegmentSize
from regulars.segments.queries.members import open_memberships
from regulars.stores.models import Store


def note_size(*, store: Store, segment_id: UUID, size: int, entered: int, left: int, now: datetime) -> None:
    """Keep the size of a segment, and for its day in the store how many came and went. In the caller's transaction."""
    Segment.objects.filter(store=store, pk=segment_id).update(size=size, counted_at=now, problem="")
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO segments_segmentsize AS known (store_id, segment_id, day, size, entered, "left")
            VALUES (%s, %s, %s, %s, %s, %s)
            ON CONFLICT (store_id, segment_id, day) DO UPDATE SET size = excluded.size,
                entered = known.entered + excluded.entered, "left" = known."left" + excluded."left" """,
            [store.pk, segment_id, store.day_of(now), size, entered, left],
        )


def recount(*, store: Store, segment_id: UUID, now: datetime, entered: int = 0, left: int = 0) -> int:
    """Count the open memberships of a segment and keep the number."""
    size = open_memberships(store=store, segment_id=segment_id).count()
    note_size(store=store, segment_id=segment_id, size=size, entered=entered, left=left, now=now)
    return size


def forget_sizes(*, store: Store, segment_id: UUID) -> None:
    """Drop the history of sizes of a segment that is gone for good."""
    SegmentSize.objects.filter(store=store, segment_id=segment_id).delete()


def shrink(*, store: Store, sizes: Iterable[tuple[UUID, int]]) -> None:
    """Take so many members off the kept sizes, without the day's history: people were erased."""
    for segment_id, gone in sizes:
        Segment.objects.filter(store=store, pk=segment_id).update(size=F("size") - gone)
