"""Making issued invoices void: they keep their number, say why, and nothing is due any more."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.invoices import events, queries
from regulars.invoices.choices import InvoiceKind, InvoiceState
from regulars.invoices.models import Invoice
from regulars.invoices.services.settling import lock_families, settle
from regulars.invoices.services.writing import touched, write
from regulars.kit.actor import Actor
from regulars.kit.errors import InvalidRecord
from regulars.kit.money import display_money
from regulars.resources.action import Outcome
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, open_change_set, record


def void_invoices(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Make invoices void that nobody has paid anything for. Raises `InvalidRecord` without a reason."""
    reason = str(inputs.get("reason") or "").strip()
    if not reason:
        raise InvalidRecord({"reason": _("Say why.")})
    outcome = Outcome()
    with transaction.atomic():
        found = lock_families(store, ids)
        told = []
        for one in sorted(ids):
            invoice = found.get(one)
            why = _why_not(store, invoice)
            if invoice is None or why:
                outcome.skipped[one] = why
                continue
            changed = {"state": InvoiceState.VOID.value, "void_reason": reason}
            told.append(touched(invoice, changed, {"reason": reason}))
            invoice.state, invoice.void_reason = InvoiceState.VOID, reason
            write(invoice, changed, now)
            if invoice.credits_id is not None:
                settle(
                    store=store,
                    invoice=found[invoice.credits_id],
                    family=found.values(),
                    actor=actor,
                    now=now,
                )
            outcome.done.append(one)
        if told:
            opened = change_set or open_change_set(store=store, actor=actor, kind=events.VOIDED, now=now)
            outcome.change_set = opened.id
            record(change_set=opened, resource="invoices", kind=events.VOIDED, touched=told, now=now)
    return outcome


def _why_not(store: Store, invoice: Invoice | None) -> str:
    if invoice is None:
        return _("is not there any more")
    if invoice.state == InvoiceState.DRAFT:
        return _("is a draft; discard it instead")
    if invoice.state == InvoiceState.VOID:
        return _("is void already")
    if invoice.paid_minor:
        paid = display_money(invoice.paid_minor, invoice.currency, store.language.replace("-", "_"))
        if invoice.kind == InvoiceKind.INVOICE:
            return _("has payments of %(paid)s, so it cannot be made void; make a credit note") % {
                "paid": paid
            }
        return _("was paid or settled by %(paid)s, so it cannot be made void") % {"paid": paid}
    if Invoice.objects.filter(store=store, credits=invoice).exclude(state=InvoiceState.VOID).exists():
        return _("has a credit note")
    credited = invoice.credits
    if credited is not None and credited.superseded and credited.source_id is not None:
        replaced = queries.invoice_of_source(
            store=store, source=credited.source, source_id=credited.source_id
        )
        if replaced is not None:
            return _("made room for %(value)s; make that void first") % {
                "value": replaced.number or _("a draft")
            }
    return ""
