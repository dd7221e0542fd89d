"""Orders and the figures they leave beside their customer."""

from datetime import UTC, date, datetime

import pytest

from regulars.customers import queries as customer_queries
from regulars.customers import services as customers
from regulars.kit.ids import new_id
from regulars.orders import queries, services
from regulars.orders.services import NewOrder
from regulars.stores.models import Store
from tests.factories import NOW, make_store

pytestmark = pytest.mark.django_db


def _customer(store: Store, **facts):
    return customers.insert_customers(store=store, records=[{"first_name": "Ada", **facts}], now=NOW)[0]


def _order(customer_id, number, day, *, status="completed", items=1, total=1000):
    placed = datetime(2026, *day, 23, 30, tzinfo=UTC)
    return NewOrder(customer_id, number, placed, status, "online", items, total)


@pytest.fixture
def ada(store: Store):
    ada = _customer(store)
    orders = [
        _order(ada, "1", (1, 5), items=2, total=2500),
        _order(ada, "2", (2, 28), status="open", items=1, total=500),
        _order(ada, "3", (3, 1), status="cancelled", items=9, total=90_000),
    ]
    services.insert_orders(store=store, orders=orders)
    return ada


def test_recount_counts_open_and_completed_orders_but_no_cancelled_ones(store, ada):
    changed = services.recount_figures(store=store)

    customer = customer_queries.get_customer(store=store, customer_id=ada)
    assert changed == 1
    assert (customer.orders_count, customer.items_count, customer.spent_minor) == (2, 3, 3000)
    assert customer.average_order_minor == 1500
    assert customer.first_order_at == datetime(2026, 1, 5, 23, 30, tzinfo=UTC)
    assert customer.last_order_at == datetime(2026, 2, 28, 23, 30, tzinfo=UTC)


def test_recounting_again_writes_nothing(store, ada):
    services.recount_figures(store=store)

    assert services.recount_figures(store=store) == 0


def test_recount_takes_wrong_figures_away(store):
    bea = _customer(store, orders_count=4, items_count=4, spent_minor=400)

    assert services.recount_figures(store=store, customer_ids=[bea]) == 1
    assert customer_queries.get_customer(store=store, customer_id=bea).orders_count == 0


def test_recount_of_some_leaves_the_others_alone(store, ada):
    bea = _customer(store)

    assert services.recount_figures(store=store, customer_ids=[bea]) == 0
    assert customer_queries.get_customer(store=store, customer_id=ada).orders_count == 0


def test_recount_of_one_store_leaves_other_stores_alone(store, ada):
    assert services.recount_figures(store=make_store("other")) == 0
    assert customer_queries.get_customer(store=store, customer_id=ada).orders_count == 0


def test_months_follow_the_clock_of_the_store(store, ada):
    # 23:30 UTC on 28 February is 0:30 on 1 March in Paris.
    months = queries.monthly_spend(store=store, customer_id=ada, today=date(2026, 3, 2), months=4)

    assert months == [
        (date(2025, 12, 1), 0),
        (date(2026, 1, 1), 2500),
        (date(2026, 2, 1), 0),
        (date(2026, 3, 1), 500),
    ]


def test_latest_orders_come_first_and_only_those_of_the_customer(store, ada):
    services.insert_orders(store=store, orders=[_order(_customer(store), "4", (3, 2))])

    assert [order.number for order in queries.latest_orders(store=store, customer_id=ada)] == ["3", "2", "1"]
    assert [order.number for order in queries.latest_orders(store=store, customer_id=ada, limit=1)] == ["3"]
    assert queries.latest_orders(store=make_store("other"), customer_id=ada) == []
    assert queries.latest_orders(store=store, customer_id=new_id()) == []
