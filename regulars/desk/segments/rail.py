"""The segments a customer is in, beside their record."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from regulars.desk.segments.words import moment_cell, segment_url
from regulars.resources.context import Context
from regulars.segments import queries
from regulars.segments.choices import How
from regulars.segments.rules import FILL, VIEW


def segments_rail(customer_id: UUID, url: str, context: Context) -> dict[str, Any] | None:
    """The segments with since when and how; nothing for who may not see segments. `url` is the customer's page."""
    if not context.actor.may(VIEW):
        return None
    base = url.removesuffix(f"{customer_id}/")
    return {
        "rows": [
            {
                "name": stay.segment.name,
                "url": segment_url(context, stay.segment.pk),
                "why_url": f"{segment_url(context, stay.segment.pk)}why/{customer_id}/",
                "since": moment_cell(stay.since, context),
                "how": str(How(stay.how).label),
            }
            for stay in queries.segments_with(store=context.store, customer_id=customer_id)
        ],
        "add_url": f"{base}actions/add-to-segment/?id={customer_id}&back={url}"
        if context.actor.may(FILL)
        else "",
        "empty": _("In no segment"),
    }
