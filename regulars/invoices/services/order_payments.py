"""What is paid for an order is paid for its invoice: noted at the order, and copied from there."""

from collections.abc import Iterable
from uuid import UUID

from regulars.invoices.choices import ISSUED, InvoiceKind, Source
from regulars.invoices.models import Invoice, InvoicePayment
from regulars.invoices.services.settling import lock_families, settle
from regulars.kit.actor import Actor
from regulars.orders import models as orders
from regulars.stores.models import Store

_KEY = "order:"


def copy_payments(*, store: Store, order_ids: Iterable[UUID], actor: Actor) -> None:
    """Bring the issued invoices of these orders in line with what is paid for the orders.

    The money belongs to the latest invoice that is in force; one that was credited altogether and replaced is settled
    by its credit note alone.
    """
    made_from = Invoice.objects.filter(
        store=store, source=Source.ORDER, source_id__in=list(order_ids), kind=InvoiceKind.INVOICE
    )
    # Drafts are locked too: one may be just being issued, and would miss a payment that is not committed yet.
    family = lock_families(store, made_from.values_list("pk", flat=True))
    latest: dict[UUID, Invoice] = {}
    issued = [one for one in family.values() if one.state in ISSUED and one.source == Source.ORDER]
    for invoice in sorted(issued, key=lambda one: (not one.superseded, one.sequence or 0)):
        if invoice.source_id is not None:
            latest[invoice.source_id] = invoice
    for invoice in issued:
        _copy(store, invoice, family.values(), actor, takes=invoice in latest.values())


def _copy(store: Store, invoice: Invoice, family: Iterable[Invoice], actor: Actor, *, takes: bool) -> None:
    order_id = invoice.source_id
    if order_id is None:
        return
    payments = orders.Payment.objects.filter(store=store, order_id=order_id) if takes else ()
    paid = {f"{_KEY}{payment.pk}": payment for payment in payments}
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
    if new or gone:
        InvoicePayment.objects.bulk_create(new)
        at = orders.Order.objects.values_list("updated_at", flat=True).get(store=store, pk=order_id)
        settle(store=store, invoice=invoice, family=family, actor=actor, now=at)
