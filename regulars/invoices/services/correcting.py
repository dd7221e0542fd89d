"""Bringing invoices in line with their orders, as the books ask for: what was issued is credited, never changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.invoices import queries
from regulars.invoices.choices import ISSUED, InvoiceKind, InvoiceState, Source
from regulars.invoices.differing import Why, held_by, to_credit, without
from regulars.invoices.models import Invoice
from regulars.invoices.services.drafts import NewInvoice, discard_drafts, edit_invoice, make_invoice
from regulars.invoices.services.from_orders import of_order
from regulars.invoices.services.issuing import issue_invoice
from regulars.invoices.services.lines import line_from_json, stored_lines
from regulars.invoices.services.settling import locked
from regulars.invoices.services.writing import lock_settings
from regulars.invoices.sums import NewLine
from regulars.kit.actor import Actor
from regulars.kit.errors import Refused
from regulars.orders import models as orders
from regulars.orders.choices import OrderStatus
from regulars.orders.services.locking import lock_orders
from regulars.resources.action import Outcome
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet


@dataclass(frozen=True, slots=True)
class Difference:
    """What is to be done about an invoice whose order says something else by now.

    `credit` are the lines to take back, `anew` the invoice to write in its place; of a draft there is nothing to take
    back.
    """

    why: Why
    credit: tuple[NewLine, ...] = ()
    anew: NewInvoice | None = None


def difference_of(*, store: Store, invoice: Invoice) -> Difference | None:
    """How an invoice in force, or a draft, differs from the order that it was made from; nothing where it does not."""
    made = invoice.source == Source.ORDER and invoice.kind == InvoiceKind.INVOICE
    if not made or invoice.source_id is None or invoice.superseded or invoice.state == InvoiceState.VOID:
        return None
    order = orders.Order.objects.filter(store=store, pk=invoice.source_id).first()
    is_draft = invoice.state == InvoiceState.DRAFT
    if order is None:
        return Difference(Why.DELETED) if is_draft else None
    said = [line_from_json(line) for line in stored_lines(store, invoice)]
    back = _credited(store, invoice)
    left = tuple(one.as_line(key) for key, one in held_by(said, less=back).items() if one.amount)
    if order.status == OrderStatus.CANCELLED:
        return Difference(Why.CANCELLED, left)
    wanted = of_order(store, order)
    if order.customer_id != invoice.customer_id and invoice.sealed is None:
        return Difference(Why.MOVED, left, wanted)
    credit = to_credit(said, list(wanted.lines))
    if credit is None or (is_draft and credit):
        return Difference(Why.CHANGED, left, wanted)
    credit = without(credit, back)
    return Difference(Why.LESS, tuple(credit)) if credit else None


def correct_invoices(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Bring invoices in line with what their orders say by now: drafts are written anew, what was issued is credited
    and, where the order asks for more than that, followed by another invoice. All of it is issued at once.
    """
    outcome = Outcome()
    for one in sorted(ids):
        try:
            with transaction.atomic():
                _correct(store, one, actor, now)
        except Refused as refusal:
            outcome.skipped[one] = refusal.sentence.rstrip(".")
        else:
            outcome.done.append(one)
    return outcome


def _correct(store: Store, invoice_id: UUID, actor: Actor, now: datetime) -> None:
    lock_settings(store)
    seen = queries.get_invoice(store=store, invoice_id=invoice_id)
    # All locks in their order: what follows locks customers and the order once more, behind invoices.
    lock_orders(
        store=store,
        ids=[seen.source_id] if seen.source_id else [],
        also=[seen.customer_id] if seen.customer_id else [],
    )
    invoice = locked(store=store, invoice_id=invoice_id)
    found = difference_of(store=store, invoice=invoice) if invoice is not None else None
    if invoice is None or found is None:
        raise Refused(_("says what its order says"))
    if invoice.state == InvoiceState.DRAFT:
        _rewrite(store, invoice, found, actor, now)
        return
    if found.credit:
        note = NewInvoice(lines=found.credit, kind=InvoiceKind.CREDIT_NOTE, credits_id=invoice.pk)
        made = make_invoice(store=store, invoice=note, actor=actor, now=now)
        issue_invoice(store=store, invoice_id=made.pk, actor=actor, now=now)
    if found.anew is not None:
        made = make_invoice(store=store, invoice=found.anew, actor=actor, now=now)
        issue_invoice(store=store, invoice_id=made.pk, actor=actor, now=now)


def _rewrite(store: Store, draft: Invoice, found: Difference, actor: Actor, now: datetime) -> None:
    anew = found.anew
    if anew is None:
        discard_drafts(store=store, ids=[draft.pk], inputs={}, actor=actor, now=now, change_set=None)
        return
    values: dict[str, Any] = {"prices_include_tax": True, "customer_id": anew.customer_id}
    if draft.customer_id != anew.customer_id:
        values |= {name: getattr(anew, name) for name in ("bill_name", "bill_address", "email")}
        values["bill_tax_id"] = ""
    edit_invoice(
        store=store,
        invoice_id=draft.pk,
        values=values,
        lines=anew.lines,
        base_version=None,
        actor=actor,
        now=now,
    )


def _credited(store: Store, invoice: Invoice) -> list[NewLine]:
    """The lines of the credit notes of an invoice that are in force."""
    notes = queries.credit_notes_of(store=store, invoice_id=invoice.pk)
    return [
        line_from_json(line) for note in notes if note.state in ISSUED for line in stored_lines(store, note)
    ]
