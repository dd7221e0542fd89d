"""Amounts, days and moments the way the visitor's language writes them."""

from datetime import date, datetime
from typing import Any

from babel import Locale
from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

from regulars.kit.money import display_money


def locale() -> str:
    """The language that is spoken, as Babel calls it."""
    return (get_language() or "en").replace("-", "_")


def money(minor: int, currency: str) -> str:
    """An amount."""
    return display_money(minor, currency, locale())


def number(value: int) -> str:
    """A number, with its thousands set apart."""
    return format_decimal(value, locale=locale())


def day(when: date | datetime | None) -> str:
    """A day; of a moment, the one on which it falls in the store."""
    if when is None:
        return ""
    return date_format(timezone.localtime(when) if isinstance(when, datetime) else when, "DATE_FORMAT")


def moment(when: datetime | None) -> str:
    """A day and time."""
    return date_format(timezone.localtime(when), "DATETIME_FORMAT") if when else ""


def place(where: Any) -> list[str]:
    """An address on its lines, the country by its name; without whoever lives there."""
    country = Locale.parse(locale()).territories.get(where.country, where.country)
    town = f"{where.postcode} {where.city}".strip()
    return [line for line in (where.address, where.building, town, where.region, country) if line]
