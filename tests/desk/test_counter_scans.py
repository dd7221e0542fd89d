"""The counter and what scanners, sloppy fingers and strangers send it."""

from typing import Any

import pytest

from regulars.orders.facts import LineFacts
from regulars.tradeins import services as tradeins
from regulars.tradeins.facts import ItemFacts
from regulars.tradeins.services import NewTradeIn
from tests.factories import NOW, make_customer
from tests.orders.making import make_order
from tests.people import Someone

pytestmark = pytest.mark.django_db
URL = "/desk/shop/counter/"
IMEI = "490154203237518"
HTMX = {"HX-Request": "true"}


def cards(who: Someone, text: str) -> str:
    answer = who.client.get(URL, {"q": text}, headers=HTMX)
    assert answer.status_code == 200
    return str(answer.content.decode())


def bought(who: Someone, serial: str, **facts: Any) -> str:
    one = make_customer(who.store, first_name="Ida", last_name="Serial", **facts)
    line = LineFacts(title="Phone", price_minor=10_000, serial=serial)
    make_order(who.store, customer_id=one.pk, lines=(line,), number="A-1042")
    return "Ida Serial"


@pytest.mark.parametrize("kept", [IMEI, "49 015420 323751 8", "49-015420-323751-8"])
@pytest.mark.parametrize("typed", [IMEI, "49 015420 323751 8", "49-015420-323751-8", f"]C1{IMEI}"])
def test_an_imei_is_found_however_it_is_grouped(clerk: Someone, kept: str, typed: str) -> None:
    name = bought(clerk, kept)
    page = cards(clerk, typed)
    assert name in page and f"Serial {IMEI}, order A-1042" in page


@pytest.mark.parametrize(
    "typed",
    [
        "sn-77x4",
        "SN-77X4",
        "(01)09501101020917(21)SN-77X4",
        "010950110102091721SN-77X4",
        "]d2010950110102091721SN-77X4",
    ],
)
def test_a_serial_is_found_alone_and_in_a_gs1_code(clerk: Someone, typed: str) -> None:
    assert bought(clerk, "SN-77x4") in cards(clerk, typed)


@pytest.mark.parametrize("typed", ["49 015420 323751 8", f"(01)09501101020917(21){IMEI}", f"]C0{IMEI}"])
def test_trade_ins_are_found_the_same_way(clerk: Someone, typed: str) -> None:
    one = make_customer(clerk.store, first_name="Ida", last_name="Seller")
    facts = NewTradeIn(
        customer_id=one.pk, way="in_store", items=(ItemFacts(title="Phone", serial=IMEI, quoted_minor=1000),)
    )
    tradeins.create_tradein(store=clerk.store, facts=facts, actor=clerk.actor, now=NOW)
    assert "Ida Seller" in cards(clerk, typed)


def test_says_why_when_the_card_does_not_show_it(clerk: Someone) -> None:
    make_customer(clerk.store, first_name="Ida", external_id="till-0042", company="Rosso & Figli")
    assert "External id till-0042" in cards(clerk, "till-0042")
    assert "Company Rosso &amp; Figli" in cards(clerk, "rosso")
    assert "Company Rosso &amp; Figli" in cards(clerk, "figli")
    assert "Company" not in cards(clerk, "ida")


@pytest.mark.parametrize("typed", ["%", "_", "%%%%", "____", "\\", "'%", "a%", "%a"])
def test_wildcards_are_letters_like_others(clerk: Someone, typed: str) -> None:
    for at in range(3):
        make_customer(clerk.store, first_name=f"Anna{at}", email=f"anna{at}@x.test", phone=f"+3361234567{at}")
    assert "Nobody found" in cards(clerk, typed)


@pytest.mark.parametrize(
    "typed", ["a", "1", "é", "\x00", "\x00\x00a", "x" * 200_000, "1" * 200_000, "￿", "‮", "0" * 50]
)
def test_very_short_very_long_and_odd_questions(clerk: Someone, typed: str) -> None:
    make_customer(clerk.store, first_name="Zed")
    answer = clerk.client.get(URL, {"q": typed}, headers=HTMX)
    assert answer.status_code == 200 and len(answer.content) < 20_000


def test_the_end_of_a_phone_that_many_share_leads_to_a_list_with_all_of_them(clerk: Someone) -> None:
    for at in range(20):
        make_customer(clerk.store, first_name=f"P{at}", phone=f"+3361{at:03}1234")
    page = cards(clerk, "1234")
    assert page.count("data-card") == 12 and "tab=all&amp;q=1234" in page
    listed = clerk.client.get("/desk/shop/customers/", {"tab": "all", "q": "1234"}).content.decode()
    assert all(f"P{at}<" in listed for at in range(20))


def test_other_stores_things_are_not_found(clerk: Someone, other_owner: Someone) -> None:
    bought(other_owner, IMEI, email="ida@x.test", external_id="till-9", phone="+33612345678")
    for typed in (IMEI, "A-1042", "ida@x.test", "till-9", "5678", "Ida", "Idah", "#1"):
        assert "Nobody found" in cards(clerk, typed), typed


@pytest.mark.parametrize("who", ["owner", "clerk", "viewer"])
def test_each_role_sees_on_a_card_what_it_may_see(
    owner: Someone, who: str, request: pytest.FixtureRequest
) -> None:
    from regulars.customers import services

    someone: Someone = request.getfixturevalue(who)
    one = make_customer(owner.store, first_name="Ida")
    here: dict[str, Any] = {"store": owner.store, "actor": owner.actor, "now": NOW, "change_set": None}
    services.flag_customers(
        ids=[one.pk], inputs={"level": "high_risk", "reason": "Bounced a cheque", "review": None}, **here
    )
    page = cards(someone, "ida")
    assert "High risk" in page and "Bounced a cheque" not in page
    record = someone.client.get(f"/desk/shop/customers/{one.pk}/").content.decode()
    assert ("Bounced a cheque" in record) == (who != "viewer")
