"""Every address of trade-ins and payouts, tried by everybody; what the pages show and do."""

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from regulars.credit.models import Entry
from regulars.customers.models import Customer
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.tradeins import services
from regulars.tradeins.models import CustomerPayout, Item, TradeIn
from tests.factories import NOW, make_customer
from tests.people import Someone, client_of
from tests.tradeins.making import IBAN, IMEI, ME, fresh, make_tradein, move, paid_in

pytestmark = pytest.mark.django_db
EVERYONE = {"owner", "manager", "clerk", "viewer"}
CLERKS = EVERYONE - {"viewer"}
MANAGERS = {"owner", "manager"}
PEOPLE = ("owner", "manager", "clerk", "viewer", "other_owner", "anonymous")
BANK = {"holder": "Ada Lovelace", "iban": IBAN}
ROW = {
    "item-id": [""],
    "item-title": ["Pixel 8"],
    "item-condition": ["good"],
    "item-serial": [""],
    "item-quoted": ["99,50"],
    "item-final": [""],
}


@dataclass
class Door:
    """One address: how it is asked, who may, and what it answers them."""

    method: str
    path: str
    allowed: set[str]
    status: int = 200
    data: dict[str, Any] = field(default_factory=dict)


@dataclass
class Known:
    """A customer who is paid by bank, and their trade-in."""

    ada: Customer
    tradein: TradeIn


@pytest.fixture
def known(store: Store) -> Known:
    ada = make_customer(store, first_name="Ada", last_name="Lovelace")
    tradein = make_tradein(store, ada, way="in_store", acceptance="seller")
    values = {"holder": "Ada Lovelace", "iban": "DE89370400440532013000"}
    here: dict[str, Any] = {
        "store": store,
        "actor": ME,
        "now": NOW,
        "kind": "bank_transfer",
        "values": values,
    }
    services.set_customer_payout(customer_id=ada.pk, **here)
    services.set_payout(tradein_id=tradein.pk, **here)
    return Known(ada, tradein)


def doors(known: Known) -> dict[str, Door]:
    one, ada = f"tradeins/{known.tradein.pk}/", f"customers/{known.ada.pk}/"
    step = {"id": str(known.tradein.pk), "confirmed": "1"}
    new = {"customer": str(known.ada.number), "way": "in_store", **ROW}
    return {
        "list": Door("get", "tradeins/", EVERYONE),
        "record": Door("get", one, EVERYONE),
        "new form": Door("get", "tradeins/new/", CLERKS),
        "new": Door("post", "tradeins/new/", CLERKS, 302, new),
        "edit form": Door("get", f"{one}edit/", CLERKS),
        "edit": Door("post", f"{one}edit/", CLERKS, 302, {"courier": "UPS", "expires": "2099-01-01", **ROW}),
        "edit field": Door("post", f"{one}edit/courier/", CLERKS, 200, {"courier": "UPS"}),
        "step": Door("post", "tradeins/actions/take-in/", CLERKS, 302, step),
        "payout form": Door("get", f"{one}payout/", CLERKS),
        "payout": Door("post", f"{one}payout/", CLERKS, 302, {"kind": "cash"}),
        "reveal": Door("post", f"{one}payout/reveal/", MANAGERS),
        "export": Door("get", "tradeins/export/", MANAGERS),
        "customer's payout form": Door("get", f"{ada}payout/", CLERKS),
        "customer's payout": Door("post", f"{ada}payout/", CLERKS, 302, {"kind": "cash"}),
        "customer's reveal": Door("post", f"{ada}payout/reveal/", MANAGERS),
        "add credit": Door(
            "post",
            "customers/actions/add-credit/",
            MANAGERS,
            302,
            {"id": str(known.ada.pk), "confirmed": "1", "amount": "5", "reason": "Sorry"},
        ),
    }


NAMES = list(doors(Known(Customer(number=1), TradeIn())))


def send(client: Client, one: Door, store: str = "shop") -> Any:
    return getattr(client, one.method)(f"/desk/{store}/{one.path}", one.data)


def everything() -> list[Any]:
    tables = (TradeIn, Item, CustomerPayout, Customer, Entry, Event)
    return [list(table.objects.order_by("pk").values()) for table in tables]


