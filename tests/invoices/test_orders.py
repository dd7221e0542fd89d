"""Invoices of orders: lines, shares of discount and shipping, and payments that are noted once."""

from decimal import Decimal
from typing import Any

import pytest

from regulars.invoices import queries, services
from regulars.invoices.models import Invoice, InvoicePayment
from regulars.invoices.sums import NewLine
from regulars.orders import services as order_services
from regulars.orders.facts import LineFacts, PaymentFacts
from regulars.orders.models import Order
from regulars.stores.models import Store
from tests.factories import NOW
from tests.invoices.conftest import ME, act, pay
from tests.orders.making import make_order

pytestmark = pytest.mark.django_db
LINES = (
    LineFacts(title="Phone", price_minor=19999, tax_percent=Decimal(20), serial="SN-1"),
    LineFacts(title="Book", price_minor=1250, quantity=3, tax_percent=Decimal("5.5"), discount_minor=50),
)


def invoice(store: Store, order: Order, *, issue: bool = True) -> Invoice:
    assert act(services.invoice_orders, store, order, issue=issue).done == [order.pk]
    return Invoice.objects.get(source_id=order.pk)


def pay_order(store: Store, order: Order, amount: int) -> None:
    payment = PaymentFacts(amount_minor=amount, method="card")
    order_services.record_payment(store=store, order_id=order.pk, payment=payment, actor=ME, now=NOW)


def test_an_invoice_says_what_the_order_says(store: Store) -> None:
    order = make_order(
        store,
        lines=LINES,
        discount_minor=1001,
        shipping_minor=499,
        name="Ada Lovelace",
        email="ada@example.com",
        city="Paris",
        tracking_number="T-1",
    )
    made = invoice(store, order)
    assert made.total_minor == order.total_minor and abs(made.tax_minor - order.tax_minor) <= 1
    assert (made.bill_name, made.bill_address, made.email) == ("Ada Lovelace", "Paris", "ada@example.com")
    assert (made.source_number, made.tracking_number, made.customer_id) == (
        order.number,
        "T-1",
        order.customer_id,
    )
    titles = [line.title for line in queries.lines_of(store=store, invoice_id=made.pk)]
    assert titles == ["Phone (SN-1)", "Book", "Discount", "Discount", "Shipping", "Shipping"]


def test_an_order_is_invoiced_once(store: Store) -> None:
    order = make_order(store, lines=LINES, name="Nora")
    first = invoice(store, order)
    outcome = act(services.invoice_orders, store, order, issue=True)
    assert outcome.skipped == {order.pk: "is invoiced already: INV-00001"} and Invoice.objects.get() == first


def test_what_is_paid_is_noted_once_wherever_it_is_said(store: Store) -> None:
    order = make_order(store, lines=LINES, name="Nora")
    pay_order(store, order, 1000)
    made = invoice(store, order)
    assert (made.paid_minor, made.state) == (1000, "partly_paid")
    pay_order(store, order, 500)
    pay(store, made, 700)
    for one in (made, order):
        one.refresh_from_db()
        assert one.paid_minor == 2200
    pay(store, made)
    for one in (made, order):
        one.refresh_from_db()
        assert one.due_minor == 0
    assert made.state == "paid" and InvoicePayment.objects.count() == 4


def test_what_comes_back_is_credited(store: Store) -> None:
    order = make_order(store, name="Nora", lines=(LineFacts(title="Mug", price_minor=1000, quantity=2),))
    made = invoice(store, order)
    pay(store, made)
    line = order.lines.get()
    order_services.return_items(store=store, order_id=order.pk, quantities={line.pk: 1}, actor=ME, now=NOW)
    made.refresh_from_db()
    assert (made.state, made.due_minor) == (
        "partly_paid",
        1000,
    )  # until the credit note says why less was paid
    act(services.credit_invoices, store, made)
    note = Invoice.objects.get(kind="credit_note")
    one = [NewLine(title="Mug", price_minor=1000)]
    services.edit_invoice(
        store=store, invoice_id=note.pk, values={}, lines=one, base_version=None, actor=ME, now=NOW
    )
    services.issue_invoice(store=store, invoice_id=note.pk, actor=ME, now=NOW)
    for each in (made, note):
        each.refresh_from_db()
        assert (each.state, each.due_minor) == ("paid", 0)


def test_an_order_without_lines_is_one_line(store: Store) -> None:
    order = make_order(store, name="Nora", lines=(), total_minor=4200, items_count=2)
    assert invoice(store, order).total_minor == 4200


@pytest.mark.parametrize("issue", [True, False])
def test_only_asked_for_ones_are_issued(store: Store, issue: bool) -> None:
    made: Any = invoice(store, make_order(store, lines=LINES, name="Nora"), issue=issue)
    assert (made.state == "draft") == (not issue)
