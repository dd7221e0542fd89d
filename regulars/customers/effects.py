"""Sets of customers that people want to hear of before an import runs."""

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from regulars.customers.queries import customers_of
from regulars.kit.ids import among
from regulars.kit.words import Words
from regulars.resources.context import Context


def see_customers(*, ids: Sequence[UUID], context: Context) -> dict[Words, set[UUID]]:
    """Which of these customers get the newsletter, and which are blocked."""
    rows = customers_of(context.store).filter(pk__in=among(ids))
    return {
        _("Get the newsletter"): set(rows.filter(accepts_marketing=True).values_list("pk", flat=True)),
        _("Are blocked"): set(rows.filter(blocked=True).values_list("pk", flat=True)),
    }
