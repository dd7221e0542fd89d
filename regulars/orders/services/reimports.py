"""Changing stored orders by the file that names them again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from regulars.kit.ids import new_id
from regulars.kit.updating import update_rows
from regulars.orders import events
from regulars.orders.choices import PaymentMethod
from regulars.orders.facts import PaymentFacts
from regulars.orders.models import Order, OrderLine, Payment, Return
from regulars.orders.rules import as_facts
from regulars.orders.services.bulk_lines import write_lines
from regulars.orders.services.edit import kept_lines
from regulars.orders.services.figures import recount_figures
from regulars.orders.services.locking import lock_orders
from regulars.orders.services.payments import new_payment, told
from regulars.orders.services.returns import store_return
from regulars.resources.importer import Decision, Overtaken
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, Touched, record

_MONEY = ("paid_minor", "returned_minor", "returned_items")
_APART = ("lines", "paid_minor", "returned_minor")


def change_imported(
    *, store: Store, decisions: Sequence[Decision], change_set: OpenChangeSet, now: datetime
) -> None:
    """Write what the file changes. Money is only ever added: what was paid, what was given back."""
    wanted = {one.record_id: one for one in decisions if one.record_id}
    orders = lock_orders(store=store, ids=wanted)
    if len(orders) < len(wanted) or any(orders[pk].version != one.version for pk, one in wanted.items()):
        raise Overtaken
    changed = _change_facts(store, [(orders[pk], one.values) for pk, one in wanted.items()])
    paid, payments, returned = [], [], []
    for pk, one in wanted.items():
        order = orders[pk]
        if (
            back := one.values.get("returned_minor", 0) - order.returned_minor
            if "returned_minor" in one.values
            else 0
        ):
            returned.append((order, _give_back(order, back, change_set, now)))
        if "paid_minor" in one.values and (more := one.values["paid_minor"] - order.paid_minor) > 0:
            payment = PaymentFacts(amount_minor=more, method=PaymentMethod.OTHER, paid_at=now)
            made = new_payment(
                order=order, payment=payment, goods_return=None, actor=change_set.actor, now=now
            )
            payments.append(made)
            paid.append((order, told(order, made)))
    Payment.objects.bulk_create(payments)
    for order in orders.values():
        order.version += 1
        order.updated_at = now
    changing = {name for one in decisions for name in one.values if name not in _APART}
    columns = [*sorted(changing), *_MONEY, "updated_at"]
    written = [(order.pk, {name: getattr(order, name) for name in columns}) for order in orders.values()]
    update_rows(model=Order, store_id=store.pk, columns=columns, rows=written)
    for kind, touched in (
        (events.CHANGED_BY_FILE, changed),
        (events.RETURNED, [Touched(order.pk, order.version, data=data) for order, data in returned]),
        (events.PAID, [Touched(order.pk, order.version, data=data) for order, data in paid]),
    ):
        record(change_set=change_set, resource="orders", kind=kind, touched=touched, now=now)
    recount_figures(store=store, customer_ids={order.customer_id for order in orders.values()})


def _change_facts(store: Store, changes: Sequence[tuple[Order, dict[str, Any]]]) -> list[Touched]:
    """Set the facts of locked orders, and write their lines anew; gives what the history keeps."""
    anew = {order.pk: values["lines"] for order, values in changes if "lines" in values}
    before = _lines_of(store, anew)
    OrderLine.objects.filter(store=store, order_id__in=list(anew)).delete()
    write_lines(store, list(anew.items()))
    after = _lines_of(store, anew)
    touched = []
    for order, values in changes:
        names = [name for name in values if name not in _APART]
        was = dict(as_facts(order, names))
        for name in names:
            setattr(order, name, values[name])
        now_is = dict(as_facts(order, names))
        if order.pk in anew:
            was["lines"], now_is["lines"] = before.get(order.pk, []), after.get(order.pk, [])
        if now_is:
            touched.append(Touched(order.pk, order.version + 1, was, now_is))
    return touched


def _lines_of(store: Store, ids: dict[UUID, Any]) -> dict[UUID, list[dict[str, Any]]]:
    by_order: dict[UUID, list[OrderLine]] = {}
    for line in OrderLine.objects.filter(store=store, order_id__in=list(ids)).order_by("position", "pk"):
        by_order.setdefault(line.order_id, []).append(line)
    return {order_id: kept_lines(lines) for order_id, lines in by_order.items()}


def _give_back(order: Order, amount: int, change_set: OpenChangeSet, now: datetime) -> dict[str, object]:
    made = Return(
        id=new_id(),
        store=order.store,
        order=order,
        made_at=now,
        refund_minor=amount,
        author_name=change_set.actor.name,
    )
    return store_return(order=order, made=made, quantities={}, method="", actor=change_set.actor, now=now)
