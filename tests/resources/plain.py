"""What a query means, said a second time in plain Python, from docs/query-language.md and not from the compiler.

Tests compare the database's answer with this one. The dates that the tests write are worked out by hand, for `NOW`.
"""

from calendar import isleap
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from regulars.kit.text import fold
from regulars.resources.links import Link
from regulars.resources.resource import Resource
from regulars.resources.tree import And, Condition, Linked, Node, Not, Or

TODAY = date(2026, 3, 2)
PARIS = ZoneInfo("Europe/Paris")
# What is written in a query, and the days it means on the 2nd of March 2026, a Monday.
DAYS: dict[str, tuple[date, date]] = {
    "today": (TODAY, TODAY),
    "yesterday": (date(2026, 3, 1), date(2026, 3, 1)),
    "tomorrow": (date(2026, 3, 3), date(2026, 3, 3)),
    "-90d": (date(2025, 12, 2), date(2025, 12, 2)),
    "+30d": (date(2026, 4, 1), date(2026, 4, 1)),
    "-7d": (date(2026, 2, 23), date(2026, 2, 23)),
    "-4w": (date(2026, 2, 2), date(2026, 2, 2)),
    "-8m": (date(2025, 7, 2), date(2025, 7, 2)),
    "-40y": (date(1986, 3, 2), date(1986, 3, 2)),
    "7_days_ago": (date(2026, 2, 23), date(2026, 2, 23)),
    "12_months_ago": (date(2025, 3, 2), date(2025, 3, 2)),
    "this_week": (date(2026, 3, 2), date(2026, 3, 8)),
    "last_week": (date(2026, 2, 23), date(2026, 3, 1)),
    "this_month": (date(2026, 3, 1), date(2026, 3, 31)),
    "last_month": (date(2026, 2, 1), date(2026, 2, 28)),
    "next_month": (date(2026, 4, 1), date(2026, 4, 30)),
    "this_quarter": (date(2026, 1, 1), date(2026, 3, 31)),
    "last_quarter": (date(2025, 10, 1), date(2025, 12, 31)),
    "this_year": (date(2026, 1, 1), date(2026, 12, 31)),
    "last_year": (date(2025, 1, 1), date(2025, 12, 31)),
    "2025": (date(2025, 1, 1), date(2025, 12, 31)),
    "2024-02": (date(2024, 2, 1), date(2024, 2, 29)),
    "1985-03-02": (date(1985, 3, 2), date(1985, 3, 2)),
    "2004-02-29": (date(2004, 2, 29), date(2004, 2, 29)),
    "2025-01-01": (date(2025, 1, 1), date(2025, 1, 1)),
    "2026-03-02": (TODAY, TODAY),
    "2026-02-28": (date(2026, 2, 28), date(2026, 2, 28)),
}
# Days of any year; the year they are looked for in is this one, and the next one where that begins between them.
IN_THE_YEAR = {"12-24": (12, 24), "01-06": (1, 6), "02-28": (2, 28), "03-02": (3, 2)}
CODES = {"fr": "FR", "france": "FR", "de": "DE", "germany": "DE", "french": "fr", "loyal": "loyal"}
NEGATIVE = {"!=": "=", "not in": "in", "not contains": "contains", "is not empty": "is empty"}
# Fields that are compared in their search form: without regard to accents.
FOLDED = frozenset({"name", "company", "city"})
ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda value, wanted: bool(value < wanted),
    "<=": lambda value, wanted: bool(value <= wanted),
    ">": lambda value, wanted: bool(value > wanted),
    ">=": lambda value, wanted: bool(value >= wanted),
    "=": lambda value, wanted: bool(value == wanted),
    "!=": lambda value, wanted: bool(value != wanted),
}


@dataclass
class Plain:
    """A record as the tests know it: its columns, and the columns of what is linked to it."""

    row: dict[str, Any]
    linked: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def holds(node: Node, record: Plain, resource: Resource | Link) -> bool:
    """Whether the record meets the query."""
    match node:
        case And(parts):
            return all(holds(part, record, resource) for part in parts)
        case Or(parts):
            return any(holds(part, record, resource) for part in parts)
        case Not(part):
            return not holds(part, record, resource)
        case Linked():
            assert isinstance(resource, Resource)
            link = next(one for one in resource.all_links() if one.name == node.link)
            many = sum(holds(node.part, Plain(row), link) for row in record.linked[node.link])
            return ORDERS[node.operator](many, node.count)
        case Condition():
            return _meets(node, record, resource)


def _meets(condition: Condition, record: Plain, resource: Resource | Link) -> bool:
    if condition.operator in NEGATIVE:
        turned = Condition(
            condition.field, NEGATIVE[condition.operator], condition.values, condition.function
        )
        return not _meets(turned, record, resource)
    fields = resource.fields if isinstance(resource, Link) else resource.all_fields()
    named = {one.name: one for one in fields}  # type: ignore[union-attr]
    asked = named[condition.field]
    value = value_of(condition.field, asked.path, asked.kind.name, record)
    if condition.operator == "is empty":
        return value in (None, "", [])
    if condition.operator == "in":
        return any(
            _meets(Condition(condition.field, "=", (one,), condition.function), record, resource)
            for one in condition.values
        )
    if condition.function:
        return value is not None and _has_its_day(value, condition.values)
    kind = asked.kind.name
    if kind in ("date", "datetime"):
        return value is not None and _in_time(condition.operator, value, condition.values)
    if kind in ("number", "decimal", "money"):
        return value is not None and _in_order(condition.operator, value, condition.values)
    if kind == "boolean":
        return bool(value) == (condition.values[0].lower() in ("yes", "true", "1"))
    if kind == "tags":
        return _among(condition.operator, value, condition.values[0])
    if kind in ("choice", "reference"):
        wanted = condition.values[0]
        return bool((value or "").casefold() == CODES.get(wanted.lower(), wanted).casefold())
    if kind == "phone":
        return _dialled(condition.operator, value, condition.values[0])
    return _written(condition.operator, value, condition.values[0], folded=condition.field in FOLDED)


