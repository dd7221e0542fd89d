"""Two tills spend the same points, while points expire, people are merged, and acts are taken back."""

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from regulars.customers.models import Customer
from regulars.duplicates.services import merge_customers
from regulars.kit.actor import Actor, system
from regulars.loyalty import events, queries, services
from regulars.loyalty.choices import BelowZero, Kind
from regulars.loyalty.models import Entry, Programme
from regulars.loyalty.services import CapReached, NotEnoughPoints, PointChange
from regulars.loyalty.services.adjust import adjust_points
from regulars.staff.queries import find_token
from regulars.staff.services import create_token
from regulars.stores.models import Store
from regulars.timeline.services import open_change_set
from regulars.timeline.undoing import undo_change_set
from tests.concurrency.together import refusals, together
from tests.factories import NOW, actor_of, make_customer, make_person, make_store

pytestmark = pytest.mark.django_db(transaction=True)
ME = system("Tests")
LATER = NOW + timedelta(days=10)


@pytest.fixture
def shop(transactional_db: None) -> Store:
    return make_store("shop")


def change(shop: Store, customer: Customer, points: int, **facts: Any) -> Entry:
    facts.setdefault("kind", Kind.EARN if points > 0 else Kind.SPEND)
    return services.change_points(
        store=shop,
        change=PointChange(customer.pk, points, **facts),
        policy=BelowZero.REFUSE,
        actor=ME,
        now=NOW,
    )


def points_of(customer: Customer) -> int:
    return Customer.objects.get(pk=customer.pk).points


def test_a_look_before_the_write_lets_both_spend_the_same_points(shop: Store) -> None:
    """The control: without the lock both see enough."""
    ada = make_customer(shop)
    change(shop, ada, 10)
    looked = threading.Barrier(2, timeout=20)

    def spend() -> bool:
        with transaction.atomic():
            enough = points_of(ada) >= 10
            looked.wait()
            return enough

    assert together(spend, spend) == [True, True]


def test_points_are_spent_once(shop: Store) -> None:
    ada = make_customer(shop)
    change(shop, ada, 10)
    results = together(*[lambda: change(shop, ada, -10)] * 4)
    assert [type(one) for one in refusals(results)] == [NotEnoughPoints] * 3
    assert points_of(ada) == 0 and queries.drift(store=shop) == {}


def test_one_key_is_one_entry_also_at_the_same_moment(shop: Store) -> None:
    ada = make_customer(shop)
    results = together(*[lambda: change(shop, ada, 7, key="order:1")] * 4)
    assert refusals(results) == [] and len({entry.pk for entry in results}) == 1
    assert points_of(ada) == 7


def test_what_is_spent_while_it_expires_is_one_or_the_other(shop: Store) -> None:
    for _round in range(3):
        ada = make_customer(shop)
        change(shop, ada, 10, expires_at=NOW + timedelta(days=1))
        results = together(
            lambda ada=ada: change(shop, ada, -10),
            lambda: services.expire_points(store=shop, actor=ME, now=LATER),
        )
        assert len(refusals(results)) <= 1 and points_of(ada) == 0
        kinds = set(Entry.objects.filter(customer=ada, points__lt=0).values_list("kind", flat=True))
        assert len(kinds) == 1 and queries.drift(store=shop) == {}


def test_two_workers_expire_everything_once(shop: Store) -> None:
    people = [make_customer(shop) for _at in range(5)]
    for one in people:
        change(shop, one, 10, expires_at=NOW + timedelta(days=1))
    together(*[lambda: services.expire_points(store=shop, actor=ME, now=LATER)] * 3)
    assert Entry.objects.filter(kind=Kind.EXPIRE).count() == 5 and queries.drift(store=shop) == {}


def test_points_that_are_given_while_two_customers_become_one_are_all_there(shop: Store) -> None:
    ada, bea = make_customer(shop), make_customer(shop)
    change(shop, ada, 5)
    change(shop, bea, 5)
    results = together(
        lambda: merge_customers(
            store=shop, survivor_id=ada.pk, loser_ids=[bea.pk], choices={}, actor=ME, now=NOW
        ),
        lambda: change(shop, ada, 20),
        lambda: change(shop, bea, 30),
    )
    given = sum(one.points for one in results if isinstance(one, Entry))
    assert points_of(ada) == 10 + given and queries.drift(store=shop) == {}


