"""A customer's own data in the shop: looked at, downloaded, asked about, erased; and by nobody else."""

import io
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from regulars.accounts.models import Session
from regulars.customers.models import Customer
from regulars.messaging.models import Consent, Message
from regulars.privacy import services
from regulars.privacy.choices import Kind, State, Way
from regulars.privacy.models import Copy, Request
from regulars.stores.models import Store
from tests.accounts.people import open_shop, visitor_client
from tests.people import Someone
from tests.privacy.people import ME, ada_of, buy

pytestmark = pytest.mark.django_db
DATA = "/shop/shop/account/data/"


@pytest.fixture
def shop() -> Store:
    return open_shop()


@pytest.fixture
def ada(shop: Store) -> Customer:
    return ada_of(shop)


@pytest.fixture
def bob(shop: Store) -> Customer:
    return ada_of(shop, first_name="Bob", email="bob@example.com", phone="")


@pytest.fixture
def browser(shop: Store, ada: Customer) -> Client:
    return visitor_client(shop, ada)


def link_in(customer: Customer) -> str:
    body = Message.objects.get(customer=customer, kind="privacy.confirm_erasure").body
    found = re.search(r"https?://[^/\s]+(/shop/\S+)", body)
    assert found, body
    return found[1]


def make_stale(customer: Customer) -> None:
    """Let the sign-in be an hour old."""
    Session.objects.filter(customer=customer).update(proved_at=timezone.now() - timedelta(hours=1))


def test_strangers_sign_in_first(ada: Customer) -> None:
    for path in ("", "copy/", "erase/"):
        answer = Client().get(DATA + path)
        assert answer.status_code == 302 and "/account/sign-in/" in answer["Location"]
    answer = Client().post(DATA + "ask/", {"kind": "objection"})
    assert answer.status_code == 302 and not Request.objects.exists()


def test_everything_is_downloaded_by_its_owner_alone(
    shop: Store, ada: Customer, bob: Customer, browser: Client
) -> None:
    buy(ada)
    assert browser.post(DATA + "copy/").status_code == 302
    copy = Copy.objects.get()
    url = f"{DATA}copy/{copy.pk}/"
    assert url in browser.get(DATA).content.decode()
    answer = browser.get(url)
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer)))
    assert ada.email.encode() in archive.read("data.json") and "orders_order.csv" in archive.namelist()
    assert "attachment" in answer["Content-Disposition"] and answer["X-Content-Type-Options"] == "nosniff"
    assert visitor_client(shop, bob).get(url).status_code == 404
    assert Client().get(url).status_code == 302
    elsewhere = open_shop("elsewhere")
    eve = visitor_client(elsewhere, ada_of(elsewhere))
    assert eve.get(f"/shop/elsewhere/account/data/copy/{copy.pk}/").status_code == 404


def test_a_browser_left_open_gives_nothing_away_and_erases_nothing(ada: Customer, browser: Client) -> None:
    browser.post(DATA + "copy/")
    copy = Copy.objects.get()
    make_stale(ada)
    for ask in (
        lambda: browser.get(f"{DATA}copy/{copy.pk}/"),
        lambda: browser.post(DATA + "copy/"),
        lambda: browser.get(DATA + "erase/"),
        lambda: browser.post(DATA + "erase/"),
    ):
        answer: Any = ask()
        assert answer.status_code == 302 and "/account/prove/" in answer["Location"]
    assert Copy.objects.count() == 1 and not Request.objects.exists()


def test_an_erasure_from_the_first_click_to_the_last(shop: Store, ada: Customer, browser: Client) -> None:
    buy(ada)
    said = browser.get(DATA + "erase/").content.decode()
    assert "1 order" in said and ada.email in said and "7 days" in said
    assert browser.post(DATA + "erase/").status_code == 302
    assert "Not confirmed yet" in browser.get(DATA).content.decode()
    link = link_in(ada)
    assert browser.get(link).status_code == 200
    assert Request.objects.get().state == State.UNCONFIRMED, "opening the link does nothing"
    assert browser.post(link).status_code == 302
    request = Request.objects.get()
    assert request.state == State.WAITING and request.erase_at is not None
    assert services.erase_due(store=shop, now=request.erase_at) == 1
    assert Customer.objects.get(pk=ada.pk).state == "anonymised"
    assert browser.get(DATA).status_code != 200, "the session ended with the person"


