"""Who sees reports, and which days an address asks for."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.utils.translation import gettext as _

from regulars.reports.choices import Named, Span
from regulars.resources import dates
from regulars.staff.permissions import MANAGERS, declare

VIEW = declare("reports.view", "See the reports of the store", MANAGERS)
USUAL = Named.YEAR
# No shop is older than its records; an address may name any year.
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)


def span_of(name: str, *, today: date, begun: date) -> Span | None:
    """The days a span's name means today; nothing for what is no span. `begun` is the store's first day."""
    match name:
        case Named.MONTH | Named.QUARTER:
            return Span(name, today - timedelta(days=int(name[:-1]) - 1), today)
        case Named.YEAR:
            return Span(name, dates.shift(today.replace(day=1), -11, "m"), today)
        case Named.THIS_YEAR:
            return Span(name, today.replace(month=1, day=1), today)
        case Named.ALL:
            return Span(name, min(begun, today), today)
    try:
        first, last = (date.fromisoformat(part) for part in name.split("..", 1))
    except ValueError:
        return None
    return Span(name, first, last) if EARLIEST <= first <= last <= LATEST else None


def asked_span(given: Mapping[str, str], *, today: date, begun: date) -> tuple[Span, str]:
    """The span that an address asks for, and what is wrong with it; then it is the usual one."""
    usual = span_of(USUAL, today=today, begun=begun)
    assert usual is not None
    first, last = given.get("from", "").strip(), given.get("to", "").strip()
    name = (
        f"{first or begun.isoformat()}..{last or today.isoformat()}"
        if first or last
        else given.get("span", "")
    )
    if not name:
        return usual, ""
    found = span_of(name, today=today, begun=begun)
    if found is None:
        return usual, _("Write two days like 2026-03-01, the first one first.")
    return found, ""
