"""Bringing in very many orders at once: from files, and for the demo."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from regulars.customers.models import Customer
from regulars.kit.copying import copy_rows
from regulars.kit.ids import new_id
from regulars.kit.loading import without_indexes
from regulars.orders.models import Order, Payment
from regulars.stores.models import Store


class NewOrder(NamedTuple):
    """An order to be; money in minor units of the store's currency. One that says how it was paid is paid."""

    customer_id: UUID
    number: str
    placed_at: datetime
    status: str
    channel: str
    items_count: int
    total_minor: int
    external_id: str = ""
    paid_by: str = ""


def insert_orders(*, store: Store, orders: Iterable[NewOrder]) -> None:
    """Add many orders. The figures beside the customers are the caller's: recount them, or give them with them.

    Twins are the caller's to find: the database refuses the whole batch.
    """
    columns = (
        "id, store_id, customer_id, number, external_id, channel, status, placed_at, items_count, total_minor, "
        "paid_minor, currency, created_at, updated_at"
    )
    paid: list[tuple[UUID, UUID, str, int, datetime]] = []
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY orders_order ({columns}) FROM STDIN") as copy,
    ):
        for order in orders:
            record_id = new_id()
            is_paid = bool(order.paid_by and order.total_minor)
            if is_paid:
                paid.append((new_id(), record_id, order.paid_by, order.total_minor, order.placed_at))
            copy.write_row(
                (
                    record_id,
                    store.pk,
                    order.customer_id,
                    order.number,
                    order.external_id,
                    order.channel,
                    order.status,
                    order.placed_at,
                    order.items_count,
                    order.total_minor,
                    order.total_minor if is_paid else 0,
                    store.currency,
                    order.placed_at,
                    order.placed_at,
                )
            )
    copy_rows(
        table="orders_payment",
        columns=("id", "order_id", "method", "amount_minor", "paid_at"),
        rows=paid,
        same={"store_id": store.pk, "reference": "", "external_id": "", "author_name": ""},
    )


def fill_orders(*, store: Store, product_ids: Sequence[UUID]) -> None:
    """Put these products on orders that came without lines, for the same total; for the demo."""
    parameters: dict[str, Any] = {
        "store": store.pk,
        "products": list(product_ids),
        "count": len(product_ids),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """WITH bare AS (
                SELECT placed.id, items_count, total_minor, total_minor / items_count AS price, split.at,
                    (%(products)s::uuid[])[1 + abs(hashtext(placed.number || split.at)) %% %(count)s] AS product_id
                FROM orders_order AS placed CROSS JOIN (VALUES (1), (2)) AS split (at)
                WHERE placed.store_id = %(store)s AND items_count >= split.at
                AND NOT EXISTS (SELECT FROM orders_orderline WHERE store_id = %(store)s AND order_id = placed.id)
            )
            INSERT INTO orders_orderline
                (store_id, order_id, product_id, position, title, sku, quantity, price_minor, tax_percent)
            SELECT %(store)s, bare.id, product.id, bare.at, product.title, product.sku,
                CASE bare.at WHEN 1 THEN 1 ELSE items_count - 1 END,
                CASE bare.at WHEN 1 THEN total_minor - (items_count - 1) * bare.price ELSE bare.price END,
                product.tax_percent
            FROM bare JOIN orders_product AS product
                ON product.store_id = %(store)s AND product.id = bare.product_id""",
            parameters,
        )


@contextmanager
def load_into_empty_tables() -> Iterator[None]:
    """Load a new install in a third of the time: indexes and references are made after the rows, in one transaction.

    While customers or orders exist already, of whatever store, nothing is taken away: others are using the indexes.
    """
    with transaction.atomic():
        empty = [model._meta.db_table for model in (Payment, Order, Customer) if not model.objects.exists()]
        with without_indexes(empty):
            yield
