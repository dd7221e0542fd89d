"""Conditions as chips: field, operator, value, and the address without it."""

import json
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.desk.cells import format_day
from regulars.kit.errors import Refused
from regulars.kit.money import display_money
from regulars.resources import dates
from regulars.resources.compile import compile_query
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.language import And, Condition, Node, write
from regulars.resources.query import Query

_DATES = frozenset({"date", "datetime"})
LABELS = {
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
DATE_LABELS = {
    "=": gettext_lazy("is on"),
    "!=": gettext_lazy("is not on"),
    "<": gettext_lazy("is before"),
    "<=": gettext_lazy("is on or before"),
    ">": gettext_lazy("is after"),
    ">=": gettext_lazy("is on or after"),
}
TAKES = {"is empty": "none", "is not empty": "none", "between": "two", "in": "many", "not in": "many"}


def operator_label(field: Field, operator: str) -> str:
    """The operator in words, as the field's kind says it."""
    labels = DATE_LABELS if field.kind.name in _DATES else LABELS
    if field.kind.name == "tags" and operator in ("=", "!="):
        return _("include") if operator == "=" else _("do not include")
    return str(labels.get(operator) or LABELS[operator])


def parts_of(node: Node) -> list[Node]:
    """The conditions that all must hold; a query with "or" at its top is one part."""
    return list(node.parts) if isinstance(node, And) else [node]


def without(query: Query, index: int) -> Query:
    """The query without one of its parts."""
    parts = parts_of(query.node)
    left = [part for number, part in enumerate(parts) if number != index]
    return query.with_where(left[0] if len(left) == 1 else And(tuple(left)))


def chips_of(query: Query, context: Context, url: str) -> list[dict[str, Any]]:
    """One chip for each condition; a part that is more than one condition is shown as text."""
    if query.error:
        cleared = query.with_where(And(()))
        return [
            {"field": "", "label": query.where, "error": query.error.sentence, "remove_url": cleared.url(url)}
        ]
    found = []
    for index, part in enumerate(parts_of(query.node)):
        chip = _chip(part, query, context)
        try:
            compile_query(part, query.resource, context)
        except Refused as refusal:
            chip["error"] = refusal.sentence
        found.append({**chip, "remove_url": without(query, index).url(url)})
    return found


def _chip(part: Node, query: Query, context: Context) -> dict[str, Any]:
    field = query.resource.field(part.field, context.actor) if isinstance(part, Condition) else None
    if not isinstance(part, Condition) or field is None or part.operator not in field.operators:
        return {"field": "", "label": write(part)}
    return {
        "field": field.name,
        "label": str(field.label),
        "operator": part.operator,
        "operator_label": operator_label(field, part.operator),
        "value_text": value_text(field, part, context),
        "values_json": json.dumps(part.values),
    }


def value_text(field: Field, condition: Condition, context: Context) -> str:
    """The values in words: labels of choices, days, money."""
    words = [_word(field, value, context) for value in condition.values]
    joint = " – " if condition.operator == "between" else ", "
    return joint.join(words)


def _word(field: Field, value: str, context: Context) -> str:
    if field.choices:
        return dict(field.choices_for(context)).get(value, value)
    try:
        if field.kind.name in _DATES:
            return format_day(dates.parse_day(value, context), context.locale)
        if field.kind.name == "money":
            minor = field.kind.operand(value, field, context)
            return display_money(minor, context.store.currency, context.locale)
    except Refused:
        return value
    if field.kind.name == "boolean":
        return _("yes") if value.lower() in ("yes", "true", "1") else _("no")
    return value
