"""Operators, values and dates of a condition in the words of the reader's language."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from babel.dates import format_date, format_datetime, format_skeleton, format_timedelta
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.kit.errors import Refused
from regulars.kit.money import display_money
from regulars.kit.phone import display_phone
from regulars.resources import dates
from regulars.resources.context import Context
from regulars.resources.field import Field

# Of more values nobody reads a list; the text of the query has them all.
TOLD_VALUES = 20
OPERATORS = {
    "=": gettext_lazy("is"),
    "!=": gettext_lazy("is not"),
    "in": gettext_lazy("is any of"),
    "not in": gettext_lazy("is none of"),
    "contains": gettext_lazy("contains"),
    "not contains": gettext_lazy("does not contain"),
    "starts with": gettext_lazy("starts with"),
    "ends with": gettext_lazy("ends with"),
    "<": gettext_lazy("is under"),
    "<=": gettext_lazy("is at most"),
    ">": gettext_lazy("is over"),
    ">=": gettext_lazy("is at least"),
    "between": gettext_lazy("is between"),
    "is empty": gettext_lazy("is empty"),
    "is not empty": gettext_lazy("is not empty"),
}
DATE_OPERATORS = {
    "=": gettext_lazy("is on"),
    "!=": gettext_lazy("is not on"),
    "<": gettext_lazy("is before"),
    "<=": gettext_lazy("is on or before"),
    ">": gettext_lazy("is after"),
    ">=": gettext_lazy("is on or after"),
}
STRETCH_OPERATORS = {"=": gettext_lazy("is in"), "!=": gettext_lazy("is not in")}
TAG_OPERATORS = {
    "=": gettext_lazy("has the tag %(value)s"),
    "!=": gettext_lazy("does not have the tag %(value)s"),
    "in": gettext_lazy("has one of the tags %(value)s"),
    "not in": gettext_lazy("has none of the tags %(value)s"),
    "contains": gettext_lazy("has a tag with %(value)s in it"),
    "not contains": gettext_lazy("has no tag with %(value)s in it"),
    "is empty": gettext_lazy("has no tags"),
    "is not empty": gettext_lazy("has tags"),
}
PERIODS = {
    "this_week": gettext_lazy("this week"),
    "last_week": gettext_lazy("last week"),
    "next_week": gettext_lazy("next week"),
    "this_month": gettext_lazy("this month"),
    "last_month": gettext_lazy("last month"),
    "next_month": gettext_lazy("next month"),
    "this_quarter": gettext_lazy("this quarter"),
    "last_quarter": gettext_lazy("last quarter"),
    "next_quarter": gettext_lazy("next quarter"),
    "this_year": gettext_lazy("this year"),
    "last_year": gettext_lazy("last year"),
    "next_year": gettext_lazy("next year"),
    "today": gettext_lazy("today"),
    "yesterday": gettext_lazy("yesterday"),
    "tomorrow": gettext_lazy("tomorrow"),
}
IS_DATE = frozenset({"date", "datetime"})
_UNITS = {"d": ("day", 1), "w": ("week", 7), "m": ("month", 30), "y": ("year", 365)}
_COUNTED = re.compile(r"([+-]?)([0-9]{1,5})([dwmy])|([0-9]{1,5})_([dwmy])[a-z]+_ago")


def operator_words(field: Field, operator: str, *, stretch: bool = False) -> str:
    """The operator as the field's kind says it: a date "is before", an amount "is under"; a day is "in" a month."""
    if field.kind.name not in IS_DATE:
        return str(OPERATORS[operator])
    special = DATE_OPERATORS | (STRETCH_OPERATORS if stretch else {})
    return str(special.get(operator) or OPERATORS[operator])


def is_stretch(raw: str, context: Context) -> bool:
    """Whether a date means more than one day: `last_month`, `2025`."""
    try:
        days = dates.parse_days(raw, context)
    except Refused:
        return False
    return days.first != days.last


def operands_words(
    field: Field, values: Sequence[str], context: Context, *, in_the_year: bool = False
) -> list[str]:
    """The values of a condition in words; of a long list the first ones, and how many more there are."""
    words = [operand_words(field, raw, context, in_the_year=in_the_year) for raw in values[:TOLD_VALUES]]
    more = len(values) - len(words)
    return [*words, _("%(count)d more") % {"count": more}] if more else words


def operand_words(field: Field, raw: str, context: Context, *, in_the_year: bool = False) -> str:
    """A value of a condition in words: the label of a choice, a day, an amount; as written when it has none."""
    try:
        if field.kind.name in IS_DATE:
            return days_words(raw, context, in_the_year=in_the_year)
        if field.choices:
            value = field.kind.operand(raw, field, context)
            return choice_words(field, value, context) if value else raw
        if field.kind.name == "boolean":
            return value_words(field, field.kind.operand(raw, field, context), context)
        if field.kind.name == "money":
            return value_words(field, field.kind.operand(raw, field, context), context)
    except Refused:
        return raw
    return raw


def choice_words(field: Field, value: Any, context: Context) -> str:
    """The label of a value that is chosen from a list."""
    return str(dict(field.choices_for(context)).get(str(value), value))


def value_words(field: Field, value: Any, context: Context) -> str:
    """The value of a record in words; "" where it has none."""
    if value is None or value in ("", [], ()):
        return ""
    match field.kind.name:
        case "boolean":
            return _("yes") if value else _("no")
        case "money":
            return display_money(value, context.store.currency, context.locale)
        case "date":
            return format_date(value, "medium", locale=context.locale)
        case "datetime":
            return format_datetime(value, "medium", tzinfo=context.store.zone, locale=context.locale)
        case "tags":
            return ", ".join(value)
        case "phone":
            return display_phone(value)
    return choice_words(field, value, context) if field.choices else str(value)


def days_words(raw: str, context: Context, *, in_the_year: bool = False) -> str:
    """Days as they were meant: "90 days ago (Dec 2, 2025)", "last month (Feb 1, 2026 – Feb 28, 2026)".

    Raises `Invalid`.
    """
    if in_the_year and (day := dates.day_in_any_year(raw)):
        return _day(day, context, in_the_year=True)
    days = dates.parse_days(raw, context)
    shown = _day(days.first, context, in_the_year=in_the_year)
    if days.first != days.last:
        shown = f"{shown} – {_day(days.last, context, in_the_year=in_the_year)}"
    relative = _relative(raw.strip().lower(), context)
    return f"{relative} ({shown})" if relative else shown


def _day(day: date, context: Context, *, in_the_year: bool) -> str:
    if in_the_year:
        return format_skeleton("MMMMd", day, locale=context.locale)
    return format_date(day, "medium", locale=context.locale)


def _relative(written: str, context: Context) -> str:
    if written in PERIODS:
        return str(PERIODS[written])
    match = _COUNTED.fullmatch(written.replace(" ", ""))
    if not match:
        return ""
    sign, count, letter = match[1], match[2] or match[4], match[3] or match[5]
    unit, days = _UNITS[letter]
    ahead = bool(match[2]) and sign != "-"
    distance = timedelta(days=int(count) * days) * (1 if ahead else -1)
    if not distance:
        return str(PERIODS["today"])
    return format_timedelta(
        distance,
        granularity=unit,  # type: ignore[arg-type]
        threshold=10**9,
        add_direction=True,
        locale=context.locale,
    )
