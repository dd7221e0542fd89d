"""People who are forgotten, and what the law says stays on their invoices. See docs/adr/0018."""

from datetime import datetime
from uuid import UUID

from regulars.customers.erasing import Person
from regulars.invoices.choices import InvoiceState
from regulars.invoices.models import Invoice, Line, Payment
from regulars.invoices.services.writing import search_form
from regulars.kit.traces import Traces
from regulars.stores.models import Store
from regulars.customers.erasing import traces_of


def forget_people(*, store: Store, people: list[Person], now: datetime) -> None:
    """Drafts go; issued invoices keep name and address sealed away, for the document alone."""
    ids = [person.id for person in people]
    traces = traces_of(people)
    own = Invoice.objects.filter(store=store, customer_id__in=ids)
    own.filter(state=InvoiceState.DRAFT).delete()
    for invoice in own.order_by("pk").select_for_update(no_key=True):
        if invoice.sealed is None:
            invoice.sealed = {
                "name": invoice.bill_name,
                "address": invoice.bill_address,
                "tax_id": invoice.bill_tax_id,
            }
        invoice.bill_name = invoice.bill_address = invoice.bill_tax_id = invoice.email = ""
        invoice.note = traces.clean(invoice.note)
        invoice.void_reason = traces.clean(invoice.void_reason) or "–" * bool(invoice.void_reason)
        invoice.search = search_form(invoice)
        invoice.save(
            update_fields=[
                "sealed", "bill_name", "bill_address", "bill_tax_id", "email", "note", "void_reason", "search",
            ]
        )  # fmt: skip
        _clean_rows(store, invoice, traces)


def let_go(*, store: Store, ids: list[UUID]) -> None:
    """Issued invoices of customers who are deleted belong to nobody any more; they were sealed before."""
    Invoice.objects.filter(store=store, customer_id__in=ids).update(customer=None)


def _clean_rows(store: Store, invoice: Invoice, traces: Traces) -> None:
    for model, column in ((Line, "title"), (Payment, "reference")):
        rows = model._default_manager.filter(store=store, invoice=invoice)
        for row in rows.only(column):
            cleaned = traces.clean(getattr(row, column))
            if cleaned != getattr(row, column):
                model._default_manager.filter(pk=row.pk).update(**{column: cleaned or "–"})