@pytest.mark.parametrize("name", NAMES)
def test_those_who_may_can(known: Known, name: str, request: pytest.FixtureRequest) -> None:
    one = doors(known)[name]
    least = next(who for who in ("viewer", "clerk", "manager") if who in one.allowed)
    if name == "edit":  # prices are settled: the same item again
        one.data |= {"item-title": ["iPhone 12"], "item-serial": [IMEI], "item-quoted": ["120"]}
    answer = send(client_of(least, request), one)
    assert answer.status_code == one.status, answer.content.decode()[-3000:]


@pytest.mark.parametrize("who", PEOPLE[1:])
def test_those_who_may_not_change_nothing(known: Known, who: str, request: pytest.FixtureRequest) -> None:
    client = client_of(who, request)
    before = everything()
    for name, one in doors(known).items():
        if who in one.allowed:
            continue
        answer = send(client, one)
        if who == "anonymous":
            assert answer.status_code == 302 and "/accounts/login/" in answer.headers["Location"], name
        else:
            assert answer.status_code in ((404,) if who == "other_owner" else (403, 404)), name
        assert "Lovelace" not in answer.content.decode() and "3704" not in answer.content.decode()
    assert everything() == before


def test_the_owner_of_another_store_finds_no_record_of_this_one(known: Known, other_owner: Someone) -> None:
    before = everything()
    for name, one in doors(known).items():
        if str(known.tradein.pk) in one.path or str(known.ada.pk) in one.path:
            assert send(other_owner.client, one, "other").status_code == 404, name
    assert everything() == before


def test_a_trade_in_is_taken_down_with_its_items(clerk: Someone, known: Known) -> None:
    post = {"customer": str(known.ada.number), "way": "mail_in", "acceptance": "on_behalf", **ROW}
    post |= {"item-title": ["Pixel 8", "", "Watch"], "item-quoted": ["99,50", "", "1.200,00"]}
    post |= {part: ["", "", ""] for part in ("item-id", "item-condition", "item-serial", "item-final")}
    answer = clerk.client.post("/desk/shop/tradeins/new/", post)
    made = TradeIn.objects.exclude(pk=known.tradein.pk).get()
    assert answer.headers["Location"] == f"/desk/shop/tradeins/{made.pk}/"
    assert (made.status, made.quoted_minor, made.payout_kind) == ("lead", 129_950, "bank_transfer")
    page = clerk.client.get(answer.headers["Location"]).content.decode()
    assert "Pixel 8" in page and "DE•• •••• 3000" in page and "Mark as sent" in page
    assert "Take in at the counter" not in page and "DE8937" not in page


@pytest.mark.parametrize("text", ["#{number} Ada Lovelace", "{number}", " Ada@Example.com "])
def test_whose_it_is_can_be_picked_or_typed(clerk: Someone, known: Known, text: str) -> None:
    Customer.objects.filter(pk=known.ada.pk).update(email="ada@example.com", email_key="ada@example.com")
    form = clerk.client.get("/desk/shop/tradeins/new/").content.decode()
    assert 'hx-get="/desk/shop/customers/pick/"' in form and '<datalist id="id-customer-list">' in form
    offered = clerk.client.get("/desk/shop/customers/pick/", {"customer": "lovel"}).content.decode()
    assert f'<option value="#{known.ada.number} Ada Lovelace">' in offered
    post = {"customer": text.format(number=known.ada.number), "way": "in_store", **ROW}
    assert clerk.client.post("/desk/shop/tradeins/new/", post).status_code == 302
    assert TradeIn.objects.exclude(pk=known.tradein.pk).get().customer_id == known.ada.pk


def test_nobody_is_guessed(clerk: Someone, known: Known) -> None:
    post = {"customer": "Ada <b>", "way": "in_store", **ROW}
    answer = clerk.client.post("/desk/shop/tradeins/new/", post)
    page = answer.content.decode()
    assert answer.status_code == 422 and "There is no customer with this number" in page
    assert 'value="Ada &lt;b&gt;"' in page and TradeIn.objects.count() == 1


def test_what_was_typed_is_kept_when_something_is_wrong(clerk: Someone, known: Known) -> None:
    post = {
        "customer": "999",
        "way": "in_store",
        "note": "Blue one",
        **ROW,
        "item-serial": ["356938035643808"],
    }
    answer = clerk.client.post("/desk/shop/tradeins/new/", post)
    page = answer.content.decode()
    assert answer.status_code == 422 and "wrong digit" in page and "Blue one" in page and "Pixel 8" in page
    more = clerk.client.post("/desk/shop/tradeins/new/", post | {"more": "1"}).content.decode()
    assert more.count('name="item-title"') == 4 and "Pixel 8" in more
    assert TradeIn.objects.count() == 1


