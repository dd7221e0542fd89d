"""Queries in plain words, and why a customer is in or not."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.kit.actor import Actor, system
from regulars.kit.errors import NotFound
from regulars.kit.ids import new_id
from regulars.orders import services as order_services
from regulars.resources.context import Context
from regulars.resources.explain import Verdict, explain, why
from regulars.resources.language import QueryError, parse
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from tests.factories import NOW, make_customer

pytestmark = pytest.mark.django_db
CUSTOMERS = get_resource("customers")


@pytest.fixture
def asking(store: Store) -> Context:
    return Context(store=store, actor=system("Tests"), now=NOW, language="en")


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        ("", "All customers"),
        (
            "country = FR and spent > 200 and not tag = vip",
            "Country is France and total spent is over €200.00 and does not have the tag vip",
        ),
        ("country != FR", "Country is not France or is empty"),
        ("state != archived", "State is not Archived"),
        ("last_order < -90d", "Last order is before 90 days ago (Dec 2, 2025)"),
        ("created = last_month", "Added is in last month (Feb 1, 2026 – Feb 28, 2026)"),
        ("city contains par or city = Lyon", "City contains “par” or city is Lyon"),
        ("(city = A or city = B) and points >= 3", "(city is A or city is B) and points is at least 3"),
        ("not spent > 3", "Not: total spent is over €3.00"),
        ("tags in (a, b)", "Has one of the tags a, b"),
        ("not has orders", "Has no orders"),
        ("has no notes", "Has no notes"),
        (
            "has >= 3 orders (placed >= -1y and total > 100)",
            "Has at least 3 orders (placed is on or after 1 year ago (Mar 2, 2025) and total is over €100.00)",
        ),
        (
            "anniversary(birthdate) between today and +30d",
            "The anniversary of birthdate is between today (March 2) and in 30 days (April 1)",
        ),
        ("anniversary(birthdate) = 12-24", "The anniversary of birthdate is on December 24"),
        ("accepts_marketing = yes", "Newsletter is yes"),
        ("average_order is empty", "Average order is empty"),
    ],
)
def test_says_a_query_in_words(asking: Context, where: str, sentence: str) -> None:
    assert explain(parse(where), CUSTOMERS, asking).sentence == sentence


def test_words_are_those_of_the_reader(asking: Context) -> None:
    french = Context(store=asking.store, actor=asking.actor, now=NOW, language="fr")
    said = explain(parse("country = DE and last_order < -90d"), CUSTOMERS, french).sentence
    assert "Allemagne" in said and "il y a 90 jours" in said and "2 déc. 2025" in said


def test_what_cannot_be_asked_is_not_explained(asking: Context) -> None:
    with pytest.raises(QueryError, match="Did you mean “city”"):
        explain(parse("ciy = Paris"), CUSTOMERS, asking)


def flat(verdict: Verdict) -> list[tuple[str, bool, str]]:
    own = [(verdict.explained.where, verdict.holds, verdict.value)]
    return own + [line for part in verdict.parts for line in flat(part)]


@pytest.fixture
def ada(store: Store) -> Any:
    ada = make_customer(
        store,
        first_name="Ada",
        country="FR",
        city="Paris",
        phone="+33612345678",
        tags=["vip"],
        birthdate=date(1985, 3, 2),
        commission_reduction=Decimal("12.50"),
        accepts_marketing=True,
    )
    placed = [
        order_services.NewOrder(ada.pk, f"A{number}", NOW, "completed", "online", 1, 12_000 + number)
        for number in range(3)
    ]
    order_services.insert_orders(store=store, orders=placed)
    order_services.recount_figures(store=store)
    make_customer(store, first_name="Other", country="DE")
    return ada


def test_says_why_a_customer_is_in_or_not(asking: Context, ada: Any) -> None:
    where = (
        "country = FR and (spent > 500 or has >= 3 orders (total > 120)) and not tag = vip and company is empty "
        "and anniversary(birthdate) = today and birthdate < 2000 and accepts_marketing = yes and has no notes "
        "and life_stage = loyal"
    )
    node = parse(where)
    with CaptureQueriesContext(connection) as asked:
        verdict = why(node, CUSTOMERS, asking, ada.pk)
    assert len(asked) == 1
    assert not verdict.holds
    assert flat(verdict)[1:] == [
        ("country = FR", True, "France"),
        ("spent > 500 or has >= 3 orders (total > 120)", False, ""),
        ("spent > 500", False, "€360.03"),
        ("has >= 3 orders (total > 120)", False, "2 orders"),
        ("not tag = vip", False, ""),
        ("tag = vip", True, "vip"),
        ("company is empty", True, "empty"),
        ("anniversary(birthdate) = today", True, "Mar 2, 1985"),
        ("birthdate < 2000", True, "Mar 2, 1985"),
        ("accepts_marketing = yes", True, "yes"),
        ("has no notes", True, "0 notes"),
        ("life_stage = loyal", True, "Loyal"),
    ]


def test_nobody_hears_of_customers_of_other_stores(other_store: Store, ada: Any) -> None:
    elsewhere = Context(store=other_store, actor=system("Tests"), now=NOW)
    for record_id in (ada.pk, new_id()):
        with pytest.raises(NotFound):
            why(parse("country = FR"), CUSTOMERS, elsewhere, record_id)


def test_what_may_not_be_seen_is_not_told(asking: Context, ada: Any) -> None:
    stranger = Context(store=asking.store, actor=Actor(kind="staff", name="Nobody"), now=NOW)
    with pytest.raises(QueryError, match="Nothing linked is named"):
        why(parse("has orders"), CUSTOMERS, stranger, ada.pk)


def test_a_hundred_conditions_are_one_question(asking: Context, ada: Any) -> None:
    node = parse(" or ".join(f"points = {number}" for number in range(100)))
    with CaptureQueriesContext(connection) as asked:
        verdict = why(node, CUSTOMERS, asking, ada.pk)
    assert len(asked) == 1 and verdict.holds and [one.holds for one in verdict.parts].count(True) == 1


def test_of_a_long_list_the_first_values_are_told(asking: Context) -> None:
    node = parse(f"country in ({', '.join(['FR', 'IT'] * 100)})")
    told = explain(node, CUSTOMERS, asking).sentence
    assert told.count("France") == 10 and told.endswith("Italy, 180 more")
