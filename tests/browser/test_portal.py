"""The portal on a phone, without scripts and with them, and every page of it against axe-core's rules."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from regulars.portal import visiting
from regulars.stores.models import Store
from regulars.tradeins.choices import Status, Way
from regulars.tradeins.models import TradeIn
from tests.browser.conftest import SCREENS, Guard, too_wide
from tests.browser.test_accessibility import AXE, PHONE, look
from tests.portal.mine.having import Somebody, everything, make_shop, repriced, somebody

PATHS = {
    "overview": "",
    "orders": "orders/",
    "order": "orders/{order_id}/",
    "invoices": "invoices/",
    "invoice": "invoices/{invoice_id}/",
    "trade-ins": "trade-ins/",
    "trade-in": "trade-ins/{tradein_id}/",
    "new price": "trade-ins/{repriced_id}/",
    "new trade-in": "trade-ins/new/",
    "points": "points/",
    "offers": "offers/",
    "offer": "offers/{offer_id}/",
    "profile": "profile/",
    "main address": "profile/address/",
    "address": "profile/addresses/{address_id}/",
    "payout": "payout/?kind=bank_transfer",
    "agreements": "agreements/",
    "security": "security/",
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


@pytest.mark.skipif(not AXE.exists(), reason="axe-core comes with the npm packages of ui/")
@pytest.mark.parametrize(("scheme", "wide"), [("light", True), ("dark", False)], ids=["light", "dark-phone"])
def test_no_page_keeps_anybody_out(
    page: Page, live_server: LiveServer, shop: Store, ada: Somebody, guard: Guard, scheme: Any, wide: bool
) -> None:
    guard.forgiven = "Applying inline style"  # axe-core tries styles of its own, which the policy blocks
    guard.watch(page)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    if not wide:
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    faults: dict[str, list[str]] = {}
    bob = somebody(shop, "Bob")
    for one, names in ((ada, tuple(PATHS)), (bob, LISTS)):
        come_in(page.context, live_server, one)
        for name in names:
            answer = page.goto(one.url(PATHS[name].format(**one.ids)))
            assert answer is not None and answer.status == 200, (name, answer and answer.status)
            told = f"{name} of {one.customer.first_name}"
            if too_wide(page) > 0:
                faults.setdefault("wider than its window", []).append(told)
            page.screenshot(path=SCREENS / f"portal-{scheme}-{told.replace(' ', '-')}.png", full_page=True)
            for found in look(page):
                faults.setdefault(found, []).append(told)
    assert not faults, "\n".join(f"{fault} | {', '.join(names)}" for fault, names in faults.items())
