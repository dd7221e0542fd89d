"""Orders that change after they were invoiced: what was issued stays, credit notes and new invoices follow."""

from decimal import Decimal
from typing import Any

import pytest

from regulars.invoices import queries, services
from regulars.invoices.differing import Why
from regulars.invoices.models import Invoice
from regulars.invoices.sums import NewLine
from regulars.orders import services as orders
from regulars.orders.facts import LineFacts, PaymentFacts
from regulars.orders.models import Order
from regulars.stores.models import Store
from tests.factories import NOW, make_customer
from tests.invoices.conftest import ME, act, pay
from tests.orders.making import make_order

pytestmark = pytest.mark.django_db
MUGS = LineFacts(title="Mug", price_minor=1000, quantity=3, sku="MUG", tax_percent=Decimal(20))
LAMP = LineFacts(title="Lamp", price_minor=4000, sku="LAMP", tax_percent=Decimal(20))


@pytest.fixture
def order(store: Store) -> Order:
    ada = make_customer(store, first_name="Ada", email="ada@example.com")
    return make_order(
        store, lines=(MUGS, LAMP), name="Ada", customer_id=ada.pk, discount_minor=700, shipping_minor=500
    )


@pytest.fixture
def invoice(store: Store, order: Order) -> Invoice:
    act(services.invoice_orders, store, order, issue=True)
    return Invoice.objects.get()


def why(store: Store, invoice: Invoice) -> str:
    invoice.refresh_from_db()
    found = services.difference_of(store=store, invoice=invoice)
    return found.why if found else ""


def correct(store: Store, invoice: Invoice) -> None:
    done = act(services.correct_invoices, store, invoice)
    assert done.done == [invoice.pk], done.skipped


def edit(store: Store, order: Order, *lines: LineFacts) -> None:
    orders.edit_order(
        store=store, order_id=order.pk, values={}, lines=lines, base_version=None, actor=ME, now=NOW
    )


def bring_back(store: Store, order: Order, sku: str, count: int) -> None:
    line = order.lines.get(sku=sku)
    orders.return_items(store=store, order_id=order.pk, quantities={line.pk: count}, actor=ME, now=NOW)


def pay_order(store: Store, order: Order, amount: int) -> None:
    payment = PaymentFacts(amount_minor=amount, method="card")
    orders.record_payment(store=store, order_id=order.pk, payment=payment, actor=ME, now=NOW)


def papers() -> list[tuple[str, str, int, int, str]]:
    rows = Invoice.objects.order_by("sequence")
    return [(one.kind, one.state, one.total_minor, one.due_minor, one.number) for one in rows]


def unchanged(invoice: Invoice) -> dict[str, Any]:
    """What the document says."""
    row: dict[str, Any] = dict(Invoice.objects.values().get(pk=invoice.pk))
    kept = ("number", "bill_name", "total_minor", "tax_minor", "net_minor", "issued_on", "due_on", "seller")
    lines = list(queries.lines_of(store=invoice.store, invoice_id=invoice.pk))
    return {name: row[name] for name in kept} | {"lines": [(one.title, one.amount_minor) for one in lines]}


def test_an_order_that_stayed_the_same_needs_nothing(store: Store, order: Order, invoice: Invoice) -> None:
    pay_order(store, order, 6800)
    assert why(store, invoice) == ""
    assert act(services.correct_invoices, store, invoice).skipped == {invoice.pk: "says what its order says"}


def test_what_came_back_is_credited_once_and_again(store: Store, order: Order, invoice: Invoice) -> None:
    said = unchanged(invoice)
    pay_order(store, order, 6800)
    bring_back(store, order, "MUG", 1)
    assert why(store, invoice) == Why.LESS
    correct(store, invoice)
    first = Order.objects.get().returned_minor
    assert first == 900
    assert papers() == [
        ("invoice", "paid", 6800, 0, "INV-00001"),
        ("credit_note", "paid", 900, 0, "INV-00002"),
    ]
    bring_back(store, order, "LAMP", 1)
    correct(store, invoice)
    back = Order.objects.get().returned_minor
    assert [one[2] for one in papers()] == [6800, 900, back - first]
    assert {one[1] for one in papers()} == {"paid"}
    assert why(store, invoice) == "" and unchanged(invoice) == said


def test_a_cancelled_order_is_credited_altogether(store: Store, order: Order, invoice: Invoice) -> None:
    said = unchanged(invoice)
    act(orders.cancel_orders, store, order)
    assert why(store, invoice) == Why.CANCELLED
    correct(store, invoice)
    assert papers() == [
        ("invoice", "paid", 6800, 0, "INV-00001"),
        ("credit_note", "paid", 6800, 0, "INV-00002"),
    ]
    assert unchanged(invoice) == said and why(store, invoice) == ""
    assert act(services.invoice_orders, store, order).skipped == {order.pk: "is cancelled"}


def test_money_of_a_cancelled_order_goes_back_through_the_note(
    store: Store, order: Order, invoice: Invoice
) -> None:
    pay_order(store, order, 6800)
    act(orders.cancel_orders, store, order)
    correct(store, invoice)
    note = Invoice.objects.get(kind="credit_note")
    assert (note.state, note.due_minor) == ("open", 6800)  # still to be paid back
    pay(store, note)
    order.refresh_from_db()
    assert order.paid_minor == 0 and order.due_minor == 0
    assert [one[1] for one in papers()] == ["paid", "paid"]


