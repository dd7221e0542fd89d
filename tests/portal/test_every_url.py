"""Every address under /shop/<store>/, found in the address table itself, tried by those who have no business there.

A new address is tried by these tests without a line here: it is taken for one of somebody who is signed in, and its ids
for those of a customer's own things, unless it is named below with the reason.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from regulars.accounts import services as accounts
from regulars.accounts.choices import Purpose
from regulars.accounts.models import Account, Device, RecoveryCode, Session, SignUp, Token
from regulars.accounts.services.mailing import make_token
from regulars.customers.models import Note
from regulars.kit.ids import new_id
from regulars.messaging.models import Consent, Message
from regulars.orders.models import Order
from regulars.portal.urls import urlpatterns
from regulars.privacy import services as privacy
from regulars.privacy.choices import Kind, Way
from regulars.privacy.models import Copy, Request
from regulars.privacy.services.mailing import confirm_url
from regulars.staff.choices import Role
from regulars.staff.rules import hash_secret
from regulars.stores.models import Store
from tests.accounts.people import accounts_settings, put_cookie
from tests.offers.making import token_of
from tests.people import sign_in
from tests.portal.conftest import make_product
from tests.portal.mine.having import ME, Somebody, everything, make_shop
from tests.portal.mine.test_whose import SENT, everything_of

pytestmark = pytest.mark.django_db
BROWSER = "b" * 43
# For everybody who comes along.
FOR_ALL = {
    "shop": "the shelf",
    "shop_product": "what is sold",
    "shop_basket": "kept in the visitor's own browser",
    "shop_add": "kept in the visitor's own browser",
    "shop_checkout": "guests order",
    "shop_order": "for the browser that ordered",
    "shop_sign_up": "the way in",
    "shop_sign_in": "the way in",
    "shop_ask_link": "the way in",
    "shop_forgotten": "the way in",
    "shop_second": "half way in",
    "shop_text": "half way in",
    "shop_replace_password": "half way in",
    "shop_sign_out": "signs out whoever is there",
    "shop_leave_visit": "leaves whatever visit there is",
    None: "whatever is not there",
}
# What the address holds is the right itself; `tests/accounts/test_attacks.py` and those beside it attack each.
BY_SECRET = {
    "shop_newsletter",
    "shop_unsubscribe",
    "shop_offer",
    "shop_offer_picture",
    "shop_confirm",
    "shop_code",
    "shop_link",
    "shop_new_password",
    "shop_enter",
}
# These open for whoever is signed in, say nothing of anybody, and refuse what is sent with somebody else's secret.
SAYS_NOTHING = {
    "shop_confirm_email",
    "shop_confirm_erasure",
    "shop_prove_code",
    "shop_join_code",
    "shop_join_link",
}
TYPED = {
    "password": "another-lantern-58", "email": "thief@example.com", "code": "00000000", "phone": "+33612345699",
    "kind": "correction", "details": "Thief", "first_name": "Thief", "last_name": "Thief", "do": "claim",
}  # fmt: skip


# Of the install: signing in, what monitors ask, and what the API is like.
OPEN_TO_ALL = ("/shop/", "/accounts/", "/start/", "/healthz", "/readyz", "/metrics", "/api/v1/openapi.json")


@dataclass(frozen=True)
class Address:
    name: str | None
    path: str
    converters: frozenset[str]

    def at(self, slug: str, ids: dict[str, Any]) -> str:
        """With somebody's ids in it."""
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(ids[found[1]]), self.path)
        return f"/shop/{slug}/{path}"


def addresses(patterns: Any = urlpatterns, before: str = "") -> Iterator[Address]:
    for one in patterns:
        path = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, path)
        else:
            assert isinstance(one, URLPattern)
            short = path.removeprefix("<slug:store>/")
            yield Address(one.name, short, frozenset(re.findall(r"<(?:\w+:)?(\w+)>", short)))


ALL = tuple(addresses())
OWN = tuple(one for one in ALL if one.name not in FOR_ALL and one.name not in BY_SECRET)


@pytest.fixture(autouse=True)
def _nobody_tried_before() -> None:
    cache.clear()


@pytest.fixture
def shop() -> Store:
    store = make_shop()
    accounts_settings(store, second_step="optional")
    return store


@pytest.fixture
def ada(shop: Store) -> Somebody:
    return whole(shop, "Ada")


@pytest.fixture
def bob(shop: Store) -> Somebody:
    return whole(shop, "Bob")


