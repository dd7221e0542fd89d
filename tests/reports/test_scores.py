"""Scores from 1 to 5: fifths of the buyers, as column and as condition."""

from datetime import timedelta
from typing import Any

import pytest

from regulars.customers.models import Customer
from regulars.customers.resource import CUSTOMERS
from regulars.kit.actor import system
from regulars.reports import services
from regulars.reports.models import ScoreScale
from regulars.resources.context import Context
from regulars.resources.page import annotate, matching
from regulars.resources.query import query_from_params
from regulars.stores.models import Store
from tests.factories import NOW, make_customer
from tests.reports.buying import at, buyer

pytestmark = pytest.mark.django_db
NAMES = ("recency_score", "frequency_score", "money_score")


def scores(store: Store) -> dict[str, tuple[Any, ...]]:
    """By first name, as the columns say them."""
    context = Context(store=store, actor=system(), now=NOW)
    fields = [field for name in NAMES if (field := CUSTOMERS.field(name, system()))]
    rows = annotate(CUSTOMERS.rows(store), fields, context)
    return {row[0]: row[1:] for row in rows.values_list("first_name", *(field.path for field in fields))}


def asked(store: Store, where: str) -> set[str]:
    context = Context(store=store, actor=system(), now=NOW)
    query = query_from_params(CUSTOMERS, {"tab": "all", "where": where}, context)
    return set(matching(query, context).values_list("first_name", flat=True))


@pytest.fixture
def ten(store: Store) -> Store:
    """Ten who bought, each later, more often and for more than the one before; and one who did not."""
    for number in range(1, 11):
        purchases = [at(f"2025-{number:02}-01", total=100 * number) for _time in range(number)]
        buyer(store, str(number), *purchases)
    make_customer(store, first_name="Nobody")
    services.refresh_scale(store=store, now=NOW)
    return store


def test_buyers_are_parted_into_fifths(ten: Store) -> None:
    found = scores(ten)
    assert found.pop("Nobody") == (None, None, None)
    assert found == {str(number): ((number + 1) // 2,) * 3 for number in range(1, 11)}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("= 5", {9, 10}),
        ("!= 5", {1, 2, 3, 4, 5, 6, 7, 8, "Nobody"}),
        ("< 2", {1, 2}),
        (">= 4", {7, 8, 9, 10}),
        ("between 2 and 3", {3, 4, 5, 6}),
        ("in (1, 3, 4, 9)", {1, 2, 5, 6, 7, 8}),
        ("not in (1, 2, 3, 4)", {9, 10, "Nobody"}),
        ("= 7", set()),
        ("is empty", {"Nobody"}),
        ("is not empty", set(range(1, 11))),
    ],
)
def test_conditions_ask_of_the_figures(ten: Store, name: str, question: str, wanted: set[object]) -> None:
    assert asked(ten, f"{name} {question}") == {str(one) for one in wanted}


def test_equal_figures_have_equal_scores(store: Store) -> None:
    for number in range(9):
        buyer(store, f"once {number}", at("2025-05-01"))
    buyer(store, "twice", at("2025-05-01"), at("2025-06-01"))
    services.refresh_scale(store=store, now=NOW)
    found = scores(store)
    assert found.pop("twice") == (5, 5, 5)
    assert set(found.values()) == {(1, 1, 1)}


def test_before_the_first_count_nobody_is_scored(store: Store) -> None:
    buyer(store, "Ada", at("2025-05-01"))
    assert scores(store) == {"Ada": (None, None, None)}
    assert asked(store, "money_score >= 1") == set()
    assert asked(store, "money_score is empty") == {"Ada"}


def test_the_worker_renews_boundaries_that_are_an_hour_old(ten: Store, other_store: Store) -> None:
    Customer.objects.filter(first_name="1").update(spent_minor=10**9)
    services.refresh_scales(now=NOW + timedelta(minutes=59))
    assert ScoreScale.objects.get(store=ten).counted_at == NOW
    services.refresh_scales(now=NOW + timedelta(minutes=61))
    assert ScoreScale.objects.get(store=ten).buyers == 10
    assert scores(ten)["1"][2] == 5 and scores(ten)["10"][2] == 5 and scores(ten)["9"][2] == 4
    assert not ScoreScale.objects.filter(store=other_store).exists()


def test_without_buyers_there_are_no_boundaries(ten: Store) -> None:
    Customer.objects.filter(store=ten).update(orders_count=0)
    assert services.refresh_scale(store=ten, now=NOW) is None
    assert not ScoreScale.objects.exists()
