"""The pages of an order and of a product."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from regulars.desk.access import staff
from regulars.desk.lists.views import base_of, context_of
from regulars.desk.orders.pages import order_page, product_page
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell
from regulars.kit.moments import parse_moment
from regulars.orders.resource import ORDERS, PRODUCTS
from regulars.orders.resource.permissions import PRODUCTS_VIEW, VIEW


@require_GET
@staff(VIEW)
def order(request: StaffRequest, record_id: UUID) -> HttpResponse:
    """One order: what is on it, what was paid, what came back, what happened."""
    earlier = parse_moment(request.GET.get("earlier", ""))
    told = order_page(record_id, context_of(request), base_of(request, ORDERS), earlier)
    page = {"record": told, "shell": shell(request, current="orders", help_page="orders")}
    return render(request, "desk/orders/order.html", page)


@require_GET
@staff(PRODUCTS_VIEW)
def product(request: StaffRequest, record_id: UUID) -> HttpResponse:
    """One product: its facts and how it sells."""
    earlier = parse_moment(request.GET.get("earlier", ""))
    told = product_page(record_id, context_of(request), base_of(request, PRODUCTS), earlier)
    page = {"record": told, "shell": shell(request, current="products", help_page="orders")}
    return render(request, "desk/orders/product.html", page)
