"""Payments: money that comes in for invoices, in parts if need be, and what to do with more than is due."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from regulars.credit.choices import Source as CreditSource
from regulars.credit.services import NotEnoughCredit, pay_with_credit
from regulars.invoices import events
from regulars.invoices.choices import InvoiceKind, InvoiceState, PaymentMethod, Source
from regulars.invoices.models import Invoice, InvoicePayment
from regulars.invoices.services.settling import locked
from regulars.invoices.services.writing import state_when_paid, touched, write
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid, InvalidRecord, NotFound, Refused
from regulars.kit.money import display_money
from regulars.orders import services as order_services
from regulars.orders.facts import PaymentFacts
from regulars.orders.models import Order
from regulars.orders.services import PaidTooMuch
from regulars.orders.services.locking import lock_order
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
) -> InvoicePayment:
    """Note a payment for an invoice, or for a credit or purchase note the money that went out.

    Without an amount it is all that is due. With the same `key` it is noted once. What is paid for the invoice of an
    order is noted at the order, which takes no more than is due; what is paid back for its credit note too, as money
    that was given back. Raises `NotFound`, `CannotPay`, `InvalidRecord`, `PaidTooMuch`, `NotEnoughCredit`, and
    `MoreThanDue` unless `accept_more`.
    """
    if method not in PaymentMethod.values or method == PaymentMethod.CREDIT_NOTE:
        raise InvalidRecord({"method": _("Choose how it was paid.")})
    if paid_on > store.day_of(now):
        raise InvalidRecord({"paid_on": _("This day has not come yet.")})
    with transaction.atomic():
        if (order_id := _order_of(store, invoice_id)) is not None:
            # Orders are locked before invoices, so that whoever pays the order at the same time waits for us or we
            # for them.
            lock_order(store=store, order_id=order_id)
        invoice = locked(store=store, invoice_id=invoice_id)
        if invoice is None:
            raise NotFound(_("This invoice does not exist in this store."))
        if key and (known := InvoicePayment.objects.filter(store=store, invoice=invoice, key=key).first()):
            return known
        amount = _amount(store, invoice, amount_minor, accept_more)
        opened = change_set or open_change_set(store=store, actor=actor, kind=events.PAID, now=now)
        if order_id is not None:
            payment = PaymentFacts(
                amount_minor=-amount if invoice.kind == InvoiceKind.CREDIT_NOTE else amount,
                method=method,
                paid_at=_moment(store, paid_on, now),
                reference=reference,
                external_id=f"invoice:{key}" if key else "",
            )
            order_services.record_payment(
                store=store, order_id=order_id, payment=payment, actor=actor, now=now, change_set=opened
            )
            rows = InvoicePayment.objects.filter(store=store, invoice=invoice).order_by("-pk")
            return rows.exclude(key="").first() or rows[0]
        made = InvoicePayment.objects.create(
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
        if method == PaymentMethod.STORE_CREDIT and key != f"tradein:{invoice.source_id}":
            _book(store, invoice, made, actor, now)
        told = recount(store=store, invoice=invoice, payment=made, now=now)
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
        raise InvalidRecord({"amount": _("Leave the amount empty for several: each is paid in full.")})
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
            except (MoreThanDue, PaidTooMuch, NotEnoughCredit) as refusal:
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


def recount(*, store: Store, invoice: Invoice, payment: InvoicePayment, now: datetime) -> Touched:
    """Bring what is paid of a locked invoice in line with its payments; returns what the history keeps of it."""
    payments = InvoicePayment.objects.filter(store=store, invoice=invoice)
    paid = int(payments.aggregate(total=Sum("amount_minor", default=0))["total"])
    state = state_when_paid(invoice, paid)
    changed = {"paid_minor": paid, "state": state}
    amount = display_money(payment.amount_minor, invoice.currency, store.language.replace("-", "_"))
    told = touched(invoice, changed, {"amount": amount, "payment": str(payment.pk)})
    invoice.paid_minor, invoice.state = paid, state
    write(invoice, changed, now)
    return told


def _book(store: Store, invoice: Invoice, payment: InvoicePayment, actor: Actor, now: datetime) -> None:
    """What an invoice is paid with comes out of the ledger; what a note is paid out with goes into it.

    What a trade-in is paid out with it has written there itself.
    """
    taken = payment.amount_minor if invoice.kind == InvoiceKind.INVOICE else -payment.amount_minor
    pay_with_credit(
        store=store,
        customer_id=invoice.customer_id,
        amount_minor=taken,
        currency=invoice.currency,
        reason=f"{invoice.get_kind_display()} {invoice.number}",
        source=CreditSource.INVOICE,
        payment=payment.pk,
        actor=actor,
        now=now,
    )


def _order_of(store: Store, invoice_id: UUID) -> UUID | None:
    """The order that an invoice was made from, or the invoice of a credit note, while it is there."""
    about = Invoice.objects.filter(Q(pk=invoice_id) | Q(credit_notes=invoice_id), store=store)
    made_from = about.filter(source=Source.ORDER, kind=InvoiceKind.INVOICE)
    found = Order.objects.filter(store=store, pk__in=made_from.values("source_id"))
    return found.values_list("pk", flat=True).first()


def _moment(store: Store, day: date, now: datetime) -> datetime:
    """When a payment of that day is taken to have come in."""
    return now if day == store.day_of(now) else datetime.combine(day, time(12), store.zone)


def _amount(store: Store, invoice: Invoice, amount: int | None, accept_more: bool) -> int:
    if invoice.state == InvoiceState.DRAFT:
        raise CannotPay(_("This is a draft: issue it first."))
    if invoice.state == InvoiceState.VOID:
        raise CannotPay(_("This was made void; nothing is due."))
    due = invoice.total_minor - invoice.paid_minor
    if amount is None:
        if due <= 0:
            raise CannotPay(_("This is paid already."))
        return due
    if amount <= 0:
        raise InvalidRecord({"amount": _("Give an amount above zero.")})
    if amount > due and not accept_more:
        language = store.language.replace("-", "_")
        said, left = (display_money(one, invoice.currency, language) for one in (amount, max(due, 0)))
        raise MoreThanDue(
            _("%(said)s is more than the %(left)s that are due. Say so if it is right.")
            % {"said": said, "left": left},
            field="amount",
        )
    return amount
