"""What the mapping page shows around its columns, as plain data: rules, how the file is read, kept profiles."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from regulars.desk import cells, values
from regulars.desk.transfers.column_pages import columns_part, importable, sections
from regulars.desk.transfers.drafts import MOST_KEYS, Draft
from regulars.desk.transfers.pages import dialect_text, steps
from regulars.kit.errors import Refused
from regulars.resources.context import Context
from regulars.resources.importer import Importer, Mark
from regulars.resources.resource import Resource, get_resource
from regulars.transfers import queries
from regulars.transfers.plan import (
    DELIMITERS,
    ENCODINGS,
    FOUND,
    MODES,
    SHARED_MAIL,
    TWINS,
)
from regulars.transfers.queries import ImportView
from regulars.transfers.services.previewing import TriedColumn

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
        "shared_mail": _options(SHARED_MAIL, draft.shared_mail) if "email" in importer.matched_by else [],
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
            {"number": number, "choices": sections(fields, name), "text": text}
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
