"""Forms of any resource, drawn from the catalogue: sections, values as typed, a problem at each field."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid4

from regulars.desk import values
from regulars.resources.context import Context
from regulars.resources.field import Field

# A section of a form is written in this order; ticks stand below the rest.
_AS_WRITTEN = ("address", "building", "postcode", "city", "region", "country")


def typed_values(post: Mapping[str, str], fields: Iterable[Field], *, ticked: bool = True) -> dict[str, str]:
    """What was typed for each field; a tick that is not sent is "no". Browsers send their own line breaks."""
    return {
        field.name: post.get(field.name, "false" if field.kind.name == "boolean" and ticked else "").replace(
            "\r\n", "\n"
        )
        for field in fields
        if field.name in post or (field.kind.name == "boolean" and ticked)
    }


def form_key(post: Mapping[str, str]) -> str:
    """The key of one opened form: however often it is sent, it makes one record. A form without one gets a new one."""
    try:
        return str(UUID(post.get("once", "")))
    except ValueError:
        return str(uuid4())


def sections_of(
    fields: Iterable[Field], typed: Mapping[str, Any], errors: Mapping[str, str], context: Context
) -> list[dict[str, Any]]:
    """The form's sections with their controls."""
    fields = list(fields)
    sections: dict[str, list[dict[str, Any]]] = {str(field.section): [] for field in fields}
    for field in sorted(fields, key=_place):
        control = values.control(
            field, typed.get(field.name, ""), context, problem=errors.get(field.name, "")
        )
        if field.kind.name == "boolean":
            control["value"] = str(typed.get(field.name, "")).lower() in ("true", "yes", "1", "on")
        control["size"] = _size(field)
        sections[str(field.section)].append(control)
    return [{"title": title, "fields": controls} for title, controls in sections.items()]


def problems_of(errors: Mapping[str, str], fields: Iterable[Field]) -> list[dict[str, str]]:
    """The summary above the form: each problem with a link to its field."""
    labels = {field.name: str(field.label) for field in fields}
    return [
        {"id": f"id-{name}" if name in labels else "", "label": labels.get(name, ""), "text": text}
        for name, text in errors.items()
    ]


def _size(field: Field) -> str:
    wide = getattr(field.kind, "multiline", False) or field.kind.name in ("tags", "boolean")
    return "whole" if wide else ""


def _place(field: Field) -> int:
    """An address is filled in from the street to the country; within a section all else keeps its place."""
    if field.kind.name == "boolean":
        return 1 + len(_AS_WRITTEN)
    return 1 + _AS_WRITTEN.index(field.name) if field.name in _AS_WRITTEN else 0
