"""A list that belongs to a customer, as a tab of the customer's page."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.desk.access import staff
from regulars.desk.customers.record import customer_row, frame_context
from regulars.desk.customers.tabs import held_query, related_base
from regulars.desk.lists.chips import parts_of
from regulars.desk.lists.context import list_context, page_context
from regulars.desk.lists.held import Held
from regulars.desk.lists.views import base_of, context_of, fold_condition, layout_of, query_of
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell, wants_part
from regulars.kit.errors import NotFound
from regulars.resources.resource import get_resource


@require_GET
@staff("customers.view")
def show(request: StaffRequest, record_id: UUID, name: str) -> HttpResponse:
    """The list with everything it has at home, held to the customer whatever is asked."""
    resource, context = get_resource("customers"), context_of(request)
    one = next((one for one in resource.related(request.actor) if one.name == name), None)
    if one is None:
        raise NotFound(_("There is no such list."))
    row = customer_row(resource, record_id, context)
    rows, base = get_resource(one.rows), related_base(one, record_id, context)
    held = Held(held_query(one, row, context).node, base_of(request, rows), one.without)
    query = query_of(request, rows, context)
    if query.error is None and not set(parts_of(held.node)) <= set(parts_of(query.node)):
        query = query.narrowed(held.node)
    settled = fold_condition(request, query)
    part = wants_part(request)
    if settled is not None and not part:
        return redirect(settled.url(base))
    query = settled or query
    listed = list_context(query, context, base, layout_of(request, rows), held=held)
    listed |= {
        "layout_key": rows.name,
        "whole": [(name, value) for name, value in query.whole() if name not in ("q", "after", "before")],
    }
    if part:
        response = render(request, "desk/lists/list.html#results", {"list": listed})
        if settled is not None:
            response["HX-Push-Url"] = settled.url(base)
    else:
        home = base_of(request, resource)
        told = frame_context(request, resource, row, context, base=home, position="", tab=one.name)
        listed |= page_context(query, context, base, held=held)
        frame = {
            "record": told,
            "list": listed,
            "shell": shell(request, current="customers", help_page="record"),
        }
        response = render(request, "desk/records/related.html", frame)
    response["Vary"] = "HX-Request, HX-Request-Type"
    return response
