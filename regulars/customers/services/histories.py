"""What of the customers' own tables hangs on a customer, as it is told before one is deleted or anonymised."""

from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from regulars.customers.erasing import Count as Counting
from regulars.customers.erasing import History, history
from regulars.customers.models import Address, Note
from regulars.kit.ids import among
from regulars.stores.models import Store


def _counter(model: type[Address] | type[Note]) -> Counting:
    def count(*, store: Store, ids: list[UUID]) -> dict[UUID, int]:
        rows = model.objects.filter(store=store, customer_id__in=among(ids)).values("customer_id")
        return dict(rows.annotate(number=Count("pk")).values_list("customer_id", "number"))

    return count


def declare_histories() -> None:
    """Called once, at start."""
    removed = _("removed")
    for name, model, counted in (
        ("notes", Note, ngettext_lazy("%(count)s note", "%(count)s notes", "count")),
        (
            "addresses",
            Address,
            ngettext_lazy("%(count)s further address", "%(count)s further addresses", "count"),
        ),
    ):
        history(
            History(
                name=name,
                counted=counted,
                count=_counter(model),
                when_deleted=removed,
                when_anonymised=removed,
            )
        )
