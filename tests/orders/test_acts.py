"""What can happen to an order, and that each of it can be taken back with the figures exact."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from regulars.customers.models import Customer
from regulars.kit.errors import Invalid
from regulars.orders import services
from regulars.orders.facts import LineFacts, PaymentFacts
from regulars.orders.models import Order, OrderLine, Payment, Return
from regulars.stores.models import Store
from regulars.timeline.models import ChangeSet
from regulars.timeline.undoing import undo_change_set
from tests.factories import NOW, make_customer
from tests.orders.making import MUG, TESTS, make_order

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def act(service: Any, store: Store, *ids: UUID, **inputs: Any) -> Any:
    return service(store=store, ids=list(ids), inputs=inputs, actor=TESTS, now=LATER, change_set=None)


def undo_latest(store: Store) -> dict[UUID, str]:
    latest = ChangeSet.objects.filter(store=store).order_by("-at", "-pk").first()
    assert latest is not None
    left = undo_change_set(store=store, change_set_id=latest.pk, actor=TESTS, now=LATER).left
    assert services.recount_figures(store=store) == 0
    return left


def figures(customer: Customer) -> tuple[int, int, int, int]:
    customer.refresh_from_db()
    return customer.orders_count, customer.items_count, customer.spent_minor, customer.returned_minor


def bring_back(store: Store, order: Order, title: str, count: int = 1, **more: Any) -> Order:
    line = OrderLine.objects.get(order=order, title=title)
    return services.return_items(
        store=store, order_id=order.pk, quantities={line.pk: count}, actor=TESTS, now=LATER, **more
    )


@pytest.fixture
def nora(store: Store) -> Customer:
    return make_customer(store, email="nora@example.test")


@pytest.fixture
def order(store: Store, nora: Customer) -> Order:
    return make_order(store, customer_id=nora.pk)


def test_a_cancelled_order_counts_no_more_until_it_is_opened_again(
    store: Store, nora: Customer, order: Order
) -> None:
    outcome = act(services.cancel_orders, store, order.pk)
    assert (outcome.done, figures(nora)) == ([order.pk], (0, 0, 0, 0))
    assert act(services.cancel_orders, store, order.pk).skipped == {order.pk: "is cancelled already"}
    assert undo_latest(store) == {}
    assert figures(nora) == (1, 3, 7000, 0)
    act(services.complete_orders, store, order.pk)
    act(services.reopen_orders, store, order.pk)
    order.refresh_from_db()
    assert (order.status, order.version) == ("open", 5)


def test_what_comes_back_is_taken_off_and_money_is_given_back(
    store: Store, nora: Customer, order: Order
) -> None:
    payment = PaymentFacts(amount_minor=7000, method="card")
    services.record_payment(store=store, order_id=order.pk, payment=payment, actor=TESTS, now=NOW)
    bring_back(store, order, "Mug", reason="Chipped")
    order.refresh_from_db()
    assert (order.returned_items, order.returned_minor, order.paid_minor, order.due_minor) == (
        1,
        1500,
        5500,
        0,
    )
    assert figures(nora) == (1, 2, 5500, 1500)
    given_back = Payment.objects.get(order=order, amount_minor__lt=0)
    assert (given_back.method, given_back.amount_minor) == ("card", -1500)
    assert undo_latest(store) == {}
    assert (figures(nora), Return.objects.count(), Payment.objects.count()) == ((1, 3, 7000, 0), 0, 1)
    assert undo_latest(store) == {}  # the undo itself
    assert (figures(nora), Return.objects.count(), Payment.objects.count()) == ((1, 2, 5500, 1500), 1, 2)


def test_a_discount_is_shared_out_among_what_comes_back(store: Store, nora: Customer) -> None:
    order = make_order(store, customer_id=nora.pk, discount_minor=700, shipping_minor=300)
    bring_back(store, order, "Lamp")
    bring_back(store, order, "Mug", 2)
    order.refresh_from_db()
    assert (order.returned_minor, order.total_minor) == (6300, 6600)  # the shipping stays paid


def test_no_more_comes_back_than_was_bought(store: Store, nora: Customer, order: Order) -> None:
    bring_back(store, order, "Mug", 2)
    with pytest.raises(services.CannotReturn):
        bring_back(store, order, "Mug")
    with pytest.raises(Invalid):
        bring_back(store, order, "Lamp", refund_minor=4001)
    assert act(services.cancel_orders, store, order.pk).done == []
    assert figures(nora) == (1, 1, 4000, 3000)


def test_money_is_noted_no_further_than_what_is_due_and_given_back_no_further_than_paid(
    store: Store, order: Order
) -> None:
    def pay(amount: int, **more: Any) -> Order:
        payment = PaymentFacts(amount_minor=amount, method="cash", **more)
        return services.record_payment(
            store=store, order_id=order.pk, payment=payment, actor=TESTS, now=LATER
        )

    pay(5000, external_id="P-1")
    pay(5000, external_id="P-1")
    for amount in (2001, -5001):
        with pytest.raises(services.PaidTooMuch):
            pay(amount)
    order.refresh_from_db()
    assert (order.paid_minor, order.due_minor) == (5000, 2000)
    assert undo_latest(store) == {}
    order.refresh_from_db()
    assert (order.paid_minor, order.due_minor) == (0, 7000)


def test_an_order_moves_to_whose_it_is_and_back(store: Store, nora: Customer, order: Order) -> None:
    max_ = make_customer(store, first_name="Max")
    act(services.move_orders, store, order.pk, customer=max_.pk)
    assert (figures(nora), figures(max_)) == ((0, 0, 0, 0), (1, 3, 7000, 0))
    assert undo_latest(store) == {}
    assert (figures(nora), figures(max_)) == ((1, 3, 7000, 0), (0, 0, 0, 0))


def test_lines_and_facts_are_changed_and_changed_back(store: Store, nora: Customer, order: Order) -> None:
    mug = OrderLine.objects.get(order=order, title="Mug")
    lines = (LineFacts(id=mug.pk, title="Mug", price_minor=1500, quantity=5, sku="MUG"),)
    edited = services.edit_order(
        store=store,
        order_id=order.pk,
        values={"shipping_minor": 500, "courier": "DHL"},
        lines=lines,
        base_version=1,
        actor=TESTS,
        now=LATER,
    )
    assert (edited.total_minor, edited.items_count, edited.version) == (8000, 5, 2)
    assert figures(nora) == (1, 5, 8000, 0)
    assert undo_latest(store) == {}
    order.refresh_from_db()
    assert (order.total_minor, order.courier, figures(nora)) == (7000, "", (1, 3, 7000, 0))
    assert [one.title for one in OrderLine.objects.filter(order=order).order_by("position")] == [
        "Mug",
        "Lamp",
    ]


def test_what_came_back_keeps_the_lines_as_they_are(store: Store, order: Order) -> None:
    bring_back(store, order, "Mug")
    with pytest.raises(services.LinesAreFixed):
        services.edit_order(
            store=store, order_id=order.pk, values={}, lines=(MUG,), base_version=None, actor=TESTS, now=LATER
        )


def test_an_order_written_down_by_mistake_is_taken_back_unless_something_happened_to_it(
    store: Store, nora: Customer, order: Order
) -> None:
    placed = ChangeSet.objects.get(store=store, key="order.placed")
    act(services.complete_orders, store, order.pk)
    done = undo_change_set(store=store, change_set_id=placed.pk, actor=TESTS, now=LATER)
    assert done.left == {order.pk: "was changed since"}
    again = make_order(store, customer_id=nora.pk, now=LATER + timedelta(minutes=1))
    assert undo_latest(store) == {}
    assert not Order.objects.filter(pk=again.pk).exists()
    assert figures(nora) == (1, 3, 7000, 0)


def test_orders_are_deleted_only_where_the_store_deletes_anything(
    store: Store, nora: Customer, order: Order
) -> None:
    with pytest.raises(services.OrdersAreKept):
        act(services.delete_orders, store, order.pk)
    Store.objects.filter(pk=store.pk).update(delete_policy="always")
    act(services.delete_orders, store, order.pk)
    assert (Order.objects.count(), figures(nora)) == (0, (0, 0, 0, 0))
