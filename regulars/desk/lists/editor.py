"""The filter editor: which fields can be asked, how, and with which values to choose from.

Drawing it is a third of the work of a whole page, and it is the same for everybody with the same rights and language:
each kind is drawn once and kept, and drawn anew when somebody adds a group.
"""

from typing import Any

from django.template.loader import render_to_string
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from regulars.desk import values
from regulars.desk.lists import chips
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.resource import Resource

TEMPLATE = "desk/lists/filter_editor.html"
MOST_KEPT = 200
_kept: dict[tuple[Any, ...], dict[str, SafeString]] = {}


def editor_parts(resource: Resource, context: Context) -> dict[str, SafeString]:
    """The parts of the editor as HTML, from the catalogue."""
    fields = [field for field in resource.fields(context.actor) if field.filterable]
    own = tuple(tuple(field.choices_for(context)) for field in fields if field.kind.name == "reference")
    key = (resource.name, context.actor.permissions, context.locale, own)
    if key not in _kept:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[key] = _draw(fields, context)
    return _kept[key]


def _draw(fields: list[Field], context: Context) -> dict[str, SafeString]:
    told = {
        "fields": [_filter_field(field, context) for field in fields],
        "operators": [{"name": name, "label": str(label)} for name, label in chips.LABELS.items()],
    }
    parts = {name: render_to_string(f"{TEMPLATE}#{name}", told) for name in ("menu", "fields", "operators")}
    return parts | {"values": json_script(told["fields"])}


def _filter_field(field: Field, context: Context) -> dict[str, Any]:
    return {
        "name": field.name,
        "label": str(field.label),
        "group": str(field.section),
        "icon": values.ICONS.get(field.kind.name, "point"),
        "kind": field.kind.name,
        "operators": [
            {"name": name, "label": chips.operator_label(field, name), "takes": chips.TAKES.get(name, "one")}
            for name in field.operators
        ],
        "choices": _choices(field, context),
    }


def _choices(field: Field, context: Context) -> list[dict[str, str]] | None:
    if field.kind.name == "boolean":
        return [{"value": "yes", "label": _("Yes")}, {"value": "no", "label": _("No")}]
    if not field.choices:
        return None
    return [{"value": value, "label": str(label)} for value, label in field.choices_for(context)]
