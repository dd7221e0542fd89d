"""Orders that nobody should send, and acts in an order that nobody should choose: refused in words, or exact."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from regulars.customers.models import Customer
from regulars.customers.services import anonymise_customers
from regulars.kit.errors import Invalid, InvalidRecord, Refused
from regulars.orders import services
from regulars.orders.facts import LineFacts, PaymentFacts
from regulars.orders.models import Order, OrderLine, Payment
from regulars.orders.resource.actions import return_orders
from regulars.stores.models import Store
from regulars.timeline.models import ChangeSet, Event
from regulars.timeline.undoing import Undone, undo_change_set
from tests.factories import NOW, make_customer
from tests.orders.making import LAMP, MUG, TESTS, make_order

pytestmark = pytest.mark.django_db
DEAREST = LineFacts(title="Moon", price_minor=10**13, quantity=100_000)


def undo(store: Store, event: str) -> Undone:
    """Take the latest act of this kind back."""
    found = Event.objects.filter(store=store, key=event).latest("pk").change_set_id
    return undo_change_set(store=store, change_set_id=found, actor=TESTS, now=NOW)


def pay(store: Store, order: Order, amount: int) -> None:
    payment = PaymentFacts(amount_minor=amount, method="cash")
    services.record_payment(store=store, order_id=order.pk, payment=payment, actor=TESTS, now=NOW)


@pytest.mark.parametrize(
    "facts",
    [
        {"lines": (DEAREST,) * 10},
        {"lines": (DEAREST,)},
        {"lines": (), "total_minor": 100, "items_count": 3_000_000_000},
        {"lines": (), "total_minor": 100, "tax_minor": 101},
        {"tax_minor": 10**12},
        {"lines": (), "total_minor": 100, "shipping_minor": 101},
        {"lines": (LineFacts(title="Mug", price_minor=1, tax_percent=Decimal("NaN")),)},
        {"payments": (PaymentFacts(amount_minor=100, external_id="P-1"),)},
    ],
    ids=["sum", "line", "items", "tax", "tax-of-lines", "shipping", "no-number", "payment-known"],
)
def test_what_cannot_be_is_refused_in_words(store: Store, facts: dict[str, Any]) -> None:
    make_order(store, email="a@example.test", payments=(PaymentFacts(amount_minor=1, external_id="P-1"),))
    with pytest.raises(Refused):
        make_order(store, email="b@example.test", **facts)
    assert Order.objects.count() == 1


def test_many_dear_orders_of_one_customer_are_counted(store: Store) -> None:
    nora = make_customer(store)
    most = {"lines": (), "total_minor": 10**13, "items_count": 10**9}
    for _time in range(3):
        make_order(store, customer_id=nora.pk, **most)
    nora.refresh_from_db()
    assert (nora.spent_minor, nora.items_count) == (3 * 10**13, 2**31 - 1)


def test_a_line_that_is_another_orders_cannot_be_claimed(store: Store) -> None:
    first = make_order(store, email="a@example.test")
    line = OrderLine.objects.filter(order=first).earliest("position")
    claimed = LineFacts(id=line.pk, title="Mug", price_minor=1)
    with pytest.raises(Refused):
        make_order(store, email="b@example.test", lines=(claimed,))


def test_an_order_keeps_at_least_one_line(store: Store) -> None:
    order = make_order(store, email="a@example.test")
    with pytest.raises(Invalid):
        services.edit_order(
            store=store, order_id=order.pk, values={}, lines=(), base_version=None, actor=TESTS, now=NOW
        )


def test_nobody_buys_as_somebody_forgotten(store: Store) -> None:
    nora = make_customer(store)
    anonymise_customers(store=store, ids=[nora.pk], inputs={}, actor=TESTS, now=NOW, change_set=None)
    with pytest.raises(Refused):
        make_order(store, customer_id=nora.pk, email="nora@example.test")


def test_taking_back_a_refund_never_leaves_more_paid_than_due(store: Store) -> None:
    order = make_order(store, email="a@example.test")
    pay(store, order, 7000)
    pay(store, order, -7000)
    refund = Event.objects.filter(store=store, key="order.paid").latest("pk").change_set_id
    pay(store, order, 7000)
    undone = undo_change_set(store=store, change_set_id=refund, actor=TESTS, now=NOW)
    order.refresh_from_db()
    assert (order.paid_minor, order.due_minor) == (7000, 0)
    assert undone.left == {order.pk: "was changed since"}
    assert sum(Payment.objects.values_list("amount_minor", flat=True)) == 7000


def test_lines_come_back_though_their_product_was_taken_back(store: Store) -> None:
    values = {"title": "Teapot", "sku": "T-1", "price_minor": 2500}
    teapot = services.create_product(store=store, values=values, actor=TESTS, now=NOW)
    order = make_order(store, email="a@example.test", lines=(LineFacts(product_id=teapot.pk), MUG))
    services.edit_order(
        store=store, order_id=order.pk, values={}, lines=(MUG,), base_version=None, actor=TESTS, now=NOW
    )
    undo(store, "product.created")
    undone = undo(store, "order.edited")
    assert undone.left == {}
    assert [line.title for line in OrderLine.objects.filter(order=order).order_by("position")] == [
        "Teapot",
        "Mug",
    ]
    assert OrderLine.objects.filter(order=order, product=None).count() == 2


def test_a_strange_digit_is_not_a_number_of_things(store: Store) -> None:
    order = make_order(store, email="a@example.test", lines=(), total_minor=500, items_count=5)
    for text in ("²", "9" * 2000):
        with pytest.raises(Refused):
            return_orders(
                store=store, ids=[order.pk], inputs={"items": text}, actor=TESTS, now=NOW, change_set=None
            )


@pytest.mark.parametrize(
    ("price", "quantity", "discount", "pieces"),
    [(1000, 1, 0, 1), (1, 3, 1, 3), (333, 7, 10, 7), (5, 2, 1, 2), (999, 3, 100, 3)],
)
def test_what_comes_back_in_pieces_gives_back_what_it_cost(
    store: Store, price: int, quantity: int, discount: int, pieces: int
) -> None:
    things = LineFacts(title="Thing", price_minor=price, quantity=quantity, discount_minor=discount)
    order = make_order(
        store, email="a@example.test", lines=(things, LAMP), discount_minor=77, shipping_minor=500
    )
    at_once = make_order(
        store, email="a@example.test", lines=(things, LAMP), discount_minor=77, shipping_minor=500
    )
    for one, count in ((order, 1), (at_once, quantity)):
        for _time in range(quantity // count):
            line = OrderLine.objects.get(order=one, title="Thing")
            services.return_items(
                store=store, order_id=one.pk, quantities={line.pk: count}, actor=TESTS, now=NOW
            )
        one.refresh_from_db()
    assert order.returned_minor == at_once.returned_minor
    for one in (order, at_once):
        lamp = OrderLine.objects.get(order=one, title="Lamp")
        services.return_items(store=store, order_id=one.pk, quantities={lamp.pk: 1}, actor=TESTS, now=NOW)
        one.refresh_from_db()
        assert one.total_minor - one.returned_minor == 500


def test_the_rate_of_the_day_stays(store: Store) -> None:
    Store.objects.filter(pk=store.pk).update(commission_percent="10")
    store.refresh_from_db()
    nora, max_ = make_customer(store, commission_reduction=50), make_customer(store, first_name="Max")
    order = make_order(store, customer_id=nora.pk)
    assert (order.commission_percent, order.commission_minor) == (5, 350)
    Store.objects.filter(pk=store.pk).update(commission_percent="20")
    store.refresh_from_db()
    services.move_orders(
        store=store, ids=[order.pk], inputs={"customer": max_.pk}, actor=TESTS, now=NOW, change_set=None
    )
    services.cancel_orders(store=store, ids=[order.pk], inputs={}, actor=TESTS, now=NOW, change_set=None)
    order.refresh_from_db()
    assert order.commission_minor == 0
    services.reopen_orders(store=store, ids=[order.pk], inputs={}, actor=TESTS, now=NOW, change_set=None)
    order.refresh_from_db()
    assert (order.commission_percent, order.commission_minor) == (5, 350)
    assert Customer.objects.get(pk=max_.pk).commission_minor == 350
    assert Customer.objects.get(pk=nora.pk).commission_minor == 0


def test_undo_of_undo_of_undo(store: Store) -> None:
    order = make_order(store, email="a@example.test")
    line = OrderLine.objects.filter(order=order).earliest("position")
    pay(store, order, 7000)
    services.return_items(store=store, order_id=order.pk, quantities={line.pk: 1}, actor=TESTS, now=NOW)
    act: UUID | None = ChangeSet.objects.filter(store=store).latest("pk").pk
    for at in range(5):
        assert act is not None
        undone = undo_change_set(store=store, change_set_id=act, actor=TESTS, now=NOW)
        assert undone.left == {}
        order.refresh_from_db()
        assert (order.paid_minor, order.returned_minor, order.due_minor) == (
            (7000, 0, 0) if at % 2 == 0 else (5500, 1500, 0)
        )
        act = undone.change_set
    assert services.drift_of(store=store) == services.Drift()


def test_an_unknown_customer_or_product_is_refused(store: Store, other_store: Store) -> None:
    theirs = make_customer(other_store)
    product = services.create_product(store=other_store, values={"title": "Theirs"}, actor=TESTS, now=NOW)
    for facts in (
        {"customer_id": theirs.pk},
        {"customer_id": uuid4()},
        {"email": "a@example.test", "lines": (LineFacts(product_id=product.pk),)},
    ):
        with pytest.raises(Refused):
            make_order(store, **facts)
    assert not Order.objects.exists() and Customer.objects.count() == 1
    with pytest.raises(InvalidRecord):
        make_order(store, email="a@example.test", total_minor=-1, lines=())


def test_nothing_goes_back_to_somebody_forgotten(store: Store) -> None:
    nora, max_ = make_customer(store), make_customer(store, first_name="Max")
    order = make_order(store, customer_id=nora.pk, name="Nora Lind")
    services.move_orders(
        store=store, ids=[order.pk], inputs={"customer": max_.pk}, actor=TESTS, now=NOW, change_set=None
    )
    anonymise_customers(store=store, ids=[nora.pk], inputs={}, actor=TESTS, now=NOW, change_set=None)
    assert undo(store, "order.moved").left == {order.pk: "the customer no longer exists"}
    order.refresh_from_db()
    assert order.customer_id == max_.pk
