"""Days as people write them in a query: on the calendar, counted from today, or by name; each is a stretch of whole
days of the store's time zone.

| Written | Means |
|---|---|
| `2025-12-31`, `2025-12`, `2025` | that day, month, year |
| `today`, `yesterday`, `tomorrow` | that day |
| `-90d`, `-4w`, `-8m`, `-10y`, `+30d` | the day so many days, weeks, months, years from today |
| `7_days_ago`, `12_months_ago` | the same in words |
| `this_week`, `last_month`, `next_quarter`, `last_year`… | the whole week (from Monday), month, quarter, year |
"""

import re
from calendar import isleap
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.kit.errors import Invalid
from regulars.resources.context import Context

_COUNTED = re.compile(r"([+-]?)([0-9]{1,5})\s*([dwmy])")
_AGO = re.compile(r"([0-9]{1,5})_(day|week|month|year)s?_ago")
_PERIOD = re.compile(r"(this|last|next)_(week|month|quarter|year)")
_CALENDAR = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:[t ](.+))?)?)?")
_IN_THE_YEAR = re.compile(r"(?:--)?([0-9]{1,2})-([0-9]{1,2})")
_NAMED = {"today": 0, "yesterday": -1, "tomorrow": 1}
_STEPS = {"last": -1, "this": 0, "next": 1}
_WAYS = gettext_noop("Write 2024-12-31, 2024-12, today, -90d, -8m, +1y or last_month.")


class Days(NamedTuple):
    """A stretch of days, both ends included; one day where they are the same."""

    first: date
    last: date


def parse_days(text: str, context: Context) -> Days:
    """The days meant by `2024-12-31`, `today`, `-90d`, `last_month`… Raises `Invalid`."""
    written = text.strip().lower()
    if written in _NAMED:
        day = shift(context.today, _NAMED[written], "d")
        return Days(day, day)
    if match := _COUNTED.fullmatch(written):
        day = shift(context.today, int(match[2]) * (-1 if match[1] == "-" else 1), match[3])
        return Days(day, day)
    if match := _AGO.fullmatch(written):
        day = shift(context.today, -int(match[1]), match[2][0])
        return Days(day, day)
    if match := _PERIOD.fullmatch(written):
        return _period(context.today, match[2], _STEPS[match[1]])
    if match := _CALENDAR.fullmatch(written):
        return _on_calendar(text, match, context)
    raise Invalid(_("“%(text)s” is not a date. %(ways)s") % {"text": text[:60], "ways": _(_WAYS)})


def parse_day(text: str, context: Context) -> date:
    """The first of the days that a text means. Raises `Invalid`."""
    return parse_days(text, context).first


def _on_calendar(text: str, match: re.Match[str], context: Context) -> Days:
    year, month, day, clock = match.groups()
    try:
        if clock:
            moment = datetime.fromisoformat(match[0].upper())
            found = context.store.day_of(moment) if moment.tzinfo else moment.date()
            return Days(found, found)
        first = date(int(year), int(month or 1), int(day or 1))
    except (ValueError, OverflowError) as error:
        raise Invalid(
            _("“%(text)s” is not a date. %(ways)s") % {"text": text[:60], "ways": _(_WAYS)}
        ) from error
    if day:
        return Days(first, first)
    return Days(first, shift(shift(first, 1, "m" if month else "y"), -1, "d"))


def _period(today: date, unit: str, step: int) -> Days:
    """The whole week, month, quarter or year of today, or the one before or after it."""
    if unit == "week":
        first = shift(today, -today.weekday() + 7 * step, "d")
        return Days(first, shift(first, 6, "d"))
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    begun = date(today.year, (today.month - 1) // months * months + 1, 1)
    first = shift(begun, months * step, "m")
    return Days(first, shift(shift(first, months, "m"), -1, "d"))


def shift(day: date, amount: int, unit: str) -> date:
    """The day so many days, weeks, months or years later; the 31st becomes the last day of a shorter month."""
    try:
        if unit == "d":
            return day + timedelta(days=amount)
        if unit == "w":
            return day + timedelta(weeks=amount)
        months = amount * (12 if unit == "y" else 1)
        year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
        for last in (day.day, 30, 29):
            try:
                return date(year, month + 1, min(day.day, last))
            except ValueError:
                continue
        return date(year, month + 1, 28)
    except (OverflowError, ValueError) as error:
        raise Invalid(_("This date lies too far away.")) from error


def next_day(day: date) -> date:
    """The day after. Raises `Invalid` where the calendar ends."""
    return shift(day, 1, "d")


def day_start(day: date, context: Context) -> datetime:
    """The moment a day begins in the store's time zone."""
    if not 2 <= day.year <= 9998:  # every time zone must be able to show it
        raise Invalid(_("This date lies too far away."))
    return datetime.combine(day, time.min, tzinfo=context.store.zone)


def anniversaries(values: tuple[str, ...], context: Context) -> tuple[int, int] | None:
    """The days of the year from the first to the second value, as month × 100 + day; nothing when that is every day.

    `12-24` is a day of any year; of other dates the year is left out. The first may be later in the year than the
    second: the end of December goes on with January. In a year without a 29th of February those who were born then
    have their day on the 28th.
    """
    first, begins = _day_in_year(values[0], context, last=False)
    last, ends = _day_in_year(values[-1], context, last=True)
    if begins and ends and (ends - begins).days >= 365:
        return None
    year = ends.year if ends else context.today.year
    return first, 229 if last == 228 and not isleap(year) else last


def day_in_any_year(text: str) -> date | None:
    """The day meant by `12-24`, in a leap year; nothing when the text is no such day. Raises `Invalid`."""
    match = _IN_THE_YEAR.fullmatch(text.strip())
    if not match:
        return None
    try:
        return date(2000, int(match[1]), int(match[2]))
    except ValueError as error:
        raise Invalid(
            _("“%(text)s” is not a day of the year. Write month and day, like 12-24.") % {"text": text}
        ) from error


def _day_in_year(text: str, context: Context, *, last: bool) -> tuple[int, date | None]:
    if day := day_in_any_year(text):
        return day.month * 100 + day.day, None
    days = parse_days(text, context)
    found = days.last if last else days.first
    return found.month * 100 + found.day, found
