"""Credit notes: drafts that take back what an issued invoice says."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from regulars.invoices.choices import InvoiceKind, InvoiceState
from regulars.invoices.models import Invoice
from regulars.invoices.services.drafts import NewInvoice, make_invoice
from regulars.invoices.services.lines import line_from_json, stored_lines
from regulars.kit.actor import Actor
from regulars.resources.action import Outcome
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet


def credit_invoices(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Make the draft of a credit note for issued invoices, with all their lines."""
    outcome = Outcome()
    for one in sorted(ids):
        invoice = Invoice.objects.filter(store=store, pk=one).first()
        if invoice is None or invoice.kind != InvoiceKind.INVOICE or invoice.sequence is None:
            outcome.skipped[one] = _("is no issued invoice")
            continue
        if invoice.state == InvoiceState.VOID:
            outcome.skipped[one] = _("is void")
            continue
        if Invoice.objects.filter(store=store, credits=invoice, state=InvoiceState.DRAFT).exists():
            outcome.skipped[one] = _("has a draft of a credit note already")
            continue
        lines = [line_from_json(line) for line in stored_lines(store, invoice)]
        note = NewInvoice(lines=lines, kind=InvoiceKind.CREDIT_NOTE, credits_id=one)
        make_invoice(store=store, invoice=note, actor=actor, now=now)
        outcome.done.append(one)
    return outcome
