"""Drafts and issued invoices for tests."""

from decimal import Decimal
from typing import Any

from regulars.invoices import services
from regulars.invoices.queries import Invoice
from regulars.invoices.services import NewInvoice
from regulars.invoices.sums import NewLine
from regulars.kit.actor import system
from regulars.stores.models import Store
from tests.factories import NOW

ME = system("Tests")
LINES = (
    NewLine(title="Phone", price_minor=20000, tax_percent=Decimal(20)),
    NewLine(title="Cable", quantity=Decimal(3), price_minor=333, tax_percent=Decimal("5.5")),
)


def make_draft(store: Store, **facts: Any) -> Invoice:
    """A draft over 209.99 for somebody."""
    given = {"lines": LINES, "bill_name": "Nora Field"} | facts
    return services.make_invoice(store=store, invoice=NewInvoice(**given), actor=ME, now=NOW)


def make_issued(store: Store, **facts: Any) -> Invoice:
    """The same, issued."""
    draft = make_draft(store, **facts)
    return services.issue_invoice(store=store, invoice_id=draft.pk, actor=ME, now=NOW)


def pay(store: Store, invoice: Invoice, amount: int | None = None, **more: Any) -> Any:
    """Record a payment of an invoice."""
    given = {"method": "cash", "paid_on": store.day_of(NOW)} | more
    return services.record_payment(
        store=store, invoice_id=invoice.pk, amount_minor=amount, actor=ME, now=NOW, **given
    )


def act(service: Any, store: Store, *invoices: Any, **inputs: Any) -> Any:
    """What an action does to these invoices, or orders."""
    ids = [one.pk for one in invoices]
    return service(store=store, ids=ids, inputs=inputs, actor=ME, now=NOW, change_set=None)
