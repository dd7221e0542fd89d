"""Counting many customers' orders anew is work for their orders alone, even in a table that was empty a moment ago."""

from datetime import timedelta

import pytest
from django.db import connection

from regulars.customers.services import insert_customers
from regulars.kit import statistics
from regulars.kit.ids import new_id
from regulars.orders import services
from regulars.orders.models import Order
from regulars.orders.services.figures import figures_sql
from regulars.stores.models import Store
from tests.factories import NOW

pytestmark = pytest.mark.django_db
PEOPLE = 400


@pytest.fixture
def unknown(store: Store, monkeypatch: pytest.MonkeyPatch) -> list:
    """Customers with orders, of which the planner knows only that there was nothing before."""
    monkeypatch.setattr(statistics, "PAGES", 1)
    people = insert_customers(
        store=store, records=[{"first_name": f"N{number}"} for number in range(PEOPLE)], now=NOW
    )
    bring_orders(store, people)
    Order.objects.filter(store=store).delete()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE orders_order")
    bring_orders(store, people)
    return people


def bring_orders(store: Store, people: list) -> None:
    placed = [
        services.NewOrder(one, f"{new_id()}", NOW - timedelta(days=day), "completed", "online", 1, 1000)
        for one in people
        for day in range(5)
    ]
    services.insert_orders(store=store, orders=placed)


def plan(store: Store, people: list) -> str:
    sql, parameters = figures_sql(store, people)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}", parameters)
        return "\n".join(line for (line,) in cursor.fetchall())


def test_the_planner_is_told_of_tables_it_takes_for_empty(store: Store, unknown: list) -> None:
    assert "order_store_customer" not in plan(store, unknown)  # what would happen
    assert services.recount_figures(store=store, customer_ids=unknown) == PEOPLE
    told = plan(store, unknown)
    assert "order_store_customer" in told and "Seq Scan on orders_order" not in told, told
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'orders_order'")
        assert cursor.fetchone()[0] >= PEOPLE * 5


def test_it_is_asked_once(store: Store, unknown: list, django_assert_num_queries) -> None:
    services.recount_figures(store=store, customer_ids=unknown)
    with django_assert_num_queries(2):
        services.recount_figures(store=store, customer_ids=unknown)
