"""When an offer holds: while it is active, in its period, and at its hours of the week."""

from datetime import datetime

from babel.dates import format_datetime
from django.utils.translation import gettext as _

from regulars.offers.choices import State
from regulars.offers.conditions.base import Asked, Condition
from regulars.offers.hours import is_open, write_windows


class Active(Condition):
    """Drafts are not open yet, paused and ended ones no longer."""

    name = "active"

    def why_not(self, asked: Asked) -> str:
        return {
            State.DRAFT.value: _("This offer is still a draft."),
            State.PAUSED.value: _("This offer is paused."),
            State.ENDED.value: _("This offer has ended."),
        }.get(asked.offer.state, "")


class InPeriod(Condition):
    """Between its first and its last moment."""

    name = "period"

    def why_not(self, asked: Asked) -> str:
        offer = asked.offer
        if offer.starts_at is not None and asked.now < offer.starts_at:
            return _("This offer begins on %(when)s.") % {"when": _shown(offer.starts_at, asked)}
        if offer.ends_at is not None and asked.now >= offer.ends_at:
            return _("This offer was valid until %(when)s.") % {"when": _shown(offer.ends_at, asked)}
        return ""


class InWindow(Condition):
    """At its hours of the week, by the clock of the store."""

    name = "hours"

    def why_not(self, asked: Asked) -> str:
        windows = asked.offer.windows
        if is_open(windows, now=asked.now, zone=asked.store.zone):
            return ""
        return _("This offer is valid %(hours)s only.") % {"hours": write_windows(windows)}


def _shown(moment: datetime, asked: Asked) -> str:
    locale = asked.store.language.replace("-", "_")
    return format_datetime(moment.astimezone(asked.store.zone), "medium", locale=locale)
