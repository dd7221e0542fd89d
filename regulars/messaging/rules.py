"""Whether a customer may be written to."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.customers.choices import State
from regulars.customers.models import Customer
from regulars.messaging.choices import MEANING, Agreement, Channel, Purpose, Stop
from regulars.messaging.queries import address_of

# What is looked at to say whether, where and in which words somebody is written to.
FACTS = (
    "state", "blocked", "email", "phone", "language", "first_name", "last_name", "company", "number",
    *Agreement.values,
)  # fmt: skip
_WHY = {
    Agreement.MARKETING: gettext_noop("has not agreed to marketing"),
    Agreement.POINTS: gettext_noop("does not want the points summary"),
    Agreement.SMS: gettext_noop("has not agreed to text messages"),
}


def agreement_for(purpose: str, channel: str) -> Agreement | None:
    """What somebody must have agreed to: nothing for what is about their own business with the shop."""
    if purpose == Purpose.SERVICE:
        return None
    if channel == Channel.SMS:
        return Agreement.SMS
    return next(one for one, meant in MEANING.items() if meant == (purpose, Channel.MAIL))


def why_not(
    customer: Customer, *, purpose: str, channel: str, stopped: Mapping[tuple[UUID, str], Stop]
) -> str:
    """Why this customer is not written to; nothing when all is well. `stopped` are the ways on which they and others
    get nothing any more."""
    if customer.state in (State.ANONYMISED, State.ARCHIVED):
        return _("is archived") if customer.state == State.ARCHIVED else _("is anonymised")
    if customer.blocked:
        return _("is blocked")
    if not address_of(customer, channel):
        return _("has no e-mail") if channel == Channel.MAIL else _("has no phone")
    needed = agreement_for(purpose, channel)
    if needed is not None and not getattr(customer, needed):
        return _(_WHY[needed])
    stop = stopped.get((customer.pk, channel))
    return _("gets nothing any more: %(label)s") % {"label": stop.label} if stop else ""
