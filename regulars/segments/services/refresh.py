"""Bringing the memberships of dynamic segments up to date.

One statement compares who is in with who should be; then those who came and those who left are written in batches that
each commit, so that no lock is held for long, whatever the number of customers. Whatever ends it half-way is put right
by the next one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from regulars.jobs.models import Run
from regulars.jobs.services import Progress, run_kind, start_run
from regulars.kit.actor import Actor, system
from regulars.kit.errors import NotFound, Refused, TooSlow
from regulars.kit.slowness import was_given_up
from regulars.resources.context import Context
from regulars.resources.page import EXACT_UP_TO, count_rows
from regulars.segments.choices import How, SegmentKind
from regulars.segments.models import Segment, SegmentMembership
from regulars.segments.queries import due_for_refresh, get_segment, members_of
from regulars.segments.queries.members import REFRESH
from regulars.segments.services.sizes import forget_sizes, note_size, recount
from regulars.stores.models import Store

BATCH = 20_000
MOST_SECONDS = 120
EVERY = timedelta(minutes=10)
AT_ONCE = 100
KEPT_DELETED = timedelta(days=31)
_NOBODY = "SELECT NULL::uuid AS id WHERE false"


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh found."""

    size: int
    entered: int
    left: int


def refresh_segment(
    *, store: Store, segment_id: UUID, now: datetime, progress: Progress | None = None
) -> Refreshed:
    """Bring the members of a segment up to date; of a static one, only count them anew.

    A second refresh of the same segment waits for the first. Raises `NotFound`, and what its conditions refuse, which
    is kept beside the segment.
    """
    with _one_at_a_time(segment_id):
        segment = get_segment(store=store, segment_id=segment_id)
        now = max(now, segment.counted_at or now)  # stays must not overlap, even when clocks disagree
        Segment.objects.filter(pk=segment_id).update(tried_at=now)
        if segment.kind == SegmentKind.STATIC:
            with transaction.atomic():
                size = recount(store=store, segment_id=segment_id, now=now)
            return Refreshed(size, 0, 0)
        try:
            with _changes(segment, Context(store=store, actor=system(), now=now)) as total:
                if progress is not None:
                    progress.set_total(total)
                return _write(segment, total, now, progress)
        except Refused as refusal:
            Segment.objects.filter(pk=segment.pk).update(problem=refusal.sentence)
            raise


def ask_for_refresh(*, store: Store, segment_id: UUID, actor: Actor, now: datetime) -> Run | None:
    """Refresh a segment at once, or by the worker when it is large: then the run is returned. Raises `NotFound`."""
    segment = get_segment(store=store, segment_id=segment_id)
    live = count_rows(members_of(segment, Context(store=store, actor=system(), now=now)))
    if live.exact and segment.size <= EXACT_UP_TO:
        refresh_segment(store=store, segment_id=segment_id, now=now)
        return None
    return start_run(store=store, kind=REFRESH, arguments={"segment": str(segment_id)}, actor=actor)


@run_kind(REFRESH)
def refresh_run(progress: Progress) -> None:
    """Refresh a large segment, with progress."""
    segment_id = UUID(progress.run.arguments["segment"])
    refresh_segment(store=progress.store, segment_id=segment_id, now=progress.now, progress=progress)


def refresh_due(*, now: datetime, limit: int = AT_ONCE) -> int:
    """Refresh the segments of all stores that were not counted for ten minutes. Returns how many it tried."""
    due = due_for_refresh(before=now - EVERY, limit=limit)
    for segment in due:
        try:
            refresh_segment(store=segment.store, segment_id=segment.pk, now=now)
        except NotFound:
            continue  # deleted meanwhile
        except Refused:
            continue  # its page says why
    return len(due)


def purge_deleted(*, now: datetime) -> int:
    """Remove the segments for good whose deletion cannot be undone any more. Returns how many."""
    gone = Segment.objects.filter(deleted_at__lt=now - KEPT_DELETED).select_related("store")
    for segment in list(gone):
        rows = SegmentMembership.objects.filter(store=segment.store, segment=segment)
        while some := list(rows.values_list("pk", flat=True)[:BATCH]):
            rows.filter(pk__in=some).delete()
        forget_sizes(store=segment.store, segment_id=segment.pk)
        Segment.objects.filter(pk=segment.pk).delete()
    return len(gone)


