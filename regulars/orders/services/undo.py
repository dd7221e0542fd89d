"""Putting orders back as they were before an act, with the figures of their customers.

What was changed since is left as it is.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.customers.choices import State
from regulars.customers.models import Customer
from regulars.kit.actor import Actor
from regulars.orders import events
from regulars.orders.choices import OrderStatus
from regulars.orders.models import Order, OrderLine, Product
from regulars.orders.rules import as_facts, as_json
from regulars.orders.services.edit import COMPUTED, kept_lines, replace_lines
from regulars.orders.services.figures import recount_figures
from regulars.orders.services.keeping import why_kept
from regulars.orders.services.locking import lock_orders
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.events import undone
from regulars.timeline.services import OpenChangeSet, Touched, record
from regulars.timeline.undoing import Past

GONE = gettext_noop("no longer exists")
CHANGED = gettext_noop("was changed since")


def undo_columns(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Write the facts that orders had before (status, customer, what is on them), where they are what the act made
    them."""
    former = {UUID(past.before["customer_id"]) for past in pasts if past.before.get("customer_id")}
    while True:
        living = {one: _living(store, one) for one in former}
        also = {one for one in living.values() if one is not None}
        found = lock_orders(store=store, ids=[past.record_id for past in pasts], also=also)
        # Who is locked stays; else a merge came between the look and the lock.
        if Customer.objects.filter(store=store, pk__in=also).count() == len(also):
            break
    left: dict[UUID, str] = {}
    touched: list[Touched] = []
    concerned: set[UUID] = set()
    for past in pasts:
        order = found.get(past.record_id)
        why = _(GONE) if order is None else _why_not(order, past, living)
        if order is None or why:
            left[past.record_id] = why
            continue
        concerned.add(order.customer_id)
        try:
            with transaction.atomic():
                _restore(order, past, living, now)
        except IntegrityError:  # another order has the external id by now
            left[past.record_id] = _(CHANGED)
            continue
        concerned.add(order.customer_id)
        data = undone(past.key, past.data)
        restored = past.before | ({"lines": _lines(order)} if "lines" in past.before else {})
        touched.append(Touched(order.pk, order.version, past.after, restored, data))
    record(change_set=change_set, resource="orders", kind=events.UNDONE, touched=touched, now=now)
    recount_figures(store=store, customer_ids=concerned)
    return left


def _living(store: Store, customer_id: UUID) -> UUID | None:
    """The customer, or the one they live on in since a merge; nobody when they were deleted or anonymised."""
    state = Customer.objects.filter(store=store, pk=customer_id).values_list("state", flat=True).first()
    if state is None:
        lives_on = get_resource("customers").lives_on(customer_id, store)
        return None if lives_on is None else _living(store, lives_on)
    return None if state == State.ANONYMISED else customer_id


def _why_not(order: Order, past: Past, living: Mapping[UUID, UUID | None]) -> str:
    for name, value in past.after.items():
        if name == "lines":
            if _lines(order) != value:
                return _(CHANGED)
        elif as_json(getattr(order, name)) != value:
            return _(CHANGED)
    came_back = order.returned_items or order.returned_minor
    if came_back and (past.before.keys() & {"lines", *COMPUTED}):
        return _(CHANGED)
    if came_back and past.before.get("status") == OrderStatus.CANCELLED:
        return _(CHANGED)
    former = past.before.get("customer_id")
    return _("the customer no longer exists") if former and living[UUID(former)] is None else ""


def _restore(order: Order, past: Past, living: Mapping[UUID, UUID | None], now: datetime) -> None:
    columns = [name for name in past.before if name != "lines"]
    for name in columns:
        field: Any = Order._meta.get_field(name)
        value = field.to_python(past.before[name])
        setattr(order, name, living[value] if name == "customer_id" else value)
    if "lines" in past.before:
        lines = [_line(order, number, kept) for number, kept in enumerate(past.before["lines"], 1)]
        # A product that was taken back meanwhile is gone; what the line says of it stays.
        known = Product.objects.filter(store=order.store).in_bulk([line.product_id for line in lines])
        for line in lines:
            line.product = known.get(line.product_id) if line.product_id else None
        replace_lines(order, lines)
    order.version += 1
    order.updated_at = now
    order.save(update_fields=[*columns, "version", "updated_at"])


def _lines(order: Order) -> list[dict[str, Any]]:
    return kept_lines(
        list(OrderLine.objects.filter(store=order.store, order=order).order_by("position", "pk"))
    )


def _line(order: Order, number: int, kept: Mapping[str, Any]) -> OrderLine:
    columns: dict[str, Any] = {}
    for name, value in kept.items():
        field: Any = OrderLine._meta.get_field(name)
        columns[name] = field.to_python(value)
    return OrderLine(store=order.store, order=order, position=number, **columns)


def undo_placed(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Take orders back that were written down by mistake, where nothing happened to them since."""
    found = lock_orders(store=store, ids=[past.record_id for past in pasts], to_remove=True)
    left: dict[UUID, str] = {}
    going: list[Order] = []
    kept = why_kept(store, found)
    for past in pasts:
        order = found.get(past.record_id)
        if order is None:
            left[past.record_id] = _(GONE)
        elif order.pk in kept:
            left[past.record_id] = kept[order.pk]
        elif order.version != past.version:
            left[past.record_id] = _(CHANGED)
        else:
            going.append(order)
    sums = ("total_minor", "items_count")
    touched = [
        Touched(order.pk, order.version + 1, as_facts(order, sums), data={"number": order.number})
        for order in going
    ]
    Order.objects.filter(store=store, pk__in=[order.pk for order in going]).delete()
    record(change_set=change_set, resource="orders", kind=events.REMOVED, touched=touched, now=now)
    recount_figures(store=store, customer_ids={order.customer_id for order in going})
    return left
