"""Orders earn points, and whatever happens to them, the points follow."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from regulars.customers.models import Customer
from regulars.kit.actor import system
from regulars.kit.errors import InvalidRecord
from regulars.loyalty import queries, services
from regulars.loyalty.models import Earning, EarnRule, Entry, Programme
from regulars.orders import services as orders
from regulars.orders.choices import OrderStatus, PaymentMethod
from regulars.orders.facts import LineFacts, OrderFacts, PaymentFacts
from regulars.orders.models import Order, OrderLine
from regulars.stores.models import Store
from regulars.timeline.models import ChangeSet
from regulars.timeline.undoing import undo_change_set
from tests.factories import NOW, make_customer, make_store
from tests.orders.bringing import bring

pytestmark = pytest.mark.django_db
ME = system("Tests")
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def shop() -> Store:
    store = make_store("shop")
    Programme.objects.create(store=store, pending_days=14)
    rule(store, "1 per euro", "amount", points=1, per_minor=100)
    return store


def rule(store: Store, name: str, kind: str, **values: Any) -> EarnRule:
    asked = {"name": name, "kind": kind, **values}
    return services.save_rule(store=store, rule_id=None, values=asked, actor=ME, now=NOW)


def place(store: Store, customer: Customer, **facts: Any) -> Order:
    line = LineFacts(title="Thing", sku="", quantity=4, price_minor=2500)
    asked = {"lines": (line,), "customer_id": customer.pk, "status": OrderStatus.COMPLETED} | facts
    return orders.place_order(store=store, order=OrderFacts(**asked), actor=ME, now=NOW)


def act(action: Any, store: Store, *records: Order, **inputs: Any) -> Any:
    ids = [one.pk for one in records]
    return action(store=store, ids=ids, inputs=inputs, actor=ME, now=LATER, change_set=None)


def figures(customer: Customer) -> tuple[int, int]:
    customer.refresh_from_db()
    assert queries.drift(store=customer.store) == {}
    return customer.points, customer.points_pending


def test_a_completed_order_earns_points_that_wait(shop: Store) -> None:
    ada = make_customer(shop)
    order = place(shop, ada, shipping_minor=590)
    assert figures(ada) == (0, 100)
    entry = Entry.objects.get(store=shop)
    assert (entry.rule, entry.reason, entry.source_id) == ("1 per euro", f"Order {order.number}", order.pk)
    assert entry.available_at == NOW + timedelta(days=14)
    services.mature_points(store=shop, now=NOW + timedelta(days=14))
    assert figures(ada) == (100, 0)


def test_an_open_order_earns_when_it_is_fully_paid(shop: Store) -> None:
    ada = make_customer(shop)
    order = place(shop, ada, status=OrderStatus.OPEN)
    assert figures(ada) == (0, 0)
    for amount, points in ((4000, 0), (6000, 100), (-1000, 0)):
        payment = PaymentFacts(amount_minor=amount, method=PaymentMethod.CASH)
        orders.record_payment(store=shop, order_id=order.pk, payment=payment, actor=ME, now=LATER)
        assert figures(ada) == (0, points)


def test_an_order_that_is_placed_and_paid_at_once_earns(shop: Store) -> None:
    ada = make_customer(shop)
    place(shop, ada, status=OrderStatus.OPEN, paid_by=PaymentMethod.CARD)
    assert figures(ada) == (0, 100)


def test_a_return_takes_its_share_back_and_undoing_it_gives_it_again(shop: Store) -> None:
    ada = make_customer(shop)
    order = place(shop, ada)
    line = OrderLine.objects.get(order=order)
    orders.return_items(
        store=shop, order_id=order.pk, quantities={line.pk: 1}, actor=ME, now=LATER, external_id="R1"
    )
    assert figures(ada) == (0, 75)
    orders.return_items(
        store=shop, order_id=order.pk, quantities={line.pk: 1}, actor=ME, now=LATER, external_id="R1"
    )
    assert figures(ada) == (0, 75)
    act_set = ChangeSet.objects.get(store=shop, key="order.returned")
    undo_change_set(store=shop, change_set_id=act_set.pk, actor=ME, now=LATER)
    assert figures(ada) == (0, 100)


def test_a_return_of_what_was_spent_leaves_a_debt(shop: Store) -> None:
    Programme.objects.update(pending_days=0)
    ada = make_customer(shop)
    order = place(shop, ada)
    services.adjust_points(
        store=shop, ids=[ada.pk], inputs={"points": -90, "reason": "x"}, actor=ME, now=LATER, change_set=None
    )
    line = OrderLine.objects.get(order=order)
    orders.return_items(store=shop, order_id=order.pk, quantities={line.pk: 4}, actor=ME, now=LATER)
    assert figures(ada) == (-90, 0)


def test_cancelling_and_reopening(shop: Store) -> None:
    ada = make_customer(shop)
    order = place(shop, ada)
    act(orders.cancel_orders, shop, order)
    assert figures(ada) == (0, 0)
    act(orders.reopen_orders, shop, order)
    act(orders.complete_orders, shop, order)
    assert figures(ada) == (0, 100)


def test_points_go_with_an_order_to_another_customer(shop: Store) -> None:
    ada, bea = make_customer(shop), make_customer(shop)
    order = place(shop, ada)
    act(orders.move_orders, shop, order, customer=bea.pk)
    assert figures(ada) == (0, 0)
    assert figures(bea) == (0, 100)


def test_the_terms_of_an_order_stay_as_they_were(shop: Store) -> None:
    ada = make_customer(shop)
    order = place(shop, ada)
    known = EarnRule.objects.get(store=shop)
    services.save_rule(store=shop, rule_id=known.pk, values={"points": 7}, actor=ME, now=NOW)
    line = OrderLine.objects.get(order=order)
    orders.return_items(store=shop, order_id=order.pk, quantities={line.pk: 1}, actor=ME, now=LATER)
    assert figures(ada) == (0, 75)


def test_products_and_a_campaign(shop: Store) -> None:
    orders.create_product(
        store=shop, values={"title": "Thing", "sku": "T1", "price_minor": 2500}, actor=ME, now=NOW
    )
    rule(shop, "Things", "products", points=10, skus=["T1"])
    today = shop.day_of(NOW)
    rule(shop, "Double days", "multiplier", percent=200, tiers=[], starts=today, ends=today)
    rule(shop, "Triple days", "multiplier", percent=300, tiers=[], starts=today + timedelta(days=1))
    ada = make_customer(shop)
    place(shop, ada, lines=(LineFacts(sku="T1", quantity=2),))
    found = dict(Entry.objects.values_list("rule", "points"))
    assert found == {"1 per euro": 50, "Things": 20, "Double days": 70}
    assert figures(ada) == (0, 140)


def test_a_rule_that_is_off_or_a_programme_that_is_off_gives_nothing(shop: Store) -> None:
    ada = make_customer(shop)
    known = EarnRule.objects.get(store=shop)
    services.switch_rule(store=shop, rule_id=known.pk, on=False, actor=ME, now=NOW)
    place(shop, ada)
    services.switch_rule(store=shop, rule_id=known.pk, on=True, actor=ME, now=NOW)
    Programme.objects.update(active=False)
    place(shop, ada)
    assert figures(ada) == (0, 0)
    assert not Earning.objects.exists()


def test_an_order_from_before_the_rule_earns_only_when_somebody_says_so(shop: Store) -> None:
    ada = make_customer(shop)
    order = place(shop, ada, placed_at=NOW - timedelta(days=2))
    line = OrderLine.objects.get(order=order)
    orders.return_items(store=shop, order_id=order.pk, quantities={line.pk: 1}, actor=ME, now=LATER)
    assert figures(ada) == (0, 0)
    assert act(services.earn_orders, shop, order).done == [order.pk]
    assert figures(ada) == (0, 75)
    assert act(services.earn_orders, shop, order).skipped == {order.pk: "has earned its points already"}


def test_orders_of_a_file_earn_only_when_somebody_says_so(shop: Store) -> None:
    ada = make_customer(shop, email="ada@example.test")
    bring(shop, "number,customer_email,placed,total,status\n77,ada@example.test,2026-03-02,80,completed\n")
    order = Order.objects.get(store=shop)
    act(orders.cancel_orders, shop, order)
    act(orders.reopen_orders, shop, order)
    act(orders.complete_orders, shop, order)
    assert figures(ada) == (0, 0)
    assert act(services.earn_orders, shop, order).done == [order.pk]
    assert figures(ada) == (0, 80)


def test_what_staff_took_back_stays_taken_back(shop: Store) -> None:
    ada, bea = make_customer(shop), make_customer(shop)
    order = place(shop, ada)
    services.void_entry(store=shop, entry_id=Entry.objects.get().pk, reason="Mistake", actor=ME, now=LATER)
    line = OrderLine.objects.get(order=order)
    orders.return_items(store=shop, order_id=order.pk, quantities={line.pk: 1}, actor=ME, now=LATER)
    act(orders.move_orders, shop, order, customer=bea.pk)
    assert (figures(ada), figures(bea)) == ((0, 0), (0, 0))


def test_an_undone_order_takes_its_points_along(shop: Store) -> None:
    ada = make_customer(shop)
    place(shop, ada)
    placed = ChangeSet.objects.get(store=shop, key="order.placed")
    undo_change_set(store=shop, change_set_id=placed.pk, actor=ME, now=LATER)
    assert not Order.objects.exists()
    assert figures(ada) == (0, 0)


def test_joining_and_birthdays_give_once(shop: Store) -> None:
    rule(shop, "Welcome", "joining", points=50)
    rule(shop, "Birthday", "birthday", points=20)
    leap = make_customer(shop, birthdate=date(2000, 2, 29))
    make_customer(shop, birthdate=date(2000, 3, 9))
    assert figures(leap) == (50, 0)
    soon = NOW + timedelta(days=361)  # 26 February 2027
    for days in (0, 2, 3, 4):
        services.give_birthdays(store=shop, actor=ME, now=soon + timedelta(days=days))
        assert figures(leap) == ((50, 0) if days == 0 else (70, 0)), days


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        ("amount", {"points": 0}, "points"),
        ("amount", {"per_minor": 0}, "per_minor"),
        ("amount", {"points": Decimal(1)}, "points"),
        ("products", {"skus": ["nothing"]}, "skus"),
        ("products", {"skus": []}, "skus"),
        ("multiplier", {"percent": 100}, "percent"),
        ("multiplier", {"tiers": ["nothing"]}, "tiers"),
        ("amount", {"starts": date(2026, 2, 2), "ends": date(2026, 2, 1)}, "ends"),
        ("amount", {"name": "1 per euro"}, "name"),
        ("nothing", {}, "kind"),
    ],
)
def test_a_wrong_rule_is_refused(shop: Store, kind: str, values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRecord) as refused:
        rule(shop, **{"name": "New", "kind": kind} | values)
    assert set(refused.value.errors) == {field}
    assert EarnRule.objects.count() == 1
