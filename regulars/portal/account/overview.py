"""The first page of the portal: what there is, what waits for the customer, and where all else is."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from regulars.invoices import queries as invoices
from regulars.offers import queries as offers
from regulars.orders import queries as orders
from regulars.portal.access import customer_page
from regulars.portal.account.page import address, portal_page
from regulars.portal.account.sections import BY_NAME, is_open
from regulars.portal.account.words import money
from regulars.portal.offers.own import offer_row
from regulars.portal.orders.pages import invoice_row, order_row
from regulars.portal.points.views import points_box
from regulars.portal.requests import CustomerRequest
from regulars.portal.tradeins.pages import tradein_rows
from regulars.tradeins import queries as tradeins

_FEW = 3


@require_safe
@customer_page
def show_overview(request: CustomerRequest) -> HttpResponse:
    """The overview, of the sections that are open."""
    store, customer = request.store, request.visitor.customer
    first = customer.first_name or customer.name
    has_credit = store.portal_open and customer.credit_minor > 0
    context = {
        "greeting": _("Hello, %(name)s") % {"name": first},
        "points": points_box(store, customer) if is_open(store, "points") else None,
        "points_url": address(request, "shop_points"),
        "credit": money(customer.credit_minor, store.currency) if has_credit else "",
        "lists": [one for one in _lists(request) if one],
    }
    return portal_page(request, "home", _("Your account"), "overview", context)


def _lists(request: CustomerRequest) -> list[dict[str, Any] | None]:
    who: Any = {"store": request.store, "customer_id": request.visitor.customer_id}
    store = request.store
    return [
        _box(
            request,
            "tradeins",
            _("Open trade-ins"),
            lambda: tradein_rows(store, tradeins.own_open(**who)),
        ),
        _box(
            request,
            "invoices",
            _("To pay"),
            lambda: [invoice_row(store, one) for one in invoices.own_unpaid(**who)],
        ),
        _box(
            request,
            "offers",
            _("Offers for you"),
            lambda: [
                row
                for one in offers.own_grants(**who, limit=4 * _FEW).rows
                if (row := offer_row(request, one))["is_open"]
            ][:_FEW],
        ),
        _box(
            request,
            "orders",
            _("Your last orders"),
            lambda: [order_row(store, one) for one in orders.own_orders(**who, limit=_FEW).rows],
            always=True,
        ),
    ]


def _box(
    request: CustomerRequest,
    section: str,
    title: str,
    read: Callable[[], list[dict[str, Any]]],
    *,
    always: bool = False,
) -> dict[str, Any] | None:
    """A few rows of a section; nothing when it is switched off, or has nothing to say."""
    if not is_open(request.store, section):
        return None
    rows = read()
    if not rows and not always:
        return None
    return {"id": section, "title": title, "rows": rows, "url": BY_NAME[section].url(request.store)}
