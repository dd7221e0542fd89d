"""Sending invoices by mail: asked for here, sent by the worker with the PDF attached."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override
from procrastinate.contrib.django import app as queue

from regulars.invoices import events, queries
from regulars.invoices.choices import ISSUED
from regulars.invoices.models import Invoice
from regulars.invoices.paper import file_name, write_pdf
from regulars.invoices.services.writing import lock_invoices
from regulars.kit.actor import Actor
from regulars.kit.ids import among
from regulars.kit.money import display_money
from regulars.resources.action import Outcome
from regulars.staff.outbox import StoreMail
from regulars.stores.models import Store
from regulars.stores.queries import get_store_by_id
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record


def mail_invoices(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Have the worker mail issued invoices to their customers, or one of them to another address."""
    other = str(inputs.get("email") or "")
    outcome = Outcome()
    with transaction.atomic():
        found = lock_invoices(store, ids)
        told, mails = [], []
        for one in sorted(ids):
            invoice = found.get(one)
            if invoice is None or invoice.state not in ISSUED:
                outcome.skipped[one] = _("is not issued or not in force")
                continue
            if invoice.sealed is not None:
                outcome.skipped[one] = _("is of somebody who was forgotten; only its document can be opened")
                continue
            to = other or invoice.email
            if not to:
                outcome.skipped[one] = _("has no e-mail address")
                continue
            told.append(Touched(one, invoice.version, data={"email": to}))
            mails.append({"store_id": str(store.pk), "invoice_id": str(one), "to": to})
            outcome.done.append(one)
        if told:
            Invoice.objects.filter(store=store, pk__in=among(outcome.done)).update(mailed_at=now)
            queue.configure_task("invoices.send").batch_defer(*mails)
            opened = change_set or open_change_set(store=store, actor=actor, kind=events.MAILED, now=now)
            outcome.change_set = opened.id
            record(change_set=opened, resource="invoices", kind=events.MAILED, touched=told, now=now)
    return outcome


def send_invoice(*, store_id: UUID, invoice_id: UUID, to: str) -> None:
    """Mail an invoice now, unless it was made void or its customer forgotten meanwhile."""
    store = get_store_by_id(store_id=store_id)
    invoice = Invoice.objects.filter(
        store=store, pk=invoice_id, state__in=ISSUED, sealed__isnull=True
    ).first()
    if invoice is None:
        return
    with override(store.language):
        paper = write_pdf(
            store=store,
            invoice=invoice,
            lines=queries.lines_of(store=store, invoice_id=invoice_id),
            payments=queries.payments_of(store=store, invoice_id=invoice_id),
        )
        subject = _("%(kind)s %(number)s of %(store)s") % {
            "kind": invoice.get_kind_display(),
            "number": invoice.number,
            "store": invoice.seller.get("name") or store.name,
        }
        body = _letter(store, invoice)
    # A subject is one line, whatever the shop is called.
    mail = StoreMail(" ".join(subject.split()), body, to=[to])
    mail.store = store
    mail.attach(file_name(invoice), paper, "application/pdf")
    mail.send()


def _letter(store: Store, invoice: Invoice) -> str:
    locale = store.language.replace("-", "_")
    total = display_money(invoice.total_minor, invoice.currency, locale)
    due = display_money(max(invoice.total_minor - invoice.paid_minor, 0), invoice.currency, locale)
    parts = [
        _("Hello %(name)s,") % {"name": invoice.bill_name},
        _("%(number)s over %(total)s is attached.") % {"number": invoice.number, "total": total},
    ]
    if invoice.kind == "invoice" and invoice.state != "paid" and invoice.due_on:
        until = invoice.due_on.isoformat()
        parts.append(_("%(due)s is due by %(until)s.") % {"due": due, "until": until})
        if invoice.seller.get("payment"):
            parts.append(invoice.seller["payment"])
    parts.append(invoice.seller.get("name") or store.name)
    return "\n\n".join(parts)