def value_of(name: str, path: str, kind: str, record: Plain) -> Any:
    """The value of a field as people know it."""
    row = record.row
    match name:
        case "name" if "first_name" in row:
            return f"{row['first_name']} {row['last_name']}".strip()
        case "age":
            born = row["birthdate"]
            if born is None:
                return None
            return TODAY.year - born.year - ((TODAY.month, TODAY.day) < (born.month, born.day))
        case "life_stage":
            return _life_stage(row)
        case "login" | "second_step":
            return "none"  # nobody signs in here; tests/accounts has those who do
        case "signed_in":
            return None  # the same
        case "recency_score" | "frequency_score" | "money_score":
            return None  # nobody is scored before the first count; tests/reports has what comes after it
        case "group":
            return row["group_name"]
        case "average_order":
            if not row["orders_count"]:
                return None
            return Decimal(int(row["spent_minor"] / row["orders_count"])) / 100
    value = row[path]
    if kind == "money" and value is not None:
        return Decimal(value) / 100
    if kind == "datetime" and value is not None:
        return _day(value)
    return value


def _day(moment: datetime) -> date:
    return moment.astimezone(PARIS).date()


def _life_stage(row: dict[str, Any]) -> str:
    if not row["orders_count"]:
        return "potential"
    if _day(row["last_order_at"]) < date(2024, 3, 2):
        return "lapsed"
    if _day(row["last_order_at"]) < date(2025, 3, 2):
        return "at_risk"
    if row["orders_count"] >= 2:
        return "loyal"
    if row["first_order_at"] and _day(row["first_order_at"]) >= date(2026, 1, 31):
        return "new"
    return "customer"


def _in_time(operator: str, day: date, values: tuple[str, ...]) -> bool:
    first, last = DAYS[values[0]][0], DAYS[values[-1]][1]
    match operator:
        case "<":
            return day < first
        case "<=":
            return day <= last
        case ">":
            return day > last
        case ">=":
            return day >= first
    return first <= day <= last


def _has_its_day(born: date, values: tuple[str, ...]) -> bool:
    """Whether the day comes round within the window, looked for day by day."""
    day, end = _begins(values[0]), _ends(values[-1], _begins(values[0]))
    while day <= end:
        month, number = born.month, born.day
        if (month, number) == (2, 29) and not isleap(day.year):
            number = 28
        if (day.month, day.day) == (month, number):
            return True
        day += timedelta(days=1)
    return False


def _begins(text: str) -> date:
    return date(2026, *IN_THE_YEAR[text]) if text in IN_THE_YEAR else DAYS[text][0]


def _ends(text: str, begin: date) -> date:
    """The first time that the end comes round after the beginning, but for a window of more than a year."""
    end = date(2026, *IN_THE_YEAR[text]) if text in IN_THE_YEAR else DAYS[text][1]
    if text not in IN_THE_YEAR and end - begin >= timedelta(days=365):
        return end
    for year in (begin.year, begin.year + 1):
        day = 28 if (end.month, end.day) == (2, 29) and not isleap(year) else end.day
        if (found := date(year, end.month, day)) >= begin:
            return found
    raise AssertionError(text)


def _in_order(operator: str, value: Any, values: tuple[str, ...]) -> bool:
    wanted = [Decimal(one) for one in values]
    if operator == "between":
        return bool(wanted[0] <= value <= wanted[1])
    return ORDERS[operator](Decimal(value), wanted[0])


def _among(operator: str, tags: list[str], wanted: str) -> bool:
    if operator == "=":
        return wanted.strip() in tags if wanted.strip() else not tags
    return any(wanted.strip().upper() in tag.upper() for tag in tags)


def _dialled(operator: str, number: str, wanted: str) -> bool:
    asked = "".join(char for char in wanted if char.isdigit())
    if operator == "=":
        national = asked.startswith("0")
        return bool(number == (f"+33{asked[1:]}" if national else f"+{asked}")) if asked else not number
    match operator:
        case "contains":
            return asked in number
        case "starts with":
            return number.startswith(f"+{asked.removeprefix('00') if wanted.startswith('00') else asked}")
    return number.endswith(asked)


def _written(operator: str, value: str, wanted: str, *, folded: bool) -> bool:
    wanted = wanted.strip()
    if not wanted:
        return value == ""
    alike: Callable[[str], str] = fold if folded else str.upper
    value, wanted = alike(value), alike(wanted)
    match operator:
        case "contains":
            return wanted in value
        case "starts with":
            return value.startswith(wanted)
        case "ends with":
            return value.endswith(wanted)
    return value == wanted
