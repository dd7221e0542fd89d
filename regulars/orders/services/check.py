"""The nightly check: what stands beside customers and orders is counted anew. Nothing should ever differ."""

from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from regulars.customers.models import Customer
from regulars.customers.queries import customers_with_other_figures
from regulars.kit.actor import Actor
from regulars.kit.locks import lock_rows
from regulars.orders import events
from regulars.orders.services.figures import figures_sql, recount_figures
from regulars.orders.services.locking import lock_orders
from regulars.stores.models import Store
from regulars.timeline.services import Touched, emit

BATCH = 2000
# What payments, returns and lines come to, where that is not what the order says. Each table is read once and added up
# with the others: joined, they may be walked for each other right after a large file.
_DRIFTED = """SELECT order_id, sum(paid), sum(refund), sum(back), coalesce(sum(bought), sum(says_items))
    FROM (
        SELECT id AS order_id, paid_minor AS says_paid, returned_minor AS says_refund, returned_items AS says_back,
            items_count AS says_items, 0 AS paid, 0 AS refund, 0 AS back, NULL::int AS bought
        FROM orders_order WHERE store_id = %(store)s {orders}
        UNION ALL SELECT order_id, NULL, NULL, NULL, NULL, amount_minor, 0, 0, NULL
        FROM orders_payment WHERE store_id = %(store)s {others}
        UNION ALL SELECT order_id, NULL, NULL, NULL, NULL, 0, refund_minor, items_count, NULL
        FROM orders_return WHERE store_id = %(store)s {others}
        UNION ALL SELECT order_id, NULL, NULL, NULL, NULL, 0, 0, 0, quantity
        FROM orders_orderline WHERE store_id = %(store)s {others}) AS parts
    GROUP BY order_id
    HAVING count(says_paid) = 1 AND (sum(says_paid), sum(says_refund), sum(says_back), sum(says_items))
        IS DISTINCT FROM (sum(paid), sum(refund), sum(back), coalesce(sum(bought), sum(says_items)))
    ORDER BY order_id"""


@dataclass(frozen=True, slots=True)
class Drift:
    """How many customers and orders say something else than their orders, payments and returns come to."""

    customers: int = 0
    orders: int = 0

    def __bool__(self) -> bool:
        return bool(self.customers or self.orders)


def drift_of(*, store: Store) -> Drift:
    """Count everything anew and say how many differ; nothing is written."""
    customers = customers_with_other_figures(store=store, **_figures(store))
    return Drift(len(customers), len(_drifted_orders(store)))


def put_right(*, store: Store, actor: Actor, now: datetime) -> Drift:
    """Count everything anew, write what differs, and keep in the history that something did.

    What looks wrong only because somebody is at work on it just now is right once it is locked.
    """
    orders = customers = 0
    for batch in batched([row[0] for row in _drifted_orders(store)], BATCH):
        with transaction.atomic():
            locked = lock_orders(store=store, ids=batch)
            for order_id, paid, refund, back, items in _drifted_orders(store, list(locked)):
                order = locked[order_id]
                order.paid_minor, order.returned_minor = paid, refund
                order.returned_items, order.items_count = back, items
                order.save(update_fields=["paid_minor", "returned_minor", "returned_items", "items_count"])
                orders += 1
            customers += recount_figures(
                store=store, customer_ids={one.customer_id for one in locked.values()}
            )
    for ids in batched(customers_with_other_figures(store=store, **_figures(store)), BATCH):
        with transaction.atomic():
            locked_ids = lock_rows(Customer.objects.filter(store=store).only("pk"), ids)
            customers += recount_figures(store=store, customer_ids=locked_ids)
    found = Drift(customers, orders)
    if found:
        data = {"customers": customers, "orders": orders}
        touched = Touched(store.pk, data=data)
        emit(store=store, actor=actor, resource="stores", kind=events.DRIFTED, touched=touched, now=now)
    return found


def _figures(store: Store) -> dict[str, Any]:
    sql, parameters = figures_sql(store)
    return {"figures_sql": sql, "parameters": parameters}


def _drifted_orders(store: Store, ids: list[UUID] | None = None) -> list[tuple[Any, ...]]:
    some = ("", "") if ids is None else ("AND id = ANY(%(ids)s)", "AND order_id = ANY(%(ids)s)")
    sql = _DRIFTED.format(orders=some[0], others=some[1])
    with connection.cursor() as cursor:
        cursor.execute(sql, {"store": store.pk, "ids": ids})
        return cursor.fetchall()
