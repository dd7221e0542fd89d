"""Counting many customers' orders anew is work for their orders alone, whatever the planner was told of the tables."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from regulars.customers.models import Customer
from regulars.customers.services import insert_customers
from regulars.kit import statistics
from regulars.kit.ids import new_id
from regulars.kit.many import as_for_many_rows
from regulars.orders import services
from regulars.orders.models import Order
from regulars.orders.services.figures import figures_sql
from regulars.stores.models import Store
from tests.factories import NOW, make_store

pytestmark = pytest.mark.django_db
PEOPLE, EACH = 400, 5


def bring_orders(store: Store, people: list) -> None:
    placed = [
        services.NewOrder(one, f"{new_id()}", NOW - timedelta(days=day), "completed", "online", 1, 1000)
        for one in people
        for day in range(EACH)
    ]
    services.insert_orders(store=store, orders=placed)


def bring_people(store: Store, count: int) -> list:
    people = insert_customers(
        store=store, records=[{"first_name": f"N{number}"} for number in range(count)], now=NOW
    )
    bring_orders(store, people)
    return people


def look() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE orders_order, customers_customer")


@pytest.fixture(params=["nothing", "what is gone", "another store", "many small stores"])
def unknown(store: Store, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> list:
    """Customers with orders, of which the planner knows only what was there before."""
    monkeypatch.setattr(statistics, "PAGES", 1)
    if request.param == "what is gone":
        bring_people(store, PEOPLE)
        Order.objects.filter(store=store).delete()
    if request.param == "another store":
        bring_people(make_store("other"), 50)
    if request.param == "many small stores":
        for at in range(30):
            insert_customers(store=make_store(f"small-{at}"), records=[{"first_name": "Bea"}], now=NOW)
    look()
    return bring_people(store, PEOPLE)


def plan_of(sql: str, parameters: Any = None) -> dict[str, Any]:
    """What the database does for a statement, with what it read; it is carried out."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", parameters)
        [[[told]]] = cursor.fetchall()
    return dict(told["Plan"])


def read_by(plan: dict[str, Any]) -> Counter[str]:
    """How many rows were read of each table, those that were thrown away too."""
    found: Counter[str] = Counter()
    if "Relation Name" in plan and plan["Node Type"] != "ModifyTable":
        rows = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
        found[plan["Relation Name"]] = round(rows * plan["Actual Loops"])
    for part in plan.get("Plans", []):
        found += read_by(part)
    return found


@pytest.mark.parametrize("wanted", [1, 50, PEOPLE, None])
@pytest.mark.parametrize("told", [True, False])
def test_every_order_is_read_once_at_most(
    store: Store, unknown: list, wanted: int | None, told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not told:
        monkeypatch.setattr("regulars.orders.services.figures.know_size", lambda *tables: None)
    some = None if wanted is None else unknown[:wanted]
    with transaction.atomic(), CaptureQueriesContext(connection) as caught:
        assert services.recount_figures(store=store, customer_ids=some) == len(some or unknown)
        transaction.set_rollback(True)
    [update] = [one["sql"] for one in caught if one["sql"].startswith("UPDATE")]
    with transaction.atomic():
        read = read_by(plan_of(update))
        assert services.recount_figures(store=store, customer_ids=some) == 0
        transaction.set_rollback(True)
    assert read["orders_order"] <= Order.objects.count()
    # Once to name them and once to write them, of all stores at most.
    assert read["customers_customer"] <= 2 * Customer.objects.count()


@pytest.mark.parametrize("drifted", [0, 3])
def test_the_nightly_check_reads_everything_once_at_most(store: Store, unknown: list, drifted: int) -> None:
    services.recount_figures(store=store)
    Order.objects.filter(pk__in=Order.objects.filter(store=store).values("pk")[:drifted]).update(paid_minor=1)
    with CaptureQueriesContext(connection) as caught:
        assert services.drift_of(store=store).orders == drifted
    for query in caught:
        read = read_by(plan_of(query["sql"]))
        assert read["orders_order"] <= Order.objects.count()
        assert read["customers_customer"] <= 2 * Customer.objects.count()


@pytest.mark.parametrize("unknown", ["what is gone"], indirect=True)
def test_the_planner_is_told_of_tables_it_takes_for_empty(store: Store, unknown: list) -> None:
    assert services.recount_figures(store=store, customer_ids=unknown) == PEOPLE
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'orders_order'")
        assert cursor.fetchone()[0] >= PEOPLE * EACH
    # Some of many are looked up by whose they are, while a file comes in too.
    sql, parameters = figures_sql(store, unknown[:20])
    assert "order_store_customer" in str(plan_of(sql, parameters))
    as_for_many_rows()
    sql, parameters = figures_sql(store, unknown[: PEOPLE // 2])
    assert read_by(plan_of(sql, parameters))["orders_order"] <= Order.objects.count()


@pytest.mark.parametrize("unknown", ["what is gone"], indirect=True)
def test_it_is_asked_once(store: Store, unknown: list, django_assert_num_queries) -> None:
    services.recount_figures(store=store, customer_ids=unknown)
    with django_assert_num_queries(2):
        services.recount_figures(store=store, customer_ids=unknown)
