"""Exporting what one sees: the filter, the columns and the order of the list, or the rows one picked."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from regulars.desk.access import staff
from regulars.desk.cells import format_whole
from regulars.desk.downloads import csv_response
from regulars.desk.lists.actions import selection_of
from regulars.desk.lists.counts import count_text
from regulars.desk.lists.views import base_of, open_resource, query_of, require
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell
from regulars.desk.values import style_of
from regulars.kit.errors import Refused
from regulars.resources.context import Context
from regulars.resources.execute import Selection
from regulars.resources.language import And, Condition
from regulars.resources.page import count_matching, matching
from regulars.resources.query import Query
from regulars.resources.resource import Resource
from regulars.transfers.services import export_rows, kept_export
from regulars.transfers.services.export import fields_named

# More picked rows than this are exported by their filter: the condition that names them would be too long.
MOST_PICKED = 5000


@require_http_methods(["GET", "POST"])
@staff("")
def export(request: StaffRequest, resource_name: str) -> HttpResponseBase:
    """Choose what to take out; with `download` send it, written down in the ledger of exports."""
    resource, context = open_resource(request, resource_name)
    require(request, resource.permission("export"))
    query = replace(query_of(request, resource, context), after="", before="")
    if query.error:
        raise query.error
    selection = selection_of(request, resource, context)
    if request.method == "POST" and "download" in request.POST:
        return _download(request, resource, query, selection, context)
    page = {
        "export": _page(request, resource, query, selection, context),
        "shell": shell(request, current=resource.name, help_page="import-export"),
    }
    return render(request, "desk/transfers/export.html", page)


@require_GET
@staff("")
def kept(request: StaffRequest, change_set: UUID) -> StreamingHttpResponse:
    """The file that the export of picked records made, for a week."""
    name, pieces = kept_export(
        store=request.store, export_id=change_set, actor=request.actor, now=timezone.now()
    )
    return csv_response(pieces, name)


def _download(
    request: StaffRequest, resource: Resource, query: Query, selection: Selection, context: Context
) -> StreamingHttpResponse:
    scope = request.POST.get("scope", "")
    if scope == "picked":
        query = _picked(query, selection, context)
    elif scope == "all":
        query = replace(query, tab=resource.tab("all").name, text="").with_where(And(()))
    matching(query, context)  # a query that cannot be carried out is refused before anything is sent
    every = request.POST.get("which") == "all"
    pieces = export_rows(
        query=query,
        context=context,
        fields=fields_named(resource=resource, names=["all"], context=context) if every else None,
        byte_order_mark="excel" in request.POST,
    )
    name = f"{resource.name}-{request.store.slug}-{context.today.isoformat()}.csv"
    return csv_response(pieces, name)


def _picked(query: Query, selection: Selection, context: Context) -> Query:
    """The query of the rows that were ticked, in the order of the list."""
    if not selection.ids:
        raise Refused(_("Pick at least one row first."))
    if len(selection.ids) > MOST_PICKED:
        raise Refused(
            _("More than %(count)s rows are picked one by one. Export the whole filter instead.")
            % {"count": format_whole(MOST_PICKED, style_of(context).language)}
        )
    rows = query.resource.rows(context.store).filter(pk__in=selection.ids)
    numbers = tuple(str(number) for number in rows.order_by("number").values_list("number", flat=True))
    if not numbers:
        raise Refused(_("The picked rows do not exist any more."))
    every = replace(query, tab=query.resource.tab("all").name, text="")
    return every.with_where(Condition("number", "in", numbers))


def _page(
    request: StaffRequest, resource: Resource, query: Query, selection: Selection, context: Context
) -> dict[str, Any]:
    language, base = style_of(context).language, base_of(request, resource)
    things = str(resource.label).lower()
    here = count_text(count_matching(query, context), language)
    every = replace(query, tab=resource.tab("all").name, text="").with_where(And(()))
    shown = ", ".join(str(field.label) for field in query.chosen_columns(context))
    picked = len(selection.ids)
    scopes = [
        ("query", _("The list as it is: %(count)s %(things)s") % {"count": here, "things": things},
         _in_words(query, context)),
        ("all", _("Everybody: %(count)s %(things)s") % {
            "count": count_text(count_matching(every, context), language), "things": things},
         _("Archived and inactive ones too")),
    ]  # fmt: skip
    if picked:
        label = ngettext("The %(count)s picked row", "The %(count)s picked rows", picked)
        scopes.insert(0, ("picked", label % {"count": format_whole(picked, language)}, ""))
    hidden = query.params() + [("id", str(one)) for one in selection.ids]
    return {
        "title": _("Export %(things)s") % {"things": things},
        "back_url": query.url(base),
        "back_label": str(resource.label),
        "url": request.path,
        "hidden": hidden,
        "scopes": _choices(scopes),
        "columns": _choices(
            [
                ("shown", _("The columns of the list"), shown),
                ("all", _("All columns"), _("Everything your role may see")),
            ]
        ),
        "submit_label": _("Download CSV"),
    }


def _choices(options: list[tuple[str, str, str]]) -> list[dict[str, Any]]:
    return [
        {"value": value, "label": label, "text": text, "on": number == 0}
        for number, (value, label, text) in enumerate(options)
    ]


def _in_words(query: Query, context: Context) -> str:
    field, descending = query.sort_field(context)
    parts = [str(query.resource.tab(query.tab).label)]
    if query.text:
        parts.append(_("search “%(text)s”") % {"text": query.text})
    if query.where:
        parts.append(query.where)
    if field is not None:
        order = _("largest or latest first") if descending else _("smallest or earliest first")
        parts.append(f"{field.label}: {order}")
    return " · ".join(parts)
