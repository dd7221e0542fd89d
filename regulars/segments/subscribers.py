"""What segments do for other parts: forgetting people, undo, and what deleting a customer would take along."""

from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from regulars.customers.erasing import History, erases, history
from regulars.customers.events import IMPORT_UNDONE
from regulars.kit.actor import Actor
from regulars.kit.ids import among
from regulars.segments.choices import SegmentKind
from regulars.segments.models import SegmentMembership
from regulars.segments.services.erase import TABLES, drop_members, forget_people
from regulars.segments.services.undo import declare_undo
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import Touched, subscribe


def register() -> None:
    """Register everything once, at start."""
    erases("segments", forget_people, tables=TABLES)
    history(History(name="segments", one=_("static segment"), many=_("static segments"), count=_inside))
    declare_undo()
    subscribe(IMPORT_UNDONE, _leave)


def _inside(*, store: Store, ids: list[UUID]) -> dict[UUID, int]:
    rows = SegmentMembership.objects.filter(
        store=store,
        customer_id__in=among(ids),
        left_at__isnull=True,
        segment__kind=SegmentKind.STATIC,
        segment__deleted_at__isnull=True,
    )
    return dict(rows.values("customer_id").annotate(number=Count("pk")).values_list("customer_id", "number"))


def _leave(store: Store, kind: EventKind, touched: list[Touched], actor: Actor) -> None:
    """Customers whom a file brought went again: they leave the segments whose conditions they met."""
    drop_members(store=store, ids=[one.record_id for one in touched])