def test_money_given_back_at_the_order_settles_the_note(store: Store, order: Order, invoice: Invoice) -> None:
    pay_order(store, order, 6800)
    act(orders.cancel_orders, store, order)
    correct(store, invoice)
    pay_order(store, order, -6800)
    assert [one[1] for one in papers()] == ["paid", "paid"]


def test_an_order_that_moved_is_invoiced_to_the_other(store: Store, order: Order, invoice: Invoice) -> None:
    said = unchanged(invoice)
    pay_order(store, order, 6800)
    nora = make_customer(store, first_name="Nora", email="nora@example.com")
    act(orders.move_orders, store, order, customer=nora.pk)
    assert why(store, invoice) == Why.MOVED
    correct(store, invoice)
    assert papers() == [
        ("invoice", "paid", 6800, 0, "INV-00001"),
        ("credit_note", "paid", 6800, 0, "INV-00002"),
        ("invoice", "paid", 6800, 0, "INV-00003"),
    ]
    made = Invoice.objects.get(number="INV-00003")
    assert made.customer_id == nora.pk and unchanged(invoice) == said
    assert made.payments.filter(method="card").count() == 1  # the money is counted once
    assert not Invoice.objects.get(number="INV-00001").payments.filter(method="card").exists()
    assert why(store, made) == "" and why(store, invoice) == ""


def test_what_was_added_to_an_order_needs_another_invoice(
    store: Store, order: Order, invoice: Invoice
) -> None:
    edit(store, order, MUGS, LAMP, LineFacts(title="Vase", price_minor=2500, tax_percent=Decimal(20)))
    assert why(store, invoice) == Why.CHANGED
    correct(store, invoice)
    assert [one[:3] for one in papers()] == [
        ("invoice", "paid", 6800),
        ("credit_note", "paid", 6800),
        ("invoice", "open", 9300),
    ]


def test_what_was_taken_off_an_order_is_credited(store: Store, order: Order, invoice: Invoice) -> None:
    edit(store, order, MUGS)
    correct(store, invoice)
    order.refresh_from_db()
    note = Invoice.objects.get(kind="credit_note")
    assert note.total_minor == 6800 - order.total_minor
    titles = [one.title for one in queries.lines_of(store=store, invoice_id=note.pk)]
    assert titles == ["Lamp"]
    assert Invoice.objects.get(kind="invoice").due_minor == order.due_minor


def test_another_thing_for_the_same_money_is_another_invoice(
    store: Store, order: Order, invoice: Invoice
) -> None:
    edit(store, order, MUGS, LineFacts(title="Clock", price_minor=4000, tax_percent=Decimal(20)))
    assert why(store, invoice) == Why.CHANGED


def test_a_credit_note_by_hand_counts(store: Store, order: Order, invoice: Invoice) -> None:
    pay_order(store, order, 6800)
    bring_back(store, order, "MUG", 1)
    act(services.credit_invoices, store, invoice)
    note = Invoice.objects.get(kind="credit_note")
    by_hand = [NewLine(title="One mug", price_minor=900, tax_percent=Decimal(20))]
    services.edit_invoice(
        store=store, invoice_id=note.pk, values={}, lines=by_hand, base_version=None, actor=ME, now=NOW
    )
    services.issue_invoice(store=store, invoice_id=note.pk, actor=ME, now=NOW)
    assert why(store, invoice) == ""


def test_a_draft_is_written_anew_or_goes(store: Store, order: Order) -> None:
    act(services.invoice_orders, store, order)
    draft = Invoice.objects.get()
    nora = make_customer(store, first_name="Nora", email="nora@example.com")
    act(orders.move_orders, store, order, customer=nora.pk)
    edit(store, order, MUGS)
    correct(store, draft)
    draft.refresh_from_db()
    order.refresh_from_db()
    assert (draft.state, draft.customer_id, draft.total_minor) == ("draft", nora.pk, order.total_minor)
    act(orders.cancel_orders, store, order)
    assert why(store, draft) == Why.CANCELLED
    correct(store, draft)
    assert not Invoice.objects.exists()


def test_a_full_credit_note_makes_room_and_cannot_be_voided_then(
    store: Store, order: Order, invoice: Invoice
) -> None:
    pay_order(store, order, 6800)
    act(services.credit_invoices, store, invoice)
    note = Invoice.objects.get(kind="credit_note")
    services.issue_invoice(store=store, invoice_id=note.pk, actor=ME, now=NOW)
    assert Invoice.objects.get(pk=invoice.pk).superseded
    assert act(services.void_invoices, store, note, reason="Wrong").done == [note.pk]
    assert not Invoice.objects.get(pk=invoice.pk).superseded
    act(services.credit_invoices, store, invoice)
    again = Invoice.objects.get(kind="credit_note", state="draft")
    services.issue_invoice(store=store, invoice_id=again.pk, actor=ME, now=NOW)
    act(services.invoice_orders, store, order)
    again.refresh_from_db()
    refused = act(services.void_invoices, store, again, reason="Wrong").skipped
    assert refused == {again.pk: "made room for a draft; make that void first"}


def test_an_invoiced_order_cannot_be_deleted(store: Store, order: Order, invoice: Invoice) -> None:
    Store.objects.filter(pk=store.pk).update(delete_policy="always")
    store.refresh_from_db()
    outcome = act(orders.delete_orders, store, order)
    assert outcome.skipped == {order.pk: "is invoiced as INV-00001; cancel it and credit the invoice instead"}
    assert Order.objects.exists()
