"""One person joins two accounts, on a phone without scripts; and every page of it against axe-core's rules."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import resolve
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from regulars.customers.models import Customer
from regulars.portal.visiting import SESSION
from regulars.stores.models import Store
from tests.accounts.people import make_account, visitor_client
from tests.browser.conftest import SCREENS, Guard, too_wide
from tests.browser.looking import AXE, LOOKS, PHONE, look
from tests.browser.test_accounts import ACCOUNT, EMAIL, link_in, newest, shop  # noqa: F401  (a fixture)
from tests.loyalty.giving import change
from tests.orders.making import make_order

OTHER = "nora@work.example"
# The pages that are looked at on the way from the question to the answer.
ROUTES = {"shop_join", "shop_join_code", "shop_join_link", "shop_join_confirm", "shop_security"}


@pytest.fixture
def two(shop: Store) -> tuple[Customer, Customer]:  # noqa: F811
    home = {"phone": "+447700900123", "address": "5 Hill Road", "postcode": "LS1 4AP", "city": "Leeds"}
    nora = make_account(shop, EMAIL, country="GB", **home).customer
    other = make_account(shop, OTHER, address="1 Office Park", city="York", country="GB").customer
    for customer, orders, points in ((nora, 1, 1250), (other, 2, 80)):
        change(shop, customer, points)
        for _each in range(orders):
            make_order(shop, customer_id=customer.pk)
    return nora, other


def come_in(context: BrowserContext, live_server: LiveServer, client: Client) -> None:
    address = f"{live_server.url}/shop/shop/"
    context.add_cookies([{"name": SESSION, "value": client.cookies[SESSION].value, "url": address}])


@pytest.fixture
def phone(
    browser: Any,
    live_server: LiveServer,
    shop: Store,  # noqa: F811
    two: tuple[Customer, Customer],
    guard: Guard,
) -> Iterator[Page]:
    context = browser.new_context(base_url=live_server.url, viewport=PHONE, java_script_enabled=False)
    come_in(context, live_server, visitor_client(shop, two[0]))
    page = guard.watch(context.new_page())
    page.set_default_timeout(20_000)
    yield page
    context.close()


def ask(page: Page) -> None:
    page.goto(f"{ACCOUNT}security/")
    page.get_by_role("link", name="Join another account").click()
    page.get_by_label("Your other e-mail").fill(OTHER)
    page.get_by_role("button", name="Send the mail").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()


def test_two_accounts_become_one_by_the_mails_of_the_outbox(
    phone: Page,
    two: tuple[Customer, Customer],
    signed_in: Callable[..., Page],
    browser: Any,
    live_server: LiveServer,
) -> None:
    nora, other = two
    desk = signed_in(within=browser.new_context(base_url=live_server.url, reduced_motion="reduce"))
    ask(phone)
    phone.goto(link_in(newest(desk, "Is this address yours too")))
    phone.get_by_role("button", name="Go on").click()
    expect(phone.get_by_role("heading", name="Join these two accounts?")).to_be_visible()
    expect(phone.get_by_text("1,250 here, 80 there")).to_be_visible()
    assert Customer.objects.count() == 2 and too_wide(phone) <= 0
    phone.get_by_role("button", name="Join the two").click()
    expect(phone.get_by_role("status")).to_contain_text("The two are one now.")
    expect(phone).to_have_url(re.compile(f"{ACCOUNT}.*"))
    assert Customer.objects.get().orders_count == 3
    phone.get_by_role("navigation", name="Your account").get_by_role("link", name="Orders").click()
    expect(phone.locator("main").get_by_role("link", name=re.compile("^Order "))).to_have_count(3)

    assert "joined with another account of yours" in newest(desk, "Your login for")
    assert "address of that one" in newest(desk, "was joined with another")
    desk.goto(f"/desk/shop/customers/{nora.pk}/")
    told = desk.get_by_text(f"Merged: #{other.number} went into this customer").first
    expect(told).to_be_visible()
    expect(desk.get_by_text("The customer · in the portal").first).to_be_visible()


def test_its_pages_keep_nobody_out(
    page: Page,
    live_server: LiveServer,
    shop: Store,  # noqa: F811
    two: tuple[Customer, Customer],
    signed_in: Callable[..., Page],
    browser: Any,
    guard: Guard,
) -> None:
    guard.forgiven = "Applying inline style"  # axe-core tries styles of its own, which the policy blocks
    come_in(page.context, live_server, visitor_client(shop, two[0]))
    guard.watch(page).set_default_timeout(20_000)
    desk = signed_in(within=browser.new_context(base_url=live_server.url, reduced_motion="reduce"))
    faults: list[str] = []
    seen: set[str | None] = set()

    def see(name: str) -> None:
        seen.add(resolve(urlsplit(page.url).path).url_name)
        for scheme, window in LOOKS:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            page.set_viewport_size(window)
            assert too_wide(page) <= 0, name
            page.screenshot(path=SCREENS / f"join-{name}-{window['width']}-{scheme}.png", full_page=True)
            if AXE.exists():
                faults.extend(f"{name}: {found}" for found in look(page))

    page.goto(f"{ACCOUNT}security/join/")
    see("ask")
    ask(page)
    see("code")
    page.goto(link_in(newest(desk, "Is this address yours too")))
    see("link")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Join these two accounts?")).to_be_visible()
    see("confirm")
    page.goto(f"{ACCOUNT}security/")
    see("security")
    assert seen == ROUTES
    assert not faults, "\n".join(faults)
