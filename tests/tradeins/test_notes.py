"""Purchase notes of trade-ins: when there can be one, what it says, and that it is paid once."""

from typing import Any

import pytest

from regulars.customers.models import Customer
from regulars.invoices import services as invoices
from regulars.invoices.models import Invoice, InvoicePayment
from regulars.stores.models import Store
from regulars.tradeins import services
from regulars.tradeins.facts import ItemFacts
from regulars.tradeins.models import TradeIn
from tests.factories import NOW, make_customer
from tests.people import Someone
from tests.tradeins.making import IMEI, ME, PHONE, fresh, make_tradein, move, paid_in

pytestmark = pytest.mark.django_db
WATCH = ItemFacts("Old watch", "fair", "", 3_000)


@pytest.fixture
def ada(store: Store) -> Customer:
    return make_customer(store, first_name="Ada", last_name="Lovelace", email="ada@example.com")


@pytest.fixture
def tradein(store: Store, ada: Customer) -> TradeIn:
    """Two things whose price is settled."""
    made = make_tradein(store, ada, items=(PHONE, WATCH), acceptance="seller")
    move(made, "take-in")
    move(made, "as-described")
    paid_in(made, "bank_transfer", holder="Ada", iban="DE89370400440532013000")
    return fresh(made)


def note(tradein: TradeIn, *, issue: bool = True) -> Any:
    return services.note_tradeins(
        store=tradein.store, ids=[tradein.pk], inputs={"issue": issue}, actor=ME, now=NOW, change_set=None
    )


def test_it_says_what_was_bought_from_whom(tradein: TradeIn, ada: Customer) -> None:
    assert note(tradein).done == [tradein.pk]
    made = Invoice.objects.get()
    assert (made.kind, made.state, made.number) == ("purchase_note", "open", "INV-00001")
    assert (made.total_minor, made.tax_minor, made.customer_id) == (15_000, 0, ada.pk)
    assert (made.source, made.source_id, made.source_number) == ("tradein", tradein.pk, f"#{tradein.number}")
    assert made.bill_name == "Ada Lovelace"
    titles = list(made.lines.order_by("position").values_list("title", flat=True))
    assert titles == [f"iPhone 12 ({IMEI})", "Old watch"]


def test_there_is_one_and_none_before_the_price_is_settled(tradein: TradeIn, ada: Customer) -> None:
    note(tradein)
    assert note(tradein).skipped == {tradein.pk: "has a purchase note already: INV-00001"}
    pending = make_tradein(tradein.store, ada)
    assert note(pending).skipped == {pending.pk: "has no price that was agreed to yet"}


@pytest.mark.parametrize("first", ["note", "draft", "payout"])
def test_what_is_paid_out_is_paid_for_the_note_once(tradein: TradeIn, first: str) -> None:
    if first == "payout":
        move(tradein, "pay", reference="T-1")
        note(tradein)
    else:
        note(tradein, issue=first == "note")
        move(tradein, "pay", reference="T-1")
        if first == "draft":
            assert Invoice.objects.get().state == "draft"
            invoices.issue_invoice(
                store=tradein.store, invoice_id=Invoice.objects.get().pk, actor=ME, now=NOW
            )
    made = Invoice.objects.get()
    assert (made.state, made.due_minor) == ("paid", 0)
    payment = InvoicePayment.objects.get()
    assert (payment.method, payment.reference, payment.amount_minor) == ("transfer", "T-1", 15_000)


def test_a_note_that_says_another_price_is_told(tradein: TradeIn, clerk: Someone, manager: Someone) -> None:
    note(tradein)
    url = f"/desk/shop/tradeins/{tradein.pk}/"
    page = clerk.client.get(url).content.decode()
    assert "another price" not in page and "Open invoice" in page and "Make purchase note" not in page
    assert "INV-00001" in page and "Purchase note" in page
    move(tradein, "inspect")
    page = manager.client.get(url).content.decode()
    assert "INV-00001 says another price than the trade-in" in page and "actions/void/" in page
    assert services.note_differs(store=tradein.store, tradein=fresh(tradein))


def test_the_button_is_there_where_it_fits(tradein: TradeIn, ada: Customer, clerk: Someone) -> None:
    url = "/desk/shop/tradeins/"
    assert "Make purchase note" in clerk.client.get(f"{url}{tradein.pk}/").content.decode()
    pending = make_tradein(tradein.store, ada)
    assert "Make purchase note" not in clerk.client.get(f"{url}{pending.pk}/").content.decode()
    answer = clerk.client.post(
        f"{url}actions/purchase-note/?id={tradein.pk}", {"confirmed": "1", "issue": "true"}
    )
    assert answer.status_code == 302 and Invoice.objects.get().state == "open"


def test_who_may_not_see_invoices_hears_nothing_of_them(tradein: TradeIn, viewer: Someone) -> None:
    note(tradein)
    from regulars.desk.invoices.beside import papers_of
    from regulars.kit.actor import Actor
    from regulars.resources.context import Context

    nobody = Actor(kind="staff", name="N", permissions=frozenset({"tradeins.view"}))
    asking = Context(store=tradein.store, actor=nobody, now=NOW)
    assert papers_of("tradein", tradein.pk, asking) == []
    assert "INV-00001" in viewer.client.get(f"/desk/shop/tradeins/{tradein.pk}/").content.decode()
