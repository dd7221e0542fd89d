"""Finding a customer by an order or a serial; what moved between them and the store."""

from typing import Any

import pytest

from regulars.kit.actor import system
from regulars.orders.models import Order, OrderLine
from regulars.orders.on_customers import find_by_order
from regulars.resources.context import Context
from regulars.stores.models import Store
from tests.factories import NOW, make_customer

pytestmark = pytest.mark.django_db


def order(store: Store, number: str, serial: str = "", **facts: Any) -> Order:
    """An order of somebody new, with one thing on it."""
    customer = make_customer(store, first_name=f"Buyer of {number}")
    facts = {"number": number, "placed_at": NOW, "total_minor": 5000, "currency": "EUR"} | facts
    made = Order.objects.create(store=store, customer=customer, **facts)
    OrderLine.objects.create(
        store=store, order=made, title="Phone", serial=serial, quantity=1, price_minor=5000
    )
    return made


def asked(store: Store) -> Context:
    return Context(store=store, actor=system("Tests"), now=NOW)


@pytest.mark.parametrize("text", ["1042", "#1042", "SHOP-77", "shop-77"])
def test_by_a_number_as_it_is_written_on_the_receipt(store: Store, other_store: Store, text: str) -> None:
    wanted = order(store, "1042") if "1042" in text else order(store, "SHOP-77")
    order(other_store, "1042")
    order(store, "11042")
    found = find_by_order(text, asked(store), 10)
    assert [one.record_id for one in found] == [wanted.customer_id]
    assert found[0].by == f"Order {wanted.number}"


@pytest.mark.parametrize("text", ["ext-9", "1Z999AA10123456784", "356938035643809", "sn-00af"])
def test_by_id_tracking_number_serial_and_imei(store: Store, text: str) -> None:
    wanted = order(store, "1", "356938035643809", external_id="ext-9", tracking_number="1Z999AA10123456784")
    if text == "sn-00af":
        wanted = order(store, "2", "SN-00AF")
    assert [one.record_id for one in find_by_order(text, asked(store), 10)] == [wanted.customer_id]


@pytest.mark.parametrize("text", ["", "#", "nora", "356", "%", "\U0001f600"])
def test_what_is_no_order_finds_nobody(store: Store, text: str) -> None:
    order(store, "1042", "356938035643809")
    assert find_by_order(text, asked(store), 10) == []
