"""What the page of a customer says of addresses to which nothing goes any more."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.utils.translation import gettext as _

from regulars.messaging.choices import Channel
from regulars.messaging.permissions import RETRY, VIEW
from regulars.messaging.queries import stops_of
from regulars.resources.context import Context


def stop_hints(customer_id: UUID, context: Context, base: str) -> list[dict[str, Any]]:
    """Each way on which nothing goes any more, why, and the button to go on all the same."""
    if not context.actor.may(VIEW):
        return []
    query = urlencode({"id": customer_id, "back": f"{base}{customer_id}/"})
    return [
        {
            "tone": "red",
            "icon": "mail-off",
            "title": _("Their address gets no more mail.")
            if channel == Channel.MAIL
            else _("Their phone gets no more text messages."),
            "text": f"{why.label}.",
            "action": {"url": f"{base}actions/lift-stop/?{query}", "label": _("Write again")}
            if context.actor.may(RETRY)
            else None,
        }
        for channel, why in stops_of(store=context.store, customer_id=customer_id)
    ]
