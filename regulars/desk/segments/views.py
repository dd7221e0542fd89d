"""Segments: the list, one of them, and why somebody is in it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from regulars.customers.resource.permissions import VIEW as VIEW_CUSTOMERS
from regulars.desk.access import staff
from regulars.desk.lists.views import context_of, require
from regulars.desk.requests import StaffRequest
from regulars.desk.segments import pages
from regulars.desk.segments.verdicts import why_page
from regulars.desk.segments.words import segment_url, segments_url
from regulars.desk.shell import shell, wants_part
from regulars.kit.moments import parse_moment
from regulars.kit.text import storable
from regulars.segments import queries
from regulars.segments.rules import VIEW


@require_GET
@staff(VIEW)
def show_all(request: StaffRequest) -> HttpResponse:
    """Every segment of the store."""
    page = {"segments": pages.segments_page(context_of(request)), "shell": shell(request, current="segments")}
    return render(request, "desk/segments/list.html", page)


@require_GET
@staff(VIEW)
def show(request: StaffRequest, segment_id: UUID) -> HttpResponse:
    """One segment; while it is being refreshed, its figures alone."""
    require(request, VIEW_CUSTOMERS)
    context = context_of(request)
    segment = queries.get_segment(store=request.store, segment_id=segment_id)
    if wants_part(request):
        part = pages.progress_page(segment, context)
        return render(request, "desk/segments/show.html#figures", {"segment": part})
    found = pages.segment_page(
        segment,
        context,
        show="left" if request.GET.get("show") == "left" else "entered",
        who=storable(request.GET.get("who", "")).strip()[:200],
        before=pages.read_key(parse_moment(request.GET.get("before", "")), request.GET.get("key", "")),
    )
    return render(
        request,
        "desk/segments/show.html",
        {"segment": found, "shell": shell(request, current="segments")},
    )


@require_GET
@staff(VIEW)
def why(request: StaffRequest, segment_id: UUID, customer_id: UUID) -> HttpResponse:
    """Why a customer is in a segment or not, condition by condition."""
    require(request, VIEW_CUSTOMERS)
    context = context_of(request)
    segment = queries.get_segment(store=request.store, segment_id=segment_id)
    page = {
        "segment": {
            "title": segment.name,
            "url": segment_url(context, segment.pk),
            "list_url": segments_url(context),
        },
        "why": why_page(segment, customer_id, context),
        "shell": shell(request, current="segments"),
    }
    return render(request, "desk/segments/why.html", page)
