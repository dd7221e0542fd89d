"""Who is turned away at the doors, by which rule, and what is kept of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from regulars.blocklist import queries, services
from regulars.blocklist.models import Hit, Key, Rule
from regulars.blocklist.services import may_order, may_register, may_sign_in, may_trade_in, may_use_api
from regulars.stores.models import Store
from tests.blocklist.conftest import ME, make_rule
from tests.factories import NOW, make_customer

pytestmark = pytest.mark.django_db
Add = Callable[..., Rule]


@pytest.mark.parametrize(
    ("kind", "value", "email", "phone", "ip", "allowed"),
    [
        ("email", "jane@spam.test", "JANE@spam.test", "", "", False),
        ("email", "jane@spam.test", "jane+x@spam.test", "", "", True),
        ("email", "janedoe@gmail.com", "Jane.Doe+new@googlemail.com", "", "", False),
        ("email", "jane@outlook.com", "jane+1@outlook.com", "", "", False),
        ("domain", "spam.test", "x@spam.test", "", "", False),
        ("domain", "spam.test", "x@mail.spam.test", "", "", True),
        ("domain", "*.spam.test", "x@a.b.spam.test", "", "", False),
        ("domain", "*.spam.test", "x@spam.test", "", "", False),
        ("domain", "*.spam.test", "x@notspam.test", "", "", True),
        ("domain", "googlemail.com", "x@googlemail.com", "", "", False),
        ("domain", "münchen.example", "x@xn--mnchen-3ya.example", "", "", False),
        ("phone", "06 12 34 56 78", "", "+33612345678", "", False),
        ("phone", "06 12 34 56 78", "", "06 12 34 56 78 ext. 9", "", False),
        ("ip", "203.0.113.0/24", "", "", "203.0.113.200", False),
        ("ip", "203.0.113.0/24", "", "", "::ffff:203.0.113.200", False),
        ("ip", "203.0.113.0/24", "", "", "203.0.114.1", True),
        ("ip", "2001:db8::/64", "", "", "2001:db8::1:2:3", False),
    ],
)
def test_a_rule_meets_every_spelling_and_nobody_else(
    store: Store, kind: str, value: str, email: str, phone: str, ip: str, allowed: bool
) -> None:
    make_rule(store, kind, value)
    assert may_register(store=store, email=email, phone=phone, ip=ip, now=NOW).allowed == allowed


def test_every_door_asks_the_same_question(store: Store, add: Add) -> None:
    rule = add("email", "jane@spam.test", reason="Chargebacks", reason_shown="Please call us.")
    for number, door in enumerate((may_register, may_sign_in, may_order, may_trade_in, may_use_api)):
        verdict = door(store=store, email="jane@spam.test", now=NOW)
        assert (verdict.allowed, verdict.rule_id, verdict.reason_shown) == (False, rule.pk, "Please call us.")
        assert Hit.objects.count() == number + 1
    assert {hit.tried for hit in Hit.objects.all()} == {"j…@spam.test"}


def test_the_internal_reason_is_never_told(store: Store, add: Add) -> None:
    add("email", "jane@spam.test", reason="Chargebacks")
    told = may_order(store=store, email="jane@spam.test", now=NOW).reason_shown
    assert told and "Chargebacks" not in told


def test_trust_wins_always(store: Store, add: Add) -> None:
    add("domain", "*.test")
    add("ip", "203.0.113.0/24")
    add("email", "jane@spam.test", list="trust")
    verdict = may_order(store=store, email="jane@spam.test", ip="203.0.113.1", now=NOW)
    assert verdict.allowed and verdict.trusted
    assert not may_order(store=store, email="john@spam.test", now=NOW).allowed
    assert Hit.objects.filter(rule__list="trust").count() == 0


def test_a_shadow_rule_only_counts(store: Store, add: Add) -> None:
    rule = add("email", "jane@spam.test", mode="shadow")
    assert may_order(store=store, email="jane@spam.test", now=NOW).allowed
    (hit,) = Hit.objects.all()
    assert (hit.rule_id, hit.shadow) == (rule.pk, True)
    assert queries.hits_since(store=store, moment=NOW - timedelta(hours=1)) == 0


def test_an_expired_or_removed_rule_says_nothing(store: Store, add: Add) -> None:
    rule = add("email", "jane@spam.test", expires_at=NOW + timedelta(days=1))
    assert not may_order(store=store, email="jane@spam.test", now=NOW + timedelta(hours=23)).allowed
    assert may_order(store=store, email="jane@spam.test", now=NOW + timedelta(days=1)).allowed
    services.remove_rules(store=store, ids=[rule.pk], inputs={}, actor=ME, now=NOW, change_set=None)
    assert may_order(store=store, email="jane@spam.test", now=NOW).allowed


def test_a_customer_is_known_by_id_and_by_what_is_on_record(store: Store, add: Add) -> None:
    customer = make_customer(store, email="jane@spam.test", phone="+33612345678")
    add("phone", "+33612345678")
    assert not may_order(store=store, customer_id=customer.pk, now=NOW).allowed


def test_another_store_knows_nothing_of_it(store: Store, other_store: Store, add: Add) -> None:
    add("email", "jane@spam.test")
    add("ip", "203.0.113.0/24")
    customer = make_customer(store, email="jane@spam.test")
    asked = {"email": "jane@spam.test", "ip": "203.0.113.1", "customer_id": customer.pk}
    assert may_order(store=other_store, now=NOW, **asked).allowed
    assert Key.objects.get().digest not in queries.digests(other_store.pk, "email", "jane@spam.test")


def test_attempts_within_a_minute_count_up(store: Store, add: Add) -> None:
    rule = add("email", "jane@spam.test")
    for seconds in (0, 1, 2, 61):
        may_register(store=store, email="jane@spam.test", now=NOW + timedelta(seconds=seconds))
    assert sorted(Hit.objects.values_list("times", flat=True)) == [1, 3]
    assert queries.hits_since(store=store, moment=NOW) == 4
    assert queries.hits_by_day(store=store, rule_id=rule.pk, now=NOW)[-1] == (store.day_of(NOW), 4)


def test_the_number_of_questions_does_not_grow(store: Store, add: Add) -> None:
    customer = make_customer(store, email="jane@a.b.c.d.spam.test", phone="+33612345678")
    asked = {"email": "x@a.b.c.d.spam.test", "phone": "+33600000000", "ip": "203.0.113.1"}
    with CaptureQueriesContext(
        connection,
    ) as few:
        may_order(store=store, customer_id=customer.pk, now=NOW, **asked)
    for number in range(30):
        add("email", f"x{number}@spam.test")
        add("ip", f"203.0.113.0/{number % 8 + 24 - 8}", mode="shadow") if number < 8 else None
    add("domain", "*.spam.test")
    with CaptureQueriesContext(connection) as many:
        assert not may_order(store=store, customer_id=customer.pk, now=NOW, **asked).allowed
    assert (len(few), len(many)) == (2, 3)  # the customer, the rules, and the hits of all of them at once


@pytest.mark.parametrize(
    "text", ["", "no address", "\x00", "a" * 100_000, "@", "'; drop table x; --", "💥@💥"]
)
def test_what_cannot_be_read_is_met_by_no_rule(store: Store, add: Add, text: str) -> None:
    add("domain", "*.spam.test")
    add("ip", "203.0.113.0/24")
    assert may_order(store=store, email=text, phone=text, ip=text, now=NOW).allowed


def test_no_answer_is_no(store: Store, add: Add) -> None:
    """A database that does not answer must not let anybody in."""
    add("email", "jane@spam.test")

    def refuse(execute: object, sql: str, params: object, many: bool, context: object) -> None:
        raise OperationalError("gone")

    with connection.execute_wrapper(refuse), pytest.raises(OperationalError):
        may_order(store=store, email="someone@else.test", now=NOW)


def test_an_earlier_secret_still_finds_what_was_hashed_with_it(
    store: Store, add: Add, settings: object
) -> None:
    rule = add("email", "jane@spam.test")
    customer = make_customer(store, email="john@spam.test")
    services.block_customers(store=store, ids=[customer.pk], inputs={}, actor=ME, now=NOW, change_set=None)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another secret, long enough to be one"
    assert may_order(store=store, email="jane@spam.test", now=NOW).allowed
    settings.SECRET_KEY_FALLBACKS = [old]
    assert not may_order(store=store, email="jane@spam.test", now=NOW).allowed
    Rule.objects.filter(pk=rule.pk).update(value="")
    assert services.rekey_rules(store=store, now=NOW) == (1, 1)
    settings.SECRET_KEY_FALLBACKS = []
    assert not may_order(store=store, email="john@spam.test", now=NOW).allowed
    assert may_order(store=store, email="jane@spam.test", now=NOW).allowed
