"""What is special to customers: the record page, likely duplicates, the palette."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from regulars.customers import queries
from regulars.desk import cells
from regulars.desk.access import staff
from regulars.desk.customers.record import TABS, customer_row, frame_context, record_context
from regulars.desk.lists.context import list_position
from regulars.desk.lists.views import base_of, context_of, query_of
from regulars.desk.pulse.start import pulse_of
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell
from regulars.desk.views.menu import found_views
from regulars.kit.errors import NotFound, Refused
from regulars.kit.text import initials, storable
from regulars.resources.context import Context
from regulars.resources.page import fetch_page, neighbours
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource

PALETTE_ROWS = 6


@require_GET
@staff("customers.view")
def record(request: StaffRequest, record_id: UUID) -> HttpResponse:
    """The whole customer; knows the list one came from, for previous and next."""
    resource, context = get_resource("customers"), context_of(request)
    pulse = pulse_of(request, resource, record_id)
    try:
        row = customer_row(resource, record_id, context)
    except NotFound:
        if (lives_on := resource.lives_on(record_id, context.store)) is None:
            raise
        messages.success(request, _("The customer you looked for was merged into this one."))
        return redirect("customer", store=request.store.slug, record_id=lives_on)
    tab = request.GET.get("show", "")
    tab = tab if tab in TABS else TABS[0]
    base = base_of(request, resource)
    query = query_of(request, resource, context)
    position = list_position(query)
    told = frame_context(request, resource, row, context, base=base, position=position, tab=tab)
    told |= record_context(
        resource,
        row,
        context,
        told["more_actions"],
        base=base,
        position=position,
        tab=tab,
        earlier=request.GET.get("earlier", ""),
        of=request.GET.get("of", ""),
    )
    told |= _neighbours(query, context, record_id, base, position) | {"pulse": pulse}
    return render(
        request,
        "desk/records/record.html",
        {"record": told, "shell": shell(request, current="customers", help_page="record")},
    )


def _neighbours(query: Any, context: Context, record_id: UUID, base: str, position: str) -> dict[str, str]:
    ending = f"/?{position}" if position else "/"
    try:
        before, after = neighbours(query, context, record_id)
    except Refused:  # the list's conditions are damaged; the record itself still shows
        return {"previous_url": "", "next_url": ""}
    return {
        "previous_url": f"{base}{before}{ending}" if before else "",
        "next_url": f"{base}{after}{ending}" if after else "",
    }


@require_POST
@staff("customers.view")
def likely(request: StaffRequest) -> HttpResponse:
    """Customers that may be the one being typed."""
    typed = {
        name: storable(request.POST.get(name, ""))[:300]
        for name in ("first_name", "last_name", "company", "email", "phone")
    }
    resource = get_resource("customers")
    base = base_of(request, resource)
    found = queries.find_likely_duplicates(store=request.store, values=typed)
    people = [
        {
            "url": f"{base}{one.id}/",
            "name": one.name,
            "initials": initials(one.name),
            "hue": cells.hue_of(str(one.id)),
            "why": _(one.reason),
            "detail": " · ".join(part for part in (one.email, one.city, f"#{one.number}") if part),
        }
        for one in found
    ]
    title = ngettext("Is it this customer?", "Is it one of these customers?", len(people))
    return render(
        request, "desk/records/form.html#likely", {"form": {"likely": people, "likely_title": title}}
    )


@require_GET
@staff("customers.view")
def palette(request: StaffRequest) -> HttpResponse:
    """The people that Ctrl+K finds; without JavaScript a plain search in the list."""
    resource, context = get_resource("customers"), context_of(request)
    base, text = base_of(request, resource), request.GET.get("q", "").strip()
    if not request.headers.get("HX-Request"):
        return redirect(f"{base}?tab=all")
    people: list[dict[str, Any]] = []
    if text:
        query = query_from_params(resource, {"q": text, "tab": "all", "size": str(PALETTE_ROWS)}, context)
        for row in fetch_page(query, context, [], extra=("email", "city")).rows:
            name = resource.title(row)
            people.append(
                {
                    "url": f"{base}{row['id']}/",
                    "name": name,
                    "initials": initials(name),
                    "hue": cells.hue_of(str(row["id"])),
                    "detail": row["email"] or row["city"] or f"#{row['number']}",
                }
            )
    told = {"found": people, "found_title": str(resource.label), "views": found_views(request, text)}
    return render(request, "desk/shell/palette.html#found", told)
