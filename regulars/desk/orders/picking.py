"""Picking a customer or a product while one types: the options of the box."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from regulars.customers.resource import CUSTOMERS
from regulars.customers.resource.permissions import VIEW as SEE_CUSTOMERS
from regulars.desk.access import staff
from regulars.desk.lists.views import context_of
from regulars.desk.records.views import row_of
from regulars.desk.requests import StaffRequest
from regulars.orders import queries
from regulars.orders.resource.permissions import PRODUCTS_VIEW
from regulars.resources.look_up import look_up

ROWS = 8


@require_GET
@staff(PRODUCTS_VIEW)
def products(request: StaffRequest) -> HttpResponse:
    """Products offered now that begin with or hold what was typed in the row that is being written."""
    typed = next((str(value) for name, value in request.GET.items() if name.endswith("-what")), "")
    found = queries.find_products(store=request.store, text=typed, limit=ROWS)
    options = [queries.label_of(product) for product in found]
    return render(request, "desk/orders/form.html#options", {"options": options})


@require_GET
@staff(SEE_CUSTOMERS)
def customers(request: StaffRequest) -> HttpResponse:
    """Customers that what was typed may mean."""
    context = context_of(request)
    found = look_up(CUSTOMERS, request.GET.get("customer", ""), context, limit=ROWS)
    rows = [row_of(CUSTOMERS, one.record_id, context) for one in found]
    options = [f"#{row['number']} {CUSTOMERS.title(row)}" for row in rows]
    return render(request, "desk/orders/form.html#options", {"options": options})
