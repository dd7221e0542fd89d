"""The counter: what is typed or scanned opens the customer."""

from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from regulars.blocklist import services as blocklist
from regulars.customers import services
from regulars.customers.models import Customer
from tests.factories import NOW, make_customer
from tests.invoices.conftest import make_issued
from tests.orders.making import make_order
from tests.people import Someone, client_of
from tests.shared import naughty_strings
from tests.tradeins.making import IMEI, make_tradein

pytestmark = pytest.mark.django_db
URL = "/desk/shop/counter/"
HTMX = {"HX-Request": "true"}


def cards(who: Someone, text: str) -> str:
    answer = who.client.get(URL, {"q": text}, headers=HTMX)
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.parametrize("who", ["owner", "manager", "clerk", "viewer", "other_owner", "anonymous"])
def test_who_may(owner: Someone, who: str, request: pytest.FixtureRequest) -> None:
    make_customer(owner.store, first_name="Zoë")
    make_customer(owner.store, first_name="Zoë")
    client: Client = client_of(who, request)
    wanted = {"anonymous": 302, "other_owner": 404}.get(who, 200)
    answer = client.get(URL, {"q": "zoe"})
    assert answer.status_code == wanted
    assert ("Zoë" in answer.content.decode()) == (wanted == 200)
    assert client.post(URL, {"q": "zoe"}).status_code in {wanted, 405}


@pytest.mark.parametrize(
    "text",
    [
        "5678",
        "12 34 56 78",
        "+33612345678",
        "#1",
        "1",
        "till-0042",
        "zoe@x.de",
        "zoe@",
        "kowal",
        "Katharina",
        "ZOE",
    ],
)
def test_enter_opens_the_only_one_found(clerk: Someone, text: str) -> None:
    zoe = make_customer(
        clerk.store,
        first_name="Zoë",
        last_name="Kowalska Catherine",
        email="zoe@x.de",
        phone="+33612345678",
        external_id="till-0042",
    )
    Customer.objects.filter(pk=zoe.pk).update(last_name="Catherine", number=1)
    make_customer(clerk.store, first_name="Bob", phone="+33698110033")
    answer = clerk.client.get(URL, {"q": text})
    assert (answer.status_code, answer.headers.get("Location")) == (
        302,
        f"/desk/shop/customers/{zoe.pk}/?from=counter",
    )
    assert "Zoë" in cards(clerk, text)


@pytest.mark.parametrize(
    "text",
    ["anana", "x0000000y", "0000000y", "Ωμέγα", "μεγ", "r's k", "-x0000", "anana x0000000y", "mail.ex"],
)
def test_parts_that_the_index_cannot_tell_are_found_too(clerk: Someone, text: str) -> None:
    make_customer(
        clerk.store,
        first_name="Banana",
        last_name="Bar's Kiosk Ωμέγα",
        external_id="A-X0000000Y-7",
        email="me@mail.example",
    )
    make_customer(clerk.store, first_name="Ban", last_name="Nan", external_id="B-000-X")
    assert "Banana" in cards(clerk, text) and "Nan" not in cards(clerk, text)


def test_several_are_cards_with_what_one_must_know_first(owner: Someone) -> None:
    here: dict[str, Any] = {"store": owner.store, "actor": owner.actor, "now": NOW, "change_set": None}
    risky = make_customer(owner.store, first_name="Ada", last_name="Stone", phone="+33612340001", city="Lyon")
    make_customer(owner.store, first_name="Ada", last_name="Stein")
    services.flag_customers(
        ids=[risky.pk], inputs={"level": "high_risk", "reason": "Chargeback", "review": None}, **here
    )
    blocklist.block_customers(ids=[risky.pk], inputs={"reason": "fraud"}, **here)
    Customer.objects.filter(pk=risky.pk).update(points=1250, last_order_at=NOW)
    page = owner.client.get(URL, {"q": "ada"}).content.decode()
    assert "Ada Stone" in page and "Ada Stein" in page and "2 customers" in page
    for told in ("High risk", "Blocked", "1,250", "Last order", "+33 6 12 34 00 01", "Lyon", "autofocus"):
        assert told in page, told


