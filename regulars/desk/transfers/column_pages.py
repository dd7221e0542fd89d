"""The columns of a file on the mapping page, as plain data: first values, the field, steps, what is there already."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from regulars.desk.transfers.drafts import Draft, Step, addressable, joined
from regulars.desk.transfers.said import said_of
from regulars.kit.errors import Invalid
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.resource import Resource, get_resource
from regulars.transfers.plan import POLICIES
from regulars.transfers.queries import ImportView, MappedColumn
from regulars.transfers.services.previewing import TriedColumn
from regulars.transfers.steps import STEPS, clean_steps

# Steps that only make sense for fields of some kinds.
_ONLY_FOR = {
    "date": ("date", "datetime"),
    "phone": ("phone",),
    "name_order": ("text",),
    "yes": ("boolean", "choice"),
}


class Offer:
    """The fields a file may fill, and the choice among them: of a thousand columns most offer the same, drawn once."""

    def __init__(self, resource: Resource, context: Context) -> None:
        self.fields = importable(resource, context)
        self._drawn: dict[str, SafeString] = {}

    def drawn(self, name: str) -> SafeString:
        """The options of a choice in which this field is chosen ("" for none)."""
        if name not in self._drawn:
            found = {"sections": sections(self.fields, name)}
            self._drawn[name] = render_to_string("desk/transfers/fields.html", found)
        return self._drawn[name]


def columns_part(
    view: ImportView,
    draft: Draft,
    tried: Mapping[int, TriedColumn],
    context: Context,
    *,
    conflicts: Mapping[int, str],
) -> list[dict[str, Any]]:
    """Each column of the file with what it becomes."""
    offer = Offer(get_resource(view.resource), context)
    open_to_choice = {column.index for column in addressable(view)}
    return [
        column_part(
            column, draft, tried.get(column.index), offer, view, context, conflicts.get(column.index, "")
        )
        if column.index in open_to_choice
        else _closed(column)
        for column in view.columns
    ]


def importable(resource: Resource, context: Context) -> dict[str, Field]:
    """The fields a file may fill, for this person."""
    return {
        one.name: one
        for one in resource.fields(context.actor)
        if one.importable and context.actor.may(one.edit_permission)
    }


def _closed(column: MappedColumn) -> dict[str, Any]:
    return {
        "index": column.index,
        "header": column.header or _("(no header)"),
        "samples": [{"cell": one} for one in column.samples],
        "field": "",
        "reason": column.reason,
        "closed": True,
    }


def column_part(
    column: MappedColumn,
    draft: Draft,
    tried: TriedColumn | None,
    offer: Offer,
    view: ImportView,
    context: Context,
    conflict: str = "",
) -> dict[str, Any]:
    """One column: its first values and what they become, the field, the steps, the rule for values that are there."""
    index, name = column.index, draft.fields.get(column.index, "")
    field = offer.fields.get(name)
    steps_now = draft.steps.get(index, [])
    policy = draft.policies.get(name, "overwrite")
    reason = "" if name and not conflict else (tried.reason if tried else column.reason)
    return {
        "index": index,
        "header": column.header or _("(no header)"),
        "field": name,
        "choices": offer.drawn(name),
        "samples": _samples(column, tried, field, context),
        "reason": "" if conflict else reason,
        "problem": conflict,
        "steps": [
            _step(index, at, step, [one for one in addressable(view) if one.index != index], context)
            for at, step in enumerate(steps_now)
        ],
        "steps_problem": _steps_problem(column.header, steps_now),
        "addable": [
            {"value": one.name, "label": one.label}
            for one in STEPS.values()
            if field is not None and field.kind.name in _ONLY_FOR.get(one.name, (field.kind.name,))
        ],
        "policies": _policies(field, policy) if field is not None else [],
        "summary": _summary(steps_now, policy),
        "open": index in draft.opened,
    }


def sections(fields: Mapping[str, Field], name: str) -> list[dict[str, Any]]:
    sections: dict[str, list[dict[str, Any]]] = {}
    for one in fields.values():
        sections.setdefault(str(one.section), []).append(
            {"value": one.name, "label": str(one.label), "on": one.name == name}
        )
    return [{"label": label, "fields": found} for label, found in sections.items()]


def _samples(
    column: MappedColumn, tried: TriedColumn | None, field: Field | None, context: Context
) -> list[dict[str, str]]:
    if tried is None or field is None or not tried.tried:
        return [{"cell": one} for one in column.samples]
    shown = []
    for one in tried.tried:
        said = "" if one.problem else said_of(one.value, field, context)
        shown.append({"cell": one.cell, "value": said if said != one.cell else "", "problem": one.problem})
    return shown


def _step(
    index: int, at: int, step: Step, others: Sequence[MappedColumn], context: Context
) -> dict[str, Any]:
    known = STEPS[step["step"]]
    countries = next(
        (one for one in get_resource("customers").fields(context.actor) if one.name == "country"), None
    )
    asked = []
    for one in known.inputs:
        choices = [{"value": value, "label": label} for value, label in (one.choices or {}).items()]
        if one.name == "country" and countries is not None:
            choices = [
                {"value": code, "label": f"{label} ({code})"}
                for code, label in countries.choices_for(context)
            ]
        many = known.name == "join" and one.name == "columns"
        asked.append(
            {
                "name": f"step-{index}-{at}-{one.name}",
                "label": one.label,
                "value": step.get(one.name, ""),
                "choices": choices,
                "many": [
                    {"value": other.header, "label": other.header, "on": other.header in joined(step)}
                    for other in others
                ]
                if many
                else [],
                "required": one.required,
            }
        )
    return {"name": f"step-{index}-{at}", "step": known.name, "label": known.label, "at": at, "inputs": asked}


def _steps_problem(header: str, steps_now: list[Step]) -> str:
    """What is wrong with the steps of one column, for its own place on the page. A step that was just added is not."""
    try:
        clean_steps({header: [one for one in steps_now if len(one) > 1]})
    except Invalid as refusal:
        return refusal.sentence
    return ""


def _policies(field: Field, policy: str) -> list[dict[str, Any]]:
    adds = field.kind.name == "tags" or bool(getattr(field.kind, "multiline", False))
    return [
        {"value": value, "label": label, "on": value == policy}
        for value, label in POLICIES.items()
        if value != "append" or adds
    ]


def _summary(steps_now: Sequence[Step], policy: str) -> str:
    parts = [str(STEPS[one["step"]].label) for one in steps_now]
    if policy != "overwrite":
        parts.append(str(POLICIES.get(policy, policy)))
    return " · ".join(parts)
