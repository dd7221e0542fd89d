"""What a rule would do, said before it is saved."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from psycopg.errors import QueryCanceled

from regulars.blocklist.models import Rule
from regulars.blocklist.rehearsal import rehearse_rule, rehearse_stored
from regulars.blocklist.services import NewRule
from regulars.customers import services as customer_services
from regulars.resources.context import Context
from regulars.resources.page import matching
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.staff.choices import Role
from regulars.stores.models import Store
from tests.blocklist.conftest import ME
from tests.factories import NOW, make_customer, make_person

pytestmark = pytest.mark.django_db
Add = Callable[..., Rule]


def crowd(store: Store, count: int = 14) -> None:
    customer_services.insert_customers(
        store=store,
        records=[
            {
                "first_name": f"P{number}",
                "email": f"p{number}@spam.test",
                "flag": "trusted" if number < 3 else "none",
                "flag_reason": "knows us" if number < 3 else "",
                "spent_minor": 300_00,
                "orders_count": 1,
                "first_order_at": NOW - timedelta(days=5),
                "last_order_at": NOW - timedelta(days=5),
            }
            for number in range(count)
        ],
        now=NOW,
    )


def test_it_counts_whom_a_domain_meets(store: Store) -> None:
    crowd(store)
    make_customer(store, email="other@fine.test")
    found = rehearse_rule(store=store, rule=NewRule(kind="domain", value="spam.test"), now=NOW)
    assert (found.count, found.exact, found.trusted, found.yearly_minor) == (14, True, 3, 4_200_00)
    assert len(found.people) == 8 and not Rule.objects.exists()


@pytest.mark.parametrize(
    ("kind", "value"),
    [("domain", "spam.test"), ("domain", "*.spam.test"), ("email", "P1@spam.test"), ("phone", "0612345678")],
)
def test_its_condition_finds_the_same_people_in_the_list(store: Store, kind: str, value: str) -> None:
    crowd(store, 5)
    make_customer(store, email="x@mail.spam.test", phone="+33612345678")
    found = rehearse_rule(store=store, rule=NewRule(kind=kind, value=value), now=NOW)
    resource, context = get_resource("customers"), Context(store=store, actor=ME, now=NOW)
    query = query_from_params(resource, {"tab": "all", "where": found.where}, context, strict=True)
    assert matching(query, context).count() == found.count > 0


def test_colleagues_and_oneself_are_warned_of(store: Store) -> None:
    make_person(store, Role.CLERK, "Jane.Doe@gmail.com")
    for kind, value in (("email", "janedoe+x@googlemail.com"), ("domain", "gmail.com")):
        found = rehearse_rule(store=store, rule=NewRule(kind=kind, value=value), now=NOW)
        assert "jane.doe@gmail.com" in " ".join(found.warnings)
    rule = NewRule(kind="ip", value="203.0.113.0/24")
    assert rehearse_rule(store=store, rule=rule, own_ip="203.0.113.9", now=NOW).warnings
    assert not rehearse_rule(store=store, rule=rule, own_ip="198.51.100.1", now=NOW).warnings


def test_a_whole_provider_is_doubted(store: Store) -> None:
    rule = NewRule(kind="domain", value="orange.fr")
    assert rehearse_rule(store=store, rule=rule, now=NOW).doubt
    trust = NewRule(kind="domain", value="orange.fr", list="trust")
    assert not rehearse_rule(store=store, rule=trust, now=NOW).doubt


def test_it_estimates_when_counting_takes_too_long(store: Store) -> None:
    crowd(store)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_customer")

    def slow(execute: Callable[..., object], sql: str, params: object, many: bool, context: object) -> object:
        if sql.startswith("SELECT COUNT") or "COUNT(CASE" in sql:
            raise OperationalError("canceling statement due to statement timeout") from QueryCanceled()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(slow):
        found = rehearse_rule(store=store, rule=NewRule(kind="domain", value="spam.test"), now=NOW)
    assert not found.exact and found.count == 14 and found.trusted == 3


def test_a_rule_on_the_list_says_whom_it_is_about(store: Store, add: Add) -> None:
    crowd(store)
    rule = add("domain", "spam.test")
    assert rehearse_stored(store=store, rule=rule, now=NOW).blocked == 14
    assert rehearse_stored(store=store, rule=add("ip", "203.0.113.1"), now=NOW).count == 0


def test_another_store_is_not_looked_at(store: Store, other_store: Store) -> None:
    crowd(other_store)
    rule = NewRule(kind="domain", value="spam.test")
    assert rehearse_rule(store=store, rule=rule, now=NOW).count == 0
