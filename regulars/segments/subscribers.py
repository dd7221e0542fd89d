"""What segments do for other parts: forgetting people, undo, and what deleting a customer would take along."""

from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from regulars.customers.erasing import History, erases, history
from regulars.segments.choices import SegmentKind
from regulars.segments.models import SegmentMembership
from regulars.segments.services.erase import TABLES, forget_people
from regulars.segments.services.undo import declare_undo
from regulars.stores.models import Store


def register() -> None:
    """Register everything once, at start."""
    erases("segments", forget_people, tables=TABLES)
    history(History(name="segments", one=_("static segment"), many=_("static segments"), count=_inside))
    declare_undo()


def _inside(*, store: Store, ids: list[UUID]) -> dict[UUID, int]:
    rows = SegmentMembership.objects.filter(
        store=store,
        customer_id__in=ids,
        left_at__isnull=True,
        segment__kind=SegmentKind.STATIC,
        segment__deleted_at__isnull=True,
    )
    return dict(rows.values("customer_id").annotate(number=Count("pk")).values_list("customer_id", "number"))
