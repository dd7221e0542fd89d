"""Completing, cancelling and reopening orders."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.kit.actor import Actor
from regulars.kit.words import inside
from regulars.orders import events
from regulars.orders.choices import OrderStatus
from regulars.orders.models import Order
from regulars.orders.services.figures import recount_figures
from regulars.orders.services.locking import lock_orders
from regulars.resources.action import Outcome
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record

GONE = gettext_noop("does not exist in this store")


def complete_orders(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Mark open orders as completed: handed over or delivered."""

    def why_not(order: Order) -> str:
        return (
            ""
            if order.status == OrderStatus.OPEN
            else _("is %(state)s") % {"state": inside(order.get_status_display())}
        )

    return _set_status(store, ids, OrderStatus.COMPLETED, events.COMPLETED, why_not, actor, now, change_set)


def cancel_orders(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Cancel orders: they do not count for the customer any more. What was paid is due to the customer then."""

    def why_not(order: Order) -> str:
        if order.status == OrderStatus.CANCELLED:
            return _("is cancelled already")
        return _("has returns; what is left of it was bought") if order.returned_items else ""

    return _set_status(store, ids, OrderStatus.CANCELLED, events.CANCELLED, why_not, actor, now, change_set)


def reopen_orders(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Open completed and cancelled orders again; they count again."""

    def why_not(order: Order) -> str:
        return _("is open already") if order.status == OrderStatus.OPEN else ""

    return _set_status(store, ids, OrderStatus.OPEN, events.REOPENED, why_not, actor, now, change_set)


def _set_status(
    store: Store,
    ids: list[UUID],
    status: OrderStatus,
    kind: EventKind,
    why_not: Callable[[Order], str],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    outcome = Outcome()
    with transaction.atomic():
        found = lock_orders(store=store, ids=ids)
        going: list[Order] = []
        for one in dict.fromkeys(ids):
            order = found.get(one)
            why = why_not(order) if order is not None else _(GONE)
            if order is None or why:
                outcome.skipped[one] = why
            else:
                going.append(order)
        if going:
            opened = change_set or open_change_set(store=store, actor=actor, kind=kind, now=now)
            outcome.change_set = opened.id
            outcome.done = [order.pk for order in going]
            touched = set_columns([(order, {"status": status.value}) for order in going], now=now)
            record(change_set=opened, resource="orders", kind=kind, touched=touched, now=now)
            recount_figures(store=store, customer_ids={order.customer_id for order in going})
    return outcome


def set_columns(changes: list[tuple[Order, dict[str, Any]]], *, now: datetime) -> list[Touched]:
    """Write the same columns of locked orders, each by its own values; gives what the history keeps."""
    touched = []
    for order, values in changes:
        before = {name: _kept(getattr(order, name)) for name in values}
        for name, value in values.items():
            setattr(order, name, value)
        order.version += 1
        order.updated_at = now
        after = {name: _kept(value) for name, value in values.items()}
        touched.append(Touched(order.pk, order.version, before, after))
    columns = {name for _order, values in changes for name in values}
    Order.objects.bulk_update(
        [order for order, _values in changes], [*columns, "version", "updated_at"], batch_size=2000
    )
    return touched


def _kept(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value
