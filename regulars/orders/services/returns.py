"""Goods that come back."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from regulars.credit.services import turn_payment
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid, Refused
from regulars.kit.ids import new_id
from regulars.kit.money import display_money
from regulars.orders import events
from regulars.orders.choices import OrderStatus, PaymentMethod
from regulars.orders.facts import PaymentFacts
from regulars.orders.models import Order, OrderLine, Payment, Return, ReturnLine
from regulars.orders.rules import refund_for
from regulars.orders.services.figures import recount_figures
from regulars.orders.services.locking import lock_order
from regulars.orders.services.payments import book_credit, store_payment
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record


class CannotReturn(Refused):
    """This cannot come back: it was not bought, came back already, or the order is cancelled."""

    code = "cannot_return"


def return_items(
    *,
    store: Store,
    order_id: UUID,
    quantities: Mapping[UUID, int],
    items: int = 0,
    refund_minor: int | None = None,
    reason: str = "",
    method: str = "",
    external_id: str = "",
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None = None,
) -> Order:
    """Take goods of an order back, so many of each line, and let their price off or give it back. What came with the
    same external id before is not taken twice.

    `items` is for orders without lines. Without `refund_minor` it is what the goods cost, less their share of the
    order's discount; shipping stays paid. What is paid too much by then is given back, by `method` or as it was paid
    last.
    Raises `NotFound`, `Invalid` and `CannotReturn`.
    """
    with transaction.atomic():
        order = lock_order(store=store, order_id=order_id)
        if _is_known(order, external_id):
            return order
        if order.status == OrderStatus.CANCELLED:
            raise CannotReturn(_("A cancelled order was never handed over."))
        lines = {line.pk: line for line in OrderLine.objects.filter(store=store, order=order)}
        back = _checked(order, lines, quantities, items)
        left = order.total_minor - order.returned_minor
        if refund_minor is None:
            refund_minor = _refund(order, lines, back, left)
        if not 0 <= refund_minor <= left:
            most = display_money(left, order.currency, store.language.replace("-", "_"))
            raise Invalid(_("At most %(most)s are left to give back.") % {"most": most}, field="refund")
        count = items if not lines else sum(back.values())
        if not count and not refund_minor:
            raise Invalid(_("Say what comes back, or how much money is given back."), field="items")
        made = Return(
            id=new_id(),
            store=store,
            order=order,
            made_at=now,
            reason=reason.strip(),
            items_count=count,
            refund_minor=refund_minor,
            external_id=external_id,
            author_name=actor.name,
        )
        kept = store_return(order=order, made=made, quantities=back, method=method, actor=actor, now=now)
        book_return(order=order, made=made, actor=actor, now=now)
        order.version += 1
        order.updated_at = now
        order.save(update_fields=["returned_minor", "returned_items", "paid_minor", "version", "updated_at"])
        opened = change_set or open_change_set(store=store, actor=actor, kind=events.RETURNED, now=now)
        touched = Touched(order.pk, order.version, data=kept)
        record(change_set=opened, resource="orders", kind=events.RETURNED, touched=[touched], now=now)
        recount_figures(store=store, customer_ids=[order.customer_id])
    return order


def _is_known(order: Order, external_id: str) -> bool:
    known = Return.objects.filter(store=order.store, order=order, external_id=external_id)
    return bool(external_id) and known.exists()


def _checked(
    order: Order, lines: Mapping[UUID, OrderLine], quantities: Mapping[UUID, int], items: int
) -> dict[UUID, int]:
    back = {one: count for one, count in quantities.items() if count}
    for one, count in back.items():
        line = lines.get(one)
        if line is None:
            raise Invalid(_("This line is not on the order."), field="items")
        if not 0 < count <= line.quantity - line.returned:
            left = line.quantity - line.returned
            raise CannotReturn(
                _("Of “%(title)s” at most %(left)s can come back.") % {"title": line.title, "left": left},
                field="items",
            )
    if items and lines:
        raise Invalid(_("Say of each line how many come back."), field="items")
    if not 0 <= items <= order.items_count - order.returned_items:
        left = order.items_count - order.returned_items
        raise CannotReturn(_("At most %(left)s can come back.") % {"left": left}, field="items")
    return back


def _refund(order: Order, lines: Mapping[UUID, OrderLine], back: Mapping[UUID, int], left: int) -> int:
    each = [(line, line.returned, line.returned + back.get(one, 0)) for one, line in lines.items()]
    return refund_for(each, discount=order.discount_minor, left=left)


def store_return(
    *,
    order: Order,
    made: Return,
    quantities: Mapping[UUID, int],
    method: str,
    actor: Actor,
    now: datetime,
) -> dict[str, object]:
    """Store a checked return of a locked order and set the order's sums; gives what the history keeps of it."""
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        if "return_external_id_unique_per_store" not in str(error):
            raise
        raise Invalid(_("A return of another order has this external id."), field="external_id") from error
    ReturnLine.objects.bulk_create(
        ReturnLine(id=new_id(), store=order.store, goods_return=made, line_id=one, quantity=count)
        for one, count in quantities.items()
    )
    for one, count in quantities.items():
        OrderLine.objects.filter(store=order.store, pk=one).update(returned=F("returned") + count)
    order.returned_minor += made.refund_minor
    order.returned_items += made.items_count
    too_much = order.paid_minor - (order.total_minor - order.returned_minor)
    if too_much > 0:
        back = min(too_much, made.refund_minor)
        how = method or _last_method(order)
        facts = PaymentFacts(amount_minor=-back, method=how, paid_at=made.made_at)
        store_payment(order=order, payment=facts, goods_return=made, actor=actor, now=now)
    amount = display_money(made.refund_minor, order.currency, order.store.language.replace("-", "_"))
    return {
        "return": str(made.pk),
        "items": made.items_count,
        "amount": amount,
        "reason": made.reason,
        "refund_minor": made.refund_minor,
        "made_at": made.made_at.isoformat(),
        "author": made.author_name,
        "external_id": made.external_id,
        "method": method,
        "lines": {str(one): count for one, count in quantities.items()},
    }


def book_return(*, order: Order, made: Return, actor: Actor, now: datetime) -> None:
    """What was given back as store credit for a return goes into the ledger."""
    for payment in Payment.objects.filter(store=order.store, goods_return=made):
        book_credit(order=order, payment=payment, actor=actor, now=now)


def remove_return(*, order: Order, made: Return, actor: Actor, now: datetime) -> None:
    """Take a return of a locked order back, with the money that was given back for it; writing the order is the
    caller's."""
    for one, count in ReturnLine.objects.filter(store=order.store, goods_return=made).values_list(
        "line_id", "quantity"
    ):
        OrderLine.objects.filter(store=order.store, pk=one).update(returned=F("returned") - count)
    given_back = Payment.objects.filter(store=order.store, goods_return=made)
    for payment in given_back:
        turn_payment(store=order.store, payment=payment.pk, actor=actor, now=now)
        order.paid_minor -= payment.amount_minor
    order.returned_minor -= made.refund_minor
    order.returned_items -= made.items_count
    made.delete()


def _last_method(order: Order) -> str:
    paid = Payment.objects.filter(store=order.store, order=order, amount_minor__gt=0)
    return paid.order_by("-paid_at", "-pk").values_list("method", flat=True).first() or PaymentMethod.OTHER
