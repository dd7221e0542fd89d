"""The portal on a phone, without scripts and with them, and every page of it against axe-core's rules."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from regulars.customers.models import Customer
from regulars.portal import visiting
from regulars.stores.models import Store
from regulars.tradeins.choices import Status, Way
from regulars.tradeins.models import TradeIn
from tests.browser.conftest import Guard
from tests.browser.looking import PHONE, WIDE, Faults, Place, look_at_all, needs_axe
from tests.portal.mine.having import Somebody, everything, make_shop, repriced, somebody

PAGES = {
    "overview": Place("/shop/shop/account/"),
    "orders": Place("/shop/shop/account/orders/"),
    "order": Place("/shop/shop/account/orders/{order_id}/"),
    "invoices": Place("/shop/shop/account/invoices/"),
    "invoice": Place("/shop/shop/account/invoices/{invoice_id}/"),
    "trade-ins": Place("/shop/shop/account/trade-ins/"),
    "trade-in": Place("/shop/shop/account/trade-ins/{tradein_id}/"),
    "new price": Place("/shop/shop/account/trade-ins/{repriced_id}/"),
    "new trade-in": Place("/shop/shop/account/trade-ins/new/"),
    "points": Place("/shop/shop/account/points/"),
    "offers": Place("/shop/shop/account/offers/"),
    "offer": Place("/shop/shop/account/offers/{offer_id}/"),
    "profile": Place("/shop/shop/account/profile/"),
    "main address": Place("/shop/shop/account/profile/address/"),
    "address": Place("/shop/shop/account/profile/addresses/{address_id}/"),
    "payout": Place("/shop/shop/account/payout/?kind=bank_transfer"),
    "agreements": Place("/shop/shop/account/agreements/"),
    "security": Place("/shop/shop/account/security/"),
}
LISTS = ("overview", "orders", "invoices", "trade-ins", "points", "offers", "profile")


@pytest.fixture
def shop(transactional_db: None) -> Store:
    return make_shop()


def come_in(context: BrowserContext, live_server: LiveServer, one: Somebody) -> None:
    """Give the browser the key of a customer who is signed in."""
    key = one.client.cookies[visiting.SESSION].value
    address = f"{live_server.url}/shop/{one.store.slug}/"
    context.add_cookies([{"name": visiting.SESSION, "value": key, "url": address}])


@pytest.fixture
def ada(shop: Store) -> Somebody:
    one = everything(shop)
    one.ids["repriced_id"] = repriced(shop, one.customer).pk
    return one


@pytest.fixture
def phone(browser: Any, live_server: LiveServer, ada: Somebody, guard: Guard) -> Iterator[Page]:
    """A phone whose browser runs no scripts."""
    context = browser.new_context(base_url=live_server.url, viewport=PHONE, java_script_enabled=False)
    come_in(context, live_server, ada)
    page = guard.watch(context.new_page())
    page.set_default_timeout(20_000)
    yield page
    context.close()


def test_a_trade_in_from_start_to_the_answer_to_a_new_price(phone: Page, ada: Somebody) -> None:
    phone.goto(ada.url())
    phone.get_by_role("navigation", name="Your account").get_by_role("link", name="Trade-ins").click()
    phone.get_by_role("link", name="Start a trade-in").click()
    first = phone.get_by_role("group", name="Thing 1")
    first.get_by_label("What is it?").fill("Pixel 9")
    phone.get_by_role("button", name="Add more things").click()
    expect(phone.get_by_role("group", name="Thing 8")).to_be_visible()
    expect(first.get_by_label("What is it?")).to_have_value("Pixel 9")
    phone.get_by_role("button", name="Start the trade-in").last.click()
    expect(phone.get_by_role("alert")).to_contain_text("marked below")
    first.get_by_label("Condition").select_option("good")
    phone.get_by_role("button", name="Start the trade-in").last.click()
    expect(phone.get_by_text("We have your trade-in.")).to_be_visible()
    made = TradeIn.objects.get(customer=ada.customer, status=Status.REQUIRES_REVIEW)
    assert made.way == Way.MAIL_IN and made.author_name == "The customer"

    phone.goto(ada.url(f"trade-ins/{ada.ids['tradein_id']}/"))
    phone.get_by_role("button", name="Accept the price").click()
    expect(phone.get_by_text("Accepted", exact=True)).to_be_visible()
    phone.get_by_label("Courier").fill("DHL")
    phone.get_by_label("Tracking number").fill("JJD 000 1")
    phone.get_by_role("button", name="I have sent it").click()
    expect(phone.get_by_text("JJD 000 1")).to_be_visible()

    phone.goto(ada.url(f"trade-ins/{ada.ids['repriced_id']}/"))
    expect(phone.get_by_text("€50.00").first).to_be_visible()
    phone.get_by_text("Decline, send it back").first.click()
    phone.get_by_role("button", name="Yes: Decline, send it back").click()
    expect(phone.get_by_text("Going back to you")).to_be_visible()


def test_profile_address_and_agreements(phone: Page, ada: Somebody) -> None:
    phone.goto(ada.url("profile/"))
    phone.get_by_label("First name").fill("Adele")
    phone.get_by_role("button", name="Save").click()
    expect(phone.get_by_role("status")).to_contain_text("Saved.")
    phone.get_by_role("link", name="Add an address").click()
    phone.get_by_label("Street and number").fill("1 New Road")
    phone.get_by_label("City").fill("Leeds")
    phone.get_by_role("button", name="Save").click()
    phone.get_by_role("button", name="Make it the main one 1 New Road").click()
    expect(phone.get_by_text("This is your main address now.")).to_be_visible()
    phone.get_by_role("navigation", name="Your account").get_by_role("link", name="What we send you").click()
    phone.get_by_label("Send me news and offers of Shop by e-mail.").uncheck()
    phone.get_by_role("button", name="Save").click()
    ada.customer.refresh_from_db()
    assert (ada.customer.first_name, ada.customer.city) == ("Adele", "Leeds")
    assert not ada.customer.accepts_marketing


def test_an_offer_is_claimed_and_shown_at_the_till(phone: Page, ada: Somebody) -> None:
    phone.goto(ada.url("offers/"))
    phone.get_by_role("link", name="Lunch of Ada").click()
    phone.get_by_role("button", name="Claim it").click()
    expect(phone.locator("svg.qr")).to_be_visible()
    phone.get_by_role("button", name="Keep as a favourite").click()
    expect(phone.get_by_role("button", name="One of your favourites")).to_be_visible()


@needs_axe
def test_no_page_keeps_anybody_out(
    page: Page, live_server: LiveServer, shop: Store, ada: Somebody, guard: Guard
) -> None:
    guard.forgiven = "Applying inline style"  # axe-core tries styles of its own, which the policy blocks
    guard.watch(page)
    faults = Faults()
    bob = somebody(shop, "Bob")
    for one, pages in ((bob, {name: PAGES[name] for name in LISTS}), (ada, PAGES)):
        come_in(page.context, live_server, one)
        told = {f"{name} of {one.customer.first_name}": place for name, place in pages.items()}
        places = {name: str(value) for name, value in one.ids.items()}
        look_at_all(page, told, places, pictures="portal", faults=faults)
    # From right to left, as the customer reads, whatever the shop speaks.
    Customer.objects.filter(pk=ada.customer.pk).update(language="ar")
    told = {f"{name} in Arabic": place for name, place in PAGES.items()}
    looks = (("dark", WIDE), ("light", PHONE))
    look_at_all(page, told, places, looks=looks, pictures="portal", faults=faults)
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    faults.expect_none()
