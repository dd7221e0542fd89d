"""Picking a product while one types: the options of the box."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from regulars.desk.access import staff
from regulars.desk.requests import StaffRequest
from regulars.orders import queries
from regulars.orders.resource.permissions import PRODUCTS_VIEW

ROWS = 8


@require_GET
@staff(PRODUCTS_VIEW)
def products(request: StaffRequest) -> HttpResponse:
    """Products offered now that begin with or hold what was typed in the row that is being written."""
    typed = next((str(value) for name, value in request.GET.items() if name.endswith("-what")), "")
    found = queries.find_products(store=request.store, text=typed, limit=ROWS)
    options = [queries.label_of(product) for product in found]
    return render(request, "kit/options.html", {"options": options})
