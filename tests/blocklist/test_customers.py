"""Blocking customers and letting them in again: one, many, with undo, and when a rule of the list says no too."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from regulars.blocklist import services
from regulars.blocklist.models import Key, Rule
from regulars.blocklist.resource.actions import say_block, say_unblock
from regulars.blocklist.services import may_order, may_register
from regulars.customers import services as customer_services
from regulars.customers.models import Customer
from regulars.duplicates.services import merge_customers
from regulars.kit.errors import InvalidRecord
from regulars.resources.action import Outcome
from regulars.resources.context import Context
from regulars.resources.execute import Selection, perform, rehearse
from regulars.resources.page import every_row
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.timeline.undoing import undo_change_set
from tests.blocklist.conftest import ME
from tests.factories import NOW, make_customer

pytestmark = pytest.mark.django_db
Add = Callable[..., Rule]


def block(store: Store, *ids: UUID, **inputs: Any) -> Outcome:
    return services.block_customers(
        store=store, ids=list(ids), inputs=inputs, actor=ME, now=NOW, change_set=None
    )


def unblock(store: Store, *ids: UUID) -> Outcome:
    return services.unblock_customers(
        store=store, ids=list(ids), inputs={}, actor=ME, now=NOW, change_set=None
    )


def undo(store: Store, outcome: Outcome) -> dict[UUID, str]:
    assert outcome.change_set is not None
    return undo_change_set(store=store, change_set_id=outcome.change_set, actor=ME, now=NOW).left


def is_blocked(customer: Customer) -> bool:
    return Customer.objects.get(pk=customer.pk).blocked


def whole_export(store: Store) -> list[list[str]]:
    resource, context = get_resource("customers"), Context(store=store, actor=ME, now=NOW)
    fields = [field for field in resource.fields(ME) if field.exportable]
    query = query_from_params(resource, {"tab": "all"}, context)
    return [[field.export(row, context) for field in fields] for row in every_row(query, context, fields)]


def test_a_blocked_customer_is_turned_away_with_a_new_record_too(store: Store) -> None:
    customer = make_customer(store, email="Jane.Doe@gmail.com", phone="+33612345678")
    outcome = block(store, customer.pk, reason="Chargebacks", reason_shown="Please call.")
    assert outcome.done == [customer.pk] and is_blocked(customer)
    for asked in (
        {"customer_id": customer.pk},
        {"email": "janedoe+2@googlemail.com"},
        {"phone": "06 12 34 56 78"},
    ):
        verdict = may_register(store=store, now=NOW, **asked)
        assert (verdict.allowed, verdict.reason_shown) == (False, "Please call.")
    again = make_customer(store, email="janedoe@googlemail.com")
    assert is_blocked(again)
    assert Rule.objects.count() == 1 and Key.objects.count() == 2


def test_only_the_record_if_so_wished(store: Store) -> None:
    customer = make_customer(store, email="jane@spam.test")
    block(store, customer.pk, cover="record")
    assert may_register(store=store, email="jane@spam.test", now=NOW).allowed
    assert not may_order(store=store, customer_id=customer.pk, now=NOW).allowed
    assert Key.objects.count() == 0


def test_who_shares_the_phone_is_marked_and_let_in_again(store: Store) -> None:
    customer, other = (make_customer(store, first_name=name, phone="+33612345678") for name in "AB")
    block(store, customer.pk)
    assert is_blocked(other)
    assert unblock(store, other.pk).skipped == {
        other.pk: f"blocked by the rule about customer #{customer.number}, who has the same e-mail or phone"
    }
    unblock(store, customer.pk)
    assert not is_blocked(customer) and not is_blocked(other)


def test_each_is_told_why_not(store: Store, other_store: Store, add: Add) -> None:
    first, trusted, gone = (make_customer(store, email=f"{name}@x.test") for name in ("a", "b", "c"))
    stranger = make_customer(other_store, email="a@x.test")
    add("email", "b@x.test", list="trust")
    Customer.objects.filter(pk=gone.pk).update(state="anonymised")
    block(store, first.pk)
    outcome = block(store, first.pk, trusted.pk, gone.pk, stranger.pk)
    assert outcome.done == [] and outcome.skipped == {
        first.pk: "is blocked already",
        trusted.pk: "is on the trust list",
        gone.pk: "is anonymised",
        stranger.pk: "does not exist in this store",
    }
    assert not is_blocked(stranger)
    assert unblock(store, trusted.pk, stranger.pk).skipped == {
        trusted.pk: "is not blocked",
        stranger.pk: "does not exist in this store",
    }


def test_a_rule_of_the_list_keeps_somebody_blocked(store: Store, add: Add) -> None:
    customer = make_customer(store, email="x@spam.test")
    block(store, customer.pk)
    add("domain", "spam.test")
    assert unblock(store, customer.pk).skipped == {customer.pk: "blocked by the rule @spam.test"}
    assert is_blocked(customer) and Rule.objects.filter(removed_at=None).count() == 2


def test_a_block_ends_by_itself(store: Store) -> None:
    customer = make_customer(store, email="x@spam.test")
    block(store, customer.pk, expires=NOW + timedelta(days=1))
    later = NOW + timedelta(days=1)
    assert may_order(store=store, customer_id=customer.pk, now=later).allowed
    services.settle_due(store=store, now=later)
    assert not is_blocked(customer)
    services.block_customers(store=store, ids=[customer.pk], inputs={}, actor=ME, now=later, change_set=None)
    assert is_blocked(customer)


def test_an_end_in_the_past_is_refused(store: Store) -> None:
    customer = make_customer(store, email="x@spam.test")
    with pytest.raises(InvalidRecord):
        block(store, customer.pk, expires=NOW)
    assert not is_blocked(customer) and not Rule.objects.exists()


def test_block_undo_and_redo(store: Store) -> None:
    people = [make_customer(store, email=f"p{number}@spam.test") for number in range(3)]
    before = whole_export(store)
    outcome = block(store, *(one.pk for one in people), reason="Spam")
    assert whole_export(store) != before
    assert undo(store, outcome) == {}
    assert whole_export(store) == before
    assert may_order(store=store, email="p0@spam.test", now=NOW).allowed
    again = block(store, people[0].pk)
    gone = unblock(store, people[0].pk)
    assert undo(store, gone) == {} and is_blocked(people[0])
    unblock(store, people[0].pk)
    assert undo(store, again) == {people[0].pk: "was changed since"}


def test_by_query_as_the_command_line_does_it(store: Store) -> None:
    people = [
        make_customer(store, email=f"p{number}@spam.test", first_name=f"P{number}") for number in range(5)
    ]
    make_customer(store, email="p@fine.test")
    resource, context = get_resource("customers"), Context(store=store, actor=ME, now=NOW)
    query = query_from_params(
        resource, {"tab": "all", "where": 'email ends with "@spam.test"'}, context, strict=True
    )
    before = whole_export(store)
    asked = {
        "resource": resource, "name": "block", "selection": Selection(query=query), "raw_inputs": {},
        "context": context,
    }  # fmt: skip
    told = rehearse(**asked)
    assert told.matched == 5 and whole_export(store) == before
    done = perform(**asked)
    assert len(done.done) == 5 and all(is_blocked(one) for one in people)
    assert done.change_set is not None
    undo_change_set(store=store, change_set_id=done.change_set, actor=ME, now=NOW)
    assert whole_export(store) == before


def test_the_dialog_says_what_it_means(store: Store, add: Add) -> None:
    ids = customer_services.insert_customers(
        store=store,
        records=[
            {"first_name": "A", "flag": "trusted",
                "flag_reason": "knows us", "spent_minor": 500_00, "orders_count": 2,
             "first_order_at": NOW - timedelta(days=730), "last_order_at": NOW},
            {"first_name": "B", "email": "b@x.test", "spent_minor": 100_00, "orders_count": 1,
             "first_order_at": NOW - timedelta(days=3), "last_order_at": NOW},
            {"first_name": "C", "email": "c@spam.test"},
        ],
        now=NOW,
    )  # fmt: skip
    add("email", "b@x.test", list="trust")
    add("domain", "spam.test")
    services.recount_marks(store=store)
    asked = {"store": store, "ids": ids, "count": 3, "inputs": {}, "actor": ME, "now": NOW}
    said = " ".join(say_block(**asked))
    assert (
        "trusted: 1" in said and "left open: 1" in said and "already: 1" in said and "€350.00 a year" in said
    )
    assert "left blocked: 1" in " ".join(say_unblock(**asked))


def test_the_history_of_the_customer_says_so(store: Store) -> None:
    customer = make_customer(store, email="x@spam.test")
    block(store, customer.pk, reason="Three chargebacks")
    unblock(store, customer.pk)
    keys = Event.objects.filter(record_id=customer.pk).order_by("pk").values_list("key", flat=True)
    assert list(keys) == ["customer.created", "customer.blocked", "customer.unblocked"]


def test_very_many_take_the_same_number_of_questions(
    store: Store, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    ids = customer_services.insert_customers(
        store=store,
        records=[
            {"first_name": f"P{n}", "email": f"p{n}@x.test", "phone": f"+336120{n:05}"} for n in range(450)
        ],
        now=NOW,
    )
    with django_assert_max_num_queries(40):
        outcome = block(store, *ids)
    assert len(outcome.done) == 450 and Customer.objects.filter(blocked=True).count() == 450
    with django_assert_max_num_queries(40):
        assert undo(store, outcome) == {}
    assert Customer.objects.filter(blocked=True).count() == 0


def test_a_merged_customer_does_not_come_in_by_its_old_id(store: Store) -> None:
    blocked, other = make_customer(store, email="jane@spam.test"), make_customer(store)
    block(store, blocked.pk)
    merge_customers(store=store, survivor_id=other.pk, loser_ids=[blocked.pk], choices={}, actor=ME, now=NOW)
    for customer in (blocked, other):
        assert not may_order(store=store, customer_id=customer.pk, now=NOW).allowed
