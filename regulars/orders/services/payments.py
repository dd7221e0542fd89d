"""Money for orders, and money given back."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from regulars.credit.choices import Source
from regulars.credit.services import pay_with_credit
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid, InvalidRecord, Refused
from regulars.kit.ids import new_id
from regulars.kit.language import spoken
from regulars.kit.money import display_money
from regulars.orders import events
from regulars.orders.choices import OrderStatus, PaymentMethod
from regulars.orders.facts import PaymentFacts
from regulars.orders.models import Order, Payment, Return
from regulars.orders.rules import as_facts
from regulars.orders.services.locking import lock_order
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record

KEPT = ("method", "amount_minor", "paid_at", "reference", "external_id", "author_name")


class PaidTooMuch(Refused):
    """More than is due, or more given back than was paid."""

    code = "paid_too_much"


def record_payment(
    *,
    store: Store,
    order_id: UUID,
    payment: PaymentFacts,
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None = None,
) -> Order:
    """Note money that came in for an order, or below zero money that was given back. One that came with the same
    external id before is not noted twice.

    Raises `NotFound`, `InvalidRecord`, `PaidTooMuch` and `NotEnoughCredit`.
    """
    try:
        with transaction.atomic():
            order = lock_order(store=store, order_id=order_id)
            if _known(order, payment):
                return order
            made = add_payment(order=order, payment=payment, actor=actor, now=now)
            book_credit(order=order, payment=made, actor=actor, now=now)
            order.version += 1
            order.updated_at = now
            order.save(update_fields=["paid_minor", "version", "updated_at"])
            opened = change_set or open_change_set(store=store, actor=actor, kind=events.PAID, now=now)
            touched = Touched(order.pk, order.version, data=told(order, made))
            record(change_set=opened, resource="orders", kind=events.PAID, touched=[touched], now=now)
    except IntegrityError as error:
        if "payment_external_id_unique_per_store" not in str(error):
            raise
        raise Invalid(_("A payment of another order has this external id."), field="external_id") from error
    return order


def _known(order: Order, payment: PaymentFacts) -> bool:
    return bool(
        payment.external_id
        and Payment.objects.filter(store=order.store, order=order, external_id=payment.external_id).exists()
    )


def add_payment(*, order: Order, payment: PaymentFacts, actor: Actor, now: datetime) -> Payment:
    """Store a payment of a locked order and set what is paid by now; writing the order is the caller's.

    Raises `InvalidRecord` and `PaidTooMuch`.
    """
    if payment.method not in PaymentMethod.values:
        raise InvalidRecord(
            {"method": _("Choose one of: %(names)s.") % {"names": ", ".join(PaymentMethod.values)}}
        )
    if not payment.amount_minor:
        raise InvalidRecord({"amount": _("Give an amount; below zero when it is given back.")})
    due = order.total_minor - order.returned_minor - order.paid_minor
    if order.status == OrderStatus.CANCELLED:
        due = 0
    language = order.store.language.replace("-", "_")
    if payment.amount_minor > max(due, 0):
        left = display_money(max(due, 0), order.currency, language)
        raise PaidTooMuch(_("Only %(left)s are due.") % {"left": left}, field="amount")
    if -payment.amount_minor > order.paid_minor:
        paid = display_money(order.paid_minor, order.currency, language)
        raise PaidTooMuch(
            _("Only %(paid)s were paid, so no more can be given back.") % {"paid": paid}, field="amount"
        )
    return store_payment(order=order, payment=payment, goods_return=None, actor=actor, now=now)


def store_payment(
    *, order: Order, payment: PaymentFacts, goods_return: Return | None, actor: Actor, now: datetime
) -> Payment:
    """Store a payment that was checked, or that follows from a return."""
    made = new_payment(order=order, payment=payment, goods_return=goods_return, actor=actor, now=now)
    made.save(force_insert=True)
    return made


def new_payment(
    *, order: Order, payment: PaymentFacts, goods_return: Return | None, actor: Actor, now: datetime
) -> Payment:
    """A payment that its caller stores, among others; the order has it already."""
    order.paid_minor += payment.amount_minor
    return Payment(
        id=new_id(),
        store=order.store,
        order=order,
        goods_return=goods_return,
        method=payment.method,
        amount_minor=payment.amount_minor,
        paid_at=payment.paid_at or now,
        reference=payment.reference.strip(),
        external_id=payment.external_id,
        author_name=actor.name,
    )


def book_credit(*, order: Order, payment: Payment, actor: Actor, now: datetime) -> None:
    """What is paid by store credit comes out of the customer's ledger, and what is given back so goes into it.

    Not for what files tell of the past: that was booked where it happened. Raises `NotEnoughCredit`.
    """
    if payment.method != PaymentMethod.CREDIT:
        return
    pay_with_credit(
        store=order.store,
        customer_id=order.customer_id,
        amount_minor=payment.amount_minor,
        currency=order.currency,
        reason=_reason(order),
        source=Source.ORDER,
        payment=payment.pk,
        actor=actor,
        now=now,
    )


def _reason(order: Order) -> str:
    """What the ledger of store credit says: for everybody, so in the store's language."""
    with spoken(order.store.language):
        return _("Order %(number)s") % {"number": order.number}


def told(order: Order, payment: Payment) -> dict[str, object]:
    """A payment as the history keeps it, so that taking it back can itself be taken back."""
    amount = display_money(payment.amount_minor, order.currency, order.store.language.replace("-", "_"))
    return {"payment": str(payment.pk), "amount": amount, **as_facts(payment, KEPT)}
