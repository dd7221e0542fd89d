"""What the list page shows: one query of any resource as plain data for the template."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.desk import cells, values
from regulars.desk.lists import chips
from regulars.desk.lists.counts import count_text
from regulars.desk.lists.editor import editor_parts
from regulars.desk.lists.empty import nothing_here
from regulars.desk.lists.held import Held
from regulars.kit.errors import Refused
from regulars.resources.action import Action
from regulars.resources.context import Context
from regulars.resources.field import Field, Row
from regulars.resources.language import And, Condition, Node, QueryError
from regulars.resources.page import Count, Page, count_matching, fetch_page, matching, tab_counts
from regulars.resources.query import SIZES, Query
from regulars.resources.resource import Resource

NO_ROWS = Page(rows=[], next="", previous="")


def list_context(
    query: Query, context: Context, base: str, layout: Mapping[str, Any], *, held: Held | None = None
) -> dict[str, Any]:
    """Everything the list template needs; a query that cannot be understood shows its error and no rows."""
    resource, language = query.resource, values.style_of(context).language
    home = held.home if held else base
    columns = columns_of(query, context, held)
    problem = None
    tabs = held.counts(query, context) if held else tab_counts(resource, context, current=query.tab)
    try:
        page = fetch_page(query, context, columns, extra=_needs(resource, context))
        count = count_matching(query, context) if query.where or query.text else tabs[query.tab]
    except Refused as refusal:
        page, count, problem = NO_ROWS, Count(0, exact=True), refusal
    found = chips.chips_of(query, context, base) if query.where else []
    may = context.actor.may
    found = held.droppable(found, query) if held else found
    actions = _verbs(resource, page, context, home)
    return {
        "resource": resource.name,
        "store": context.store.slug,
        "title": str(resource.label),
        "url": base,
        "count_text": count_text(count, language) if not problem else "0",
        "home": home,
        "held": held is not None,
        "count_lazy_url": query.url(f"{home}count/") if count.late else "",
        "total_text": count_text(tabs[query.tab], language) if query.where or query.text else "",
        "row_count": count.value if count.exact else -1,
        "loaded_at": date_format(context.now.astimezone(context.store.zone), "H:i"),
        "tabs": [
            {
                "name": tab.name,
                "label": str(tab.label),
                "url": query.with_tab(tab.name).url(base),
                "count_text": count_text(tabs[tab.name], language) if tab.name in tabs else "",
                "current": tab.name == query.tab,
            }
            for tab in resource.tabs
        ],
        "q": query.text,
        "search_placeholder": str(resource.search_hint),
        "chips": found,
        "clear_url": query.with_where(held.node if held else And(())).url(base),
        "query": _written(query, problem),
        "quick": _quick(query, context),
        "sort": sort_of(query, context),
        "sort_options": sort_options(query, context, base),
        "columns": [_head(field, query, context, base, layout) for field in columns],
        "rows": _rows(page, columns, query, context, home),
        "pager": _pager(page, query, base, language),
        "summary_text": _summary(query, context, count) if page.rows else "",
        "actions": [action for action in actions if action["main"]],
        "more_actions": [action for action in actions if not action["main"]],
        "export_url": query.url(f"{home}export/") if may(resource.permission("export")) else "",
        "segment_url": _segment_url(query, context),
        "import_url": f"{base}imports/new/" if may(resource.permission("import")) and not held else "",
        "new_url": f"{base}new/" if may(resource.permission("create")) and not held else "",
        "new_label": str(resource.new_label) or _("New"),
        "layout_url": f"{home}layout/",
        "hidden": [(name, value) for name, value in query.params() if name not in ("q", "after", "before")],
        "empty": None
        if page.rows
        else nothing_here(query, context, base, problem, held=held.node if held else None),
    }


def columns_of(query: Query, context: Context, held: Held | None) -> list[Field]:
    """The columns to show; on a record's own page without those that say the same in each row. The leading column
    stays: its cell is the link that opens the row."""
    chosen = query.chosen_columns(context)
    if held is None:
        return chosen
    return [field for field in chosen if field.name not in held.without or field.name == query.resource.lead]


def page_context(query: Query, context: Context, base: str, *, held: Held | None = None) -> dict[str, Any]:
    """What the filter editor and the column chooser need beside the results, on a whole page only."""
    chosen = columns_of(query, context, held)
    names = [field.name for field in chosen]
    others = [
        field for field in query.resource.fields(context.actor) if field.column and field.name not in names
    ]
    defaults = [field.name for field in query.resource.shown_fields(context.actor)]
    return {
        "editor": editor_parts(query.resource, context),
        "column_options": [
            {
                "name": field.name,
                "label": str(field.label),
                "group": str(field.section),
                "on": field.name in names,
                "locked": field.name == query.resource.lead,
            }
            for field in [*chosen, *others]
        ],
        "default_columns": ",".join(defaults),
        "columns_reset_url": query.url(base),
    }


def _needs(resource: Resource, context: Context) -> set[str]:
    return {need for action in resource.actions(context.actor) for need in action.needs}


def _segment_url(query: Query, context: Context) -> str:
    """Where what the list shows becomes a segment; only customers are put into segments."""
    if query.resource.name != "customers" or not context.actor.may("segments.edit"):
        return ""
    asked = {"tab": query.tab, "where": query.where, "q": query.text}
    return f"{reverse('new_segment', kwargs={'store': context.store.slug})}?{urlencode(asked)}"


def _verbs(resource: Resource, page: Page, context: Context, base: str) -> list[dict[str, Any]]:
    """The verbs that fit at least one row one can see: nobody restores what is not archived."""
    return [
        {
            "name": action.name,
            "label": str(action.label),
            "icon": action.icon,
            "danger": action.danger,
            "page": bool(action.page),
            "part": action.part,
            "main": action.main,
            "url": action_url(action, resource, context, base),
        }
        for action in resource.actions(context.actor)
        if any(action.offered(row) for row in page.rows) and action.possible(context)
    ]


def action_url(action: Action, resource: Resource, context: Context, base: str) -> str:
    """Where the button of an action leads: to the dialog, or to a page of its own."""
    if not action.page:
        return f"{base}actions/{action.name}/"
    return reverse(action.page, kwargs={"store": context.store.slug, "resource_name": resource.name})


def _written(query: Query, problem: Refused | None) -> dict[str, str]:
    """The conditions as text; a part that cannot be understood is split off so that the page can mark it."""
    error = query.error or problem
    if not isinstance(error, QueryError) or not query.where:
        return {"where": query.where}
    end = error.position + max(error.length, 1)
    return {
        "where": query.where,
        "problem": error.sentence,
        "before": query.where[: error.position],
        "word": query.where[error.position : end],
        "after": query.where[end:],
    }


def _quick(query: Query, context: Context) -> dict[str, Any] | None:
    """The filter by the days records were added, one click away: the field that lists are sorted by at first."""
    field = query.resource.field(query.resource.default_sort[0], context.actor)
    if field is None or field.kind.name not in ("date", "datetime"):
        return None
    days = {"from": "", "to": ""}
    others: list[Node] = []
    for part in chips.parts_of(query.node):
        if not isinstance(part, Condition) or part.field != field.name:
            others.append(part)
        elif part.operator == "between":
            days = {"from": part.values[0], "to": part.values[1]}
        elif part.operator in (">=", "<="):
            days["from" if part.operator == ">=" else "to"] = part.values[0]
        else:
            others.append(part)
    rest = query.with_where(others[0] if len(others) == 1 else And(tuple(others)))
    return {"field": field.name, "label": str(field.label), "hidden": rest.params(), **days}


def sort_of(query: Query, context: Context) -> dict[str, Any]:
    """The order the list is in, in words."""
    field, descending = query.sort_field(context)
    if field is None:
        return {"name": "", "label": _("Best match"), "descending": False}
    return {"name": field.name, "label": str(field.label), "descending": descending}


def sort_options(query: Query, context: Context, base: str) -> list[dict[str, Any]]:
    """The fields one can sort by, with the addresses of both directions."""
    current, _descending = query.sort_field(context)
    return [
        {
            "name": field.name,
            "label": str(field.label),
            "url_asc": query.with_sort(field.name, descending=False).url(base),
            "url_desc": query.with_sort(field.name, descending=True).url(base),
            "current": current is not None and field.name == current.name,
        }
        for field in query.resource.fields(context.actor)
        if field.sort
    ]


def list_position(query: Query) -> str:
    """The part of an address that remembers from which list a record was opened."""
    kept = [(name, value) for name, value in query.params() if name in ("view", "tab", "q", "where", "sort")]
    return urlencode(kept)


def _head(
    field: Field, query: Query, context: Context, base: str, layout: Mapping[str, Any]
) -> dict[str, Any]:
    current, descending = query.sort_field(context)
    is_current = current is not None and current.name == field.name
    first_down = field.kind.numeric or field.kind.name == "datetime"
    down = not descending if is_current else first_down
    sorted_as = ("descending" if descending else "ascending") if is_current else ""
    widths = layout.get("widths", {})
    return {
        "name": field.name,
        "label": str(field.label),
        "numeric": field.kind.numeric and field.show is None,
        "sortable": field.sort is not None,
        "sort_url": query.with_sort(field.name, descending=down).url(base) if field.sort else "",
        "sorted": sorted_as,
        "width": widths.get(field.name, ""),
        "locked": field.name == query.resource.lead,
        "editable": field.editable
        and field.inline
        and field in query.resource.editable_fields(context.actor),
    }


def _rows(
    page: Page, columns: list[Field], query: Query, context: Context, base: str
) -> list[dict[str, Any]]:
    style = values.style_of(context)
    position = list_position(query)
    ending = f"/?{position}" if position else "/"

    def url_of(row: Row) -> str:
        return f"{base}{row['id']}{ending}"

    shows = [
        (
            values.shower(field, context, url_of if field.name == query.resource.lead else None),
            str(field.why_empty),
        )
        for field in columns
    ]
    render = cells.render
    return [
        {
            "id": row["id"],
            "url": f"{base}{row['id']}/",
            "cells": SafeString("".join(render(*show(row), style, why_empty=why) for show, why in shows)),
        }
        for row in page.rows
    ]


def _pager(page: Page, query: Query, base: str, language: str) -> dict[str, Any]:
    shown = len(page.rows)
    first_page = not query.after and not query.before
    count = cells.format_whole(shown, language)
    return {
        "from_text": f"1–{count}"
        if first_page
        else ngettext("%(count)s row", "%(count)s rows", shown) % {"count": count},
        "next_url": query.at(after=page.next).url(base) if page.next else "",
        "previous_url": query.at(before=page.previous).url(base) if page.previous else "",
        "size": query.size,
        "sizes": [
            {"size": size, "url": _with_size(query, size, base), "current": size == query.size}
            for size in SIZES
        ],
    }


def _with_size(query: Query, size: int, base: str) -> str:
    params = dict(replace(query, after="", before="").params()) | {"size": str(size), "keep": "size"}
    return f"{base}?{urlencode(params)}"


def _summary(query: Query, context: Context, count: Count) -> str:
    if query.resource.summary is None or not count.exact:
        return ""
    return " · ".join(
        f"{label} {value}" for label, value in query.resource.summary(matching(query, context), context)
    )
