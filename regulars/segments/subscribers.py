"""What segments do for other parts: forgetting people, undo, and what deleting a customer would take along."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from regulars.customers.erasing import History, erases, history
from regulars.customers.events import IMPORT_UNDONE
from regulars.kit.actor import Actor
from regulars.kit.errors import Refused
from regulars.kit.ids import among
from regulars.kit.words import Words
from regulars.resources.context import Context
from regulars.resources.effects import sees
from regulars.segments.choices import SegmentKind
from regulars.segments.models import SegmentMembership
from regulars.segments.queries.conditions import members_of
from regulars.segments.queries.find import list_segments
from regulars.segments.services.erase import TABLES, drop_members, forget_people
from regulars.segments.services.undo import declare_undo
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import Touched, subscribe

SEGMENTS_SEEN = 50


def register() -> None:
    """Register everything once, at start."""
    erases("segments", forget_people, tables=TABLES)
    history(
        History(
            name="segments",
            counted=ngettext_lazy("%(count)s static segment", "%(count)s static segments", "count"),
            count=_inside,
        )
    )
    declare_undo()
    subscribe(IMPORT_UNDONE, _leave)
    sees("customers", _in_segments)


def _inside(*, store: Store, ids: list[UUID]) -> dict[UUID, int]:
    rows = SegmentMembership.objects.filter(
        store=store,
        customer_id__in=among(ids),
        left_at__isnull=True,
        segment__kind=SegmentKind.STATIC,
        segment__deleted_at__isnull=True,
    )
    return dict(rows.values("customer_id").annotate(number=Count("pk")).values_list("customer_id", "number"))


def _in_segments(*, ids: Sequence[UUID], context: Context) -> dict[Words, set[UUID]]:
    """Which of these customers are in which dynamic segments now; one that cannot be asked tells nothing."""
    found: dict[Words, set[UUID]] = {}
    for segment in list_segments(store=context.store, kind=SegmentKind.DYNAMIC)[:SEGMENTS_SEEN]:
        try:
            rows = members_of(segment, context).filter(pk__in=among(ids))
        except Refused:
            continue
        found[_("Segment “%(name)s”") % {"name": segment.name}] = set(rows.values_list("pk", flat=True))
    return found


def _leave(store: Store, kind: EventKind, touched: list[Touched], actor: Actor) -> None:
    """Customers whom a file brought went again: they leave the segments whose conditions they met."""
    drop_members(store=store, ids=[one.record_id for one in touched])
