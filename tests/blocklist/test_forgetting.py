"""Who was blocked stays blocked after being forgotten, and nothing of the block list says any more who it was."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from regulars.blocklist import services
from regulars.blocklist.models import Hit, Rule
from regulars.blocklist.services import may_order, may_register
from regulars.customers import services as customer_services
from regulars.customers.models import Customer
from regulars.stores.models import Store
from tests.blocklist.conftest import ME
from tests.factories import NOW, make_customer

pytestmark = pytest.mark.django_db
Add = Callable[..., Rule]


def everything_kept() -> str:
    """All rows of the block list and of the history, as one text."""
    found = []
    with connection.cursor() as cursor:
        for table in ("blocklist_rule", "blocklist_key", "blocklist_hit", "timeline_event"):
            cursor.execute(f"SELECT row_to_json(kept)::text FROM {table} AS kept")
            found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found)


def anonymise(store: Store, customer: Customer) -> None:
    outcome = customer_services.anonymise_customers(
        store=store, ids=[customer.pk], inputs={}, actor=ME, now=NOW, change_set=None
    )
    assert outcome.done == [customer.pk], outcome.skipped


def test_a_forgotten_customer_cannot_come_back(store: Store, add: Add) -> None:
    customer = make_customer(
        store,
        first_name="Wilhelmina",
        last_name="Quackenbush",
        email="Wil.Quackenbush@gmail.com",
        phone="+33612349876",
    )
    services.block_customers(
        store=store,
        ids=[customer.pk],
        inputs={"reason": "Wilhelmina Quackenbush returned worn shoes"},
        actor=ME,
        now=NOW,
        change_set=None,
    )
    add("email", "wilquackenbush@gmail.com", reason="wil.quackenbush@gmail.com again")
    add("phone", "+33612349876", reason="Wilhelmina once more")
    add("domain", "gmail.com")
    may_register(store=store, email="Wil.Quackenbush@gmail.com", phone="+33612349876", now=NOW)
    anonymise(store, customer)
    kept = everything_kept().lower()
    for part in ("quackenbush", "wilhelmina", "612349876", "06 12 34"):
        assert part not in kept, part
    assert "gmail.com" in kept  # a domain says nothing about a person
    Rule.objects.filter(kind="domain").delete()
    for asked in ({"email": "wilquackenbush+new@googlemail.com"}, {"phone": "06 12 34 98 76"}):
        assert not may_register(store=store, now=NOW, **asked).allowed
    again = make_customer(store, email="wil.quackenbush@gmail.com")
    assert Customer.objects.get(pk=again.pk).blocked
    assert Hit.objects.count() > 0


def test_removing_a_forgotten_rule_lets_in_again(store: Store, add: Add) -> None:
    customer = make_customer(store, first_name="Wilhelmina", email="wil@spam.test")
    rule = add("email", "wil@spam.test")
    anonymise(store, customer)
    again = make_customer(store, email="wil@spam.test")
    rule.refresh_from_db()
    assert rule.value == "" and rule.masked == "w…@…"
    services.remove_rules(store=store, ids=[rule.pk], inputs={}, actor=ME, now=NOW, change_set=None)
    assert may_order(store=store, email="wil@spam.test", now=NOW).allowed
    services.settle_due(store=store, now=NOW + timedelta(minutes=1))
    assert not Customer.objects.get(pk=again.pk).blocked
