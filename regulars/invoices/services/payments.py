"""Payments: money that comes in for invoices, in parts if need be, and what to do with more than is due."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from regulars.invoices import events
from regulars.invoices.choices import InvoiceState, PaymentMethod
from regulars.invoices.models import Invoice, Payment
from regulars.invoices.services.issuing import state_when_paid
from regulars.invoices.services.writing import lock_invoices, touched, write
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid, InvalidRecord, NotFound, Refused
from regulars.kit.money import display_money
from regulars.resources.action import Outcome
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record


class CannotPay(Refused):
    """Nothing can be paid for this: a draft, a void one, or one that is paid."""

    code = "cannot_pay"


class MoreThanDue(Invalid):
    """More than is due is only taken when somebody says that this is meant."""

    code = "more_than_due"


def record_payment(
    *,
    store: Store,
    invoice_id: UUID,
    amount_minor: int | None,
    method: str,
    paid_on: date,
    reference: str = "",
    accept_more: bool = False,
    key: str = "",
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None = None,
) -> Payment:
    """Note a payment for an invoice, or for a credit or purchase note the money that went out.

    Without an amount it is all that is due. With the same `key` it is noted once. Raises `NotFound`, `CannotPay`,
    `InvalidRecord`, and `MoreThanDue` unless `accept_more`.
    """
    if method not in PaymentMethod.values or method == PaymentMethod.CREDIT_NOTE:
        raise InvalidRecord({"method": "Choose how it was paid."})
    if paid_on > store.day_of(now):
        raise InvalidRecord({"paid_on": "This day has not come yet."})
    with transaction.atomic():
        invoice = lock_invoices(store, [invoice_id]).get(invoice_id)
        if invoice is None:
            raise NotFound("This invoice does not exist in this store.")
        if key and (known := Payment.objects.filter(store=store, invoice=invoice, key=key).first()):
            return known
        amount = _amount(store, invoice, amount_minor, accept_more)
        made = Payment.objects.create(
            store=store,
            invoice=invoice,
            amount_minor=amount,
            method=method,
            paid_on=paid_on,
            reference=reference,
            key=key,
            author_id=actor.id,
            author_name=actor.name,
            created_at=now,
        )
        told = recount(store=store, invoice=invoice, payment=made, now=now)
        opened = change_set or open_change_set(store=store, actor=actor, kind=events.PAID, now=now)
        record(change_set=opened, resource="invoices", kind=events.PAID, touched=[told], now=now)
    return made


def record_payments(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Note payments of one invoice, or that several were paid in full. Raises `InvalidRecord`."""
    amount = inputs.get("amount")
    if amount is not None and len(ids) > 1:
        raise InvalidRecord({"amount": "Leave the amount empty for several: each is paid in full."})
    outcome = Outcome()
    with transaction.atomic():
        opened = change_set or open_change_set(store=store, actor=actor, kind=events.PAID, now=now)
        for one in sorted(ids):
            try:
                record_payment(
                    store=store,
                    invoice_id=one,
                    amount_minor=amount,
                    method=inputs.get("method") or PaymentMethod.TRANSFER,
                    paid_on=inputs.get("paid_on") or store.day_of(now),
                    reference=inputs.get("reference") or "",
                    accept_more=bool(inputs.get("accept_more")),
                    actor=actor,
                    now=now,
                    change_set=opened,
                )
            except MoreThanDue as refusal:
                raise InvalidRecord({"amount": refusal.sentence}) from refusal
            except (CannotPay, NotFound) as refusal:
                outcome.skipped[one] = refusal.sentence.rstrip(".")
            else:
                outcome.done.append(one)
        if outcome.done:
            outcome.change_set = opened.id
        elif change_set is None:
            transaction.set_rollback(True)
    return outcome


def recount(
    *, store: Store, invoice: Invoice, payment: Payment, now: datetime
) -> Touched:
    """Bring what is paid of a locked invoice in line with its payments; returns what the history keeps of it."""
    payments = Payment.objects.filter(store=store, invoice=invoice)
    paid = int(payments.aggregate(total=Sum("amount_minor", default=0))["total"])
    changed = {"paid_minor": paid, "state": state_when_paid(invoice, paid)}
    amount = display_money(payment.amount_minor, invoice.currency, store.language.replace("-", "_"))
    told = touched(invoice, changed, {"amount": amount, "payment": str(payment.pk)})
    invoice.paid_minor, invoice.state = paid, changed["state"]
    write(invoice, changed, now)
    return told


def _amount(store: Store, invoice: Invoice, amount: int | None, accept_more: bool) -> int:
    if invoice.state == InvoiceState.DRAFT:
        raise CannotPay("This is a draft: issue it first.")
    if invoice.state == InvoiceState.VOID:
        raise CannotPay("This was made void; nothing is due.")
    due = invoice.total_minor - invoice.paid_minor
    if amount is None:
        if due <= 0:
            raise CannotPay("This is paid already.")
        return due
    if amount <= 0:
        raise InvalidRecord({"amount": "Give an amount above zero."})
    if amount > due and not accept_more:
        language = store.language.replace("-", "_")
        said, left = (display_money(one, invoice.currency, language) for one in (amount, max(due, 0)))
        raise MoreThanDue(
            f"{said} is more than the {left} that are due. Say so if it is right.", field="amount"
        )
    return amount
