"""People who are forgotten, and what the law says stays on their invoices. See docs/adr/0020."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from regulars.customers.erasing import Person, traces_of
from regulars.invoices.choices import InvoiceState
from regulars.invoices.models import Invoice, InvoicePayment, Line
from regulars.invoices.services.writing import lock_invoices, search_form
from regulars.kit.traces import Traces
from regulars.stores.models import Store
from regulars.timeline.erasing import erase_values

PERSONAL = ("bill_name", "bill_address", "bill_tax_id", "email", "tracking_number")


def forget_people(*, store: Store, people: list[Person], now: datetime) -> None:
    """Drafts go; issued invoices keep name and address sealed away, for the document alone."""
    ids, traces = [person.id for person in people], traces_of(people)
    every = Invoice.objects.filter(store=store)
    addressed = Q(pk__in=[])
    for email in {email for person in people for email in person.emails}:
        addressed |= Q(email__iexact=email)
    # What was written by hand to their e-mail is theirs; what belongs to somebody else only loses the address.
    theirs = every.filter(Q(customer_id__in=ids) | Q(customer=None) & addressed)
    # Locked before anybody looks at their state: a draft may be just being issued, and then it has to stay.
    for invoice in lock_invoices(store, theirs.values_list("pk", flat=True)).values():
        if invoice.state == InvoiceState.DRAFT:
            invoice.delete()
        else:
            _seal(store, invoice, traces)
    for invoice in every.filter(addressed).order_by("pk").select_for_update(no_key=True):
        invoice.email = ""
        invoice.search = search_form(invoice)
        invoice.save(update_fields=["email", "search"])


def let_go(*, store: Store, ids: list[UUID]) -> None:
    """Issued invoices of customers who are deleted belong to nobody any more; they were sealed before."""
    Invoice.objects.filter(store=store, customer_id__in=ids).update(customer=None)


def _seal(store: Store, invoice: Invoice, traces: Traces) -> None:
    if invoice.sealed is None:
        invoice.sealed = {
            "name": invoice.bill_name,
            "address": invoice.bill_address,
            "tax_id": invoice.bill_tax_id,
        }
    for name in PERSONAL:
        setattr(invoice, name, "")
    invoice.seller = invoice.seller | {"tracking": ""} if invoice.seller else {}
    invoice.note = traces.clean(invoice.note)
    # A void invoice goes on saying that there was a reason.
    invoice.void_reason = traces.clean(invoice.void_reason) or ("–" if invoice.void_reason else "")
    invoice.search = search_form(invoice)
    invoice.save(update_fields=["sealed", "seller", *PERSONAL, "note", "void_reason", "search"])
    _clean_rows(store, invoice, traces)
    erase_values(store=store, record_ids=[invoice.pk], names=[*PERSONAL, "note", "void_reason"])


def _clean_rows(store: Store, invoice: Invoice, traces: Traces) -> None:
    for model, column in ((Line, "title"), (InvoicePayment, "reference")):
        rows = model._default_manager.filter(store=store, invoice=invoice)
        for row in rows.only(column):
            cleaned = traces.clean(getattr(row, column))
            if cleaned != getattr(row, column):
                model._default_manager.filter(pk=row.pk).update(**{column: cleaned or "–"})
