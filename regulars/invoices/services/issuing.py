"""Issuing: an invoice gets its number. The counter of the store is locked meanwhile: no gaps, no twins."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.invoices import events, queries
from regulars.invoices.choices import InvoiceState, Source
from regulars.invoices.models import Invoice, Line, Settings
from regulars.invoices.paper import printed
from regulars.invoices.services.order_payments import copy_payments
from regulars.invoices.services.settling import lock_families, settle
from regulars.invoices.services.writing import lock_settings, state_when_paid, touched, write
from regulars.kit.actor import Actor
from regulars.kit.errors import Refused
from regulars.kit.money import display_money
from regulars.resources.action import Outcome
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record

WRITTEN = ("state", "sequence", "number", "issued_on", "due_on", "seller", "paid_minor")


class CannotIssue(Refused):
    """Something is missing before this can be sent to anybody."""

    code = "cannot_issue"


def issue_invoices(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Give drafts their numbers, in the order they were made. From then on they stay as they are."""
    outcome = Outcome()
    with transaction.atomic():
        settings = lock_settings(store)
        found = lock_families(store, ids)
        told: list[Touched] = []
        settled: list[Touched] = []
        orders: list[UUID] = []
        for one in sorted(ids):
            invoice = found.get(one)
            why = _why_not(store, invoice, found)
            if invoice is None or why:
                outcome.skipped[one] = why
                continue
            told.append(_issue(store, settings, invoice, now))
            if invoice.credits_id is not None:
                settled += _settle(store, invoice, found, actor, now)
            if invoice.source == Source.ORDER and invoice.source_id:
                orders.append(invoice.source_id)
            outcome.done.append(one)
        if told:
            settings.save(update_fields=["last_sequence"])
            copy_payments(store=store, order_ids=orders, actor=actor)
            opened = change_set or open_change_set(store=store, actor=actor, kind=events.ISSUED, now=now)
            outcome.change_set = opened.id
            record(change_set=opened, resource="invoices", kind=events.ISSUED, touched=told, now=now)
            record(change_set=opened, resource="invoices", kind=events.CREDITED, touched=settled, now=now)
    return outcome


def issue_invoice(*, store: Store, invoice_id: UUID, actor: Actor, now: datetime) -> Invoice:
    """Issue one draft. Raises `CannotIssue` with the reason."""
    outcome = issue_invoices(store=store, ids=[invoice_id], inputs={}, actor=actor, now=now, change_set=None)
    if why := outcome.skipped.get(invoice_id):
        raise CannotIssue(_("This invoice %(why)s.") % {"why": why})
    return queries.get_invoice(store=store, invoice_id=invoice_id)


def _why_not(store: Store, invoice: Invoice | None, found: dict[UUID, Invoice]) -> str:
    if invoice is None:
        return _("is not there any more")
    if invoice.state != InvoiceState.DRAFT:
        return _("is issued already")
    if not Line.objects.filter(store=store, invoice=invoice).exists():
        return _("has no lines")
    if not invoice.bill_name and not invoice.sealed:
        return _("says nothing about who is billed")
    if invoice.credits_id is None:
        return ""
    credited = found[invoice.credits_id]
    if credited.state == InvoiceState.VOID:
        return _("credits %(number)s, which was made void") % {"number": credited.number}
    left = credited.total_minor - queries.credited_minor(store=store, invoice_id=credited.pk)
    if invoice.total_minor > left:
        amount = display_money(left, credited.currency)
        return _("credits more than the %(amount)s that are left of %(number)s") % {
            "amount": amount,
            "number": credited.number,
        }
    return ""


def _issue(store: Store, settings: Settings, invoice: Invoice, now: datetime) -> Touched:
    settings.last_sequence += 1
    today = store.day_of(now)
    changed: dict[str, Any] = {
        "state": state_when_paid(invoice, 0),
        "sequence": settings.last_sequence,
        "number": queries.number_text(settings.number_prefix, settings.last_sequence),
        "issued_on": today,
        "due_on": invoice.due_on or today + timedelta(days=settings.terms_days),
        "seller": printed(store=store, settings=settings, invoice=invoice),
    }
    shown = {name: value for name, value in changed.items() if name not in ("seller", "sequence")}
    told = touched(invoice, shown, {"number": changed["number"]})
    for name, value in changed.items():
        setattr(invoice, name, value)
    write(invoice, WRITTEN, now)
    return told


def _settle(
    store: Store, note: Invoice, found: dict[UUID, Invoice], actor: Actor, now: datetime
) -> list[Touched]:
    """What a credit note takes off what is still due of its invoice; the rest of the note is to be paid back."""
    assert note.credits_id is not None
    invoice = found[note.credits_id]
    paid, state = invoice.paid_minor, invoice.state
    amount = settle(store=store, invoice=invoice, family=found.values(), actor=actor, now=now).get(note.pk, 0)
    if not amount:
        return []
    said = {
        "amount": display_money(amount, note.currency, store.language.replace("-", "_")),
        "number": note.number,
    }
    before = {"paid_minor": paid, "status": state}
    after = {"paid_minor": invoice.paid_minor, "status": invoice.state}
    return [Touched(invoice.pk, invoice.version, before, after, said)]
