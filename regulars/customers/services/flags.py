"""How much the store trusts a customer, why, and when somebody is to look again."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from regulars.customers import events
from regulars.customers.choices import Flag
from regulars.customers.models import Customer
from regulars.customers.services.verbs import Asked, Decide, verb
from regulars.kit.errors import Invalid


@verb(events.FLAGGED)
def flag_customers(asked: Asked) -> Decide:
    """Set how much customers are trusted. A level needs a reason; without a level there is neither reason nor review.

    Setting the same level again with another review date says that somebody has looked.
    """
    level, reason = asked.inputs["level"], asked.inputs["reason"].strip()
    if level == Flag.NONE:
        reason, review_on = "", None
    else:
        review_on = _review_day(asked)
        if not reason:
            raise Invalid(_("Say why: whoever sees the flag later will ask."), field="reason")
    wanted = {"flag": level, "flag_reason": reason, "flag_review_on": review_on}

    def decide(customer: Customer) -> Mapping[str, Any] | str:
        same = all(getattr(customer, name) == value for name, value in wanted.items())
        return _("is flagged so already") if same else wanted

    return decide


@verb(events.FLAG_REVIEWED)
def mark_flags_reviewed(asked: Asked) -> Decide:
    """Keep the flag, with another day on which to look again, or none."""
    review_on = _review_day(asked)
    return lambda customer: _("has no flag") if customer.flag == Flag.NONE else {"flag_review_on": review_on}


def _review_day(asked: Asked) -> date | None:
    day: date | None = asked.inputs["review"]
    if day is not None and day < asked.today:
        raise Invalid(_("Choose a day from today on for the next look."), field="review")
    return day
