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
    """What the orders of these customers come to, or of all of the store, as a question to the database.

    Right after a large file the database believes the store to be as small as it was when last looked at. So orders are
    read once, whatever it believes: they are not joined to customers, who come as rows of nothing that are added up
    with them. And it is not told which store while it plans, else it would rate walking the store's orders in any order
    as cheap as looking at those of a customer.
    """
    if customer_ids is None:
        people, theirs = "SELECT id FROM customers_customer WHERE store_id = %s", ""
        parameters: list[object] = [store.pk, store.pk, list(COUNTED)]
    else:
        wanted = array_of(map(str, customer_ids))
        people, theirs = "SELECT unnest(%s::uuid[])", "AND customer_id = ANY(%s::uuid[])"
        parameters = [wanted, store.pk, list(COUNTED), wanted]
    sql = f"""SELECT customer_id, count(placed_at)::int AS orders_count,
            least(sum(items), 2147483647)::int AS items_count, sum(spent)::bigint AS spent_minor,
            sum(returned)::bigint AS returned_minor, sum(commission)::bigint AS commission_minor,
            min(placed_at) AS first_order_at, max(placed_at) AS last_order_at
        FROM (SELECT people.id AS customer_id, NULL::timestamptz AS placed_at, 0 AS items, 0::bigint AS spent,
                0::bigint AS returned, 0::bigint AS commission
            FROM ({people}) AS people (id)
            UNION ALL
            SELECT customer_id, placed_at, items_count - returned_items, total_minor - returned_minor, returned_minor,
                commission_minor
            FROM orders_order
            WHERE store_id = (SELECT %s::uuid) AND status = ANY(%s) {theirs}) AS counted
        GROUP BY customer_id"""
    return sql, parameters
