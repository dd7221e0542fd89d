"""What is paid for an order is paid for its invoice: noted at the order, and copied from there."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Sum

from regulars.invoices.choices import ISSUED, Source
from regulars.invoices.models import Invoice, InvoicePayment
from regulars.invoices.services.writing import lock_invoices, state_when_paid, write
from regulars.orders import models as orders
from regulars.stores.models import Store

_KEY = "order:"


def copy_payments(*, store: Store, order_ids: Iterable[UUID]) -> None:
    """Bring the issued invoices of these orders in line with what is paid for the orders."""
    made_from = Invoice.objects.filter(store=store, source=Source.ORDER, source_id__in=list(order_ids))
    # Drafts are locked too: one may be just being issued, and would miss a payment that is not committed yet.
    for invoice in lock_invoices(store, made_from.values_list("pk", flat=True)).values():
        if invoice.state in ISSUED:
            _copy(store, invoice)


def _copy(store: Store, invoice: Invoice) -> None:
    order_id = invoice.source_id
    if order_id is None:
        return
    paid = {
        f"{_KEY}{payment.pk}": payment
        for payment in orders.Payment.objects.filter(store=store, order_id=order_id)
    }
    rows = InvoicePayment.objects.filter(store=store, invoice=invoice, key__startswith=_KEY)
    gone, _each = rows.exclude(key__in=list(paid)).delete()
    known = set(rows.values_list("key", flat=True))
    new = [
        InvoicePayment(
            store=store,
            invoice=invoice,
            amount_minor=payment.amount_minor,
            method=payment.method,
            paid_on=store.day_of(payment.paid_at),
            reference=payment.reference,
            key=key,
            author_name=payment.author_name,
        )
        for key, payment in paid.items()
        if key not in known
    ]
    if not new and not gone:
        return
    InvoicePayment.objects.bulk_create(new)
    every = InvoicePayment.objects.filter(store=store, invoice=invoice)
    total = max(int(every.aggregate(total=Sum("amount_minor", default=0))["total"]), 0)
    invoice.paid_minor, invoice.state = total, state_when_paid(invoice, total)
    latest = orders.Order.objects.values_list("updated_at", flat=True).get(store=store, pk=order_id)
    write(invoice, ("paid_minor", "state"), latest)
