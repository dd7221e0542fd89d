"""Every address of the portal, tried by those whose it is not: a new one cannot be forgotten here."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern
from django.utils import timezone

from regulars.accounts.services import open_portal
from regulars.customers.models import Address, Customer
from regulars.offers.models import Grant
from regulars.portal.account.portal_urls import urlpatterns
from regulars.staff.choices import Role
from regulars.stores.models import Store
from regulars.timeline.models import ChangeSet, Event
from regulars.tradeins.models import CustomerPayout, TradeIn
from tests.people import Someone, sign_in
from tests.portal.mine.having import Somebody, everything, make_shop

pytestmark = pytest.mark.django_db
# What each form would send, so that a page that forgot to ask whose it is would do it.
SENT: dict[str, dict[str, str]] = {
    "shop_tradein_answer": {"do": "accept", "version": "1"},
    "shop_tradein_parcel": {"courier": "Thief", "tracking_number": "1"},
    "shop_new_tradein": {"lines": "1", "thing-0-title": "Phone", "thing-0-condition": "good"},
    "shop_own_offer_answer": {"do": "claim"},
    "shop_profile": {"first_name": "Mallory", "language": "shop", "version": "1"},
    "shop_main_address": {"address": "1 Thief Street"},
    "shop_new_address": {"address": "1 Thief Street"},
    "shop_address": {"address": "1 Thief Street"},
    "shop_address_main": {},
    "shop_address_remove": {},
    "shop_payout": {"kind": "paypal", "email": "thief@example.com"},
    "shop_agreements": {},
}
OF_A_RECORD = [one for one in urlpatterns if one.pattern.converters]
NAMES = [str(one.name) for one in urlpatterns]


@pytest.fixture(autouse=True)
def _nobody_tried_before() -> None:
    cache.clear()


@pytest.fixture
def shop() -> Store:
    return make_shop()


@pytest.fixture
def ada(shop: Store) -> Somebody:
    return everything(shop)


@pytest.fixture
def bob(shop: Store) -> Somebody:
    return everything(shop, "Bob")


def url(one: Somebody, pattern: URLPattern, ids: dict[str, Any], base: str = "") -> str:
    """The address of a page about these records."""
    path = str(pattern.pattern)
    for name in pattern.pattern.converters:
        path = path.replace(f"<uuid:{name}>", str(ids[name]))
    assert "<" not in path, f"{path}: say in having.py what this names"
    return (base or one.url()) + path


def everything_of(*people: Somebody) -> Any:
    """All that these customers have, to see whether anything of it changed."""
    ids = [one.customer.pk for one in people]
    return [
        list(Customer.objects.filter(pk__in=ids).order_by("pk").values()),
        list(Address.objects.filter(customer__in=ids).order_by("pk").values()),
        list(TradeIn.objects.filter(customer__in=ids).order_by("pk").values()),
        list(Grant.objects.filter(customer__in=ids).order_by("pk").values()),
        list(CustomerPayout.objects.filter(customer__in=ids).order_by("pk").values()),
        Event.objects.filter(record_id__in=ids).count(),
    ]


def both(client: Client, address: str, name: str) -> Iterator[Any]:
    """Look, and send what its form would."""
    yield client.get(address)
    yield client.post(address, SENT.get(name, {}))


def test_each_form_is_known_here() -> None:
    """Whoever adds an address that takes something says above what it takes."""
    for one in urlpatterns:
        source = inspect.getsource(inspect.unwrap(one.callback))
        if "POST" in source:
            assert one.name in SENT, one.name


def test_the_owner_of_it_is_let_in(ada: Somebody) -> None:
    """The control: with these addresses and ids the pages are there."""
    seen = {str(one.name): ada.client.get(url(ada, one, ada.ids)).status_code for one in urlpatterns}
    only_sent = {
        "shop_tradein_answer",
        "shop_own_offer_answer",
        "shop_address_main",
        "shop_address_remove",
        "shop_tradein_parcel",
    }
    for name, status in seen.items():
        assert status == (405 if name in only_sent else 404 if "picture" in name else 200), (name, status)


def test_another_customer_of_the_store_finds_nothing(ada: Somebody, bob: Somebody) -> None:
    before = everything_of(ada)
    for pattern in OF_A_RECORD:
        for answer in both(bob.client, url(bob, pattern, ada.ids), str(pattern.name)):
            assert answer.status_code in (404, 405), (pattern.name, answer.status_code)
            assert "Ada" not in answer.content.decode()
    assert everything_of(ada) == before


def test_a_customer_of_another_store_is_a_stranger(ada: Somebody) -> None:
    """With the key of their own store, at its address and at this one; and this store's ids at their own store."""
    eve = everything(make_shop("other"), "Eve")
    before = everything_of(ada)
    stolen = Client()
    stolen.cookies["regulars_visitor"] = eve.client.cookies["regulars_visitor"].value
    for pattern in urlpatterns:
        here, name = url(ada, pattern, ada.ids), str(pattern.name)
        for answer in (*both(eve.client, here, name), *both(stolen, here, name)):
            _sent_to_sign_in(answer, name)
        if pattern.pattern.converters:
            for answer in both(eve.client, url(eve, pattern, ada.ids), name):
                assert answer.status_code in (404, 405), name
    assert everything_of(ada) == before


