"""From one day to another, as people choose it above a list."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from regulars.resources.context import Context


def read_span(given: Mapping[str, str], context: Context) -> tuple[datetime | None, datetime | None, str]:
    """When the span begins, when it is over (the last day is in it), and what is wrong with the days."""
    since = None
    try:
        since = _begins(given["from"], context)
        return since, _begins(given["to"], context, later=1), ""
    except (ValueError, OverflowError):
        return since, None, _("Write a day like 2026-03-01.")


def _begins(text: str, context: Context, *, later: int = 0) -> datetime | None:
    if not text:
        return None
    return datetime.combine(date.fromisoformat(text) + timedelta(days=later), time.min, context.store.zone)
