"""The rows of an import as people look at them: what would change, what is to decide, what is wrong."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.desk import cells, values
from regulars.desk.transfers.said import Words
from regulars.resources.context import Context
from regulars.resources.importer import SKIP
from regulars.resources.resource import Resource, get_resource
from regulars.transfers import queries
from regulars.transfers.choices import ImportState, Phase, RowVerdict
from regulars.transfers.queries import ImportRow, ImportView, MappedColumn

ROWS_A_PAGE = 50
LONG_CELL = 80
TONES = {
    RowVerdict.NEW: "green",
    RowVerdict.CHANGED: "blue",
    RowVerdict.SAME: "grey",
    RowVerdict.CLASH: "amber",
    RowVerdict.SKIPPED: "grey",
    RowVerdict.FAILED: "red",
}
_CHECKED_TABS = (
    RowVerdict.NEW,
    RowVerdict.CHANGED,
    RowVerdict.CLASH,
    RowVerdict.SKIPPED,
    RowVerdict.FAILED,
)
_RUN_TABS = (RowVerdict.FAILED, RowVerdict.CLASH, RowVerdict.SKIPPED)
# What is opened first: what somebody has to look at.
_FIRST = (RowVerdict.CLASH, RowVerdict.FAILED, RowVerdict.NEW, RowVerdict.CHANGED, RowVerdict.SKIPPED)
_ABOUT = {
    RowVerdict.NEW: gettext_lazy("These are not here yet and would be added."),
    RowVerdict.CHANGED: gettext_lazy("These are here already. Crossed out is what they say now."),
    RowVerdict.CLASH: gettext_lazy("Nobody is guessed: say what each row is, or it is left out."),
    RowVerdict.SKIPPED: gettext_lazy("Left out on purpose, each with its reason."),
    RowVerdict.FAILED: gettext_lazy(
        "Mend the marked cells here, or take these rows as a file and bring them again."
    ),
}
_ABOUT_RUN = {
    RowVerdict.CLASH: gettext_lazy("Nobody said what these are, so they were left out."),
    RowVerdict.FAILED: gettext_lazy("Take these rows as a file, mend them, and bring that file."),
}
# The answers that mean the same for many rows.
_FOR_ALL = {
    "same": gettext_lazy("All are the same person"),
    "apart": gettext_lazy("All are other people"),
    "last": gettext_lazy("The later row has the last word"),
    SKIP: gettext_lazy("Leave all of them out"),
}


def rows_part(view: ImportView, params: Mapping[str, str], context: Context) -> dict[str, Any]:
    """The tabs with their counts, and one page of the rows of one of them."""
    tabs = _tabs(view)
    counted = {name: view.counts[name] for name in tabs}
    asked = params.get("show", "")
    shown = next((name for name in tabs if name == asked), None) or next(
        (name for name in _FIRST if counted.get(name)), tabs[0] if tabs else None
    )
    if shown is None or view.is_live or not any(counted.values()):
        return {"tabs": []}
    after = _line(params.get("after", ""))
    found = queries.rows_page(
        store=context.store, import_id=view.id, verdict=shown, after=after, limit=ROWS_A_PAGE + 1
    )
    rows = found[:ROWS_A_PAGE]
    base = reverse("import", kwargs={"store": context.store.slug, "import_id": view.id})
    more = urlencode({"show": shown, "after": rows[-1].line}) if found[ROWS_A_PAGE:] else ""
    return {
        "tabs": tabs_part(view, shown, context),
        "about": _ABOUT[shown] if can_edit(view) else _ABOUT_RUN.get(shown, _ABOUT[shown]),
        "file_url": reverse("import_failed", kwargs={"store": context.store.slug, "import_id": view.id})
        if shown in (RowVerdict.FAILED, RowVerdict.CLASH) and rows and can_edit(view)
        else "",
        "shown": str(shown),
        "rows": rows_of(rows, view, context),
        "more_url": f"{base}?{more}#rows" if more else "",
        "first_url": f"{base}?show={shown}#rows" if after else "",
        "empty": _("No row is like this any more.") if not rows else "",
        "for_all": _for_all(rows) if shown == RowVerdict.CLASH and can_edit(view) else [],
        "for_all_url": reverse("import_rows", kwargs={"store": context.store.slug, "import_id": view.id}),
    }


def tabs_part(view: ImportView, shown: str, context: Context) -> list[dict[str, Any]]:
    """One tab for each verdict, with its count."""
    base = reverse("import", kwargs={"store": context.store.slug, "import_id": view.id})
    language = values.style_of(context).language
    return [
        {
            "label": name.label,
            "count": cells.format_whole(view.counts[name], language),
            "url": f"{base}?show={name}#rows",
            "current": name == shown,
        }
        for name in _tabs(view)
    ]


def _tabs(view: ImportView) -> tuple[RowVerdict, ...]:
    if view.state == ImportState.CHECKED:
        return _CHECKED_TABS
    return _RUN_TABS if view.phase == Phase.RUN else ()


def can_edit(view: ImportView) -> bool:
    """True between the check and the run."""
    return view.state == ImportState.CHECKED


def _line(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 15 else 0


def rows_of(rows: Sequence[ImportRow], view: ImportView, context: Context) -> list[dict[str, Any]]:
    """Rows as plain data, with the names of the records they are about."""
    resource = get_resource(view.resource)
    words, columns = Words(resource, context), open_columns(view, context)
    names = _names([row.record_id for row in rows if row.record_id], resource, context)
    return [_row(row, view, columns, words, names, resource, context) for row in rows]


def open_columns(view: ImportView, context: Context) -> list[MappedColumn]:
    """The columns whose cells the role may see: not those that become a field it may not see, and no secrets."""
    hidden = {
        one.name for one in get_resource(view.resource).all_fields() if not context.actor.may(one.permission)
    }
    return [one for one in view.columns if not one.secret and one.field not in hidden]


def _row(
    row: ImportRow,
    view: ImportView,
    columns: Sequence[MappedColumn],
    words: Words,
    names: Mapping[UUID, tuple[str, str]],
    resource: Resource,
    context: Context,
) -> dict[str, Any]:
    verdict = RowVerdict(row.verdict)
    name, url = names.get(row.record_id, ("", "")) if row.record_id else ("", "")
    editable = can_edit(view)
    wrong = (
        {one["column"] for one in row.problems if one["column"]} if verdict == RowVerdict.FAILED else set()
    )
    inputs = _inputs(row, columns, wrong) if editable else []
    headers = {one.header for one in columns}
    return {
        "line": row.line,
        "line_text": cells.format_whole(row.line, values.style_of(context).language),
        "verdict": str(verdict),
        "label": verdict.label,
        "tone": TONES[verdict],
        "name": name or _new_name(row, resource, context),
        "url": url,
        "is_new": verdict == RowVerdict.NEW,
        "changes": words.changes(row.before, row.after)
        if verdict in (RowVerdict.NEW, RowVerdict.CHANGED)
        else [],
        "cells": _cells(row, columns) if verdict in (RowVerdict.CLASH, RowVerdict.SKIPPED) else [],
        "problems": [
            # Most sentences quote the cell that they are about.
            one | {"value": "" if one["value"] in one["sentence"] else one["value"]}
            for one in row.problems
            if not one["column"] or one["column"] in headers
        ],
        "editable": editable,
        "edited": row.edited,
        "choice": row.choice,
        "choice_text": _choice_text(row),
        "options": [
            {"value": value, "label": label, "on": value == row.choice} for value, label in row.options or []
        ],
        "wrong": [one for one in inputs if one["problem"]],
        "others": [one for one in inputs if not one["problem"]] if verdict == RowVerdict.FAILED else [],
        "open": verdict == RowVerdict.FAILED and not wrong,
        "post_url": reverse(
            "import_row", kwargs={"store": context.store.slug, "import_id": view.id, "line": row.line}
        ),
    }


def _inputs(row: ImportRow, columns: Sequence[MappedColumn], wrong: set[str]) -> list[dict[str, Any]]:
    """The cells of a row that can be written anew; a second column of the same header cannot."""
    said = {one["column"]: one["sentence"] for one in row.problems}
    found, seen = [], set()
    for column in columns:
        if column.header in seen:
            continue
        seen.add(column.header)
        cell = row.cells[column.index] if column.index < len(row.cells) else ""
        found.append(
            {
                "name": f"cell-{column.index}",
                "id": f"cell-{row.line}-{column.index}",
                "label": column.header or _("(no header)"),
                "value": cell,
                "long": len(cell) > LONG_CELL or "\n" in cell,
                "problem": said[column.header] if column.header in wrong else "",
            }
        )
    return found


def _cells(row: ImportRow, columns: Sequence[MappedColumn]) -> list[dict[str, str]]:
    """What the file says, as far as it is brought in, for whoever has to know the row."""
    return [
        {"label": column.header, "value": row.cells[column.index]}
        for column in columns
        if column.field and column.index < len(row.cells) and row.cells[column.index].strip()
    ]


def _choice_text(row: ImportRow) -> str:
    if row.choice == SKIP:
        return _("Left out by choice")
    return next((str(label) for value, label in row.options or [] if value == row.choice), "")


def _new_name(row: ImportRow, resource: Resource, context: Context) -> str:
    """Who a row that is not stored yet would be."""
    if not row.after or row.record_id:
        return ""
    seen = resource.seen_by(context.actor)(row.after)
    told = dict.fromkeys(resource.title_needs, "") | {
        name: value for name, value in seen.items() if name in resource.title_needs
    }
    return resource.title(told)


def _names(ids: list[UUID], resource: Resource, context: Context) -> dict[UUID, tuple[str, str]]:
    if not ids:
        return {}
    base = reverse("list", kwargs={"store": context.store.slug, "resource_name": resource.name})
    rows = resource.rows(context.store).filter(pk__in=ids).values("id", *resource.title_needs)
    return {row["id"]: (resource.title(row), f"{base}{row['id']}/") for row in rows}


def _for_all(rows: Sequence[ImportRow]) -> list[dict[str, Any]]:
    offered = {value for row in rows for value, _label in row.options or []}
    return [
        {"value": value, "label": label}
        for value, label in _FOR_ALL.items()
        if value in offered or value == SKIP
    ]
