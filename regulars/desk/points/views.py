"""What is special to entries of points: the page of one."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from regulars.desk.access import staff
from regulars.desk.lists.views import base_of, context_of
from regulars.desk.points.pages import entry_page
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell
from regulars.loyalty.resource.entries import POINTS
from regulars.loyalty.resource.permissions import VIEW


@require_GET
@staff(VIEW)
def show(request: StaffRequest, record_id: UUID) -> HttpResponse:
    """One entry: whose it is, where it came from, and which entries it took from or went into."""
    told = entry_page(record_id, context_of(request), base_of(request, POINTS))
    page = {"record": told, "shell": shell(request, current="points", help_page="points")}
    return render(request, "desk/points/entry.html", page)
