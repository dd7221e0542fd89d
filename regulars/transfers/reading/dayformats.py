"""Dates as files write them: which of 3/4/2024 is the month is decided per column, never per cell."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from regulars.kit.errors import Invalid

DAY_FIRST, MONTH_FIRST = "day first", "month first"
# Countries that write the month first; everybody else writes the day first or the year.
_MONTH_FIRST_COUNTRIES = frozenset({"US", "PH", "FM", "MH", "PW", "GU", "PR", "AS", "VI", "MP"})
_NUMBERS = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?:[ T,]+(.+))?")
_NAMED = re.compile(
    r"(?:(\d{1,2})[ .-]+([A-Za-z]{3,9})\.?[ ,-]+|([A-Za-z]{3,9})\.? +(\d{1,2})(?:st|nd|rd|th)?,? +)"
    r"(\d{4})(?:[ T,]+(.+))?"
)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)? ?([AaPp])?\.?[Mm]?\.?")
_MONTHS = dict(zip("jan feb mar apr may jun jul aug sep oct nov dec".split(), range(1, 13), strict=True))  # noqa: SIM905
# Years beyond these are slips of the pen, and some of them no database can hold.
_YEARS = range(1800, 2200)
_NO_DATE = frozenset({"0000-00-00", "0000-00-00 00:00:00"})


def day_order(samples: Iterable[str], country: str) -> str:
    """What a column's dates show about their order; the store's country decides when they show nothing."""
    first = second = 0
    for sample in samples:
        if (match := _NUMBERS.fullmatch(sample.strip())) and len(match[1]) <= 2:
            first, second = max(first, int(match[1])), max(second, int(match[3]))
    if first > 12 >= second:
        return DAY_FIRST
    if second > 12 >= first:
        return MONTH_FIRST
    return MONTH_FIRST if country in _MONTH_FIRST_COUNTRIES else DAY_FIRST


def read_date(raw: str, order: str, today: date) -> date | None:
    """The day a cell means, or nothing for an empty date. Raises `Invalid`."""
    moment = _bounded(raw, order, today)
    return moment.date() if moment else None


def read_moment(raw: str, order: str, today: date, zone: ZoneInfo) -> datetime | None:
    """The moment a cell means; without an offset it is the store's time. Raises `Invalid`."""
    moment = _bounded(raw, order, today)
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=zone)


def _bounded(raw: str, order: str, today: date) -> datetime | None:
    moment = _read(raw, order, today)
    if moment and moment.year not in _YEARS:
        raise Invalid(
            _("The year %(year)s cannot be right. Write the date like 1985-04-23.") % {"year": moment.year}
        )
    return moment


def _read(raw: str, order: str, today: date) -> datetime | None:
    text = raw.strip()
    if text in _NO_DATE:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    try:
        plain = (
            text.removesuffix("UTC").rstrip() + "+00:00" if text.endswith("UTC") else text.replace(" +", "+")
        )
        return datetime.fromisoformat(plain)
    except ValueError:
        pass
    try:
        return _from_numbers(text, order, today) or _from_names(text)
    except ValueError:
        pass
    shown = text if len(text) <= 40 else text[:37] + "…"
    raise Invalid(
        (
            _("“%(shown)s” is not a date (read with the day first). Write it like 1985-04-23.")
            if order == DAY_FIRST
            else _("“%(shown)s” is not a date (read with the month first). Write it like 1985-04-23.")
        )
        % {"shown": shown}
    )


def _from_numbers(text: str, order: str, today: date) -> datetime | None:
    match = _NUMBERS.fullmatch(text)
    if match is None:
        return None
    first, second, third = int(match[1]), int(match[3]), int(match[4])
    if len(match[1]) == 4:
        year, month, day = first, second, third
    else:
        # Dots are written by people who put the day first, whatever the rest of the column does.
        day_leads = order == DAY_FIRST or match[2] == "."
        day, month, year = (first, second, third) if day_leads else (second, first, third)
        if len(match[4]) == 2:
            year += 2000 if year <= (today.year + 1) % 100 else 1900
        elif len(match[4]) != 4:
            raise ValueError
    return datetime.combine(date(year, month, day), _time(match[5]))


def _from_names(text: str) -> datetime:
    match = _NAMED.fullmatch(text)
    if match is None:
        raise ValueError
    month = _MONTHS.get((match[2] or match[3])[:3].lower())
    if month is None:
        raise ValueError
    return datetime.combine(date(int(match[5]), month, int(match[1] or match[4])), _time(match[6]))


def _time(text: str | None) -> time:
    if not text:
        return time.min
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError
    hour = int(match[1])
    if match[4]:
        hour = hour % 12 + (12 if match[4] in "Pp" else 0)
    return time(hour, int(match[2]), int(match[3] or 0))
