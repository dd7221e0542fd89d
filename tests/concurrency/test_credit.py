"""Two tills take the same store credit, two people mark one trade-in as paid."""

import threading
from typing import Any

import pytest
from django.db import transaction

from regulars.credit import services
from regulars.credit.choices import Source
from regulars.credit.models import Entry
from regulars.credit.queries import balance_of, drift
from regulars.credit.services import NotEnoughCredit
from regulars.customers.models import Customer
from regulars.kit.actor import system
from regulars.stores.models import Store
from regulars.tradeins.models import TradeIn
from tests.concurrency.together import refusals, together
from tests.factories import NOW, make_customer, make_store
from tests.tradeins.making import make_tradein, move, paid_in

pytestmark = pytest.mark.django_db(transaction=True)
ME = system("Tests")


@pytest.fixture
def shop(transactional_db: None) -> Store:
    return make_store("shop")


def change(shop: Store, customer: Customer, amount: int, key: str = "") -> Entry:
    facts: dict[str, Any] = {"store": shop, "customer_id": customer.pk, "actor": ME, "now": NOW}
    return services.change_credit(amount_minor=amount, reason="till", source=Source.ORDER, key=key, **facts)


def test_a_look_before_the_write_lets_both_spend_the_same_money(shop: Store) -> None:
    """The control: without the lock both see enough."""
    ada = make_customer(shop)
    change(shop, ada, 1000)
    looked = threading.Barrier(2, timeout=20)

    def spend() -> bool:
        with transaction.atomic():
            enough = balance_of(store=shop, customer_id=ada.pk) >= 1000
            looked.wait()
            return enough

    assert together(spend, spend) == [True, True]


def test_credit_is_spent_once(shop: Store) -> None:
    ada = make_customer(shop)
    change(shop, ada, 1000)
    results = together(*[lambda: change(shop, ada, -1000)] * 4)
    assert [type(one) for one in refusals(results)] == [NotEnoughCredit] * 3
    assert balance_of(store=shop, customer_id=ada.pk) == 0 and drift(store=shop) == {}


def test_no_addition_is_lost(shop: Store) -> None:
    ada = make_customer(shop)
    assert refusals(together(*[lambda at=at: change(shop, ada, at) for at in range(1, 7)])) == []
    assert Customer.objects.get(pk=ada.pk).credit_minor == 21


def test_one_key_is_one_entry_also_at_the_same_moment(shop: Store) -> None:
    ada = make_customer(shop)
    results = together(*[lambda: change(shop, ada, 70, "order:1")] * 4)
    assert refusals(results) == [] and len({entry.pk for entry in results}) == 1
    assert Customer.objects.get(pk=ada.pk).credit_minor == 70


def test_a_payout_as_credit_is_written_once(shop: Store) -> None:
    ada = make_customer(shop)
    tradein = make_tradein(shop, ada, acceptance="seller")
    paid_in(tradein, "store_credit")
    for step in ("take-in", "as-described"):
        move(tradein, step)
    results = together(*[lambda: move(tradein, "pay", check=False)] * 4)
    assert refusals(results) == []
    assert sorted(len(one.done) for one in results) == [0, 0, 0, 1]
    assert [entry.amount_minor for entry in Entry.objects.all()] == [12_000]
    assert TradeIn.objects.get().status == "completed"