def test_nobody_and_staff_are_sent_to_sign_in(ada: Somebody) -> None:
    before = everything_of(ada)
    owner = sign_in(ada.store, Role.OWNER)
    for pattern in urlpatterns:
        for client in (Client(), owner.client):
            for answer in both(client, url(ada, pattern, ada.ids), str(pattern.name)):
                _sent_to_sign_in(answer, str(pattern.name))
    assert everything_of(ada) == before


def _sent_to_sign_in(answer: Any, name: str) -> None:
    assert answer.status_code in (302, 405), (name, answer.status_code)
    if answer.status_code == 302:
        assert "/shop/shop/account/sign-in/" in answer["Location"]


def test_a_form_of_another_site_changes_nothing(ada: Somebody) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies["regulars_visitor"] = ada.client.cookies["regulars_visitor"].value
    before = everything_of(ada)
    for pattern in urlpatterns:
        if pattern.name in SENT:
            answer = client.post(url(ada, pattern, ada.ids), SENT[str(pattern.name)])
            assert answer.status_code == 403, pattern.name
    assert everything_of(ada) == before


def visit(one: Somebody, staff: Someone, *, act: bool) -> Client:
    """Staff who opened the portal of a customer, in their browser."""
    outcome = open_portal(
        store=one.store, ids=[one.customer.pk], inputs={"act": act}, actor=staff.actor, now=timezone.now(),
        change_set=None,
    )  # fmt: skip
    path = "/shop/" + outcome.said[one.customer.pk].partition("/shop/")[2]
    assert staff.client.post(path).status_code == 302
    return staff.client


def test_staff_who_look_see_and_change_nothing(ada: Somebody) -> None:
    client = visit(ada, sign_in(ada.store, Role.MANAGER), act=False)
    before = everything_of(ada)
    for pattern in urlpatterns:
        here = url(ada, pattern, ada.ids)
        looked = client.get(here)
        if pattern.name == "shop_payout":
            assert looked.status_code == 403
        elif looked.status_code == 200 and looked["Content-Type"].startswith("text/html"):
            page = looked.content.decode()
            assert "Only to look: nothing can be changed." in page, pattern.name
            main = page.partition("<main")[2]
            assert not re.search(r'<button class="btn"[^>]*>(?!<)|name="do"', main) or "disabled" in main
        answer = client.post(here, SENT.get(str(pattern.name), {}))
        assert answer.status_code in (403, 405), (pattern.name, answer.status_code)
    assert everything_of(ada) == before


def test_staff_who_act_are_named_for_what_they_do(ada: Somebody) -> None:
    manager = sign_in(ada.store, Role.MANAGER)
    client = visit(ada, manager, act=True)
    answer = client.post(
        ada.url(f"trade-ins/{ada.ids['tradein_id']}/answer/"), {"do": "accept", "version": "1"}
    )
    assert answer.status_code == 302
    event = Event.objects.get(key="tradein.accept", record_id=ada.ids["tradein_id"])
    made = ChangeSet.objects.get(pk=event.change_set_id)
    assert (made.actor_kind, made.actor_id, made.surface) == ("staff", manager.user.pk, "on_behalf")
    assert client.get(ada.url("payout/")).status_code == 403
    assert client.post(ada.url("payout/"), SENT["shop_payout"]).status_code == 403
    assert not CustomerPayout.objects.exists()


def test_what_customers_do_is_theirs_in_the_history(ada: Somebody) -> None:
    ada.client.post(
        ada.url("profile/"), {"first_name": "Adele", "language": "shop", "version": str(ada.customer.version)}
    )
    event = Event.objects.filter(record_id=ada.customer.pk).order_by("-pk")[0]
    made = ChangeSet.objects.get(pk=event.change_set_id)
    assert (made.actor_kind, made.actor_id, made.surface) == ("customer", ada.customer.pk, "portal")
