"""Reminders of what is overdue: asked for here, sent by the worker in the language of the customer."""

from datetime import datetime
from typing import Any
from uuid import UUID

from babel.dates import format_date
from django.db import transaction
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as queue

from regulars.invoices import events, queries
from regulars.invoices.choices import InvoiceKind
from regulars.invoices.models import Invoice
from regulars.invoices.paper import file_name, write_pdf
from regulars.invoices.services.correcting import difference_of
from regulars.invoices.services.writing import lock_invoices
from regulars.kit.actor import Actor
from regulars.kit.ids import among
from regulars.kit.language import spoken
from regulars.kit.money import display_money
from regulars.resources.action import Outcome
from regulars.staff.outbox import StoreMail
from regulars.stores.models import Store
from regulars.stores.queries import get_store_by_id
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record


def remind_customers(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Have the worker remind customers of overdue invoices, each at most once a day."""
    outcome = Outcome()
    with transaction.atomic():
        found = lock_invoices(store, ids)
        told, mails = [], []
        for one in sorted(ids):
            invoice = found.get(one)
            why = _why_not(store, invoice, now)
            if invoice is None or why:
                outcome.skipped[one] = why
                continue
            told.append(Touched(one, invoice.version, data={"email": invoice.email}))
            mail = {"store_id": str(store.pk), "invoice_id": str(one), "to": invoice.email}
            mails.append(mail | {"asked_at": now.isoformat()})
            outcome.done.append(one)
        if told:
            Invoice.objects.filter(store=store, pk__in=among(outcome.done)).update(reminded_at=now)
            queue.configure_task("invoices.remind").batch_defer(*mails)
            opened = change_set or open_change_set(store=store, actor=actor, kind=events.REMINDED, now=now)
            outcome.change_set = opened.id
            record(change_set=opened, resource="invoices", kind=events.REMINDED, touched=told, now=now)
    return outcome


def send_reminder(*, store_id: UUID, invoice_id: UUID, to: str, now: datetime) -> None:
    """Mail a reminder now, unless the invoice was paid or made void or its customer forgotten meanwhile."""
    store = get_store_by_id(store_id=store_id)
    overdue = Invoice.objects.filter(queries.overdue(store.day_of(now)), store=store, pk=invoice_id)
    invoice = overdue.filter(sealed__isnull=True).select_related("customer").first()
    if invoice is None:
        return
    with spoken(_language(store, invoice)):
        subject = _("Reminder: %(number)s of %(store)s") % {
            "number": invoice.number,
            "store": invoice.seller.get("name") or store.name,
        }
        body = _letter(store, invoice, now)
        paper = write_pdf(
            store=store,
            invoice=invoice,
            lines=queries.lines_of(store=store, invoice_id=invoice_id),
            payments=queries.payments_of(store=store, invoice_id=invoice_id),
        )
    mail = StoreMail(" ".join(subject.split()), body, to=[to])
    mail.store = store
    mail.attach(file_name(invoice), paper, "application/pdf")
    mail.send()


def _why_not(store: Store, invoice: Invoice | None, now: datetime) -> str:
    if invoice is None:
        return _("is not there any more")
    today = store.day_of(now)
    if queries.status_of(state=invoice.state, due_on=invoice.due_on, today=today) != "overdue":
        return _("is not overdue")
    if invoice.kind != InvoiceKind.INVOICE:
        return _("is due to the customer, not by them")
    if not invoice.email:
        return _("has no e-mail address")
    if invoice.reminded_at is not None and store.day_of(invoice.reminded_at) == today:
        return _("was reminded of today")
    if difference_of(store=store, invoice=invoice) is not None:
        return _("differs from its order; bring it in line first")
    return ""


def _language(store: Store, invoice: Invoice) -> str:
    """The customer's where it is known, else the store's."""
    return (invoice.customer.language if invoice.customer else "") or store.language


def _letter(store: Store, invoice: Invoice, now: datetime) -> str:
    locale = (get_language() or "en").replace("-", "_")
    assert invoice.due_on is not None
    days = (store.day_of(now) - invoice.due_on).days
    told = {
        "number": invoice.number,
        "due": display_money(invoice.due_minor, invoice.currency, locale),
        "until": format_date(invoice.due_on, "long", locale=locale),
        "days": days,
    }
    parts = [
        _("Hello %(name)s,") % {"name": invoice.bill_name},
        ngettext(
            "%(due)s of %(number)s were due by %(until)s, %(days)s day ago.",
            "%(due)s of %(number)s were due by %(until)s, %(days)s days ago.",
            days,
        )
        % told,
        _("Perhaps it was overlooked: the invoice is attached once more."),
        invoice.seller.get("payment", ""),
        _("If you have paid meanwhile, please take no notice of this mail."),
        invoice.seller.get("name") or store.name,
    ]
    return "\n\n".join(part for part in parts if part)
