"""What customers answer to the shop about their trade-ins: each step that is theirs, and none that is not."""

import pytest
from django.core.cache import cache

from regulars.tradeins.choices import Status
from regulars.tradeins.facts import ItemFacts
from regulars.tradeins.models import TradeIn
from regulars.tradeins.moves import BY_CUSTOMER, MOVES
from regulars.tradeins.services import edit_tradein
from tests.factories import NOW
from tests.portal.mine.having import ME, Somebody, make_shop, quoted, repriced, somebody
from tests.tradeins.making import fresh, make_tradein, move

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_tried_before() -> None:
    cache.clear()


@pytest.fixture
def ada() -> Somebody:
    return somebody(make_shop())


def answer(one: Somebody, tradein: TradeIn, do: str, status: int = 302, **typed: object) -> str:
    sent = {"do": do, "version": fresh(tradein).version} | typed
    got = one.client.post(one.url(f"trade-ins/{tradein.pk}/answer/"), sent)
    assert got.status_code == status, got.content.decode()
    return fresh(tradein).status


def test_accept_send_and_follow(ada: Somebody) -> None:
    made = quoted(ada.store, ada.customer)
    assert answer(ada, made, "accept") == Status.LEAD
    assert fresh(made).acceptance == "seller"
    assert answer(ada, made, "send", courier="DHL", tracking_number=" J 1 ") == Status.IN_TRANSIT
    assert (fresh(made).courier, fresh(made).tracking_number) == ("DHL", "J 1")
    url = ada.url(f"trade-ins/{made.pk}/parcel/")
    assert ada.client.post(url, {"courier": "UPS", "tracking_number": "2"}).status_code == 302
    assert (fresh(made).courier, fresh(made).tracking_number) == ("UPS", "2")
    move(made, "deliver")
    assert ada.client.post(url, {"courier": "X", "tracking_number": "3"}).status_code == 409
    assert fresh(made).courier == "UPS"


def test_decline_cancel_and_both_answers_to_a_new_price(ada: Somebody) -> None:
    assert answer(ada, quoted(ada.store, ada.customer), "decline") == Status.CANCELLED
    accepted = quoted(ada.store, ada.customer)
    answer(ada, accepted, "accept")
    assert answer(ada, accepted, "cancel") == Status.CANCELLED
    assert answer(ada, repriced(ada.store, ada.customer), "accept-price") == Status.PAYOUT_PROCESSING
    assert answer(ada, repriced(ada.store, ada.customer), "decline-price") == Status.RETURN


@pytest.mark.parametrize("do", [one.name for one in MOVES if one.name not in BY_CUSTOMER])
def test_steps_of_the_shop_are_not_for_customers(ada: Somebody, do: str) -> None:
    for made in (quoted(ada.store, ada.customer), repriced(ada.store, ada.customer)):
        before = fresh(made).status
        assert answer(ada, made, do, 422) == before


@pytest.mark.parametrize("do", BY_CUSTOMER)
def test_no_step_is_taken_from_a_state_that_does_not_allow_it(ada: Somebody, do: str) -> None:
    """The page offers exactly what is allowed, and what it does not offer is refused."""
    states = {"accept": "pending", "decline": "pending", "send": "lead"}
    made = quoted(ada.store, ada.customer)
    if states.get(do) == "pending":
        move(made, "accept")
    page = ada.client.get(ada.url(f"trade-ins/{made.pk}/")).content.decode()
    offered = BY_CUSTOMER[do].fits(status=fresh(made).status, way=made.way)
    assert (f'value="{do}"' in page) == offered
    before = fresh(made).status
    if not offered:
        assert answer(ada, made, do, 409) == before


def test_nobody_agrees_to_a_price_that_they_did_not_see(ada: Somebody) -> None:
    made = quoted(ada.store, ada.customer)
    seen = made.version
    lower = (ItemFacts("iPhone 12", "good", "", 100),)
    edit_tradein(
        store=ada.store, tradein_id=made.pk, values={"items": lower}, base_version=None, actor=ME, now=NOW
    )
    assert answer(ada, made, "accept", 409, version=seen) == Status.PENDING
    for wrong in ("", "-1", "x", "9" * 40):
        assert answer(ada, made, "accept", 409, version=wrong) == Status.PENDING


def test_a_price_that_ran_out_is_not_accepted(ada: Somebody) -> None:
    made = make_tradein(ada.store, ada.customer, way="mail_in")  # held until two weeks after NOW, long ago
    assert answer(ada, made, "accept", 409) == Status.PENDING


def test_a_price_before_it_is_final_is_not_shown(ada: Somebody) -> None:
    waiting = make_tradein(ada.store, ada.customer, way="mail_in")
    TradeIn.objects.filter(pk=waiting.pk).update(status=Status.REQUIRES_REVIEW)
    assert "€120" not in ada.client.get(ada.url(f"trade-ins/{waiting.pk}/")).content.decode()
    looked = repriced(ada.store, ada.customer)
    TradeIn.objects.filter(pk=looked.pk).update(status=Status.BEING_INSPECTED)
    assert "€50" not in ada.client.get(ada.url(f"trade-ins/{looked.pk}/")).content.decode()
    TradeIn.objects.filter(pk=looked.pk).update(status=Status.NOT_AS_DESCRIBED)
    assert "€50" in ada.client.get(ada.url(f"trade-ins/{looked.pk}/")).content.decode()


def test_nobody_fills_the_shop_with_trade_ins(ada: Somebody) -> None:
    sent = {"lines": "1", "thing-0-title": "Phone", "thing-0-condition": "good"}
    url = ada.url("trade-ins/new/")
    statuses = [ada.client.post(url, sent).status_code for _at in range(21)]
    assert statuses == [302] * 20 + [422]
    assert TradeIn.objects.count() == 20


def test_who_sends_more_than_anybody_types_waits(ada: Somebody) -> None:
    url = ada.url("agreements/")
    statuses = [ada.client.post(url, {}).status_code for _at in range(70)]
    assert statuses[:10] == [302] * 10 and statuses[-1] == 429