def test_the_link_of_the_mail_is_worth_nothing_without_the_sign_in(
    shop: Store, ada: Customer, bob: Customer, browser: Client
) -> None:
    browser.post(DATA + "erase/")
    link = link_in(ada)
    assert Client().post(link).status_code == 302
    assert visitor_client(shop, bob).post(link).status_code == 404
    assert browser.post(link.replace("/confirm/", "/confirm/x")).status_code == 404
    assert Request.objects.get().state == State.UNCONFIRMED


def test_one_can_change_ones_mind(shop: Store, ada: Customer, bob: Customer, browser: Client) -> None:
    browser.post(DATA + "erase/")
    browser.post(link_in(ada))
    request = Request.objects.get()
    url = f"{DATA}requests/{request.pk}/withdraw/"
    assert visitor_client(shop, bob).post(url).status_code == 404
    assert Request.objects.get().state == State.WAITING
    assert browser.post(url).status_code == 302
    assert Request.objects.get().state == State.WITHDRAWN
    assert browser.post(url).status_code == 409


def test_something_else_is_asked_and_comes_back_with_its_answer(
    shop: Store, ada: Customer, browser: Client
) -> None:
    details = "<script>alert(1)</script> my street is wrong"
    assert browser.post(DATA + "ask/", {"kind": "correction", "details": details}).status_code == 302
    request = Request.objects.get()
    assert (request.kind, request.way, request.proof, request.state) == (
        Kind.CORRECTION, Way.PORTAL, "signed_in", State.OPEN,
    )  # fmt: skip
    services.carry_out(
        store=shop, request_id=request.pk, answer="Street put right", actor=ME, now=timezone.now()
    )
    page = browser.get(DATA).content.decode()
    assert "Street put right" in page and "<script>alert" not in page
    again = browser.post(DATA + "ask/", {"kind": "correction"})
    assert again.status_code == 302 and Request.objects.count() == 2


@pytest.mark.parametrize("kind", ["erasure", "access", "", "x\0"])
def test_the_form_asks_for_nothing_else(browser: Client, kind: str) -> None:
    assert browser.post(DATA + "ask/", {"kind": kind}).status_code == 422
    assert not Request.objects.exists()


def test_asking_twice_says_so(browser: Client) -> None:
    browser.post(DATA + "ask/", {"kind": "objection"})
    answer = browser.post(DATA + "ask/", {"kind": "objection"})
    assert answer.status_code == 409 and "asked for already" in answer.content.decode()
    assert Request.objects.count() == 1


def test_all_agreements_end_at_once(ada: Customer, browser: Client) -> None:
    assert "End all of them" in browser.get(DATA).content.decode()
    browser.post(DATA + "agreements/end/")
    assert not Customer.objects.get(pk=ada.pk).accepts_marketing
    last = Consent.objects.order_by("-at", "-pk")[0]
    assert (last.granted, last.place, last.author_kind, last.author_name) == (False, "portal", "customer", "")
    assert "End all of them</button>" not in browser.get(DATA).content.decode()


def test_methods_that_change_are_not_for_links(browser: Client) -> None:
    for path in ("ask/", "agreements/end/"):
        assert browser.get(DATA + path).status_code == 405


def test_staff_of_the_desk_are_nobody_here(shop: Store) -> None:
    from regulars.staff.choices import Role
    from tests.people import sign_in

    owner: Someone = sign_in(shop, Role.OWNER)
    assert owner.client.get(DATA).status_code == 302
