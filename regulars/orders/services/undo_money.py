"""Taking back payments and returns, and taking that back."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from regulars.credit.services import NotEnoughCredit, turn_payment
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid, Refused
from regulars.orders import events
from regulars.orders.choices import OrderStatus
from regulars.orders.models import Order, OrderLine, Payment, Return
from regulars.orders.services.figures import recount_figures
from regulars.orders.services.locking import lock_orders
from regulars.orders.services.payments import KEPT
from regulars.orders.services.returns import book_return, remove_return, store_return
from regulars.orders.services.undo import CHANGED, GONE
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import OpenChangeSet, Touched, record
from regulars.timeline.undoing import Past

_SUMS = ("paid_minor", "returned_minor", "returned_items")


class _CannotGoBack(Refused):
    """What was paid or came back since does not allow it."""


def undo_payments(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Take payments back that were noted by mistake, or note them again."""

    def turn(order: Order, past: Past) -> None:
        _turn_payment(order, past)
        turn_payment(store=store, payment=UUID(past.data["payment"]), actor=actor, now=now)

    return _each(store, pasts, turn, events.PAID, events.UNPAID, now, change_set)


def undo_returns(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Take returns back that were noted by mistake, with the money given back for them, or note them again."""

    def turn(order: Order, past: Past) -> None:
        _turn_return(order, past, actor, now)

    return _each(store, pasts, turn, events.RETURNED, events.KEPT, now, change_set)


def _each(
    store: Store,
    pasts: list[Past],
    turn: Callable[[Order, Past], None],
    done: EventKind,
    undone: EventKind,
    now: datetime,
    change_set: OpenChangeSet,
) -> dict[UUID, str]:
    found = lock_orders(store=store, ids=[past.record_id for past in pasts])
    left: dict[UUID, str] = {}
    for past in pasts:
        order = found.get(past.record_id)
        if order is None:
            left[past.record_id] = _(GONE)
            continue
        before = {name: getattr(order, name) for name in _SUMS}
        try:
            with transaction.atomic():
                turn(order, past)
                order.version += 1
                order.updated_at = now
                order.save(update_fields=[*_SUMS, "version", "updated_at"])
        except (
            _CannotGoBack,
            NotEnoughCredit,
            Invalid,
            IntegrityError,
        ):  # it would not fit what happened since
            for name, value in before.items():
                setattr(order, name, value)
            left[past.record_id] = _(CHANGED)
            continue
        kind = undone if past.key == done.key else done
        touched = Touched(order.pk, order.version, data=past.data)
        record(change_set=change_set, resource="orders", kind=kind, touched=[touched], now=now)
    recount_figures(store=store, customer_ids={order.customer_id for order in found.values()})
    return left


def _turn_payment(order: Order, past: Past) -> None:
    known = Payment.objects.filter(store=order.store, order=order, pk=past.data["payment"]).first()
    if past.key == events.PAID.key:
        if known is None:
            raise _CannotGoBack(_(CHANGED))
        order.paid_minor -= known.amount_minor
        if known.amount_minor < 0 and order.paid_minor > _most_paid(order):
            raise _CannotGoBack(_(CHANGED))
        known.delete()
        return
    values = {name: _column(Payment, name, past.data.get(name, "")) for name in KEPT}
    order.paid_minor += values["amount_minor"]
    if known is not None or order.status == OrderStatus.CANCELLED or order.paid_minor > _most_paid(order):
        raise _CannotGoBack(_(CHANGED))
    Payment.objects.create(id=past.data["payment"], store=order.store, order=order, **values)


def _most_paid(order: Order) -> int:
    """What may be paid for an order; for one that is cancelled, what it would cost."""
    return order.total_minor - order.returned_minor


def _turn_return(order: Order, past: Past, actor: Actor, now: datetime) -> None:
    known = Return.objects.filter(store=order.store, order=order, pk=past.data["return"]).first()
    if past.key == events.RETURNED.key:
        if known is None:
            raise _CannotGoBack(_(CHANGED))
        remove_return(order=order, made=known, actor=actor, now=now)
        if order.paid_minor > _most_paid(order):
            raise _CannotGoBack(_(CHANGED))
        return
    quantities = {UUID(one): count for one, count in past.data["lines"].items()}
    lines = OrderLine.objects.filter(store=order.store, order=order, pk__in=quantities).count()
    if known is not None or order.status == OrderStatus.CANCELLED or lines < len(quantities):
        raise _CannotGoBack(_(CHANGED))
    made = Return(
        id=UUID(past.data["return"]),
        store=order.store,
        order=order,
        made_at=_column(Return, "made_at", past.data["made_at"]),
        reason=past.data.get("reason", ""),
        items_count=past.data["items"],
        refund_minor=past.data["refund_minor"],
        external_id=past.data.get("external_id", ""),
        author_name=past.data["author"],
    )
    store_return(
        order=order, made=made, quantities=quantities, method=past.data["method"], actor=actor, now=now
    )
    book_return(order=order, made=made, actor=actor, now=now)


def _column(model: Any, name: str, kept: Any) -> Any:
    return model._meta.get_field(name).to_python(kept)
