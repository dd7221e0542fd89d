"""Conditions as chips: field, operator, value, and the address without it."""

import json
import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from regulars.kit.errors import Refused
from regulars.resources.compile import compile_query
from regulars.resources.context import Context
from regulars.resources.explain import explain
from regulars.resources.field import Field
from regulars.resources.language import And, Condition, Node, write
from regulars.resources.query import Query
from regulars.resources.words import IS_DATE, is_stretch, operands_words, operator_words

# Beside the name "Tags" a comparison reads differently than in a sentence.
TAG_LABELS = {
    "=": gettext_lazy("include"),
    "!=": gettext_lazy("do not include"),
    "in": gettext_lazy("include any of"),
    "not in": gettext_lazy("include none of"),
    "contains": gettext_lazy("have one that contains"),
    "not contains": gettext_lazy("have none that contains"),
}

_COUNTED = re.compile(r"[+-]?([0-9]{1,5})([dwmy])", re.IGNORECASE)


def operator_label(field: Field, operator: str, *, stretch: bool = False) -> str:
    """The operator in words, as the field's kind says it."""
    if field.kind.name == "tags" and operator in TAG_LABELS:
        return str(TAG_LABELS[operator])
    return operator_words(field, operator, stretch=stretch)


def parts_of(node: Node) -> list[Node]:
    """The conditions that all must hold; a query with "or" at its top is one part."""
    return list(node.parts) if isinstance(node, And) else [node]


def without(query: Query, index: int) -> Query:
    """The query without one of its parts."""
    parts = parts_of(query.node)
    left = [part for number, part in enumerate(parts) if number != index]
    return query.with_where(left[0] if len(left) == 1 else And(tuple(left)))


def chips_of(query: Query, context: Context, url: str) -> list[dict[str, Any]]:
    """One chip for each part; what is more than one condition is told in words. `part` is its number."""
    if query.error:
        cleared = query.with_where(And(()))
        wrong = {"part": None, "label": query.where, "error": query.error.sentence}
        return [{"field": "", **wrong, "remove_url": cleared.url(url)}]
    found = []
    for index, part in enumerate(parts_of(query.node)):
        chip = {"part": index, "remove_url": without(query, index).url(url)}
        try:
            compile_query(part, query.resource, context)
            chip |= _chip(part, query, context)
        except Refused as refusal:
            chip |= _chip(part, query, context, error=refusal.sentence)
        found.append(chip)
    return found


def _chip(part: Node, query: Query, context: Context, *, error: str = "") -> dict[str, Any]:
    field = _field_of(part, query, context)
    if field is None or not isinstance(part, Condition):
        words = write(part) if error else explain(part, query.resource, context).sentence
        return {"field": "", "label": words, "error": error}
    operator, value = _said(field, part, context)
    return {
        "field": field.name,
        "label": str(field.label),
        "operator": part.operator,
        "operator_label": operator,
        "value_text": value,
        "values_json": json.dumps(part.values),
        "error": error,
    }


def _field_of(part: Node, query: Query, context: Context) -> Field | None:
    """The field of a part that is one plain condition."""
    if not isinstance(part, Condition) or part.function:
        return None
    field = query.resource.field(part.field, context.actor)
    return field if field is not None and part.operator in field.operators else None


def _said(field: Field, condition: Condition, context: Context) -> tuple[str, str]:
    """Comparison and value in words; a span that ends or begins today as people say it."""
    values = condition.values
    if field.kind.name in IS_DATE and condition.operator == "between":
        if values[1] == "today" and values[0].startswith("-") and (span := _span(values[0])):
            return _("is in the last"), span
        if values[0] == "today" and not values[1].startswith("-") and (span := _span(values[1])):
            return _("is in the next"), span
    words = operands_words(field, values, context)
    joint = " – " if condition.operator == "between" else ", "
    stretch = field.kind.name in IS_DATE and bool(values) and is_stretch(values[0], context)
    return operator_label(field, condition.operator, stretch=stretch), joint.join(words)


def _span(text: str) -> str:
    """So many days, weeks, months or years in words; nothing for another way to write a day."""
    found = _COUNTED.fullmatch(text)
    if found is None:
        return ""
    amount, unit = int(found[1]), found[2].lower()
    words = {
        "d": ngettext("%(count)d day", "%(count)d days", amount),
        "w": ngettext("%(count)d week", "%(count)d weeks", amount),
        "m": ngettext("%(count)d month", "%(count)d months", amount),
        "y": ngettext("%(count)d year", "%(count)d years", amount),
    }
    return words[unit] % {"count": amount}
