"""Figures that other parts keep beside the customer."""

from typing import Any

from django.db import connection

from regulars.stores.models import Store


def set_order_figures(*, store: Store, figures_sql: str, parameters: list[Any]) -> int:
    """Write the figures of orders beside their customers and return how many customers changed.

    `figures_sql` selects customer_id, orders_count, items_count, spent_minor, first_order_at, last_order_at; it belongs
    to the part that owns the orders. Only rows that differ are written, so a recount costs next to nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE customers_customer AS customer SET
                orders_count = figures.orders_count, items_count = figures.items_count,
                spent_minor = figures.spent_minor, first_order_at = figures.first_order_at,
                last_order_at = figures.last_order_at
            FROM ({figures_sql}) AS figures
            WHERE customer.store_id = %s AND customer.id = figures.customer_id AND
                (customer.orders_count, customer.items_count, customer.spent_minor,
                    customer.first_order_at, customer.last_order_at)
                IS DISTINCT FROM (figures.orders_count, figures.items_count, figures.spent_minor,
                    figures.first_order_at, figures.last_order_at)""",
            [*parameters, store.pk],
        )
        return cursor.rowcount
