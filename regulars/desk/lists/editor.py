"""What one can ask of a list's records: as HTML for everybody, and in full for the scripts that help to ask.

Drawing the HTML is a third of the work of a whole page, and it is the same for everybody with the same rights and
language: each kind is drawn once and kept. The full catalogue is fetched by the page when it is first needed.
"""

from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.desk import values
from regulars.desk.lists import chips
from regulars.desk.lists.words import builder_words
from regulars.kit.money import display_round_money
from regulars.kit.words import inside
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.links import Link
from regulars.resources.resource import Resource
from regulars.resources.tree import TAKES
from regulars.resources.words import OPERATORS

TEMPLATE = "desk/lists/filter_editor.html"
MOST_KEPT = 200
FUNCTIONS = {"anniversary": gettext_lazy("%(field)s (any year)")}
_kept: dict[tuple[Any, ...], dict[str, SafeString]] = {}


def editor_parts(resource: Resource, context: Context) -> dict[str, SafeString]:
    """The parts of the simple editor as HTML, from the catalogue."""
    key = (resource.name, context.actor.permissions, context.locale)
    if key not in _kept:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        told = {
            "fields": _together([_named(field) for field in askable(resource, context)]),
            "operators": [{"name": name, "label": str(label)} for name, label in OPERATORS.items()],
        }
        names = ("menu", "fields", "operators")
        _kept[key] = {name: render_to_string(f"{TEMPLATE}#{name}", told) for name in names}
    return _kept[key]


def _together(fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Fields of a section stand together, wherever they were declared: each heading is there once."""
    sections = list(dict.fromkeys(field["group"] for field in fields))
    return sorted(fields, key=lambda field: sections.index(field["group"]))


def askable(resource: Resource, context: Context) -> list[Field]:
    """The fields the person may see and ask about."""
    return [field for field in resource.fields(context.actor) if field.filterable]


def catalogue(resource: Resource, context: Context) -> dict[str, Any]:
    """Everything the filter builder and the completion of typed queries know."""
    example = display_round_money(1, context.store.currency, context.locale)
    symbol = example.replace("1", "").strip()
    return {
        "things": inside(resource.label),
        "currency": {"symbol": symbol, "before": not example.startswith("1")},
        "fields": [
            _told(field, context, [old for old, new in resource.synonyms.items() if new == field.name])
            for field in askable(resource, context)
        ],
        "links": [_link(link, context) for link in resource.links(context.actor)],
        "words": builder_words(),
    }


def _link(link: Link, context: Context) -> dict[str, Any]:
    return {
        "name": link.name,
        "label": str(link.label),
        "singular": str(link.singular),
        "fields": [_told(field, context) | {"group": ""} for field in link.visible(context.actor)],
    }


def _named(field: Field) -> dict[str, Any]:
    return {
        "name": field.name,
        "label": str(field.label),
        "group": str(field.section),
        "icon": values.ICONS.get(field.kind.name, "point"),
    }


def _told(field: Field, context: Context, synonyms: list[str] | None = None) -> dict[str, Any]:
    return _named(field) | {
        "kind": field.kind.name,
        "synonyms": synonyms or [],
        "operators": _operators(field, field.operators),
        "functions": [
            {
                "name": name,
                "label": function_label(field, name),
                "function": name,
                "operators": _operators(field, operators),
            }
            for name, operators in field.kind.functions.items()
        ],
        "choices": _choices(field, context),
        "suggests": field.suggestions is not None,
    }


def function_label(field: Field, function: str) -> str:
    """What a field is called when it is asked with a function: "Birthdate (any year)"."""
    pattern = FUNCTIONS.get(function)
    return str(pattern) % {"field": field.label} if pattern else f"{capfirst(function)}: {field.label}"


def _operators(field: Field, names: tuple[str, ...]) -> list[dict[str, str]]:
    return [
        {"name": name, "label": chips.operator_label(field, name), "takes": TAKES[name]} for name in names
    ]


def _choices(field: Field, context: Context) -> list[dict[str, str]] | None:
    if field.kind.name == "boolean":
        return [{"value": "yes", "label": _("Yes")}, {"value": "no", "label": _("No")}]
    if not field.choices:
        return None
    listed = [(value, str(label)) for value, label in field.choices_for(context)]
    if field.kind.name == "reference":  # a query names what it asks for, as people do
        return [{"value": label, "label": label, "id": value} for value, label in listed]
    return [{"value": value, "label": label} for value, label in listed]
