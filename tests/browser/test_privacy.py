"""A customer's own data in a real browser: a copy downloaded, an erasure asked for, confirmed and taken back."""

import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from regulars.accounts.models import Session
from regulars.customers.models import Customer
from regulars.messaging.models import Message
from regulars.portal import visiting
from regulars.privacy.choices import State
from regulars.privacy.models import Request
from regulars.stores.models import Store
from tests.accounts.people import key_of, open_shop, visitor_client
from tests.browser.conftest import Guard, too_wide
from tests.browser.looking import look as faults
from tests.privacy.people import ada_of, buy

DATA = "/shop/shop/account/data/"


@pytest.fixture
def shop(transactional_db: None) -> Store:
    return open_shop()


@pytest.fixture
def ada(shop: Store, context: BrowserContext, live_server: LiveServer) -> Customer:
    """A customer who is signed in in this browser."""
    customer = ada_of(shop)
    buy(customer)
    key = key_of(visitor_client(shop, customer))
    assert Session.objects.filter(customer=customer).exists()
    context.add_cookies([{"name": visiting.SESSION, "value": key, "url": f"{live_server.url}/shop/shop/"}])
    return customer


def test_from_the_copy_to_the_change_of_mind(
    page: Page, live_server: LiveServer, ada: Customer, guard: Guard, tmp_path: Path
) -> None:
    guard.watch(page).goto(live_server.url + DATA)
    page.get_by_role("button", name="Make a copy").click()
    with page.expect_download() as fetched:
        page.get_by_role("link", name=re.compile("^Download")).click()
    fetched.value.save_as(tmp_path / "copy.zip")
    assert ada.email in zipfile.ZipFile(tmp_path / "copy.zip").read("data.json").decode()
    page.get_by_role("link", name="Erase my data").click()
    expect(page.get_by_text("1 order")).to_be_visible()
    page.get_by_role("button", name="Ask for the erasure").click()
    expect(page.get_by_text("Not confirmed yet")).to_be_visible()
    body = Message.objects.get(customer=ada, kind="privacy.confirm_erasure").body
    found = re.search(r"https?://[^/\s]+(/shop/\S+)", body)
    assert found
    page.goto(live_server.url + found[1])
    page.get_by_role("button", name="Erase my data").click()
    expect(page.get_by_text("Your data is erased on")).to_be_visible()
    assert Request.objects.get().state == State.WAITING
    page.get_by_role("button", name=re.compile("^Take it back")).click()
    expect(page.get_by_text("Withdrawn")).to_be_visible()
    assert Request.objects.get().state == State.WITHDRAWN


@pytest.mark.parametrize("width", [390, 1440])
def test_the_pages_fit_and_are_accessible(
    page: Page, live_server: LiveServer, ada: Customer, guard: Guard, width: int
) -> None:
    guard.watch(page).set_viewport_size({"width": width, "height": 844})
    for path in ("", "erase/"):
        page.goto(live_server.url + DATA + path)
        assert not too_wide(page)
        assert faults(page) == []