def whole(store: Store, name: str, **facts: Any) -> Somebody:
    """A customer with something at the end of each address: things, requests, copies, sessions and open links."""
    one = everything(store, name, **facts)
    customer, now = one.customer, timezone.now()
    account = Account.objects.get(store=store, customer=customer)
    asking = privacy.Asking(customer_id=customer.pk, kind=Kind.ERASURE, way=Way.PORTAL)
    actor = accounts.sessions.queries.customer_actor(customer)
    erasure = privacy.ask(store=store, asking=asking, actor=actor, now=now)
    copy = privacy.make_copy(store=store, customer_id=customer.pk, tell=False, actor=actor, now=now)
    device = Device.objects.create(
        store=store, account=account, key_hash=hash_secret(name), name="Phone", created_at=now,
        expires_at=now + accounts.factors.DEVICE_VALID,
    )  # fmt: skip
    challenge = new_id()
    secret, _code = make_token(
        store=store, account=account, purpose=Purpose.SIGN_IN, email=account.email, now=now, token_id=challenge,
        valid=accounts.factors.SIGN_IN_VALID, browser_hash=hash_secret(BROWSER),
    )  # fmt: skip
    proof = new_id()
    make_token(
        store=store, account=account, purpose=Purpose.JOIN, email=f"second-{account.email}", now=now, token_id=proof,
        valid=accounts.factors.SIGN_IN_VALID, browser_hash=hash_secret(BROWSER),
    )  # fmt: skip
    Token.objects.filter(pk=proof).update(proved_at=now)
    put_cookie(one.client, store, "regulars_browser", BROWSER)
    one.ids.update(
        proof=proof,
        session_id=Session.objects.get(account=account).pk,
        device_id=device.pk,
        copy_id=copy.pk,
        request_id=erasure.pk,
        challenge=challenge,
        product_id=make_product(store, f"Mug of {name}").pk,
        token=secret,
        factor="app",
        rest="nothing-here",
        erasure=confirm_url(store=store, request=erasure).rstrip("/").rpartition("/")[2],
    )  # type: ignore[call-overload]
    return one


def url(one: Address, slug: str, ids: dict[str, Any]) -> str:
    return one.at(slug, ids | {"token": ids["erasure"]} if one.name == "shop_confirm_erasure" else ids)


def kept(*people: Somebody) -> Any:
    """All that these people have, their ways in included."""
    customers = [one.customer.pk for one in people]
    own: tuple[Any, ...] = (Account, Session, Request, Copy, Order, Message, Consent, Note)
    hanging: tuple[Any, ...] = (Device, Token, RecoveryCode)
    found = [everything_of(*people)]
    for models, path in ((own, "customer__in"), (hanging, "account__customer__in")):
        for model in models:
            rows = model.objects.filter(**{path: customers}).order_by("pk").values()
            found.append([stable(row) for row in rows])
    return found


def stable(row: dict[str, Any]) -> dict[str, Any]:
    """What does not change by looking."""
    return {name: value for name, value in row.items() if name not in ("seen_at", "attempts", "fetched_at")}


def both(client: Client, address: str, name: str | None) -> Iterator[Any]:
    cache.clear()
    yield client.get(address)
    yield client.post(address, SENT.get(str(name), TYPED))


def said(answer: Any) -> str:
    if answer.streaming:
        return b"".join(answer.streaming_content).decode("latin-1")
    return str(answer.content.decode("utf-8", "replace"))


def test_each_address_is_told_apart() -> None:
    """The lists above name addresses that there are, and the account's are nearly all somebody's own."""
    names = {one.name for one in ALL}
    assert set(FOR_ALL) | BY_SECRET | SAYS_NOTHING <= names
    assert len(OWN) >= 45
    for one in OWN:
        assert one.path.startswith("account/"), f"{one.name}: say above for whom it is"


def test_whose_they_are_gets_an_answer_from_each(ada: Somebody) -> None:
    """The control: with these ids and links the pages are there."""
    seen = {one.name: ada.client.get(url(one, "shop", ada.ids)).status_code for one in OWN}
    without = {name for name, status in seen.items() if status not in (200, 405)}
    assert without == {"shop_own_offer_picture"}
    assert sum(status == 200 for status in seen.values()) > 30


def test_nobody_and_staff_are_sent_to_sign_in(ada: Somebody) -> None:
    owner = sign_in(ada.store, Role.OWNER)
    before = kept(ada)
    for one in OWN:
        for client in (Client(), owner.client):
            for answer in both(client, url(one, "shop", ada.ids), one.name):
                assert answer.status_code in (302, 405), (one.name, answer.status_code)
                if answer.status_code == 302:
                    assert answer["Location"].startswith("/shop/shop/account/sign-in/"), one.name
    assert kept(ada) == before