def test_by_what_is_open_between_them(owner: Someone) -> None:
    store, ada = owner.store, make_customer(owner.store, first_name="Ada", last_name="Stone")
    make_customer(store, first_name="Bob", last_name="Other")
    make_order(store, customer_id=ada.pk, number="A-77", tracking_number="1Z999")
    *_earlier, sold = (make_tradein(store, ada) for _time in range(3))  # no customer has its number
    bill = make_issued(store, customer_id=ada.pk)
    for text in ("A-77", "1Z999", "SN-77", IMEI, bill.number, bill.number.lower()):
        assert "Ada Stone" in cards(owner, text) and "Bob" not in cards(owner, text), text
    page = cards(owner, f"#{sold.number}")
    for told in (f"Trade-in #{sold.number}", "Open trade-ins", "Outstanding", "€209.99", "Last order"):
        assert told in page, told


def test_a_name_as_it_sounds_comes_after_the_name_itself(clerk: Someone, other_owner: Someone) -> None:
    for first, last in (("Anna", "Schmitt"), ("Anna", "Schmidt"), ("Jörg", "Müller"), ("Ann", "Other")):
        make_customer(clerk.store, first_name=first, last_name=last)
    make_customer(other_owner.store, first_name="Foreign", last_name="Schmidt")
    page = cards(clerk, "schmitt")
    assert page.index("Anna Schmitt") < page.index("Anna Schmidt") and "Sounds like “schmitt”" in page
    assert "Foreign" not in page and "Other" not in page
    assert "Jörg Müller" in cards(clerk, "Miller") and "Anna Schmidt" in cards(clerk, "ana shmit")
    assert "Nobody found" in cards(clerk, "Petersen")


def test_nobody_and_nothing(viewer: Someone, clerk: Someone) -> None:
    assert "Nobody found" in cards(clerk, "nobody") and "customers/new/" in cards(clerk, "nobody")
    assert "customers/new/" not in cards(viewer, "nobody")
    assert "last digits of a phone" in cards(clerk, "") and "a name as it sounds" in cards(clerk, "  ")


def test_from_the_counter_one_scans_on(clerk: Someone) -> None:
    one = make_customer(clerk.store)
    page = clerk.client.get(f"/desk/shop/customers/{one.pk}/?from=counter").content.decode()
    assert f'action="{URL}"' in page and "Who is next?" in page
    assert f'action="{URL}"' not in clerk.client.get(f"/desk/shop/customers/{one.pk}/").content.decode()


def test_more_than_fit_are_in_the_list(clerk: Someone) -> None:
    for _ in range(14):
        make_customer(clerk.store, first_name="Same")
    page = cards(clerk, "same")
    assert page.count("data-card") == 12 and "/desk/shop/customers/?tab=all&amp;q=same" in page


def test_nothing_typed_can_break_it(clerk: Someone) -> None:
    make_customer(clerk.store, first_name="Zoë")
    for text in [
        *naughty_strings()[:120],
        "%",
        "a" * 5000,
        "\x00",
        "<script>alert(1)</script>",
        "o'neil-smith",
        "-",
    ]:
        if "\ud800" in text:  # cannot be sent
            continue
        page = clerk.client.get(f"{URL}?q={quote(text)}", headers=HTMX)
        assert page.status_code == 200 and "<script>alert" not in page.content.decode()


def test_the_number_of_queries_does_not_grow(clerk: Someone, django_assert_max_num_queries: Any) -> None:
    for at in range(12):
        make_customer(clerk.store, first_name="Same", last_name=f"Meyer{at}", phone=f"+3361234{at:04}")
    clerk.client.get(URL)
    for text in ("same", "1234", "meier", "same meyer"):
        with django_assert_max_num_queries(30):
            clerk.client.get(URL, {"q": text})
