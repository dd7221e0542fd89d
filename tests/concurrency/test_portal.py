"""A customer who taps twice, or on two devices: accept and decline, claim, the last trade-in that fits."""

import threading
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from regulars.kit.actor import Actor
from regulars.kit.errors import Refused
from regulars.offers.models import Code
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.tradeins.choices import Status
from regulars.tradeins.facts import ItemFacts
from regulars.tradeins.models import TradeIn
from regulars.tradeins.services import move_own_tradein, start_own_tradein
from tests.concurrency.together import refusals, together
from tests.portal.mine.having import everything, make_shop, quoted, somebody
from tests.tradeins.making import fresh

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(transactional_db: None) -> Store:
    return make_shop()


def answer(tradein: TradeIn, name: str) -> Any:
    """What the page does when a button is pressed."""
    actor = Actor(kind="customer", id=tradein.customer_id, name="Ada", surface="portal")
    return lambda: move_own_tradein(
        store=tradein.store, customer_id=tradein.customer_id, tradein_id=tradein.pk, name=name,
        version=tradein.version, inputs={}, actor=actor, now=timezone.now(),
    )  # fmt: skip


def test_a_look_before_the_write_lets_both_through(shop: Store) -> None:
    """The control: without the lock both see a price that waits for an answer."""
    made = quoted(shop, somebody(shop).customer)
    looked = threading.Barrier(2, timeout=20)

    def look() -> bool:
        with transaction.atomic():
            waits = fresh(made).status == Status.PENDING
            looked.wait()
            return waits

    assert together(look, look) == [True, True]


@pytest.mark.parametrize("attempt", range(3))
def test_accept_and_decline_at_once_leave_one_answer(shop: Store, attempt: int) -> None:
    made = quoted(shop, somebody(shop).customer)
    results = together(answer(made, "accept"), answer(made, "decline"), answer(made, "accept"))
    refused = refusals(results)
    assert len(refused) == 2 and all(isinstance(one, Refused) for one in refused), results
    assert fresh(made).status == (Status.CANCELLED if results[1] is None else Status.LEAD)
    kinds = ("tradein.accept", "tradein.cancel")
    assert Event.objects.filter(record_id=made.pk, key__in=kinds).count() == 1


def test_two_devices_do_not_start_more_than_fit(shop: Store) -> None:
    one = somebody(shop)
    actor = Actor(kind="customer", id=one.customer.pk, name="Ada", surface="portal")

    def start() -> Any:
        return start_own_tradein(
            store=shop, customer_id=one.customer.pk, items=[ItemFacts("Phone", "good")], note="", actor=actor,
            now=timezone.now(),
        )  # fmt: skip

    for _at in range(19):
        start()
    results = together(start, start, start)
    assert len(refusals(results)) == 2 and TradeIn.objects.count() == 20


def test_a_claim_that_is_clicked_twice_makes_one_code(shop: Store) -> None:
    one = everything(shop)
    url = one.url(f"offers/{one.ids['offer_id']}/answer/")
    before = Code.objects.count()
    results = together(*[lambda: one.client.post(url, {"do": "claim"}).status_code] * 4)
    assert results == [302] * 4 and Code.objects.count() == before + 1