def test_another_customer_of_the_store_gets_nowhere(ada: Somebody, bob: Somebody) -> None:
    before = kept(ada)
    for one in OWN:
        if not one.converters or one.name == "shop_factor_off":
            continue
        for answer in both(bob.client, url(one, "shop", ada.ids), one.name):
            looked = answer.request["REQUEST_METHOD"] == "GET"
            allowed = (200, 405) if looked and one.name in SAYS_NOTHING else (404, 405, 422)
            assert answer.status_code in allowed, (one.name, answer.status_code)
            assert "Ada" not in said(answer), one.name
    assert kept(ada) == before


def test_pages_without_an_id_speak_of_their_reader_alone(ada: Somebody, bob: Somebody) -> None:
    """With somebody else's ids in the query and the form, which no page asks there."""
    before = kept(ada)
    more = {name: str(value) for name, value in ada.ids.items()}
    more |= {
        "customer": str(ada.customer.pk),
        "customer_id": str(ada.customer.pk),
        "id": str(ada.customer.pk),
    }
    for one in OWN:
        if one.converters:
            continue
        here = url(one, "shop", bob.ids)
        cache.clear()
        assert "Ada" not in said(bob.client.get(here, more)), one.name
        # Signing out is the one thing that would end the test: it ends Bob's own.
        if one.name not in ("shop_end_all", "shop_password"):
            assert "Ada" not in said(bob.client.post(here, more | SENT.get(str(one.name), TYPED))), one.name
    assert kept(ada) == before


def test_a_customer_of_another_store_is_a_stranger_here_and_finds_nothing_there(ada: Somebody) -> None:
    eve = whole(make_shop("other"), "Eve")
    before = kept(ada)
    stolen = Client()
    stolen.cookies["regulars_visitor"] = eve.client.cookies["regulars_visitor"].value
    stolen.cookies["regulars_browser"] = BROWSER
    for one in OWN:
        for client in (eve.client, stolen):
            for answer in both(client, url(one, "shop", ada.ids), one.name):
                assert answer.status_code in (302, 405), (one.name, answer.status_code)
        if one.converters and one.name != "shop_factor_off":
            for answer in both(eve.client, url(one, "other", ada.ids), one.name):
                looked = answer.request["REQUEST_METHOD"] == "GET" and one.name in SAYS_NOTHING
                assert answer.status_code in ((200, 404, 405) if looked else (404, 405, 422)), one.name
                assert "Ada" not in said(answer), one.name
    assert kept(ada) == before


def test_a_link_of_one_store_is_none_of_another(ada: Somebody) -> None:
    """Real secrets, all of them, at the address of the store next door, in the very browser that asked."""
    make_shop("other")
    account = Account.objects.get(customer=ada.customer)
    now = timezone.now()
    secrets = {"shop_offer": offer_token(ada), "shop_offer_picture": offer_token(ada)}
    for name, purpose in (("shop_new_password", Purpose.PASSWORD), ("shop_link", Purpose.SIGN_IN)):
        secrets[name], _code = make_token(
            store=ada.store, account=account, purpose=purpose, email=account.email, now=now,
            valid=accounts.factors.SIGN_IN_VALID, browser_hash=hash_secret(BROWSER),
        )  # fmt: skip
    SignUp.objects.create(
        store=ada.store, email="ida@example.com", email_key="ida@example.com", secret_hash=hash_secret("s" * 43),
        code_hash="c", browser_hash=hash_secret(BROWSER), created_at=now, expires_at=now + accounts.factors.LOCK,
    )  # fmt: skip
    secrets["shop_confirm"] = "s" * 43
    outcome = accounts.open_portal(
        store=ada.store, ids=[ada.customer.pk], inputs={}, actor=ME, now=now, change_set=None
    )
    secrets["shop_enter"] = outcome.said[ada.customer.pk].rstrip("/").rpartition("/")[2]
    client = Client()
    client.cookies["regulars_browser"] = BROWSER
    sessions = Session.objects.count()
    for one in ALL:
        if one.name in secrets:
            ids = ada.ids | {"token": secrets[str(one.name)]}
            for answer in both(client, one.at("other", ids), one.name):
                assert answer.status_code in (404, 405, 410, 422), (one.name, answer.status_code)
                assert "Ada" not in said(answer)
            if one.name != "shop_offer_picture":
                assert client.get(one.at("shop", ids)).status_code == 200, f"{one.name}: this proves nothing"
    assert Session.objects.count() == sessions


def offer_token(one: Somebody) -> str:
    from regulars.offers.models import Offer

    return token_of(Offer.objects.get(pk=one.ids["offer_id"]), one.customer)


