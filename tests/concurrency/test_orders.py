"""Two tills at one customer, twice the same order, a merge in between. The first test shows the race."""

import threading
from typing import Any

import pytest
from django.db import transaction

from regulars.customers.models import Customer
from regulars.duplicates.services import merge_customers
from regulars.kit.actor import system
from regulars.orders import services
from regulars.orders.facts import LineFacts, OrderFacts, PaymentFacts
from regulars.orders.models import Order, OrderLine, Payment
from regulars.stores.models import Store
from tests.concurrency.together import refusals, together
from tests.factories import NOW, make_customer, make_store

pytestmark = pytest.mark.django_db(transaction=True)
ME = system("Tests")
MUG = LineFacts(title="Mug", price_minor=1000)


@pytest.fixture
def shop(transactional_db: None) -> Store:
    return make_store("shop")


def place(store: Store, **facts: Any) -> Order:
    return services.place_order(store=store, order=OrderFacts(lines=(MUG,), **facts), actor=ME, now=NOW)


def figures(customer: Customer) -> tuple[int, int]:
    customer.refresh_from_db()
    return customer.orders_count, customer.spent_minor


def test_counting_without_the_lock_loses_an_order(shop: Store) -> None:
    """The control: both write an order down and count, and neither sees the other's."""
    nora = make_customer(shop)
    counted = threading.Barrier(2, timeout=20)

    def write_and_count(number: str) -> None:
        with transaction.atomic():
            Order.objects.create(
                store=shop, customer=nora, number=number, placed_at=NOW, total_minor=1000, currency="EUR"
            )
            seen = Order.objects.filter(store=shop, customer=nora).count()
            counted.wait()
            Customer.objects.filter(pk=nora.pk).update(orders_count=seen)

    assert refusals(together(lambda: write_and_count("1"), lambda: write_and_count("2"))) == []
    assert figures(nora)[0] == 1
    assert services.recount_figures(store=shop) == 1


def test_every_order_of_one_customer_counts(shop: Store) -> None:
    nora = make_customer(shop)
    # Numbers of their own: otherwise the counter of the store alone would put them one after the other.
    works = [lambda at=at: place(shop, customer_id=nora.pk, number=f"T-{at}") for at in "ABCD"]
    assert refusals(together(*works)) == []
    assert figures(nora) == (4, 4000)
    assert services.recount_figures(store=shop) == 0


def test_an_order_that_comes_twice_at_once_is_one(shop: Store) -> None:
    works = [lambda: place(shop, external_id="S-1", email="new@example.test") for _ in range(4)]
    results = together(*works)
    assert refusals(results) == []
    assert len({one.pk for one in results}) == 1
    assert (Order.objects.count(), Customer.objects.count()) == (1, 1)
    assert figures(Customer.objects.get()) == (1, 1000)


def test_guests_with_one_email_are_one_customer(shop: Store) -> None:
    assert refusals(together(*[lambda: place(shop, email="new@example.test") for _ in range(3)])) == []
    assert figures(Customer.objects.get()) == (3, 3000)
    assert sorted(Order.objects.values_list("number", flat=True)) == ["1", "2", "3"]


def test_no_more_is_paid_and_comes_back_than_there_is(shop: Store) -> None:
    nora = make_customer(shop)
    order = place(shop, customer_id=nora.pk)
    line = OrderLine.objects.get(order=order)

    def pay() -> Order:
        payment = PaymentFacts(amount_minor=1000, method="cash")
        return services.record_payment(store=shop, order_id=order.pk, payment=payment, actor=ME, now=NOW)

    def bring_back() -> Order:
        return services.return_items(
            store=shop, order_id=order.pk, quantities={line.pk: 1}, actor=ME, now=NOW
        )

    assert [type(one) for one in refusals(together(pay, pay))] == [services.PaidTooMuch]
    assert [type(one) for one in refusals(together(bring_back, bring_back))] == [services.CannotReturn]
    assert sum(Payment.objects.values_list("amount_minor", flat=True)) == 0
    assert figures(nora) == (1, 0)


def test_orders_that_move_crosswise_and_a_merge_lose_nothing(shop: Store) -> None:
    nora, max_, ida = (make_customer(shop, first_name=name) for name in ("Nora", "Max", "Ida"))
    first, second = place(shop, customer_id=nora.pk), place(shop, customer_id=max_.pk)

    def move(order: Order, customer: Customer) -> Any:
        return services.move_orders(
            store=shop, ids=[order.pk], inputs={"customer": customer.pk}, actor=ME, now=NOW, change_set=None
        )

    def merge() -> Any:
        return merge_customers(
            store=shop, survivor_id=nora.pk, loser_ids=[ida.pk], choices={}, actor=ME, now=NOW
        )

    results = together(
        lambda: move(first, max_), lambda: move(second, nora), merge, lambda: place(shop, customer_id=ida.pk)
    )
    assert refusals(results) == []
    assert services.recount_figures(store=shop) == 0
    assert Order.objects.filter(customer=nora).count() + Order.objects.filter(customer=max_).count() == 3
