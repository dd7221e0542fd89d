"""A trade-in that is paid in points goes into the customer's ledger, once, and can be taken back there."""

import pytest

from regulars.customers.models import Customer
from regulars.loyalty import queries
from regulars.loyalty.models import Entry, Programme
from regulars.loyalty.services import void_entry
from regulars.stores.models import Store
from regulars.tradeins.choices import Status
from regulars.tradeins.models import TradeIn
from tests.factories import NOW, make_customer
from tests.tradeins.making import ME, fresh, make_tradein, move, paid_in

pytestmark = pytest.mark.django_db


def ready(store: Store, customer: Customer, **typed: str) -> TradeIn:
    """Worth 120.00, to be paid in points."""
    tradein = make_tradein(store, customer, acceptance="seller")
    paid_in(tradein, "points", **typed)
    for step in ("take-in", "as-described"):
        move(tradein, step)
    return fresh(tradein)


@pytest.mark.parametrize(("typed", "value", "points"), [({"points": "500"}, 100, 500), ({}, 250, 4800)])
def test_points_are_given_once(store: Store, typed: dict[str, str], value: int, points: int) -> None:
    Programme.objects.create(store=store, value_minor=value)
    ada = make_customer(store)
    tradein = ready(store, ada, **typed)
    move(tradein, "pay")
    assert not move(tradein, "pay", check=False).done
    entry = Entry.objects.get()
    assert (entry.points, entry.source, entry.source_id) == (points, "trade_in", tradein.pk)
    assert Customer.objects.get(pk=ada.pk).points == points and queries.drift(store=store) == {}
    void_entry(store=store, entry_id=entry.pk, reason="Came back", actor=ME, now=NOW)
    assert Customer.objects.get(pk=ada.pk).points == 0


def test_points_that_are_worth_nothing_have_to_be_said(store: Store) -> None:
    Programme.objects.create(store=store, value_minor=0)
    tradein = ready(store, make_customer(store))
    outcome = move(tradein, "pay", check=False)
    assert "say how many are given" in outcome.skipped[tradein.pk]
    assert fresh(tradein).status == Status.PAYOUT_PROCESSING and not Entry.objects.exists()


def test_no_payout_in_points_while_they_are_switched_off(store: Store) -> None:
    ada = make_customer(store)
    tradein = ready(store, ada, points="500")
    Programme.objects.update_or_create(store=store, defaults={"active": False})
    outcome = move(tradein, "pay", check=False)
    assert "switched off" in outcome.skipped[tradein.pk]
    assert fresh(tradein).status == Status.PAYOUT_PROCESSING and not Entry.objects.exists()
    assert Customer.objects.get(pk=ada.pk).points == 0