def test_forms_of_another_site_change_nothing(ada: Somebody) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies["regulars_visitor"] = ada.client.cookies["regulars_visitor"].value
    client.cookies["regulars_browser"] = BROWSER
    before = kept(ada)
    for one in ALL:
        if one.name in ("shop_offer", "shop_unsubscribe"):
            continue  # what they do, the link alone may
        answer = client.post(url(one, "shop", ada.ids), SENT.get(str(one.name), TYPED))
        assert answer.status_code in (403, 405), (one.name, answer.status_code)
    assert kept(ada) == before


def test_each_page_is_kept_nowhere_framed_nowhere_and_found_nowhere(ada: Somebody) -> None:
    """And tells no other site where it was: the address may hold what opens it."""
    public = {"shop", "shop_product"}
    for one in ALL:
        ids = ada.ids | (
            {"token": offer_token(ada)} if one.name in ("shop_offer", "shop_offer_picture") else {}
        )
        for client in (Client(), ada.client):
            answer = client.get(url(one, "shop", ids))
            told = answer.headers
            picture = one.name == "shop_offer_picture" and answer.status_code == 200
            if answer.status_code != 405:
                assert "no-store" in told.get("Cache-Control", "") or picture or answer.status_code == 404, (
                    one.name
                )
            assert told["Referrer-Policy"] in ("same-origin", "no-referrer"), one.name
            assert (told["X-Frame-Options"], told["X-Content-Type-Options"]) == ("DENY", "nosniff"), one.name
            policy = told["Content-Security-Policy"]
            assert "default-src 'self'" in policy and "unsafe" not in policy and "object-src 'none'" in policy
            if told.get("Content-Type", "").startswith("text/html") and answer.status_code == 200:
                page = said(answer)
                if one.name not in public:
                    assert '<meta name="robots" content="noindex">' in page, one.name
                assert not re.search(r"<[^>]+\son\w+=|<style[\s>]|\sstyle=|<script(?![^>]*\ssrc=)", page), (
                    one.name
                )


def test_cookies_of_the_shop_stay_in_the_shop(ada: Somebody) -> None:
    """Each has the path of the one store and is out of reach of scripts; that of forms holds nothing of anybody."""
    jar: dict[str, Any] = {}
    for one in ALL:
        client = Client()
        client.cookies["regulars_visitor"] = ada.client.cookies["regulars_visitor"].value
        for answer in both(client, url(one, "shop", ada.ids), one.name):
            jar |= {f"{one.name} {name}": cookie for name, cookie in answer.cookies.items()}
    assert any("regulars_visitor" in name for name in jar) and any("regulars_browser" in name for name in jar)
    for name, cookie in jar.items():
        if not name.endswith("csrftoken"):
            assert cookie["path"] == "/shop/shop/", name
            assert cookie["samesite"] == "Lax" and (cookie["httponly"] or not cookie.value), name


def everywhere_else() -> list[str]:
    """Every address of the desk, of the API and of what else there is, with somebody's ids in it."""

    def walk(patterns: Any, before: str) -> Iterator[str]:
        for one in patterns:
            path = before + str(one.pattern)
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns, path)
            else:
                yield path

    found = []
    for path in walk(get_resolver().url_patterns, "/"):
        if path.startswith(OPEN_TO_ALL) or path == "/":
            continue
        filled = (
            path.replace("<slug:store>", "shop").replace("<str:store>", "shop").replace("<store>", "shop")
        )
        filled = re.sub(r"<uuid:\w+>", str(UUID(int=7)), filled)
        filled = re.sub(r"<int:\w+>", "1", filled)
        found.append(re.sub(r"<(?:\w+:)?\w+>", "customers", filled).replace("^", "").replace("$", ""))
    return found


def test_the_key_of_a_customer_opens_nothing_of_staff(ada: Somebody) -> None:
    """Sent as its own cookie, as that of staff, and as a token of the API: every address but the shop's says no."""
    key = ada.client.cookies["regulars_visitor"].value
    client = Client(headers={"Authorization": f"Bearer {key}"})
    client.cookies["regulars_visitor"] = client.cookies["regulars_staff"] = key
    paths = everywhere_else()
    assert len(paths) > 100
    before = kept(ada)
    for path in paths:
        for answer in (client.get(path), client.post(path, {})):
            assert answer.status_code in (302, 400, 401, 403, 404, 405), (path, answer.status_code)
            if answer.status_code == 302:
                assert answer["Location"].startswith(("/accounts/login/", "/desk/")), (
                    path,
                    answer["Location"],
                )
            assert "Ada" not in said(answer), path
    assert kept(ada) == before
