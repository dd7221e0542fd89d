"""Looking up whom a rule is about, and which rules are about somebody, uses the indexes that were made for it."""

import pytest
from django.db import connection

from regulars.blocklist import queries
from regulars.blocklist.queries import About
from regulars.customers import services as customer_services
from regulars.stores.models import Store
from tests.blocklist.conftest import make_rule
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def plans_of(ask: object) -> str:
    """The plans of the questions that a call asks, as on tables too large to read as a whole."""
    plans: list[str] = []

    def explain(execute: object, sql: str, params: object, many: bool, context: dict[str, object]) -> object:
        if sql.lstrip().startswith("SELECT"):
            execute(f"EXPLAIN {sql}", params, many, context)  # type: ignore[operator]
            plans.extend(row[0] for row in context["cursor"].fetchall())  # type: ignore[attr-defined]
        return execute(sql, params, many, context)  # type: ignore[operator]

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    with connection.execute_wrapper(explain):
        ask()  # type: ignore[operator]
    return "\n".join(plans)


@pytest.fixture
def full(store: Store) -> Store:
    """Enough rows that the planner has something to choose."""
    customer_services.insert_customers(
        store=store,
        records=[
            {"first_name": f"P{n}", "email": f"p{n}@{n % 90}.example", "phone": f"+336{n:08}"}
            for n in range(4000)
        ],
        now=NOW,
    )
    for n in range(300):
        make_rule(store, "ip", f"10.{n // 200}.{n % 200}.0/24")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_customer, blocklist_rule, blocklist_key")
    return store


@pytest.mark.parametrize(
    ("about", "index"),
    [
        (About(emails=frozenset(["janedoe@gmail.com"])), "customer_mailbox"),
        (About(emails=frozenset(["jane@outlook.com"])), "customer_email_unique_per_store"),
        (About(phones=frozenset(["+33612345678"])), "customer_phone"),
        (About(domains=frozenset(["*.spam.test"])), "customer_search"),
    ],
)
def test_whom_a_rule_is_about(full: Store, about: About, index: str) -> None:
    plan = plans_of(lambda: list(queries.customers_about(store=full, about=about).values_list("pk")))
    assert index in plan and "Seq Scan on customers_customer" not in plan


def test_which_rules_are_about_somebody(full: Store) -> None:
    plan = plans_of(
        lambda: queries.find_matches(
            store=full, digests=["a", "b"], customer_ids=[full.pk], ip="203.0.113.9", now=NOW
        )
    )
    for index in ("block_rule_network", "block_rule_customer", "block_key_"):
        assert index in plan
    assert "Seq Scan" not in plan
