"""Points of very many are given, taken and taken back with work for their entries alone, whatever the planner knows.

The bounds are on rows that are looked at, read from the plan of the very statement: comparing each customer with each
would be many times as many.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from regulars.customers.services import insert_customers
from regulars.loyalty import events
from regulars.loyalty.models import Programme
from regulars.loyalty.services import adjust_points, expire_points
from regulars.stores.models import Store
from regulars.timeline.services import open_change_set
from regulars.timeline.undoing import undo_change_set
from tests.factories import NOW
from tests.loyalty.giving import ME
from tests.orders.test_figures_plan import plan_of

pytestmark = pytest.mark.django_db
PEOPLE = 400
# So many rows of plan for each customer: every table that one customer touches is looked up a few times.
EACH = 60
TABLES = "customers_customer, loyalty_entry, loyalty_use, timeline_event"


def bring_people(store: Store, count: int) -> list[Any]:
    records = [{"first_name": f"N{number}"} for number in range(count)]
    return insert_customers(store=store, records=records, now=NOW)


def adjust(store: Store, people: list[Any], points: int) -> Any:
    opened = open_change_set(store=store, actor=ME, kind=events.GIVEN, now=NOW)
    done = adjust_points(
        store=store,
        ids=people,
        inputs={"points": points, "reason": "All"},
        actor=ME,
        now=NOW,
        change_set=opened,
    )
    assert len(done.done) == len(people)
    return opened.id


@pytest.fixture(params=["nothing", "all of it"])
def people(store: Store, request: pytest.FixtureRequest) -> list[Any]:
    """Customers who got points in two lots, of whom the planner knows only what was there when it looked."""
    with connection.cursor() as cursor:
        # Whatever was in there before this test, and was counted at some moment, is no matter.
        cursor.execute(f"TRUNCATE {TABLES} CASCADE")
        found = bring_people(store, PEOPLE)
        adjust(store, found, 50)
        adjust(store, found, 30)
        if request.param == "all of it":
            cursor.execute(f"ANALYZE {TABLES}")
    return found


def work_of(plan: dict[str, Any]) -> float:
    """How many rows were looked at in all, those that were thrown away too."""
    names = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Join Filter")
    return sum(plan.get(name, 0) for name in names) * plan["Actual Loops"] + sum(
        work_of(part) for part in plan.get("Plans", [])
    )


def most_work(act: Callable[[], None]) -> float:
    """Do it; how much the dearest of its statements looks at that write to the ledger, each as things stand then."""
    found: list[float] = []

    def look(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "INSERT INTO loyalty_entry" in sql and not sql.startswith("EXPLAIN"):
            with transaction.atomic():
                found.append(work_of(plan_of(sql, params)))
                transaction.set_rollback(True)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        act()
    return max(found)


@pytest.mark.parametrize("points", [50, -60])
def test_an_act_on_many_and_its_undo(store: Store, people: list[Any], points: int) -> None:
    acts: list[Any] = []
    assert most_work(lambda: acts.append(adjust(store, people, points))) <= EACH * PEOPLE

    def take_back() -> None:
        undone = undo_change_set(store=store, change_set_id=acts[0], actor=ME, now=NOW)
        assert len(undone.done) == PEOPLE and not undone.left

    assert most_work(take_back) <= EACH * PEOPLE


def test_an_expiry_of_many(store: Store, people: list[Any]) -> None:
    Programme.objects.update_or_create(store=store, defaults={"expire_months": 1})
    adjust(store, people, 20)
    later = NOW + timedelta(days=60)

    def expire() -> None:
        assert expire_points(store=store, actor=ME, now=later) == PEOPLE

    assert most_work(expire) <= EACH * PEOPLE
