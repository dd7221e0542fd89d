"""What a customer bought, and the invoices of it."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from regulars.invoices import queries as invoices
from regulars.invoices.paper import file_name, write_pdf
from regulars.kit.ids import parse_id
from regulars.orders import queries as orders
from regulars.portal.access import customer_page
from regulars.portal.account.page import address, further_url, of_section, portal_page
from regulars.portal.account.sections import is_open
from regulars.portal.orders import pages
from regulars.portal.requests import CustomerRequest


@require_safe
@customer_page
@of_section("orders")
def list_orders(request: CustomerRequest) -> HttpResponse:
    """Every order, newest first."""
    store, after = request.store, parse_id(request.GET.get("after", ""))
    found = orders.own_orders(store=store, customer_id=request.visitor.customer_id, after=after)
    context = {
        "rows": [pages.order_row(store, one) for one in found.rows],
        "further_url": further_url(request, found.further),
        "empty": _("You have not ordered anything yet."),
        "icon": "shopping-bag",
    }
    return portal_page(request, "orders", _("Orders"), "rows", context)


@require_safe
@customer_page
@of_section("orders")
def show_order(request: CustomerRequest, order_id: UUID) -> HttpResponse:
    """One order."""
    store = request.store
    order = orders.own_order(store=store, customer_id=request.visitor.customer_id, order_id=order_id)
    context = {
        "order": pages.order_page(store, order, with_invoices=is_open(store, "invoices")),
        "back_url": address(request, "shop_orders"),
    }
    title = _("Order %(number)s") % {"number": order.number}
    return portal_page(request, "orders", title, "order", context)


@require_safe
@customer_page
@of_section("invoices")
def list_invoices(request: CustomerRequest) -> HttpResponse:
    """Every invoice that was issued, newest first."""
    store, after = request.store, parse_id(request.GET.get("after", ""))
    found = invoices.own_invoices(store=store, customer_id=request.visitor.customer_id, after=after)
    context = {
        "rows": [pages.invoice_row(store, one) for one in found.rows],
        "further_url": further_url(request, found.further),
        "empty": _("There are no invoices yet."),
        "icon": "receipt",
    }
    return portal_page(request, "invoices", _("Invoices"), "rows", context)


@require_safe
@customer_page
@of_section("invoices")
def show_invoice(request: CustomerRequest, invoice_id: UUID) -> HttpResponse:
    """One invoice."""
    store, customer_id = request.store, request.visitor.customer_id
    invoice = invoices.own_invoice(store=store, customer_id=customer_id, invoice_id=invoice_id)
    page = pages.invoice_page(store, invoice)
    context = {"invoice": page, "back_url": address(request, "shop_invoices")}
    return portal_page(request, "invoices", page["title"], "invoice", context)


@require_safe
@customer_page
@of_section("invoices")
def download_invoice(request: CustomerRequest, invoice_id: UUID) -> HttpResponse:
    """The document itself."""
    store, customer_id = request.store, request.visitor.customer_id
    invoice = invoices.own_invoice(store=store, customer_id=customer_id, invoice_id=invoice_id)
    made = write_pdf(
        store=store,
        invoice=invoice,
        lines=invoices.lines_of(store=store, invoice_id=invoice_id),
        payments=invoices.payments_of(store=store, invoice_id=invoice_id),
    )
    named = content_disposition_header(as_attachment=True, filename=file_name(invoice)) or ""
    headers = {"Content-Disposition": named, "X-Content-Type-Options": "nosniff"}
    return HttpResponse(made, content_type="application/pdf", headers=headers)
