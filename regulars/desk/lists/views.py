"""Lists of any resource: see, narrow down, sort, choose columns, act on many."""

import json
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from regulars.desk.access import go, staff
from regulars.desk.lists.context import list_context, page_context
from regulars.desk.lists.counts import count_text
from regulars.desk.pulse.start import pulse_of
from regulars.desk.requests import MissingPermission, StaffRequest
from regulars.desk.shell import shell, wants_part
from regulars.desk.values import style_of
from regulars.desk.views import opening
from regulars.desk.views.menu import views_here
from regulars.kit.text import storable
from regulars.resources.context import Context
from regulars.resources.language import EVERYTHING, And, Condition, length_error
from regulars.resources.page import count_matching
from regulars.resources.query import SIZES, Query, query_from_params
from regulars.resources.resource import Resource, get_resource
from regulars.staff import services as staff_services
from regulars.views.queries import ViewGone

COUNT_AT_MOST = 3000


def context_of(request: StaffRequest) -> Context:
    """For whom and when this request asks."""
    return Context(
        store=request.store, actor=request.actor, now=timezone.now(), language=get_language() or ""
    )


def base_of(request: StaffRequest, resource: Resource) -> str:
    """The address of a resource's list."""
    return f"/desk/{request.store.slug}/{resource.name}/"


def open_resource(request: StaffRequest, name: str) -> tuple[Resource, Context]:
    """The resource of an address, for a person who may see its records. Raises `NotFound` and `MissingPermission`."""
    resource = get_resource(name)
    require(request, resource.permission("view"))
    return resource, context_of(request)


def require(request: StaffRequest, permission: str) -> None:
    """Refuse with a page that says who can do it."""
    if not request.actor.may(permission):
        raise MissingPermission(permission)


def query_of(request: StaffRequest, resource: Resource, context: Context) -> Query:
    """The query of the address, with the columns and page size the person chose earlier where it names none."""
    source = request.GET if request.method == "GET" else request.POST
    params = {name: str(value) for name, value in source.items()}
    columns = source.getlist("columns")
    if len(columns) > 1:  # the column chooser without JavaScript sends one for each tick
        params["columns"] = ",".join([resource.lead, *columns])
    try:
        start = opening.start_of(request, resource, params.get("view", ""), context)
    except ViewGone as refusal:
        return replace(query_from_params(resource, params, context), error=opening.gone(refusal))
    query = replace(query_from_params(resource, opening.overlaid(start, params), context), start=start)
    if opening.is_view(start):
        return query
    layout = layout_of(request, resource)
    if not query.columns and layout.get("columns"):
        query = replace(query, columns=tuple(layout["columns"]))
    if "size" not in source and layout.get("size") in SIZES:
        query = replace(query, size=layout["size"])
    return query


def layout_of(request: StaffRequest, resource: Resource) -> dict[str, Any]:
    """The columns and widths the person chose for this list."""
    return dict(request.user.preferences.get("lists", {}).get(resource.name, {}))


@require_GET
@staff("")
def show(request: StaffRequest, resource_name: str) -> HttpResponse:
    """The list. An htmx request gets the results alone; a new condition from the editor is folded into the query."""
    resource, context = open_resource(request, resource_name)
    base = base_of(request, resource)
    query = query_of(request, resource, context)
    here = views_here(request, query, context, base)
    if here.elsewhere:
        return go(request, here.elsewhere)
    query = here.query
    pulse = pulse_of(request, resource)
    settled = _keep_size(request, resource, query) or fold_condition(request, query)
    part = wants_part(request)
    if settled is not None and not part:
        return redirect(settled.url(base))
    query = settled or query
    listed = list_context(query, context, base, here.layout or layout_of(request, resource))
    listed |= here.told(query)
    if part:
        response = render(request, "desk/lists/list.html#results", {"list": listed})
        if settled is not None:
            response["HX-Push-Url"] = settled.url(base)
    else:
        listed = page_context(query, context, base) | listed | {"pulse": pulse}
        response = render(
            request, "desk/lists/list.html", {"list": listed, "shell": shell(request, current=resource.name)}
        )
    response["Vary"] = "HX-Request, HX-Request-Type"
    return response


@require_GET
@staff("")
def count(request: StaffRequest, resource_name: str) -> HttpResponse:
    """The exact count that was too slow for the page itself."""
    resource, context = open_resource(request, resource_name)
    found = count_matching(query_of(request, resource, context), context, milliseconds=COUNT_AT_MOST)
    return HttpResponse(count_text(found, style_of(context).language))


@require_POST
@staff("")
def layout(request: StaffRequest, resource_name: str) -> HttpResponse:
    """Remember the columns and widths a person chose."""
    resource, _context = open_resource(request, resource_name)
    chosen: dict[str, Any] = layout_of(request, resource)
    if "columns" in request.POST:
        names = [name for name in request.POST["columns"].split(",") if resource.field(name, request.actor)]
        chosen["columns"] = list(dict.fromkeys(names))
    if "widths" in request.POST:
        chosen["widths"] = _widths(request.POST["widths"], resource, request)
    staff_services.keep_list_layout(user_id=request.user.pk, resource=resource.name, layout=chosen)
    return HttpResponse(status=204)


def _widths(text: str, resource: Resource, request: StaffRequest) -> dict[str, int]:
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(given, dict):
        return {}
    return {
        name: int(max(40, min(width, 800)))
        for name, width in given.items()
        if resource.field(name, request.actor) and isinstance(width, int | float)
    }


def _keep_size(request: StaffRequest, resource: Resource, query: Query) -> Query | None:
    """Remember the page size that was chosen in the pager (not one that came with somebody's link)."""
    if request.GET.get("keep") != "size" or query.size not in SIZES:
        return None
    if opening.is_view(query.start):  # the view keeps its size when it is saved
        return replace(query, after="", before="")
    chosen = layout_of(request, resource) | {"size": query.size}
    staff_services.keep_list_layout(user_id=request.user.pk, resource=resource.name, layout=chosen)
    return replace(query, after="", before="")


def fold_condition(request: HttpRequest, query: Query) -> Query | None:
    """The query with the condition that the filter editor sent as f, o and v; nothing when it sent none."""
    name, operator = request.GET.get("f"), request.GET.get("o")
    if not name or not operator:
        return None
    given = tuple(storable(value).strip() for value in request.GET.getlist("v"))
    if operator in ("in", "not in") and len(given) == 1:
        given = tuple(part.strip() for part in given[0].split(",") if part.strip())
    if operator in ("is empty", "is not empty"):
        given = ()
    elif not any(given):
        return query
    elif operator == "between" and not all(given := (*given, "")[:2]):
        # Only one end was given: from then on, or up to then.
        operator, given = (">=", given[:1]) if given[0] else ("<=", given[1:])
    elif operator not in ("in", "not in", "between"):
        given = given[:1]
    condition = Condition(name, operator, given)
    folded = (
        query.with_where(condition) if query.error or query.node == And(()) else query.narrowed(condition)
    )
    too_long = length_error(folded.where)
    return replace(folded, node=EVERYTHING, error=too_long) if too_long else folded
