"""What the page of an export shows, as plain data: scopes, formats, columns in their order, and the first rows."""

from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from regulars.desk.cells import format_whole
from regulars.desk.lists.counts import count_text
from regulars.desk.lists.views import base_of
from regulars.desk.requests import StaffRequest
from regulars.desk.transfers.asking import Choice, everything
from regulars.desk.values import style_of
from regulars.kit.errors import Refused
from regulars.kit.words import inside
from regulars.resources.context import Context
from regulars.resources.page import annotate, count_matching, fetch_page
from regulars.resources.resource import Resource
from regulars.transfers.services import AT_ONCE, Asked, Table, about_file, table_of
from regulars.transfers.writing import FORMATS
from regulars.transfers.writing.base import in_words

SHOWN_ROWS = 3
# What each format is for, and what it cannot do.
ABOUT = {
    "csv": gettext_lazy("Plain text that every system reads. Comes back in as it went out."),
    "tsv": gettext_lazy("Plain text with tabs: pastes into spreadsheets."),
    "xlsx": gettext_lazy("Excel, with real dates, numbers and amounts."),
    "xls": gettext_lazy("Old Excel. A sheet holds 65,535 rows; more go on in further sheets."),
    "ods": gettext_lazy("LibreOffice, with real dates, numbers and amounts."),
    "pdf": gettext_lazy("To print and to read, on A4. Up to 50,000 rows."),
    "jsonl": gettext_lazy("One JSON object a line, for programs."),
}


def export_page(
    request: StaffRequest, choice: Choice, context: Context, *, problem: Refused | None = None
) -> dict[str, Any]:
    """The form with what is chosen in it, what is wrong with it, and what it would give."""
    resource, base = choice.query.resource, base_of(request, choice.query.resource)
    things = inside(resource.label)
    here = {"store": request.store.slug, "resource_name": resource.name}
    return {
        "title": _("Export %(things)s") % {"things": things},
        "back_url": choice.query.url(base),
        "back_label": str(resource.label),
        "url": reverse("export", kwargs=here),
        "save_url": reverse("save_export", kwargs=here),
        "ledger_url": reverse("exports", kwargs={"store": request.store.slug}),
        "hidden": choice.hidden,
        "scopes": _scopes(choice, context),
        "formats": [
            {
                "value": one.name,
                "label": one.label,
                "text": ABOUT.get(one.name, ""),
                "on": one.name == choice.format,
            }
            for one in FORMATS.values()
        ],
        "which": _which(choice, context),
        "presets": [
            {"value": one.name, "label": str(one.label), "on": one.name == choice.preset}
            for one in resource.export_presets
        ],
        "columns": _columns(choice, resource, context),
        "excel": choice.byte_order_mark,
        "reason": choice.reason,
        "problem": {"text": problem.sentence, "field": problem.field} if problem else None,
        "preview": preview(choice, context),
    }


def _scopes(choice: Choice, context: Context) -> list[dict[str, Any]]:
    language, picked = style_of(context).language, len(choice.selection.ids)
    things = inside(choice.query.resource.label)
    told = Asked(query=choice.query)
    here = count_text(count_matching(choice.query, context), language)
    every = count_text(count_matching(everything(choice.query), context), language)
    found = [
        ("query", _("The list as it is: %(count)s %(things)s") % {"count": here, "things": things},
         f"{told.in_words(context)}{_order(choice, context)}"),
        ("all", _("Everything: %(count)s %(things)s") % {"count": every, "things": things},
         _("Whatever the list leaves out, too")),
    ]  # fmt: skip
    if picked:
        label = ngettext("The %(count)s picked row", "The %(count)s picked rows", picked)
        found.insert(0, ("picked", label % {"count": format_whole(picked, language)}, ""))
    return [
        {"value": value, "label": label, "text": text, "on": value == choice.scope}
        for value, label, text in found
    ]


def _order(choice: Choice, context: Context) -> str:
    field, descending = choice.query.sort_field(context)
    if field is None:
        return ""
    order = _("largest or latest first") if descending else _("smallest or earliest first")
    return f" · {field.label}: {order}"


def _which(choice: Choice, context: Context) -> list[dict[str, Any]]:
    shown = ", ".join(str(field.label) for field in choice.query.chosen_columns(context))
    found = [
        ("shown", _("The columns of the list"), shown),
        ("all", _("All columns"), _("Everything your role may see")),
        ("chosen", _("Chosen columns, in an order of your own"), ""),
    ]
    if choice.query.resource.export_presets:
        found.append(
            ("preset", _("For another system"), _("Its headers, so that it takes the file as it is"))
        )
    return [
        {"value": value, "label": label, "text": text, "on": value == choice.which}
        for value, label, text in found
    ]


def _columns(choice: Choice, resource: Resource, context: Context) -> list[dict[str, Any]]:
    """Every column that can leave: the ticked ones first, in their order."""
    known = {field.name: field for field in resource.fields(context.actor) if field.exportable}
    names = [*choice.columns, *(name for name in known if name not in choice.columns)]
    return [
        {"name": name, "label": str(known[name].label), "on": name in choice.columns}
        for name in names
        if name in known
    ]


def preview(choice: Choice, context: Context) -> dict[str, Any]:
    """How many rows the file would hold, and its first ones; or why it cannot be made."""
    language = style_of(context).language
    try:
        asked = choice.asked(context)
        table = table_of(asked=asked, context=context)
        count = len(asked.ids) or None
        counted = None if count else count_matching(asked.query, context)
        told = about_file(asked=asked, context=context)
        rows = [
            [
                in_words(value, column, told)
                for column, value in zip(table.columns, table.cells(row), strict=True)
            ]
            for row in _first_rows(asked, table, context)
        ]
    except Refused as refusal:
        return {"problem": refusal.sentence}
    number = format_whole(count, language) if count else count_text(counted, language) if counted else ""
    waits = not FORMATS[asked.format].streams and (count or (counted.value if counted else 0)) > AT_ONCE
    return {
        "headers": [column.header for column in table.columns],
        "rows": rows,
        "text": _("%(rows)s rows, %(columns)s columns") % {"rows": number, "columns": len(table.columns)},
        "waits": _("So many rows are put together in the background; you get a link.") if waits else "",
    }


def _first_rows(asked: Asked, table: Table, context: Context) -> list[Any]:
    if asked.ids:
        return list(annotate(asked.rows(context), table.fields, context).values(*table.needs)[:SHOWN_ROWS])
    return fetch_page(replace(asked.query, size=SHOWN_ROWS), context, table.fields).rows
