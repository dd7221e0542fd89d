"""Placing orders: whose they are, what they come to, and what stands beside the customer afterwards."""

from dataclasses import replace
from decimal import Decimal

import pytest

from regulars.customers.models import Customer
from regulars.kit.errors import InvalidRecord, NotFound
from regulars.orders import services
from regulars.orders.facts import LineFacts, OrderFacts, PaymentFacts
from regulars.orders.models import Order, OrderLine, Payment
from regulars.stores import services as stores
from regulars.stores.models import Store
from regulars.timeline.models import Event
from tests.factories import NOW, make_customer
from tests.orders.making import LAMP, MUG, TESTS, make_order

pytestmark = pytest.mark.django_db


def test_writes_the_order_its_lines_and_the_figures_of_the_customer(store: Store) -> None:
    nora = make_customer(store, email="nora@example.test")
    order = make_order(store, customer_id=nora.pk, shipping_minor=490, discount_minor=1000)
    assert (order.number, order.items_count, order.total_minor) == ("1", 3, 3000 + 4000 - 1000 + 490)
    assert (order.email, order.due_minor, order.paid_minor) == ("nora@example.test", 6490, 0)
    lines = OrderLine.objects.filter(order=order).order_by("position")
    assert [(one.title, one.total_minor) for one in lines] == [("Mug", 3000), ("Lamp", 4000)]
    nora.refresh_from_db()
    assert (nora.orders_count, nora.items_count, nora.spent_minor) == (1, 3, 6490)
    assert nora.first_order_at == nora.last_order_at == NOW
    assert Event.objects.filter(record_id=order.pk).values_list("key", flat=True).get() == "order.placed"
    assert services.recount_figures(store=store) == 0


def test_numbers_go_on_and_leave_out_those_that_are_taken(store: Store) -> None:
    nora = make_customer(store)
    taken = make_order(store, customer_id=nora.pk, number="A-1")
    services.insert_orders(
        store=store, orders=[services.NewOrder(nora.pk, "1", NOW, "open", "online", 1, 100)]
    )
    assert [taken.number, make_order(store, customer_id=nora.pk).number] == ["A-1", "2"]
    make_order(store, customer_id=nora.pk, number="70")
    assert make_order(store, customer_id=nora.pk).number == "71"
    with pytest.raises(services.NumberTaken):
        make_order(store, customer_id=nora.pk, number="70")


def test_finds_the_customer_by_external_id_email_and_phone_and_makes_a_guest_otherwise(store: Store) -> None:
    by_id = make_customer(store, email="a@example.test", external_id="C-7")
    by_mail = make_customer(store, email="Nora@Example.test")
    by_phone = make_customer(store, phone="+33612345678")
    orders = [
        make_order(store, customer_external_id="C-7", email="nora@example.test"),
        make_order(store, email="nora@EXAMPLE.test"),
        make_order(store, phone="+33612345678", name="Somebody"),
        make_order(store, email="new@example.test", name="Ida Holm Berg", city="Oslo"),
    ]
    assert [order.customer_id for order in orders[:3]] == [by_id.pk, by_mail.pk, by_phone.pk]
    guest = Customer.objects.get(pk=orders[3].customer_id)
    assert (guest.first_name, guest.last_name, guest.city) == ("Ida", "Holm Berg", "Oslo")
    assert (guest.orders_count, guest.has_account) == (1, False)


def test_a_phone_that_several_people_share_says_nothing(store: Store) -> None:
    for name in ("Nora", "Max"):
        make_customer(store, first_name=name, phone="+33612345678")
    order = make_order(store, phone="+33612345678", name="Ida")
    assert Customer.objects.get(pk=order.customer_id).first_name == "Ida"


def test_the_same_external_id_is_one_order(store: Store) -> None:
    facts = OrderFacts(lines=(MUG,), external_id="S-1", email="x@example.test")
    first, new = services.place_once(store=store, order=facts, actor=TESTS, now=NOW)
    again, twice = services.place_once(store=store, order=replace(facts, lines=(LAMP,)), actor=TESTS, now=NOW)
    assert (first.pk, new, twice) == (again.pk, True, False)
    assert (Order.objects.count(), Customer.objects.count()) == (1, 1)


def test_refuses_an_order_of_nobody_of_nothing_and_of_another_store(store: Store, other_store: Store) -> None:
    stranger = make_customer(other_store)
    for facts in (
        {},
        {"email": "x@example.test", "lines": ()},
        {"email": "x@example.test", "channel": "moon"},
    ):
        with pytest.raises(InvalidRecord):
            make_order(store, **facts)
    with pytest.raises(NotFound):
        make_order(store, customer_id=stranger.pk)
    assert (Order.objects.count(), Customer.objects.filter(store=store).count()) == (0, 0)


def test_lines_are_filled_up_from_the_product(store: Store) -> None:
    values = {"title": "Teapot", "sku": "T-1", "price_minor": 2500, "tax_percent": Decimal(20)}
    teapot = services.create_product(store=store, values=values, actor=TESTS, now=NOW)
    lines = (LineFacts(product_id=teapot.pk), LineFacts(sku="T-1", price_minor=2000, quantity=2))
    order = make_order(store, email="x@example.test", lines=lines)
    kept = OrderLine.objects.filter(order=order).order_by("position")
    assert [(one.product_id, one.title, one.total_minor) for one in kept] == [
        (teapot.pk, "Teapot", 2500),
        (teapot.pk, "Teapot", 4000),
    ]
    assert order.tax_minor == 1083  # 6500 with 20 % in it


def test_what_is_paid_at_once_is_noted(store: Store) -> None:
    order = make_order(
        store, email="x@example.test", payments=(PaymentFacts(amount_minor=5000, method="card"),)
    )
    assert (order.paid_minor, order.due_minor) == (5000, 2000)
    assert Payment.objects.get(order=order).paid_at == NOW


def test_the_commission_is_that_of_the_day_less_the_customers_reduction(store: Store) -> None:
    store = stores.edit_store(store=store, changes={"commission_percent": Decimal(10)}, actor=TESTS, now=NOW)
    nora = make_customer(store, commission_reduction=Decimal(25))
    order = make_order(store, customer_id=nora.pk, shipping_minor=500)
    assert (order.commission_percent, order.commission_minor) == (Decimal("7.5"), 525)
    store = stores.edit_store(store=store, changes={"commission_percent": Decimal(0)}, actor=TESTS, now=NOW)
    assert make_order(store, customer_id=nora.pk).commission_minor == 0
    order.refresh_from_db()
    assert order.commission_minor == 525
    nora.refresh_from_db()
    assert nora.commission_minor == 525


def test_a_number_far_ahead_is_kept_and_not_gone_on_from(store: Store) -> None:
    nora = make_customer(store)
    assert make_order(store, customer_id=nora.pk, number="500").number == "500"
    for number in ("999999999999999", "20260101001", "2000000"):
        assert make_order(store, customer_id=nora.pk, number=number).number == number
    assert make_order(store, customer_id=nora.pk).number == "501"
    make_order(store, customer_id=nora.pk, number="1000501")
    assert make_order(store, customer_id=nora.pk).number == "1000502"
