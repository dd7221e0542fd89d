"""Counting orders anew for the figures kept beside the customer."""

from collections.abc import Iterable
from uuid import UUID

from regulars.customers.models import Customer
from regulars.customers.services import set_order_figures
from regulars.kit.copying import array_of
from regulars.kit.statistics import know_size
from regulars.orders.choices import COUNTED
from regulars.orders.models import Order
from regulars.stores.models import Store

# From so many customers on it matters that the database knows how large the tables are.
MANY = 100
_SUMS = """count(placed.id)::int AS orders_count,
    least(coalesce(sum(placed.items_count - placed.returned_items), 0), 2147483647)::int AS items_count,
    coalesce(sum(placed.total_minor - placed.returned_minor), 0)::bigint AS spent_minor,
    coalesce(sum(placed.returned_minor), 0)::bigint AS returned_minor,
    coalesce(sum(placed.commission_minor), 0)::bigint AS commission_minor,
    min(placed.placed_at) AS first_order_at, max(placed.placed_at) AS last_order_at"""


def recount_figures(*, store: Store, customer_ids: Iterable[UUID] | None = None) -> int:
    """Count the orders of these customers (all of the store when none are named) and write what differs.

    What came back does not count as bought. Returns how many customers changed: 0 when the figures were right. Whoever
    writes orders locks their customers first and recounts in the same transaction.
    """
    some = None if customer_ids is None else list(customer_ids)
    if some is None or len(some) > MANY:
        know_size(Order, Customer)
    sql, parameters = figures_sql(store, some)
    return set_order_figures(store=store, figures_sql=sql, parameters=parameters)


def figures_sql(store: Store, customer_ids: list[UUID] | None = None) -> tuple[str, list[object]]:
    """What the orders of these customers come to, or of all of the store, as a question to the database."""
    if customer_ids is None:
        sql = f"""SELECT customer.id AS customer_id, {_SUMS}
            FROM customers_customer AS customer
            LEFT JOIN orders_order AS placed ON placed.store_id = customer.store_id
                AND placed.customer_id = customer.id AND placed.status = ANY(%s)
            WHERE customer.store_id = %s GROUP BY customer.id"""
        return sql, [list(COUNTED), store.pk]
    # Customer by customer: while a large file comes in, the database does not know yet how large the table has become,
    # and would rather read all of it for some.
    sql = f"""SELECT wanted.customer_id, figures.* FROM unnest(%s::uuid[]) AS wanted (customer_id) CROSS JOIN LATERAL
        (SELECT {_SUMS} FROM orders_order AS placed WHERE placed.store_id = %s
        AND placed.customer_id = wanted.customer_id AND placed.status = ANY(%s)) AS figures"""
    return sql, [array_of(map(str, customer_ids)), store.pk, list(COUNTED)]
