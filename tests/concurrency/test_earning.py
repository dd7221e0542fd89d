"""Orders of one customer come in at the same moment, and the worker looks at everybody meanwhile."""

import threading
from datetime import timedelta

import pytest

from regulars.customers.models import Customer
from regulars.kit.actor import system
from regulars.kit.ids import new_id
from regulars.loyalty import queries, services, tier_queries
from regulars.loyalty.choices import Origin
from regulars.loyalty.models import Entry, Membership, Tier
from regulars.orders import services as orders
from regulars.orders.choices import OrderStatus
from regulars.orders.facts import LineFacts, OrderFacts
from regulars.orders.models import Order
from regulars.stores.models import Store
from tests.concurrency.together import refusals, together
from tests.factories import NOW, make_customer, make_store

pytestmark = pytest.mark.django_db(transaction=True)
ME = system("Tests")


@pytest.fixture
def shop(transactional_db: None) -> Store:
    store = make_store("shop")
    rule = {"name": "1 per euro", "kind": "amount", "points": 1, "per_minor": 100}
    services.save_rule(store=store, rule_id=None, values=rule, actor=ME, now=NOW)
    tier = {"name": "Gold", "rank": 1, "by": "spend", "threshold": 10_000}
    services.save_tier(store=store, tier_id=None, values=tier, actor=ME, now=NOW)
    return store


def buy(store: Store, customer: Customer, minor: int = 10_000) -> Order:
    facts = OrderFacts(
        lines=(LineFacts(title="Thing", quantity=1, price_minor=minor),),
        customer_id=customer.pk,
        status=OrderStatus.COMPLETED,
    )
    return orders.place_order(store=store, order=facts, actor=ME, now=NOW)


def test_a_look_before_the_write_begins_two_memberships(shop: Store) -> None:
    """The control: without the lock both find nobody in the tier, and only the constraint stops the second."""
    ada, tier = make_customer(shop), Tier.objects.get(store=shop)
    looked = threading.Barrier(2, timeout=20)

    def begin() -> None:
        assert not tier_queries.in_force(store=shop, ids=[ada.pk])
        looked.wait()
        Membership.objects.create(
            id=new_id(), store=shop, customer=ada, tier=tier, since=NOW, origin=Origin.AUTO
        )

    assert len(refusals(together(begin, begin))) == 1


def test_many_orders_at_once_earn_each_once_and_begin_one_membership(shop: Store) -> None:
    ada = make_customer(shop)
    night = [lambda: services.place_all(store=shop, actor=ME, now=NOW + timedelta(days=1))] * 2
    assert refusals(together(*[lambda: buy(shop, ada)] * 6, *night)) == []
    ada.refresh_from_db()
    assert ada.points == 600 and Entry.objects.filter(store=shop).count() == 6
    assert queries.drift(store=shop) == {}
    assert Membership.objects.filter(store=shop, customer=ada).count() == 1


def test_cancelling_and_moving_one_order_at_once_leaves_no_point_behind(shop: Store) -> None:
    ada, bea = make_customer(shop), make_customer(shop)
    order = buy(shop, ada)

    def move() -> None:
        inputs = {"customer": bea.pk}
        orders.move_orders(store=shop, ids=[order.pk], inputs=inputs, actor=ME, now=NOW, change_set=None)

    def cancel() -> None:
        orders.cancel_orders(store=shop, ids=[order.pk], inputs={}, actor=ME, now=NOW, change_set=None)

    assert refusals(together(move, cancel, move, cancel)) == []
    assert dict(Customer.objects.values_list("pk", "points")) == {ada.pk: 0, bea.pk: 0}
    assert queries.drift(store=shop) == {}


def test_birthdays_are_given_once_by_two_workers(shop: Store) -> None:
    rule = {"name": "Birthday", "kind": "birthday", "points": 20}
    services.save_rule(store=shop, rule_id=None, values=rule, actor=ME, now=NOW)
    ada = make_customer(shop, birthdate=shop.day_of(NOW).replace(year=1990))
    found = together(*[lambda: services.give_birthdays(store=shop, actor=ME, now=NOW)] * 4)
    assert refusals(found) == [] and sorted(found) == [0, 0, 0, 1]
    ada.refresh_from_db()
    assert ada.points == 20
