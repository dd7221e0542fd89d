"""Taking back what was done to invoices. A number that was given stays given."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Field
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.credit.services import NotEnoughCredit, turn_payment
from regulars.invoices import events, queries
from regulars.invoices.choices import InvoiceState, PaymentMethod, Source
from regulars.invoices.models import Invoice, InvoicePayment
from regulars.invoices.services.drafts import LATER
from regulars.invoices.services.lines import line_from_json, stored_lines
from regulars.invoices.services.order_payments import copy_payments
from regulars.invoices.services.payments import recount
from regulars.invoices.services.settling import lock_families, settle
from regulars.invoices.services.writing import (
    as_json,
    lock_invoices,
    lock_with_customers,
    put_lines,
    state_when_paid,
    touched,
    write,
)
from regulars.kit.actor import Actor
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import OpenChangeSet, Touched, record
from regulars.timeline.undoing import Past

GONE = gettext_noop("is not there any more")
CHANGED = gettext_noop("was changed since")
ISSUED = gettext_noop("was issued since and stays as it was sent")


def undo_drafts(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Drafts that nobody touched since go away again."""
    invoices, left = lock_invoices(store, [past.record_id for past in pasts]), {}
    going = []
    for past in pasts:
        invoice = invoices.get(past.record_id)
        if invoice is None or invoice.state != InvoiceState.DRAFT or invoice.version != 1:
            left[past.record_id] = _(GONE) if invoice is None else _(CHANGED)
        else:
            going.append(past)
    Invoice.objects.filter(store=store, pk__in=[past.record_id for past in going]).delete()
    _tell(
        change_set, events.DISCARDED, [Touched(past.record_id, 1, before=past.after) for past in going], now
    )
    return left


def undo_edits(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Facts and lines come back where they are still what the edit made them."""
    invoices, left, told = lock_invoices(store, [past.record_id for past in pasts]), {}, []
    for past in pasts:
        invoice = invoices.get(past.record_id)
        if invoice is None:
            left[past.record_id] = _(GONE)
            continue
        lines = stored_lines(store, invoice)
        now_there = {
            name: lines if name == "lines" else as_json(getattr(invoice, name)) for name in past.after
        }
        if now_there != past.after:
            left[past.record_id] = _(CHANGED)
            continue
        if invoice.state != InvoiceState.DRAFT and set(past.before) - set(LATER):
            left[past.record_id] = _(ISSUED)
            continue
        facts = {name: _column(name, value) for name, value in past.before.items() if name != "lines"}
        one = touched(invoice, facts)
        told.append(Touched(invoice.pk, one.version, before=past.after, after=past.before))
        for name, value in facts.items():
            setattr(invoice, name, value)
        if invoice.state == InvoiceState.DRAFT:
            kept = past.before.get("lines", lines)
            put_lines(invoice=invoice, lines=[line_from_json(line) for line in kept])
        write(invoice, facts, now)
    _tell(change_set, events.EDITED, told, now)
    return left


def undo_payments(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """A payment that was noted by mistake goes; one of an order is taken back there."""
    invoices, left, told = lock_with_customers(store, [past.record_id for past in pasts]), {}, []
    for past in pasts:
        invoice = invoices.get(past.record_id)
        payment = InvoicePayment.objects.filter(store=store, pk=past.data["payment"]).first()
        if invoice is None or payment is None or payment.method == PaymentMethod.CREDIT_NOTE:
            left[past.record_id] = _(GONE)
            continue
        try:
            turn_payment(store=store, payment=payment.pk, actor=actor, now=now)
        except NotEnoughCredit as refusal:
            left[past.record_id] = refusal.sentence.rstrip(".")
            continue
        payment.delete()
        payment.pk = past.data["payment"]
        told.append(recount(store=store, invoice=invoice, payment=payment, now=now))
    _tell(change_set, events.PAYMENT_REMOVED, told, now)
    return left


def undo_voids(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """A void invoice is in force again, under its number, unless another took its place. What was paid for its order
    meanwhile is paid for it."""
    invoices, left, told = lock_families(store, [past.record_id for past in pasts]), {}, []
    order_ids: set[UUID] = set()
    for past in pasts:
        invoice = invoices.get(past.record_id)
        if invoice is None or invoice.state != InvoiceState.VOID:
            left[past.record_id] = _(GONE) if invoice is None else _(CHANGED)
            continue
        if invoice.source_id and queries.invoice_of_source(
            store=store, source=invoice.source, source_id=invoice.source_id
        ):
            left[past.record_id] = _("was replaced by another invoice")
            continue
        credited = invoices.get(invoice.credits_id) if invoice.credits_id else None
        if credited is not None and not _fits(store, invoice, credited):
            left[past.record_id] = _("was replaced by another credit note")
            continue
        changed: Mapping[str, Any] = {"state": state_when_paid(invoice, 0), "void_reason": ""}
        told.append(touched(invoice, changed))
        invoice.state, invoice.void_reason = changed["state"], ""
        write(invoice, changed, now)
        if credited is not None:
            settle(store=store, invoice=credited, family=invoices.values(), actor=actor, now=now)
        for one in (invoice, credited):
            if one is not None and one.source == Source.ORDER and one.source_id:
                order_ids.add(one.source_id)
    copy_payments(store=store, order_ids=order_ids, actor=actor)
    _tell(change_set, events.REOPENED, told, now)
    return left


def _fits(store: Store, note: Invoice, credited: Invoice) -> bool:
    """Whether a credit note can be in force beside those that are."""
    taken = queries.credited_minor(store=store, invoice_id=credited.pk)
    return credited.state != InvoiceState.VOID and note.total_minor <= credited.total_minor - taken


def _column(name: str, value: Any) -> Any:
    field = Invoice._meta.get_field(name)
    assert isinstance(field, Field)
    return field.to_python(value)


def _tell(change_set: OpenChangeSet, kind: EventKind, told: list[Touched], now: datetime) -> None:
    record(change_set=change_set, resource="invoices", kind=kind, touched=told, now=now)
