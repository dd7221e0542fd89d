"""What the mapping page shows, as plain data: each column with its first values, and the rules of the import."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from regulars.desk import cells, values
from regulars.desk.transfers.drafts import MOST_KEYS, Draft, Step, addressable, joined
from regulars.desk.transfers.pages import dialect_text, steps
from regulars.desk.transfers.said import said_of
from regulars.kit.errors import Invalid, Refused
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.importer import Importer, Mark
from regulars.resources.resource import Resource, get_resource
from regulars.transfers import queries
from regulars.transfers.plan import (
    DELIMITERS,
    ENCODINGS,
    FOUND,
    MODES,
    POLICIES,
    SHARED_MAIL,
    TWINS,
)
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
_FOUND_LABELS = {
    Mark.ARCHIVED: gettext_lazy("An archived one"),
    Mark.INACTIVE: gettext_lazy("An inactive one"),
    Mark.BLOCKED: gettext_lazy("A blocked one"),
    Mark.MERGED: gettext_lazy("One that was merged into another"),
}
# Where on the page the field of a plan is, so that what is wrong with it can be shown and jumped to there.
_PLACES = {
    "columns": "columns",
    "steps": "columns",
    "policies": "columns",
    "reading": "reading-header_row",
    "sheet": "sheet",
    "match": "match-0",
    "name": "profile-name",
}


def mapping_page(
    view: ImportView,
    draft: Draft,
    tried: Mapping[int, TriedColumn],
    context: Context,
    *,
    problem: Refused | None = None,
    conflicts: Mapping[int, str] | None = None,
) -> dict[str, Any]:
    """The whole form with what is chosen in it, and what is wrong with it."""
    resource = get_resource(view.resource)
    importer = resource.importer
    here = {"store": context.store.slug, "import_id": view.id}
    columns = columns_part(view, draft, tried, context, conflicts=conflicts or {})
    used = sum(1 for one in columns if one["field"])
    place = problem.field if problem else ""
    language = values.style_of(context).language
    return {
        "title": view.file_name,
        "url": reverse("import_columns", kwargs=here),
        "discard_url": reverse("import_step", kwargs={**here, "step": "discard"}),
        "history_url": reverse("imports", kwargs={"store": context.store.slug}),
        "steps": steps(1),
        "problem": problem.sentence if problem else "",
        "place": place,
        "anchor": _PLACES.get(place, place),
        "dialect_text": dialect_text(view, context),
        "notes": view.notes,
        "used_text": ngettext(
            "%(used)s of %(count)s column is brought in",
            "%(used)s of %(count)s columns are brought in",
            len(columns),
        )
        % {
            "used": cells.format_whole(used, language),
            "count": cells.format_whole(len(columns), language),
        },
        "columns": columns,
        "rules": _rules(draft, resource, importer, context) if importer else {},
        "reading": _reading(view, draft),
        "profiles": [
            {"id": str(one.pk), "name": one.name, "current": one.name == view.profile_name}
            for one in queries.profiles_of(store=context.store, resource=resource)
        ],
        "profile_name": view.profile_name,
    }


def columns_part(
    view: ImportView,
    draft: Draft,
    tried: Mapping[int, TriedColumn],
    context: Context,
    *,
    conflicts: Mapping[int, str],
) -> list[dict[str, Any]]:
    """Each column of the file with what it becomes."""
    fields = importable(get_resource(view.resource), context)
    open_to_choice = {column.index for column in addressable(view)}
    return [
        column_part(
            column, draft, tried.get(column.index), fields, view, context, conflicts.get(column.index, "")
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
    fields: Mapping[str, Field],
    view: ImportView,
    context: Context,
    conflict: str = "",
) -> dict[str, Any]:
    """One column: its first values and what they become, the field, the steps, the rule for values that are there."""
    index, name = column.index, draft.fields.get(column.index, "")
    field = fields.get(name)
    steps_now = draft.steps.get(index, [])
    policy = draft.policies.get(name, "overwrite")
    reason = "" if name and not conflict else (tried.reason if tried else column.reason)
    return {
        "index": index,
        "header": column.header or _("(no header)"),
        "field": name,
        "choices": _sections(fields, name),
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


def _sections(fields: Mapping[str, Field], name: str) -> list[dict[str, Any]]:
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


def _rules(draft: Draft, resource: Resource, importer: Importer, context: Context) -> dict[str, Any]:
    fields = importable(resource, context)
    countries = fields.get("country")
    keys = [(name, str(fields[name].label)) for name in importer.matched_by if name in fields]
    order = [*draft.match, *[""] * MOST_KEYS][:MOST_KEYS]
    return {
        "modes": _options(MODES, draft.mode),
        "keys": [
            {
                "id": f"match-{number}",
                "label": (_("First by"), _("Then by"), _("Then by"))[number],
                "choices": [
                    {"value": name, "label": label, "on": name == order[number]} for name, label in keys
                ],
            }
            for number in range(MOST_KEYS if keys else 0)
        ],
        "twins": _options(TWINS, draft.twins),
        "shared_mail": _options(SHARED_MAIL, draft.shared_mail),
        "found": [
            {
                "name": f"found-{mark}",
                "label": label,
                "choices": _options(
                    {
                        name: text
                        for name, text in FOUND.items()
                        if name != "restore" or mark in (Mark.ARCHIVED, Mark.INACTIVE)
                    },
                    draft.found.get(mark, "update"),
                ),
            }
            for mark, label in _FOUND_LABELS.items()
        ]
        if importer.revived
        else [],
        "tags": draft.tags if "tags" in fields else None,
        "countries": [
            {"value": code, "label": label, "on": code == draft.phone_country}
            for code, label in countries.choices_for(context)
        ]
        if countries and "phone" in fields
        else [],
        "own_country": dict(countries.choices_for(context)).get(context.store.country, context.store.country)
        if countries
        else "",
        "defaults": [
            {"number": number, "choices": _sections(fields, name), "text": text}
            for number, (name, text) in enumerate([*(draft.defaults or []), ("", "")])
        ],
        "changed": _changed(draft),
    }


def _changed(draft: Draft) -> bool:
    """True when a rule is not the one most people want, so that it is not hidden."""
    return (draft.twins, draft.shared_mail) != ("refuse", "ask") or any(
        answer != "update" for answer in draft.found.values()
    )


def _options(choices: Mapping[str, Any], value: str) -> list[dict[str, Any]]:
    return [{"value": name, "label": label, "on": name == value} for name, label in choices.items()]


def _reading(view: ImportView, draft: Draft) -> dict[str, Any]:
    is_text = view.format == "text"
    return {
        "header_row": draft.reading.get("header_row", "") or str(view.header_row),
        "encodings": _options(ENCODINGS, draft.reading.get("encoding", "")) if is_text else [],
        "delimiters": _options(DELIMITERS, draft.reading.get("delimiter", "")) if is_text else [],
        "sheets": [{"value": one, "on": one == view.sheet} for one in view.sheets]
        if len(view.sheets) > 1
        else [],
        "open": bool(draft.reading.get("encoding") or draft.reading.get("delimiter")),
    }