@contextmanager
def _one_at_a_time(segment_id: UUID) -> Iterator[None]:
    """A lock of the session: it outlasts the transactions of the batches, and a killed process lets go of it."""
    number = int.from_bytes(segment_id.bytes[8:], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [number])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


@contextmanager
def _changes(segment: Segment, context: Context) -> Iterator[int]:
    """A table of the session with the customers who come, and those who go with their stays; how many they are."""
    try:
        members, parameters = members_of(segment, context).order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        members, parameters = _NOBODY, ()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS segment_change")
        with _in_time(), transaction.atomic():
            cursor.execute(f"SET LOCAL statement_timeout = {MOST_SECONDS * 1000}")
            cursor.execute(
                f"""CREATE TEMPORARY TABLE segment_change AS
                SELECT row_number() OVER (ORDER BY stay_id NULLS FIRST, customer_id)::bigint AS position,
                    customer_id, stay_id
                FROM (SELECT coalesce(due.id, known.customer_id) AS customer_id, known.id AS stay_id
                    FROM ({members}) AS due (id)
                    FULL JOIN (SELECT id, customer_id FROM segments_membership
                        WHERE store_id = %s AND segment_id = %s AND left_at IS NULL) AS known
                        ON known.customer_id = due.id
                    WHERE due.id IS NULL OR known.customer_id IS NULL) AS change""",
                [*parameters, segment.store_id, segment.pk],
            )
            total = cursor.rowcount
            cursor.execute("ALTER TABLE segment_change ADD PRIMARY KEY (position)")
            cursor.execute("ANALYZE segment_change")
            cursor.execute("SET LOCAL statement_timeout = DEFAULT")
    try:
        yield total
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS segment_change")


@contextmanager
def _in_time() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        if not was_given_up(error):
            raise
        raise TooSlow(
            _("Finding the members took longer than %(most_seconds)s seconds; ask less in one segment.")
            % {"most_seconds": MOST_SECONDS}
        ) from error


def _write(segment: Segment, total: int, now: datetime, progress: Progress | None) -> Refreshed:
    found = Refreshed(0, 0, 0)
    for start in range(0, total, BATCH):
        if progress is not None:
            progress.stop_if_cancelled()
        with transaction.atomic():
            entered, left = _write_batch(segment, start, now)
            found = replace(found, entered=found.entered + entered, left=found.left + left)
            size = segment.size + found.entered - found.left
            note_size(
                store=segment.store, segment_id=segment.pk, size=size, entered=entered, left=left, now=now
            )
            if progress is not None:
                counts = {"entered": found.entered, "left": found.left}
                progress.save(done=min(start + BATCH, total), counts=counts, cursor={})
    with transaction.atomic():
        size = recount(store=segment.store, segment_id=segment.pk, now=now)
    return replace(found, size=size)


def _write_batch(segment: Segment, start: int, now: datetime) -> tuple[int, int]:
    # Customers first, then memberships: the order in which everybody locks them. Those deleted meanwhile are left out.
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO segments_membership (store_id, segment_id, customer_id, entered_at, how)
            SELECT %s, %s, customer.id, %s, %s FROM (
                SELECT customer.id FROM segment_change AS change
                JOIN customers_customer AS customer ON customer.store_id = %s AND customer.id = change.customer_id
                WHERE change.stay_id IS NULL AND change.position > %s AND change.position <= %s
                ORDER BY customer.id FOR KEY SHARE OF customer) AS customer
            ON CONFLICT (store_id, segment_id, customer_id) WHERE left_at IS NULL DO NOTHING""",
            [segment.store_id, segment.pk, now, How.RULE, segment.store_id, start, start + BATCH],
        )
        entered = cursor.rowcount
        cursor.execute(
            # By id: after a first refresh the planner knows nothing of a segment's rows, and would walk them all.
            """UPDATE segments_membership SET left_at = greatest(%s, entered_at)
            WHERE store_id = %s AND left_at IS NULL AND id = ANY(ARRAY(
                SELECT stay_id FROM segment_change
                WHERE stay_id IS NOT NULL AND position > %s AND position <= %s))""",
            [now, segment.store_id, start, start + BATCH],
        )
        return entered, cursor.rowcount
