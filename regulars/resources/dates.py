"""Dates as people write them in a query: absolute, relative, named; whole days of the store's time zone."""

import re
from datetime import date, datetime, time, timedelta

from regulars.kit.errors import Invalid
from regulars.resources.context import Context

_RELATIVE = re.compile(r"([+-]?)(\d{1,5})\s*([dwmy])", re.IGNORECASE)
_NAMED = {"today": 0, "yesterday": -1, "tomorrow": 1}
RELATIVE_CHOICES = ("today", "yesterday", "-7d", "-30d", "-90d", "-12m")


def parse_day(text: str, context: Context) -> date:
    """The day meant by `2024-12-31`, `today`, `-90d`, `-4w`, `-8m` or `+1y`. Raises `Invalid`."""
    written = text.strip().lower()
    if written in _NAMED:
        return context.today + timedelta(days=_NAMED[written])
    if match := _RELATIVE.fullmatch(written):
        sign = -1 if match[1] == "-" else 1
        return shift(context.today, sign * int(match[2]), match[3].lower())
    try:
        return date.fromisoformat(written[:10])
    except ValueError as error:
        raise Invalid(f"“{text}” is not a date. Write 2024-12-31, today, -90d, -8m or +1y.") from error


def shift(day: date, amount: int, unit: str) -> date:
    """The day so many days, weeks, months or years later; the 31st becomes the last day of a shorter month."""
    try:
        if unit == "d":
            return day + timedelta(days=amount)
        if unit == "w":
            return day + timedelta(weeks=amount)
        months = amount * (12 if unit == "y" else 1)
        year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
        for last in (day.day, 30, 29, 28):
            try:
                return date(year, month + 1, min(day.day, last))
            except ValueError:
                continue
        return date(year, month + 1, 28)
    except (OverflowError, ValueError) as error:
        raise Invalid("This date lies too far away.") from error


def day_start(day: date, context: Context) -> datetime:
    """The moment a day begins in the store's time zone."""
    return datetime.combine(day, time.min, tzinfo=context.store.zone)


def day_end(day: date, context: Context) -> datetime:
    """The moment the next day begins."""
    try:
        return datetime.combine(day + timedelta(days=1), time.min, tzinfo=context.store.zone)
    except OverflowError as error:
        raise Invalid("This date lies too far away.") from error