def test_an_act_that_is_undone_twice_while_its_points_are_spent_is_undone_once(shop: Store) -> None:
    ada = make_customer(shop)
    given = change(shop, ada, 10)

    def undo() -> Any:
        return undo_change_set(store=shop, change_set_id=given.change_set_id, actor=ME, now=NOW)

    together(undo, undo, lambda: change(shop, ada, -10))
    assert points_of(ada) == 0 and queries.drift(store=shop) == {}
    assert Entry.objects.filter(customer=ada, points__lt=0).count() == 1


def by_hand(shop: Store, customer: Customer, actor: Actor) -> Any:
    inputs = {"points": 60, "reason": "Sorry"}
    return adjust_points(store=shop, ids=[customer.pk], inputs=inputs, actor=actor, now=NOW, change_set=None)


def capped(shop: Store) -> Actor:
    """A manager who gives at most 100 points a day."""
    Programme.objects.create(store=shop, daily_caps={"manager": 100})
    return actor_of(shop, make_person(shop, "manager"))


def test_a_look_at_the_day_before_the_write_lets_both_through(shop: Store) -> None:
    """The control: without the lock both see that enough is left of the day."""
    actor, people = capped(shop), [make_customer(shop), make_customer(shop)]
    looked = threading.Barrier(2, timeout=20)

    def give(customer: Customer) -> bool:
        with transaction.atomic():
            assert actor.id is not None
            day = queries.points_by_hand(store=shop, authors=[actor.id], since=NOW)
            looked.wait()
            change(shop, customer, 60, kind=Kind.ADJUST)
            return day + 60 <= 100

    assert together(*[lambda one=one: give(one) for one in people]) == [True, True]


def test_nobody_gives_more_in_a_day_by_giving_at_the_same_moment(shop: Store) -> None:
    actor, people = capped(shop), [make_customer(shop) for _at in range(4)]
    results = together(*[lambda one=one: by_hand(shop, one, actor) for one in people])
    assert [type(one) for one in refusals(results)] == [CapReached] * 3
    assert sorted(points_of(one) for one in people) == [0, 0, 0, 60]


def test_nor_with_a_key_in_each_hand(shop: Store) -> None:
    Programme.objects.create(store=shop, daily_caps={"owner": 100})
    person = actor_of(shop, make_person(shop, "owner"))
    hands = [person]
    for name in ("Till", "Site", "App"):
        _row, secret = create_token(store=shop, name=name, actor=person, now=NOW, role="owner")
        found = find_token(secret=secret)
        assert found is not None
        hands.append(found[1])
    people = [make_customer(shop) for _hand in hands]
    acts = [
        lambda one=one, hand=hand: by_hand(shop, one, hand) for one, hand in zip(people, hands, strict=True)
    ]
    assert [type(one) for one in refusals(together(*acts))] == [CapReached] * 3
    assert sorted(points_of(one) for one in people) == [0, 0, 0, 60]


def test_everybody_at_once_and_a_till_at_the_same_time(shop: Store) -> None:
    people = [make_customer(shop) for _at in range(6)]
    for one in people:
        change(shop, one, 10)

    def take_from_all() -> Any:
        with transaction.atomic():
            opened = open_change_set(store=shop, actor=ME, kind=events.TAKEN, now=NOW)
            return adjust_points(
                store=shop,
                ids=[one.pk for one in people],
                inputs={"points": -10, "reason": "All"},
                actor=ME,
                now=NOW,
                change_set=opened,
            )

    tills = [lambda one=one: change(shop, one, -10) for one in people[:3]]
    together(take_from_all, *tills, take_from_all)
    assert {points_of(one) for one in people} == {0} and queries.drift(store=shop) == {}
    assert Entry.objects.filter(points__lt=0).count() == 6


def test_two_who_give_each_other_points_never_wait_for_ever(shop: Store) -> None:
    ada, bea = make_customer(shop), make_customer(shop)
    change(shop, ada, 10)
    change(shop, bea, 10)

    def give(giver: UUID, other: UUID) -> Any:
        inputs = {"customer": other, "points": 4, "reason": "Gift"}
        return services.transfer_points(
            store=shop, ids=[giver], inputs=inputs, actor=ME, now=NOW, change_set=None
        )

    results = together(*[lambda: give(ada.pk, bea.pk), lambda: give(bea.pk, ada.pk)] * 3)
    assert refusals(results) == [] and points_of(ada) + points_of(bea) == 20
    assert queries.drift(store=shop) == {}
