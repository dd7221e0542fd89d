"""What an auditor and an attacker try on invoices: issued ones stay, sums hold, credit notes never exceed."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.credit.queries import balance_of, drift
from regulars.credit.services import NotEnoughCredit
from regulars.customers import services as customers
from regulars.invoices import queries, services
from regulars.invoices.models import Invoice, Line
from regulars.invoices.paper import write_pdf
from regulars.invoices.resource.kinds import read_line
from regulars.invoices.services.mailing import send_invoice
from regulars.invoices.services.writing import put_lines
from regulars.invoices.sums import NewLine
from regulars.kit.errors import Invalid, InvalidRecord, Refused
from regulars.orders import services as order_services
from regulars.orders.facts import PaymentFacts
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.timeline.undoing import undo_change_set
from tests.credit.test_credit import change
from tests.factories import NOW, make_customer, make_store
from tests.invoices.conftest import LINES, ME, act, make_draft, make_issued, pay
from tests.invoices.test_services import edit, undo
from tests.orders.making import make_order

pytestmark = pytest.mark.django_db


def paper(store: Store, invoice: Invoice) -> bytes:
    found = queries.get_invoice(store=store, invoice_id=invoice.pk)
    lines = queries.lines_of(store=store, invoice_id=invoice.pk)
    payments = queries.payments_of(store=store, invoice_id=invoice.pk)
    return write_pdf(store=store, invoice=found, lines=lines, payments=payments)


@pytest.mark.parametrize(
    "values",
    [
        {"bill_name": "Somebody Else"},
        {"note": "Free of charge"},
        {"due_on": (NOW + timedelta(days=90)).date()},
        {"prices_include_tax": False},
    ],
)
def test_undoing_an_edit_of_the_draft_does_not_change_what_was_issued(
    store: Store, values: dict[str, Any]
) -> None:
    draft = make_draft(store)
    edit(store, draft, **values)
    issued = services.issue_invoice(store=store, invoice_id=draft.pk, actor=ME, now=NOW)
    undone = undo(store, "invoice.edited")
    assert undone.done == []
    assert paper(store, issued) == paper(store, Invoice.objects.get())
    for name, value in values.items():
        assert getattr(Invoice.objects.get(), name) == value


def test_the_document_stays_the_same_when_what_still_changes_is_changed(store: Store) -> None:
    issued = make_issued(store)
    before = paper(store, issued)
    edit(store, issued, tracking_number="T-999", salesperson_name="Mallory", email="x@y.test")
    assert paper(store, issued) == before


@pytest.mark.parametrize(
    "lines",
    [
        [NewLine(title="x", quantity=Decimal(999_999_999), price_minor=10**12)],
        [NewLine(title="x", price_minor=10**12, discount_minor=-(10**19))],
        [NewLine(title="x", quantity=Decimal(10**7), price_minor=10**12)] * 2,
    ],
)
def test_what_is_too_large_is_refused(store: Store, lines: list[NewLine]) -> None:
    with pytest.raises(InvalidRecord, match="large"):
        make_draft(store, lines=lines)
    assert not Invoice.objects.exists()


def test_less_than_nothing_is_refused_with_taxes_too(store: Store) -> None:
    lines = [
        NewLine(title="Book", price_minor=10_000),
        NewLine(title="Back", price_minor=-10_000, tax_percent=Decimal(20)),
    ]
    with pytest.raises(InvalidRecord, match="less than nothing"):
        make_draft(store, lines=lines, prices_include_tax=False)
    draft = make_draft(store, lines=lines, prices_include_tax=True)
    with pytest.raises(InvalidRecord, match="less than nothing"):
        edit(store, draft, prices_include_tax=False)


def credited(store: Store, invoice: Invoice) -> Invoice:
    assert act(services.credit_invoices, store, invoice).done
    note = Invoice.objects.filter(credits=invoice, state="draft").get()
    return services.issue_invoice(store=store, invoice_id=note.pk, actor=ME, now=NOW)


def test_the_mail_of_a_shop_whose_name_has_lines_is_sent(store: Store) -> None:
    services.edit_settings(
        store=store, changes={"seller_name": "Shop\nBcc: all@evil.test"}, actor=ME, now=NOW
    )
    issued = make_issued(store, email="nora@example.com", bill_name="Nora\nBcc: x@evil.test")
    act(services.mail_invoices, store, issued)
    send_invoice(store_id=store.pk, invoice_id=issued.pk, to="nora@example.com")
    sent = mail.outbox[-1]
    assert "\n" not in sent.subject and sent.bcc == [] and sent.to == ["nora@example.com"]


def test_sealed_ones_are_not_said_to_be_mailed(store: Store) -> None:
    ada = make_customer(store, first_name="Ada", email="ada@x.test")
    issued = make_issued(store, customer_id=ada.pk)
    customers.anonymise_customers(store=store, ids=[ada.pk], inputs={}, actor=ME, now=NOW, change_set=None)
    outcome = act(services.mail_invoices, store, issued, email="other@x.test")
    assert (outcome.done, list(outcome.skipped)) == ([], [issued.pk])


def test_what_was_paid_by_store_credit_is_taken_from_the_ledger(store: Store) -> None:
    ada = make_customer(store, first_name="Ada")
    issued = make_issued(store, customer_id=ada.pk)
    change(store, ada, 5000)
    with pytest.raises(Refused, match="only"):
        pay(store, issued, method="store_credit")
    pay(store, issued, 5000, method="store_credit")
    assert balance_of(store=store, customer_id=ada.pk) == 0
    assert undo(store, "invoice.paid").left == {}
    assert balance_of(store=store, customer_id=ada.pk) == 5000


def test_many_odd_lines_are_drawn(store: Store) -> None:
    odd = "<b>x</b> " + "W" * 400 + " שלום مرحبا 你好 👩‍👩‍👧 e\u0301"
    lines = [
        NewLine(title=odd, sku="S" * 100, price_minor=1, tax_percent=Decimal(at % 50)) for at in range(30)
    ]
    address = "\n".join("A" * 200 for _ in range(40))
    issued = make_issued(store, lines=lines, bill_name="N" * 300, bill_address=address)
    assert paper(store, issued).startswith(b"%PDF")


@pytest.mark.parametrize(
    "values",
    [
        {"number": "INV-00009"},
        {"sequence": 9},
        {"total_minor": 1, "net_minor": 1, "tax_minor": 0},
        {"bill_name": "Somebody Else"},
        {"note": "x"},
        {"seller": {}},
        {"state": "draft", "sequence": None, "number": ""},
    ],
)
def test_the_database_itself_keeps_what_was_issued(store: Store, values: dict[str, Any]) -> None:
    issued = make_issued(store)
    with pytest.raises(DatabaseError, match="stays as it was sent"), transaction.atomic():
        Invoice.objects.filter(pk=issued.pk).update(**values)
    with pytest.raises(DatabaseError, match="stay"), transaction.atomic():
        issued.delete()
    for column in ({"amount_minor": 1}, {"title": "x"}, {"tax_percent": 1}):
        with pytest.raises(DatabaseError, match="lines of an issued invoice"), transaction.atomic():
            Line.objects.filter(invoice=issued).update(**column)
    with pytest.raises(DatabaseError, match="lines of an issued invoice"), transaction.atomic():
        put_lines(invoice=issued, lines=LINES)
    assert queries.wrong_numbers(store=store) == []


def test_an_auditor_is_told_of_what_is_wrong(store: Store) -> None:
    for _ in range(3):
        make_issued(store)
    assert queries.wrong_numbers(store=store) == []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("invoices_invoice", "invoices_line"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        second = Invoice.objects.get(sequence=2).pk
        cursor.execute("DELETE FROM invoices_line WHERE invoice_id = %s", [second])
        cursor.execute("DELETE FROM invoices_invoice WHERE id = %s", [second])
        cursor.execute("UPDATE invoices_invoice SET paid_minor = 5 WHERE sequence = 1")
        cursor.execute("UPDATE invoices_line SET amount_minor = 5")
    assert queries.wrong_numbers(store=store) == [
        "number 2 is missing",
        "INV-00001 is not the sum of its lines",
        "what is paid of INV-00001 is not the sum of its payments",
        "INV-00003 is not the sum of its lines",
    ]


def test_the_audit_asks_as_much_for_many_invoices_as_for_one(
    store: Store, django_assert_num_queries: Any
) -> None:
    for _ in range(5):
        pay(store, make_issued(store), 500)
    with django_assert_num_queries(4):
        assert queries.wrong_numbers(store=store) == []


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    lines=st.lists(
        st.tuples(
            st.integers(0, 10**14) | st.integers(0, 500),
            st.decimals(0, 100, places=2) | st.just(Decimal(100)),
        ),
        min_size=1,
        max_size=4,
    ),
    with_tax=st.booleans(),
)
def test_the_database_rounds_taxes_as_invoices_do(
    db: None, lines: list[tuple[int, Decimal]], with_tax: bool
) -> None:
    with transaction.atomic():
        shop = make_store("rounds")
        new = [NewLine(title="x", price_minor=price, tax_percent=percent) for price, percent in lines]
        make_issued(shop, lines=new, prices_include_tax=with_tax)
        assert queries.wrong_numbers(store=shop) == []
        transaction.set_rollback(True)


def test_a_credit_note_is_paid_out_as_store_credit(store: Store) -> None:
    ada = make_customer(store, first_name="Ada")
    issued = make_issued(store, customer_id=ada.pk)
    pay(store, issued)
    note = credited(store, issued)
    pay(store, note, method="store_credit")
    assert balance_of(store=store, customer_id=ada.pk) == issued.total_minor
    change(store, ada, -1)
    assert list(undo(store, "invoice.paid").left) == [note.pk]
    assert Invoice.objects.get(pk=note.pk).state == "paid"


def test_the_entry_of_a_payment_is_not_taken_back_by_itself(store: Store) -> None:
    ada = make_customer(store, first_name="Ada")
    change(store, ada, 50_000)
    pay(store, make_issued(store, customer_id=ada.pk), method="store_credit")
    assert "that payment" in str(undo(store, "credit.taken").left)


def test_store_credit_needs_a_customer(store: Store) -> None:
    with pytest.raises(Refused, match="customer"):
        pay(store, make_issued(store), method="store_credit")


def test_an_order_is_paid_with_store_credit_and_gives_it_back(store: Store) -> None:
    ada = make_customer(store, first_name="Ada")
    change(store, ada, 7000)
    order = make_order(store, customer_id=ada.pk)
    payment = PaymentFacts(amount_minor=7000, method="store_credit")
    order_services.record_payment(store=store, order_id=order.pk, payment=payment, actor=ME, now=NOW)
    assert balance_of(store=store, customer_id=ada.pk) == 0
    with pytest.raises(NotEnoughCredit):
        make_order(store, customer_id=ada.pk, paid_by="store_credit")
    undo(store, "order.paid")
    assert balance_of(store=store, customer_id=ada.pk) == 7000
    undo(store, "order.unpaid")
    assert balance_of(store=store, customer_id=ada.pk) == 0
    order_services.return_items(
        store=store, order_id=order.pk, quantities={}, refund_minor=500, actor=ME, now=NOW
    )
    assert balance_of(store=store, customer_id=ada.pk) == 500
    undo(store, "order.returned")
    assert balance_of(store=store, customer_id=ada.pk) == 0
    assert drift(store=store) == {}


@pytest.mark.parametrize(("currency", "price"), [("JPY", "100.5"), ("EUR", "1.005"), ("KWD", "1.0005")])
def test_a_price_finer_than_the_money_is_not_rounded_in_silence(currency: str, price: str) -> None:
    context = Context(store=make_store("fine", currency=currency), actor=ME, now=NOW)
    with pytest.raises(Invalid, match="decimals"):
        read_line({"title": "x", "price": price}, 1, context)
    with pytest.raises(Invalid, match="decimals"):
        kinds.Money().clean(price, Field(name="amount", label="Amount", kind=kinds.Money()), context)


def test_three_decimals_are_money_where_there_are_three(db: None) -> None:
    context = Context(store=make_store("kuwait", currency="KWD"), actor=ME, now=NOW)
    field = Field(name="amount", label="Amount", kind=kinds.Money())
    assert kinds.Money().clean("1.234", field, context) == 1234


def test_a_void_invoice_of_an_order_knows_what_was_paid_when_it_is_in_force_again(store: Store) -> None:
    order = make_order(store, name="Nora")
    act(services.invoice_orders, store, order, issue=True)
    issued = Invoice.objects.get()
    act(services.void_invoices, store, issued, reason="x")
    payment = PaymentFacts(amount_minor=500, method="card")
    order_services.record_payment(store=store, order_id=order.pk, payment=payment, actor=ME, now=NOW)
    assert undo(store, "invoice.voided").left == {}
    issued.refresh_from_db()
    assert (issued.state, issued.paid_minor) == ("partly_paid", 500)


def test_void_notes_in_force_again_do_not_credit_more_than_the_invoice(store: Store) -> None:
    issued = make_issued(store)
    pay(store, issued)
    first = credited(store, issued)
    act(services.void_invoices, store, first, reason="typing")
    credited(store, issued)
    undone = undo(store, "invoice.voided")
    assert undone.done == [] and "credit" in undone.left[first.pk]
    assert queries.credited_minor(store=store, invoice_id=issued.pk) == issued.total_minor


def test_a_note_of_a_void_invoice_stays_void(store: Store) -> None:
    issued = make_issued(store)
    pay(store, issued)
    first = credited(store, issued)
    act(services.void_invoices, store, first, reason="typing")
    voided = Event.objects.filter(key="invoice.voided").latest("id")
    undo(store, "invoice.paid")
    assert act(services.void_invoices, store, issued, reason="wrong").done
    undone = undo_change_set(store=store, change_set_id=voided.change_set_id, actor=ME, now=NOW)
    assert list(undone.left) == [first.pk]
