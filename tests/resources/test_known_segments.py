"""The segments that Shopify's documentation shows, asked in our language on a store made by hand."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from regulars.customers import services
from regulars.customers.models import Customer
from regulars.kit.actor import system
from regulars.orders import services as order_services
from regulars.resources.context import Context
from regulars.resources.page import matching
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from tests.factories import NOW, make_store

pytestmark = pytest.mark.django_db
# Who they are, and their orders: how many days ago, and the amount.
PEOPLE: dict[str, tuple[dict[str, Any], list[tuple[int, int]]]] = {
    "Ada": (
        {
            "country": "FR",
            "city": "Paris",
            "email": "ada@example.com",
            "tags": ["vip", "repair"],
            "accepts_marketing": True,
            "birthdate": date(1985, 3, 2),
            "language": "fr",
            "created_at": datetime(2024, 5, 1, tzinfo=UTC),
        },
        [(300, 150), (100, 150), (10, 150)],
    ),
    "Bob": (
        {
            "country": "FR",
            "city": "Lyon",
            "email": "bob@example.com",
            "birthdate": date(1990, 3, 31),
            "accepts_marketing": False,
            "created_at": datetime(2025, 10, 1, tzinfo=UTC),
        },
        [(91, 80)],
    ),
    "Cem": (
        {
            "country": "US",
            "city": "New York City",
            "region": "NY",
            "email": "cem@sub.example.com",
            "tags": ["VIP"],
            "accepts_marketing": True,
            "birthdate": date(2000, 4, 2),
            "created_at": NOW - timedelta(days=3),
        },
        [],
    ),
    "Dee": (
        {
            "country": "DE",
            "company": "Söhne",
            "email": "dee@example.com",
            "accepts_marketing": True,
            "has_account": True,
            "birthdate": date(1960, 1, 1),
            "created_at": datetime(2020, 1, 1, tzinfo=UTC),
        },
        [(90, 500), (89, 500)],
    ),
    "Eve": ({"created_at": datetime(2026, 1, 31, tzinfo=UTC)}, []),
}


@pytest.fixture
def asking(db: None) -> Iterator[Context]:
    store: Store = make_store("segments")
    facts = [{"first_name": name, **facts} for name, (facts, _orders) in PEOPLE.items()]
    services.insert_customers(store=store, records=facts, now=NOW)
    ids = dict(Customer.objects.filter(store=store).values_list("first_name", "pk"))
    order_services.insert_orders(
        store=store,
        orders=[
            order_services.NewOrder(
                ids[name],
                f"{name}{number}",
                NOW - timedelta(days=ago),
                "completed",
                "online",
                1,
                amount * 100,
            )
            for name, (_facts, orders) in PEOPLE.items()
            for number, (ago, amount) in enumerate(orders)
        ],
    )
    order_services.recount_figures(store=store)
    elsewhere = make_store("elsewhere")
    services.insert_customers(store=elsewhere, records=facts, now=NOW)
    yield Context(store=store, actor=system("Tests"), now=NOW)


@pytest.mark.parametrize(
    ("where", "names"),
    [
        # customer_countries CONTAINS 'FR' AND amount_spent > 200
        ("country = FR and spent > 200", "Ada"),
        ("country = 'FR' AND spent > 200", "Ada"),
        # last_order_date < -90d
        ("last_order < -90d", "Bob"),
        ("last_order <= -90d", "Bob"),
        ("last_order >= -90d", "Ada Dee"),
        # number_of_orders = 0 AND email_subscription_status = 'SUBSCRIBED'
        ("orders_count = 0 and newsletter = subscribed", "Cem"),
        # first-time buyers
        ("orders_count = 1", "Bob"),
        ("has = 1 orders", "Bob"),
        # customer_tags CONTAINS 'vip', and NOT CONTAINS
        ("tag = vip", "Ada"),
        ("tag contains vip", "Ada Cem"),
        ("tag != vip", "Bob Cem Dee Eve"),
        # anniversary() BETWEEN today AND +30d
        ("anniversary(birthdate) between today and +30d", "Ada Bob"),
        ("anniversary(birthdate) between 12-24 and 01-06", "Dee"),
        ("anniversary(birthdate) is today", "Ada"),
        # orders_placed(date: -12m, count_at_least: 3) = true
        ("has >= 3 orders (placed >= -12m)", "Ada"),
        ("has >= 2 orders (placed >= -12m and total >= 500)", "Dee"),
        # orders_placed(date: -90d) = false
        ("has no orders (placed >= -90d)", "Bob Cem Eve"),
        ("orders_count > 0 and has no orders (placed >= -90d)", "Bob"),
        # orders_placed(amount_min: 300)
        ("has orders (total > 300)", "Dee"),
        # customer_email_domain 'example.com'
        ('email ends with "@example.com"', "Ada Bob Dee"),
        # customer_cities CONTAINS 'US-NY-NewYorkCity'
        ('city = "new york city" and region = NY and country = US', "Cem"),
        # customer_added_date > 30_days_ago
        ("created > 30_days_ago", "Cem"),
        ("created >= 30_days_ago", "Cem Eve"),
        # customer_language = 'fr', companies IS NOT NULL, customer_account_status = 'ENABLED'
        ("language = fr", "Ada"),
        ("company is not empty", "Dee"),
        ("has_account = yes", "Dee"),
        # amount_spent BETWEEN 50 AND 450 OR customer_tags CONTAINS 'VIP'
        ("spent between 80 and 450 or tag = VIP", "Ada Bob Cem"),
        # email_subscription_status IS NULL has no like: consent is yes or no
        ("not newsletter = yes and email is not empty", "Bob"),
    ],
)
def test_finds_the_expected_customers(asking: Context, where: str, names: str) -> None:
    query = query_from_params(get_resource("customers"), {"where": where, "tab": "all"}, asking, strict=True)
    found = matching(query, asking).values_list("first_name", flat=True)
    assert sorted(found) == names.split()