def test_a_form_that_is_sent_twice_makes_one(clerk: Someone, known: Known) -> None:
    post = {
        "customer": str(known.ada.number),
        "way": "in_store",
        **ROW,
        "once": "0b5f6d1e-7f3f-4b39-9e0b-1c2d3e4f5a6b",
    }
    first, again = (clerk.client.post("/desk/shop/tradeins/new/", post) for _ in range(2))
    assert first.headers["Location"] == again.headers["Location"] and TradeIn.objects.count() == 2


def test_only_steps_that_fit_are_offered_and_the_dialog_asks(clerk: Someone, known: Known) -> None:
    move(known.tradein, "take-in")
    page = clerk.client.get(f"/desk/shop/tradeins/{known.tradein.pk}/").content.decode()
    assert "As described" in page and "Put on hold" in page and "Mark as paid" not in page
    asked = clerk.client.post("/desk/shop/tradeins/actions/hold/", {"id": str(known.tradein.pk)})
    assert "Activation lock" in asked.content.decode() and fresh(known.tradein).status == "being_inspected"
    done = {"id": str(known.tradein.pk), "confirmed": "1", "hold": "activation_lock", "why": "iCloud"}
    clerk.client.post("/desk/shop/tradeins/actions/hold/", done)
    page = clerk.client.get(f"/desk/shop/tradeins/{known.tradein.pk}/").content.decode()
    assert "Activation lock" in page and "Put on hold: iCloud" in page and "End the hold" in page


def test_final_prices_are_typed_into_the_form(clerk: Someone, known: Known) -> None:
    move(known.tradein, "take-in")
    url = f"/desk/shop/tradeins/{known.tradein.pk}/edit/"
    assert 'name="item-final" value=""' in clerk.client.get(url).content.decode()
    item = Item.objects.get(tradein=known.tradein)
    post = ROW | {"item-id": [str(item.pk)], "item-title": ["iPhone 12"], "item-serial": [IMEI]}
    post |= {"item-quoted": ["120.00"], "item-final": ["80"], "expires": "2099-01-01T10:00", "version": "3"}
    assert clerk.client.post(url, post).status_code == 302
    assert fresh(known.tradein).final_minor == 8_000
    stale = clerk.client.post(url, post | {"item-final": ["70"]})
    assert stale.status_code == 422 and "meanwhile" in stale.content.decode()


def test_particulars_are_shown_on_asking_and_that_is_noted(
    manager: Someone, clerk: Someone, known: Known
) -> None:
    url = f"/desk/shop/tradeins/{known.tradein.pk}/"
    assert "payout/reveal" not in clerk.client.get(url).content.decode()
    assert "DE89370400440532013000" in manager.client.post(f"{url}payout/reveal/").content.decode()
    page = manager.client.get(url).content.decode()
    assert "Payout particulars looked at" in page and "DE8937" not in page


@pytest.mark.parametrize(
    ("kind", "shown"), [("bank_transfer", "IBAN"), ("cheque", "Issue to company"), ("cash", "")]
)
def test_each_way_to_pay_shows_its_own_fields(clerk: Someone, known: Known, kind: str, shown: str) -> None:
    page = clerk.client.get(f"/desk/shop/customers/{known.ada.pk}/payout/", {"kind": kind}).content.decode()
    assert shown in page and "Ada Lovelace" not in page.partition("particulars")[2]


def test_a_wrong_account_is_refused_with_a_word_at_its_field(clerk: Someone, known: Known) -> None:
    post = {"kind": "bank_transfer", "holder": "A", "iban": "DE00"}
    answer = clerk.client.post(f"/desk/shop/customers/{known.ada.pk}/payout/", post)
    assert answer.status_code == 422 and "no IBAN" in answer.content.decode()
    assert CustomerPayout.objects.get().payout_masked == "DE•• •••• 3000"


def test_a_closed_trade_in_offers_its_paper_alone(clerk: Someone, known: Known) -> None:
    paid_in(known.tradein, "cash")
    for step in ("take-in", "as-described", "pay"):
        move(known.tradein, step)
    url = f"/desk/shop/tradeins/{known.tradein.pk}/"
    page = clerk.client.get(url).content.decode()
    assert "Completed" in page and f"{url}payout/" not in page
    assert set(re.findall(r"actions/([a-z-]+)/", page)) == {"purchase-note"}
    assert clerk.client.get(f"{url}payout/").status_code == 409
