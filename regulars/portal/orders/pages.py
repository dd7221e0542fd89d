"""A customer's orders and invoices as plain data."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from regulars.invoices import queries as invoices
from regulars.invoices.choices import InvoiceKind, InvoiceStatus
from regulars.invoices.queries import Invoice
from regulars.orders import queries as orders
from regulars.orders.choices import OrderStatus
from regulars.orders.queries import Order
from regulars.portal.account.words import day, moment, money, place
from regulars.stores.queries import Store

_ORDER_TONES = {OrderStatus.OPEN: "blue", OrderStatus.COMPLETED: "green"}
_INVOICE_TONES = {
    InvoiceStatus.OPEN: "blue",
    InvoiceStatus.PARTLY_PAID: "amber",
    InvoiceStatus.OVERDUE: "red",
    InvoiceStatus.PAID: "green",
}


def order_row(store: Store, order: Order) -> dict[str, Any]:
    """An order in a list."""
    return {
        "url": reverse("shop_own_order", kwargs={"store": store.slug, "order_id": order.pk}),
        "title": _("Order %(number)s") % {"number": order.number},
        "text": day(order.placed_at),
        "amount": money(order.total_minor, order.currency),
        "badge": order.get_status_display(),
        "tone": _ORDER_TONES.get(OrderStatus(order.status), ""),
    }


def order_page(store: Store, order: Order, *, with_invoices: bool) -> dict[str, Any]:
    """An order with what was bought, paid and given back."""
    lines = orders.lines_of(store=store, order_id=order.pk)
    papers = invoices.documents_of(store=store, source="order", source_id=order.pk) if with_invoices else []
    currency = order.currency
    return {
        **order_row(store, order),
        "placed": moment(order.placed_at),
        "lines": [
            {"title": one.title, "quantity": one.quantity, "total": money(one.total_minor, currency)}
            for one in lines
        ],
        "discount": money(-order.discount_minor, currency) if order.discount_minor else "",
        "shipping": money(order.shipping_minor, currency) if order.shipping_minor else "",
        "tax": money(order.tax_minor, currency) if order.tax_minor else "",
        "total": money(order.total_minor, currency),
        "returned": money(-order.returned_minor, currency) if order.returned_minor else "",
        "due": money(order.due_minor, currency) if order.due_minor > 0 and _counts(order) else "",
        "payments": [
            {
                "text": one.get_method_display(),
                "day": day(one.paid_at),
                "amount": money(one.amount_minor, currency),
            }
            for one in orders.payments_of(store=store, order_id=order.pk)
        ],
        "returns": [
            {
                "day": day(one.goods_return.made_at),
                "items": [f"{count} × {title}" for title, count in one.items],
                "amount": money(one.goods_return.refund_minor, currency)
                if one.goods_return.refund_minor
                else "",
            }
            for one in orders.returns_of(store=store, order_id=order.pk)
        ],
        "address": [part for part in (order.name, order.company, *place(order)) if part],
        "courier": order.courier,
        "tracking_number": order.tracking_number,
        "papers": [
            invoice_row(store, one)
            for one in papers
            if one.sequence is not None and one.customer_id == order.customer_id
        ],
    }


def _counts(order: Order) -> bool:
    return order.status != OrderStatus.CANCELLED


def invoice_row(store: Store, invoice: Invoice) -> dict[str, Any]:
    """An invoice in a list."""
    status = invoices.status_of(
        state=invoice.state, due_on=invoice.due_on, today=store.day_of(timezone.now())
    )
    where = {"store": store.slug, "invoice_id": invoice.pk}
    due = invoice.due_minor > 0 and status in (
        InvoiceStatus.OPEN,
        InvoiceStatus.PARTLY_PAID,
        InvoiceStatus.OVERDUE,
    )
    return {
        "url": reverse("shop_own_invoice", kwargs=where),
        "pdf_url": reverse("shop_own_invoice_pdf", kwargs=where),
        "title": _named(invoice),
        "text": day(invoice.issued_on),
        "amount": money(invoice.total_minor, invoice.currency),
        "badge": InvoiceStatus(status).label,
        "tone": _INVOICE_TONES.get(InvoiceStatus(status), ""),
        "due": money(invoice.due_minor, invoice.currency) if due else "",
        "due_on": day(invoice.due_on) if due else "",
    }


def invoice_page(store: Store, invoice: Invoice) -> dict[str, Any]:
    """An invoice with its lines and what was paid."""
    currency = invoice.currency
    return {
        **invoice_row(store, invoice),
        "lines": [
            {
                "title": one.title,
                "quantity": f"{one.quantity.normalize():f}",
                "total": money(one.amount_minor, currency),
            }
            for one in invoices.lines_of(store=store, invoice_id=invoice.pk)
        ],
        "net": money(invoice.net_minor, currency),
        "tax": money(invoice.tax_minor, currency),
        "total": money(invoice.total_minor, currency),
        "payments": [
            {
                "text": one.get_method_display(),
                "day": day(one.paid_on),
                "amount": money(one.amount_minor, currency),
            }
            for one in invoices.payments_of(store=store, invoice_id=invoice.pk)
        ],
        "how_to_pay": str((invoice.seller or {}).get("payment", "")),
    }


def _named(invoice: Invoice) -> str:
    kind = InvoiceKind(invoice.kind).label
    return f"{kind} {invoice.number}"
