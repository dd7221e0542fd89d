"""Every address of offers, tried by everybody; the counter with its PIN; what the pages show."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from regulars.customers.models import Customer
from regulars.kit.ids import new_id
from regulars.offers import services
from regulars.offers.models import Code, Grant, Offer, Redemption, Settings
from regulars.orders.facts import OrderFacts
from regulars.orders.services import place_order
from regulars.staff.models import User
from regulars.stores.models import Store
from regulars.timeline.models import Event
from tests.factories import NOW, make_customer
from tests.offers.making import ME, fresh, grant_of, make_offer, open_offer, redeem, send
from tests.offers.test_sending import reader
from tests.people import Someone, client_of

pytestmark = pytest.mark.django_db
EVERYONE = {"owner", "manager", "clerk", "viewer"}
CLERKS = EVERYONE - {"viewer"}
MANAGERS = {"owner", "manager"}
PEOPLE = ("owner", "manager", "clerk", "viewer", "other_owner", "anonymous")


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
    """A customer, an offer they were sent and redeemed, and one with codes of their own."""

    ada: Customer
    offer: Offer
    own: Offer
    redemption: Redemption
    grant: Grant


@pytest.fixture
def known(store: Store) -> Known:
    cache.clear()
    ada = reader(store, "Ada")
    offer = open_offer(store, limit_per_customer=0, code="LUNCH")
    send(offer, ada)
    own = open_offer(store, codes="unique", title="Own")
    done = redeem(offer, customer=ada, bill_minor=1000)
    return Known(ada, offer, own, done, grant_of(offer, ada))


def doors(known: Known) -> dict[str, Door]:
    one = f"offers/{known.offer.pk}/"
    act = {"confirmed": "1"}
    asked = {"code": "lunch", "customer": str(known.ada.number)}
    new = {"title": "New", "kind": "gift", "gift": "Mug"}
    edit = {"title": "Lunch 2", "kind": "percent", "percent": "20", "code": "LUNCH"}
    return {
        "list": Door("get", "offers/", EVERYONE),
        "record": Door("get", one, EVERYONE),
        "new form": Door("get", "offers/new/", MANAGERS),
        "new": Door("post", "offers/new/", MANAGERS, 302, new),
        "edit form": Door("get", f"{one}edit/", MANAGERS),
        "edit": Door("post", f"{one}edit/", MANAGERS, 302, edit),
        "pause": Door("post", "offers/actions/pause/", MANAGERS, 302, act | {"id": str(known.offer.pk)}),
        "send": Door("post", "offers/actions/send/", MANAGERS, 302, act | {"id": str(known.offer.pk)}),
        "make codes": Door(
            "post", "offers/actions/make-codes/", MANAGERS, 302, act | {"id": str(known.own.pk), "count": "2"}
        ),
        "add codes": Door(
            "post",
            "offers/actions/add-codes/",
            MANAGERS,
            302,
            act | {"id": str(known.own.pk), "codes": "ABC-1234"},
        ),
        "codes": Door("get", f"offers/{known.own.pk}/codes.csv", MANAGERS),
        "export": Door("get", "offers/export/", MANAGERS),
        "picture": Door("post", f"{one}picture/", MANAGERS, 302, {"remove": "1"}),
        "settings form": Door("get", "offers/settings/", {"owner"}),
        "settings": Door(
            "post",
            "offers/settings/",
            {"owner"},
            302,
            {"pin": "4711", "most_offers": "3", "within_days": "7"},
        ),
        "send to a customer": Door(
            "post",
            "customers/actions/send-offer/",
            MANAGERS,
            302,
            act | {"id": str(known.ada.pk), "offer": str(known.own.pk)},
        ),
        "sent offers": Door("get", "sent_offers/", EVERYONE),
        "sent offer": Door("get", f"sent_offers/{known.grant.pk}/", EVERYONE, 302),
        "redemptions": Door("get", "redemptions/", EVERYONE),
        "redemption": Door("get", f"redemptions/{known.redemption.pk}/", EVERYONE, 302),
        "take back": Door(
            "post",
            "redemptions/actions/void/",
            MANAGERS,
            302,
            act | {"id": str(known.redemption.pk), "reason": "Wrong"},
        ),
        "redeem form": Door("get", "redeem/", CLERKS),
        "look": Door("get", "redeem/", CLERKS, 200, asked),
        "redeem": Door("post", "redeem/", CLERKS, 302, asked),
        "tab of the customer": Door("get", f"customers/{known.ada.pk}/of/offers/", EVERYONE),
    }


def no_rows() -> Known:
    return Known(Customer(number=1), Offer(), Offer(), Redemption(), Grant())


NAMES = list(doors(no_rows()))


def ask(client: Client, one: Door, store: str = "shop") -> Any:
    return getattr(client, one.method)(f"/desk/{store}/{one.path}", one.data)


def everything() -> list[Any]:
    tables = (Offer, Code, Grant, Redemption, Settings, Event)
    return [list(table.objects.order_by("pk").values()) for table in tables]


@pytest.mark.parametrize("name", NAMES)
def test_those_who_may_can(known: Known, name: str, request: pytest.FixtureRequest) -> None:
    one = doors(known)[name]
    least = next(who for who in ("viewer", "clerk", "manager", "owner") if who in one.allowed)
    answer = ask(client_of(least, request), one)
    assert answer.status_code == one.status, answer.content.decode()[-3000:]


@pytest.mark.parametrize("who", PEOPLE[1:])
def test_those_who_may_not_change_nothing(known: Known, who: str, request: pytest.FixtureRequest) -> None:
    client = client_of(who, request)
    before = everything()
    for name, one in doors(known).items():
        if who in one.allowed:
            continue
        answer = ask(client, one)
        expected = {"other_owner": 404, "anonymous": 302}.get(who, 403)
        assert answer.status_code == expected, name
        if who == "anonymous":
            assert "/accounts/login/" in answer["Location"], name
    assert everything() == before


def test_nobody_reaches_into_another_store(known: Known, other_owner: Someone) -> None:
    before = everything()
    for name, one in doors(known).items():
        if "offers/new" in one.path or one.path in (
            "offers/",
            "redeem/",
            "offers/settings/",
            "offers/export/",
        ):
            continue
        answer = ask(other_owner.client, one, "other")
        if one.method == "get" and one.path.count("/") > 1:
            assert answer.status_code == 404, name
    assert [Offer.objects.get(pk=known.offer.pk).state, Redemption.objects.get().voided_at] == [
        "active",
        None,
    ]
    assert everything()[:3] == before[:3]


class TestCounter:
    def test_says_why_not(self, known: Known, clerk: Someone) -> None:
        page = clerk.client.get("/desk/shop/redeem/", {"code": "lunch"}).content.decode()
        assert (
            "This offer is for customers on record: say who it is." in page
            and "It cannot be redeemed" in page
        )
        answer = clerk.client.post("/desk/shop/redeem/", {"code": "lunch"})
        assert answer.status_code == 409 and "say who it is" in answer.content.decode()
        answer = clerk.client.get("/desk/shop/redeem/", {"code": "nope"})
        assert answer.status_code == 404 and "No offer has this code." in answer.content.decode()
        assert Redemption.objects.count() == 1

    def test_redeems_what_was_typed_once(self, known: Known, clerk: Someone) -> None:
        asked = {"code": "lunch", "customer": "ada@example.com", "bill": "50,00"}
        page = clerk.client.get("/desk/shop/redeem/", asked).content.decode()
        once = re.search(r'name="once" value="([^"]+)"', page)
        assert once is not None and "It can be redeemed." in page
        for _at in range(2):
            answer = clerk.client.post("/desk/shop/redeem/", asked | {"once": once[1]}, follow=True)
            assert "Redeemed: Lunch, €10.00" in answer.content.decode()
        assert Redemption.objects.count() == 2 and fresh(known.offer).redeemed == 2

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"customer": "999999"}, "There is no customer"),
            ({"customer": "1", "bill": "x"}, "is not a number"),
            ({"customer": "1", "order": "nope"}, "There is no order"),
            ({"customer": "1", "bill": "-1"}, "from zero on"),
        ],
    )
    def test_what_is_wrong_is_told(
        self, known: Known, clerk: Someone, typed: dict[str, str], said: str
    ) -> None:
        answer = clerk.client.post("/desk/shop/redeem/", {"code": "lunch"} | typed)
        assert answer.status_code in (404, 422) and said in answer.content.decode()
        assert Redemption.objects.count() == 1

    def test_card_of_the_counter_leads_here(self, known: Known, clerk: Someone) -> None:
        make_customer(known.offer.store, first_name="Adam")
        page = clerk.client.get("/desk/shop/counter/", {"q": "ada"}).content.decode()
        assert f"/desk/shop/redeem/?customer={known.ada.number}" in page


# So long that no id in a history holds it by chance.
PIN = "47110815"


class TestPin:
    @pytest.fixture(autouse=True)
    def _pin(self, known: Known) -> None:
        services.set_settings(
            store=known.offer.store, pin=PIN, most_offers=0, within_days=30, actor=ME, now=NOW
        )

    def asked(self, known: Known, pin: str) -> dict[str, str]:
        return {"code": "lunch", "customer": str(known.ada.number), "pin": pin}

    def test_is_kept_as_a_hash_and_in_no_history(self) -> None:
        assert PIN not in Settings.objects.get().pin_hash
        assert PIN not in str(list(Event.objects.values()))

    def test_is_asked(self, known: Known, clerk: Someone) -> None:
        for wrong in ("", PIN[:-1] + "6", "٤٧١١٠٨١٥"):
            answer = clerk.client.post("/desk/shop/redeem/", self.asked(known, wrong))
            assert answer.status_code == 403 and "This PIN is wrong" in answer.content.decode()
        assert Redemption.objects.count() == 1
        assert clerk.client.post("/desk/shop/redeem/", self.asked(known, PIN)).status_code == 302
        assert Redemption.objects.count() == 2

    def test_tries_are_limited_for_each_person(self, known: Known, clerk: Someone, manager: Someone) -> None:
        for _at in range(8):
            answer = clerk.client.post("/desk/shop/redeem/", self.asked(known, "0000"))
            assert answer.status_code == 403
        answer = clerk.client.post("/desk/shop/redeem/", self.asked(known, PIN))
        assert answer.status_code == 429 and "Too many tries" in answer.content.decode()
        assert manager.client.post("/desk/shop/redeem/", self.asked(known, PIN)).status_code == 302
        assert Redemption.objects.count() == 2

    def test_a_right_one_begins_anew(self, known: Known, clerk: Someone) -> None:
        for _round in range(3):
            for _at in range(7):
                clerk.client.post("/desk/shop/redeem/", self.asked(known, "0000"))
            assert clerk.client.post("/desk/shop/redeem/", self.asked(known, PIN)).status_code == 302
            cache.clear()  # the device has its own count, of forty

    def test_can_be_taken_away(self, owner: Someone, known: Known) -> None:
        form = {"most_offers": "0", "within_days": "30", "pin": "", "no_pin": "true"}
        assert owner.client.post("/desk/shop/offers/settings/", form).status_code == 302
        assert Settings.objects.get().pin_hash == ""

    @pytest.mark.parametrize("pin", ["12", "abcd", "1" * 13, "٤٧١١"])
    def test_has_digits(self, owner: Someone, pin: str) -> None:
        form = {"most_offers": "0", "within_days": "30", "pin": pin}
        answer = owner.client.post("/desk/shop/offers/settings/", form)
        assert answer.status_code == 422 and "4 to 12 digits" in answer.content.decode()


class TestPages:
    def test_offer_tells_how_far_customers_went(self, known: Known, viewer: Someone) -> None:
        page = viewer.client.get(f"/desk/shop/offers/{known.offer.pk}/").content.decode()
        assert "How far customers went" in page and "100.0 %" in page and "20 % off" in page

    def test_what_it_brought_is_told_with_how_sure_that_is(self, store: Store, viewer: Someone) -> None:
        """12 of 40 bought, and 1 of 10 who were held out: worked out by hand from Newcombe's method 10."""
        offer = open_offer(store, hold_out=20)
        people = [make_customer(store, first_name=f"P{at}") for at in range(50)]
        Grant.objects.bulk_create(
            Grant(
                id=new_id(),
                store=store,
                offer=offer,
                customer=one,
                held_out=at >= 40,
                chosen_at=NOW,
                sent_at=None if at >= 40 else NOW,
                created_at=NOW,
            )
            for at, one in enumerate(people)
        )
        for one in (*people[:12], people[40]):
            facts = OrderFacts(customer_id=one.pk, total_minor=100, placed_at=NOW + timedelta(1))
            place_order(store=store, order=facts, actor=ME, now=NOW + timedelta(1))
        url = f"/desk/shop/offers/{offer.pk}/"
        page = viewer.client.get(url).content.decode()
        for said in (
            "30.0 %",
            "10.0 %",
            "+20.0 percentage points",
            "between -12.7 and +37.5",
            "there are only 10",
        ):
            assert said in page, said
        assert "more than chance" not in page
        User.objects.filter(pk=viewer.user.pk).update(language="fr")
        page = viewer.client.get(url).content.decode()
        assert "30,0 %" in page and "+20,0" in page and "-12,7" in page

    def test_tab_of_a_customer_tells_the_dates(self, known: Known, viewer: Someone) -> None:
        page = viewer.client.get(f"/desk/shop/customers/{known.ada.pk}/of/offers/").content.decode()
        assert "Lunch" in page and "not claimed yet" in page

    def test_file_of_codes(self, known: Known, manager: Someone) -> None:
        Code.objects.create(store=known.own.store, offer=known.own, customer=known.ada, code_key="ABCDEFGHJK")
        answer = manager.client.get(f"/desk/shop/offers/{known.own.pk}/codes.csv")
        lines = b"".join(answer.streaming_content).decode().splitlines()
        assert lines == ["code,customer,redeemed", f"ABCDE-FGHJK,{known.ada.number},"]

    def test_hostile_title_is_text(self, owner: Someone) -> None:
        offer = make_offer(owner.store, title="<script>x</script>", terms="<b>", gift="", code="ZZZ")
        for path in ("", f"{offer.pk}/", f"{offer.pk}/edit/"):
            assert "<script>x" not in owner.client.get(f"/desk/shop/offers/{path}").content.decode()
