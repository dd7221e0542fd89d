"""The first page of a store: how many customers there are, who is new, what is going on."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from regulars.desk.access import staff
from regulars.desk.home.page import home_page
from regulars.desk.lists.views import context_of
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell


@require_GET
@staff("customers.view")
def show(request: StaffRequest) -> HttpResponse:
    """Figures that open the list they count, the latest customers, running imports."""
    page = {"home": home_page(context_of(request)), "shell": shell(request, current="home")}
    return render(request, "desk/home.html", page)
