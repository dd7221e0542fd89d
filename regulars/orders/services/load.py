"""Bringing in very many orders at once: from files, and for the demo."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction

from regulars.customers.models import Customer
from regulars.kit.ids import new_id
from regulars.orders.models import Order
from regulars.stores.models import Store


class NewOrder(NamedTuple):
    """An order to be; money in minor units of the store's currency."""

    customer_id: UUID
    number: str
    placed_at: datetime
    status: str
    channel: str
    items_count: int
    total_minor: int
    external_id: str = ""


def insert_orders(*, store: Store, orders: Iterable[NewOrder]) -> None:
    """Add many orders. The figures beside the customers are the caller's: recount them, or give them with them.

    Twins are the caller's to find: the database refuses the whole batch.
    """
    columns = (
        "id, store_id, customer_id, number, external_id, channel, status, placed_at, items_count, total_minor, "
        "currency, created_at, updated_at"
    )
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY orders_order ({columns}) FROM STDIN") as copy,
    ):
        for order in orders:
            copy.write_row(
                (
                    new_id(),
                    store.pk,
                    order.customer_id,
                    order.number,
                    order.external_id,
                    order.channel,
                    order.status,
                    order.placed_at,
                    order.items_count,
                    order.total_minor,
                    store.currency,
                    order.placed_at,
                    order.placed_at,
                )
            )


@contextmanager
def load_into_empty_tables() -> Iterator[None]:
    """Load a new install in a third of the time: indexes and references are made after the rows, in one transaction.

    While customers or orders exist already, of whatever store, nothing is taken away: others are using the indexes.
    """
    with transaction.atomic():
        again = [
            statement
            for model in (Order, Customer)
            if not model.objects.exists()
            for statement in _take_away(model._meta.db_table)
        ]
        yield
        with connection.cursor() as cursor:
            # Tests of references that the load has left to the end of the transaction come first.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for statement in reversed(again):
                cursor.execute(statement)
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _take_away(table: str) -> list[str]:
    """Drop a table's indexes and references, all but the primary key; returns what makes them again, last one first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT format('ALTER TABLE %%I DROP CONSTRAINT %%I', %s, conname),
                format('ALTER TABLE %%I ADD CONSTRAINT %%I %%s', %s, conname, pg_get_constraintdef(oid))
            FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('f', 'u') ORDER BY contype, conname""",
            [table, table, table],
        )
        found = cursor.fetchall()
        cursor.execute(
            """SELECT format('DROP INDEX %%I', relname), pg_get_indexdef(indexrelid)
            FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
            WHERE indrelid = %s::regclass AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)""",
            [table],
        )
        found += cursor.fetchall()
        for drop, _make in found:
            cursor.execute(drop)
    return [make for _drop, make in found]
