"""Trade-ins, invoices and store credit at the same moment: each thing happens once or not at all."""

from datetime import timedelta
from typing import Any

import pytest

from regulars.credit.queries import balance_of, drift
from regulars.customers import services as customers
from regulars.invoices import queries, services
from regulars.invoices.models import Invoice
from regulars.kit.errors import Refused
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.timeline.undoing import undo_change_set
from regulars.tradeins.services import expire_due
from tests.concurrency.together import refusals, together
from tests.credit.test_credit import change
from tests.factories import NOW, make_customer, make_store
from tests.invoices.conftest import ME, act, make_draft, make_issued, pay
from tests.tradeins.making import fresh, make_tradein, move, paid_in

LATE = NOW + timedelta(days=15)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(transactional_db: None) -> Store:
    return make_store("shop")


def test_credit_pays_ten_invoices_at_once_and_no_more_than_there_is(shop: Store) -> None:
    ada = make_customer(shop)
    change(shop, ada, 3 * 20_999)
    invoices = [make_issued(shop, customer_id=ada.pk) for _ in range(10)]
    results = together(*[lambda one=one: pay(shop, one, method="store_credit") for one in invoices])
    assert len(refusals(results)) == 7 and all(isinstance(one, Refused) for one in refusals(results))
    assert balance_of(store=shop, customer_id=ada.pk) == 0 and drift(store=shop) == {}
    assert Invoice.objects.filter(state="paid").count() == 3 and queries.wrong_numbers(store=shop) == []


def test_forgetting_somebody_does_not_delete_what_is_just_being_issued(shop: Store) -> None:
    def forget(customer: Any) -> Any:
        return customers.anonymise_customers(
            store=shop, ids=[customer.pk], inputs={}, actor=ME, now=NOW, change_set=None
        )

    for at in range(6):
        ada = make_customer(shop, first_name=f"Ada{at}", email=f"ada{at}@x.test")
        draft = make_draft(shop, customer_id=ada.pk, bill_name="")
        results = together(
            lambda draft=draft: act(services.issue_invoices, shop, draft), lambda ada=ada: forget(ada)
        )
        assert refusals(results) == []
        assert queries.wrong_numbers(store=shop) == []
        for left in Invoice.objects.filter(pk=draft.pk):
            assert left.bill_name == "" and left.sealed


def test_two_clerks_take_one_trade_in_two_ways(shop: Store) -> None:
    for first, second in (("hold", "pay"), ("inspect", "pay"), ("hold", "inspect")):
        ada = make_customer(shop)
        tradein = make_tradein(shop, ada, acceptance="seller")
        paid_in(tradein, "store_credit")
        for step in ("take-in", "as-described"):
            move(tradein, step)
        results = together(
            lambda one=tradein, step=first: move(one, step, check=False),
            lambda one=tradein, step=second: move(one, step, check=False),
        )
        assert refusals(results) == []
        paid = 12_000 if fresh(tradein).status == "completed" else 0
        assert balance_of(store=shop, customer_id=ada.pk) == paid
        assert sum(len(one.done) for one in results) >= 1


def test_accepting_and_expiring_do_not_both_happen(shop: Store) -> None:

    for _ in range(4):
        tradein = make_tradein(shop, make_customer(shop))
        together(
            lambda one=tradein: move(one, "accept", check=False, now=LATE - timedelta(days=2)),
            lambda: expire_due(store=shop, now=LATE),
        )
        assert fresh(tradein).status in ("lead", "expired")


def test_one_invoice_is_paid_while_its_payment_is_taken_back(shop: Store) -> None:
    ada = make_customer(shop)
    change(shop, ada, 100_000)
    issued = make_issued(shop, customer_id=ada.pk)
    pay(shop, issued, 1000, method="store_credit")
    act_of = Event.objects.filter(key="invoice.paid").latest("id").change_set_id

    def back() -> Any:
        return undo_change_set(store=shop, change_set_id=act_of, actor=ME, now=NOW)

    results = together(
        back, back, lambda: pay(shop, issued, 500, method="store_credit"), lambda: pay(shop, issued, 700)
    )
    assert refusals(results) == []
    issued.refresh_from_db()
    assert issued.paid_minor == 1200 and queries.wrong_numbers(store=shop) == []
    assert balance_of(store=shop, customer_id=ada.pk) == 99_500 and drift(store=shop) == {}
