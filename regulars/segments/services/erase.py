"""Forgetting people: their memberships go, and what names them in names, notes and conditions of segments."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count

from regulars.customers.erasing import Person, traces_of
from regulars.kit.ids import among, new_id
from regulars.kit.traces import Traces
from regulars.resources.erasing import clean_where
from regulars.segments.models import Segment, SegmentMembership
from regulars.segments.names import key_of
from regulars.segments.services.sizes import shrink
from regulars.stores.models import Store

TABLES = ("segments_segment", "segments_membership", "segments_segmentsize")


def forget_people(*, store: Store, people: list[Person], now: datetime) -> None:
    """Take people out of every segment without a trace, deleted ones too; the sizes of the past stay numbers."""
    drop_members(store=store, ids=[person.id for person in people])
    traces = traces_of(people)
    rows = Segment.objects.filter(store=store).order_by("pk")
    for segment in rows.select_for_update(of=("self",), no_key=True):
        _forget_in(segment, traces)


def drop_members(*, store: Store, ids: Collection[UUID]) -> None:
    """Take customers out of every segment as if they had never been in one."""
    stays = SegmentMembership.objects.filter(store=store, customer_id__in=among(ids))
    inside = stays.filter(left_at__isnull=True).values("segment_id").annotate(gone=Count("pk"))
    shrink(store=store, sizes=list(inside.order_by("segment_id").values_list("segment_id", "gone")))
    stays.delete()


def _forget_in(segment: Segment, traces: Traces) -> None:
    cleaned = {
        "name": traces.clean(segment.name),
        "note": traces.clean(segment.note),
        "problem": traces.clean(segment.problem),
        "where": clean_where(where=segment.where, resource="customers", traces=traces),
    }
    if all(getattr(segment, name) == value for name, value in cleaned.items()):
        return
    for name, value in cleaned.items():
        setattr(segment, name, value)
    segment.name_key = key_of(segment.name)
    written = [*cleaned, "name_key"]
    try:
        with transaction.atomic():
            segment.save(update_fields=written)
    except IntegrityError:  # two segments may have named the same person
        segment.name = f"{segment.name} {new_id().hex[-6:]}"[:80]
        segment.name_key = key_of(segment.name)
        segment.save(update_fields=written)
