"""Two people at the same rule, a rule and a customer written at once, an edit while the worker ends the rule."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from regulars.blocklist import services
from regulars.blocklist.models import Rule
from regulars.blocklist.services import RuleExists, may_order
from regulars.customers.models import Customer
from regulars.kit.actor import system
from regulars.kit.locks import lock_rows
from regulars.stores.models import Store
from tests.blocklist.conftest import make_rule
from tests.concurrency.together import refusals, together
from tests.factories import NOW, make_customer, make_store

pytestmark = pytest.mark.django_db(transaction=True)
ME = system("Tests")


@pytest.fixture
def shop(transactional_db: None) -> Store:
    return make_store("shop")


def test_a_look_before_the_write_finds_no_twin(shop: Store) -> None:
    """The control: both look first, both see none."""
    looked = threading.Barrier(2, timeout=20)

    def look() -> bool:
        with transaction.atomic():
            free = not Rule.objects.filter(store=shop).exists()
            looked.wait()
            return free

    assert together(look, look) == [True, True]


def test_two_people_add_the_same_rule_and_there_is_one(shop: Store) -> None:
    customer = make_customer(shop, email="jane@gmail.com")
    spelt = ("Jane@gmail.com", "j.ane@googlemail.com", "jane+1@gmail.com", "JANE@GMAIL.COM")
    results = together(*[lambda one=one: make_rule(shop, "email", one) for one in spelt])
    assert [type(one) for one in refusals(results)] == [RuleExists] * 3
    assert Rule.objects.count() == 1 and Customer.objects.get(pk=customer.pk).blocked


def test_two_people_block_the_same_customers_in_another_order(shop: Store) -> None:
    ids = [make_customer(shop, email=f"p{number}@x.test", phone="+33612345678").pk for number in range(6)]

    def block(order: list[Any]) -> Any:
        return services.block_customers(store=shop, ids=order, inputs={}, actor=ME, now=NOW, change_set=None)

    results = together(lambda: block(ids), lambda: block(ids[::-1]), lambda: block(ids[3:]))
    assert refusals(results) == []
    assert sum(len(one.done) for one in results) == 6
    assert Rule.objects.count() == 6 and Customer.objects.filter(blocked=True).count() == 6


def test_who_is_being_written_just_now_is_left_to_the_worker(shop: Store) -> None:
    busy, other = (make_customer(shop, email=f"p{at}@x.test", phone="+33612345678") for at in range(2))
    held, done = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            lock_rows(Customer.objects.filter(store=shop), [busy.pk])
            held.set()
            assert done.wait(20)

    def block() -> None:
        assert held.wait(20)
        services.block_customers(store=shop, ids=[other.pk], inputs={}, actor=ME, now=NOW, change_set=None)
        done.set()

    assert refusals(together(write, block)) == []
    marked = Customer.objects.filter(blocked=True).order_by("pk").values_list("pk", flat=True)
    assert list(marked) == [other.pk]
    services.settle_due(store=shop, now=NOW + timedelta(minutes=2))
    assert list(marked.all()) == [busy.pk, other.pk]


def test_blocking_and_removing_rules_at_once_never_waits_for_ever(shop: Store) -> None:
    people = [make_customer(shop, email=f"p{number}@x.test") for number in range(5)]
    ids = [one.pk for one in people]
    services.block_customers(store=shop, ids=ids, inputs={}, actor=ME, now=NOW, change_set=None)
    rules = list(Rule.objects.values_list("pk", flat=True))
    common: dict[str, Any] = {"store": shop, "inputs": {}, "actor": ME, "now": NOW, "change_set": None}
    results = together(
        lambda: services.remove_rules(ids=rules, **common),
        lambda: services.unblock_customers(ids=ids[::-1], **common),
        lambda: services.remove_rules(ids=rules[::-1], **common),
    )
    assert refusals(results) == []
    assert Rule.objects.filter(removed_at=None).count() == 0
    assert Customer.objects.filter(blocked=True).count() == 0


def test_a_customer_written_with_the_rule_is_found_a_minute_later(shop: Store) -> None:
    """Neither sees the other's row: the mark is missing at first. The doors ask the rule itself and say no at once."""
    written, ruled = threading.Event(), threading.Event()

    def create() -> None:
        with transaction.atomic():
            make_customer(shop, email="late@spam.test")
            written.set()
            assert ruled.wait(20)

    def add() -> None:
        assert written.wait(20)
        make_rule(shop, "domain", "spam.test")
        ruled.set()

    assert refusals(together(create, add)) == []
    assert not Customer.objects.get().blocked  # the race
    assert not may_order(store=shop, email="late@spam.test", now=NOW).allowed
    services.settle_due(store=shop, now=NOW + timedelta(minutes=1))
    assert Customer.objects.get().blocked
    assert services.settle_due(store=shop, now=NOW + timedelta(minutes=1)) == 0


def test_a_rule_is_prolonged_while_the_worker_ends_it(shop: Store) -> None:
    make_customer(shop, email="a@spam.test")
    rule = make_rule(shop, "domain", "spam.test", expires_at=NOW + timedelta(hours=1))
    later = NOW + timedelta(hours=1)

    def prolong() -> Any:
        return services.edit_rule(
            store=shop,
            rule_id=rule.pk,
            values={"expires_at": later + timedelta(days=1)},
            base_version=None,
            actor=ME,
            now=later - timedelta(seconds=1),
        )

    for _ in range(3):
        assert refusals(together(prolong, lambda: services.settle_due(store=shop, now=later))) == []
    services.settle_due(store=shop, now=later + timedelta(minutes=2))
    rule.refresh_from_db()
    assert rule.in_force and rule.settled and Customer.objects.get().blocked
