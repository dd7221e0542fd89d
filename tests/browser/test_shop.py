"""The shop page in a real browser: bought by a guest, with and without scripts, and opened by staff."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.urls import resolve
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from regulars.invoices.models import Invoice
from regulars.orders.models import Order, Product
from regulars.staff.models import User
from regulars.stores.models import Store
from tests.blocklist.conftest import make_rule
from tests.browser.conftest import Guard, too_wide
from tests.browser.looking import AXE
from tests.browser.looking import look as faults
from tests.browser.test_journeys import shot, shots
from tests.portal.conftest import archive, make_product, open_shop, send_confirmations

SHOP = "/shop/shop/"
# The pages of the shop that are looked at on the way from the shelf to the order.
ROUTES = {"shop", "shop_product", "shop_basket", "shop_checkout", "shop_order", "shop_newsletter", None}


@pytest.fixture
def shop(transactional_db: None) -> Store:
    store = open_shop()
    text = "Thrown and glazed by hand.\nNo two are quite the same."
    for number, title in enumerate(
        ("Stoneware mug", "Lamp", "Très long nom d’un très joli objet fait à la main")
    ):
        make_product(store, title, 1500 + 1000 * number, sku=f"D-{number}", description=text)
    for number in range(24):
        make_product(store, f"Thing {number:02}", 990)
    return store


def fill(page: Page, **changes: str) -> None:
    facts = {
        "E-mail": "ada@example.com",
        "Phone": "+33 6 12 34 56 78",
        "Name": "Ada King",
        "Street and number": "3 rue Neuve",
        "Postcode": "75002",
        "City": "Paris",
    }
    for label, value in (facts | changes).items():
        page.get_by_label(re.compile(rf"^{label}( \(optional\))?$")).fill(value)


def put(page: Page, title: str) -> None:
    page.goto(f"{SHOP}?q={title}")
    page.get_by_role("link", name=title).click()
    page.get_by_label("Quantity").fill("2")
    page.get_by_role("button", name="Add to basket").click()
    expect(page.get_by_role("heading", name="Your basket")).to_be_visible()


def test_a_guest_buys_and_staff_open_the_order(
    page: Page, guard: Guard, shop: Store, owner: User, signed_in: Callable[..., Page], tmp_path: Path
) -> None:
    guard.watch(page)
    page.goto(f"{SHOP}basket/")
    shots(page, "shop-basket-empty")
    put(page, "Stoneware mug")
    page.goto(SHOP)
    page.get_by_role("button", name="Add Lamp").click()
    expect(page.locator(".count")).to_contain_text("3")
    page.get_by_label("Quantity of Lamp").fill("4")
    page.get_by_label("Quantity of Lamp").press("Enter")
    expect(page.locator(".count")).to_contain_text("6")
    expect(page.locator(".sums")).to_contain_text("€130.00")
    page.get_by_role("button", name="Remove Lamp").click()
    expect(page.locator(".sums")).to_contain_text("€30.00")
    page.get_by_role("link", name="Check out as a guest").click()
    fill(page, **{"E-mail": "ada@nowhere"})
    assert not page.get_by_label("Send me news").is_checked()
    page.get_by_role("button", name="Order and pay later").click()
    expect(page.get_by_role("alert")).to_contain_text("E-mail")
    shots(page, "shop-checkout-failing")
    fill(page)
    page.get_by_text("By bank transfer").click()
    page.get_by_role("button", name="Order and pay later").dblclick()
    expect(page.locator("h1")).to_have_text(re.compile("Order 1"))
    expect(page.locator("main")).to_contain_text("IBAN")
    page.reload()
    page.goto(f"{SHOP}basket/")
    expect(page.locator("main")).to_contain_text("Your basket is empty")
    order = Order.objects.get()
    assert (order.total_minor, order.pays, order.email) == (3000, "transfer", "ada@example.com")
    send_confirmations()

    desk = signed_in()
    desk.goto("/desk/shop/customers/")
    desk.get_by_role("link", name="Ada King").first.click()
    expect(desk.locator("main")).to_contain_text("ada@example.com")
    desk.goto(f"/desk/shop/orders/{order.pk}/")
    expect(desk.locator("h1")).to_contain_text("1")
    expect(desk.locator("main")).to_contain_text("Stoneware mug")
    expect(desk.locator("main")).to_contain_text("By bank transfer")
    desk.get_by_role("button", name="More actions").click()
    desk.locator("#more").get_by_role("button", name="Make invoice", exact=True).click()
    desk.locator("#dialog").get_by_role("button", name="Make invoice").click()
    expect(desk.get_by_text("Invoices made").first).to_be_visible()
    desk.goto(f"/desk/shop/invoices/{Invoice.objects.get().pk}/")
    expect(desk.locator(".billed")).to_contain_text("Ada King")
    desk.get_by_role("button", name="Issue").click()
    desk.locator("#dialog").get_by_role("button", name="Issue").click()
    expect(desk.locator("h1")).to_contain_text("INV-00001")
    with desk.expect_download() as waiting:
        desk.get_by_role("link", name="PDF").click()
    waiting.value.save_as(tmp_path / "invoice.pdf")
    assert waiting.value.suggested_filename == "INV-00001.pdf"
    assert (tmp_path / "invoice.pdf").read_bytes().startswith(b"%PDF")
    invoice = Invoice.objects.get()
    assert (invoice.source_id, invoice.due_minor, invoice.email) == (order.pk, 3000, "ada@example.com")
    desk.goto(f"/desk/shop/customers/{order.customer_id}/")
    expect(desk.locator(".figures")).to_contain_text("Outstanding")


def test_all_of_it_works_without_scripts(shop: Store, browser: Any, live_server: LiveServer) -> None:
    page = browser.new_context(base_url=live_server.url, java_script_enabled=False).new_page()
    put(page, "Lamp")
    page.get_by_role("link", name="Check out as a guest").click()
    fill(page)
    page.get_by_role("button", name="Order and pay later").click()
    expect(page.locator("h1")).to_have_text(re.compile("Order 1"))


def test_somebody_blocked_reads_why(page: Page, guard: Guard, shop: Store) -> None:
    guard.watch(page)
    make_rule(shop, "email", "ada@example.com", reason="Owes us", reason_shown="Please call us first.")
    put(page, "Lamp")
    page.get_by_role("link", name="Check out as a guest").click()
    fill(page)
    page.get_by_role("button", name="Order and pay later").click()
    expect(page.get_by_role("alert")).to_contain_text("Please call us first.")
    shots(page, "shop-checkout-blocked")
    assert not Order.objects.exists()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [1440, 390, 320])
def test_pages_are_accessible_and_fit(
    size: int, scheme: str, shop: Store, browser: Any, live_server: LiveServer, guard: Guard
) -> None:
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": size, "height": 900},
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    guard.forgiven = "Applying inline style"  # axe-core tries styles of its own, which the policy blocks
    page = guard.watch(context.new_page())

    seen: set[str | None] = set()

    def look(name: str) -> None:
        seen.add(resolve(urlsplit(page.url).path).url_name)
        wide = too_wide(page)
        assert wide <= 1, f"{name} is {wide} px too wide"
        if AXE.exists() and (size, scheme) in ((1440, "light"), (390, "dark"), (320, "light")):
            assert faults(page) == [], name
        shot(page, f"shop-{name}", size=size, scheme=scheme)

    page.goto(SHOP)
    look("list")
    page.goto(f"{SHOP}?q=nothing+like+it")
    look("nothing")
    page.goto(f"{SHOP}other/page/")
    look("not-found")
    page.goto("/shop/nowhere/")
    look("no-shop")
    page.goto(SHOP)
    page.get_by_role("link", name="Stoneware mug").click()
    look("product")
    page.get_by_role("button", name="Add to basket").click()
    put(page, "Très long nom")
    look("basket")
    page.get_by_role("link", name="Check out as a guest").click()
    look("checkout")
    fill(page)
    page.get_by_label("Send me news").check()
    page.get_by_role("button", name="Order and pay later").click()
    expect(page.locator("h1")).to_have_text(re.compile("Order 1"))
    look("order")
    send_confirmations()
    page.goto(re.findall(r"/shop/shop/newsletter/\S+", mail.outbox[-1].body)[0])
    look("agree")
    page.get_by_role("button", name="I agree").click()
    expect(page.locator("main")).to_contain_text("from now on")
    look("agreed")
    put(page, "Lamp")
    archive(Product.objects.get(store=shop, title="Lamp"))
    page.reload()
    look("basket-gone")
    assert seen == ROUTES


@pytest.mark.parametrize("size", [1440, 320])
def test_reads_from_right_to_left(
    size: int, browser: Any, live_server: LiveServer, guard: Guard, transactional_db: None
) -> None:
    make_product(
        open_shop("matjar", language="ar"), "مصباح زجاجي", 123_456, sku="D-1", description="صنع يدوي"
    )
    viewport = {"width": size, "height": 900}
    guard.forgiven = "Applying inline style"
    page = guard.watch(browser.new_context(base_url=live_server.url, viewport=viewport).new_page())

    def look(name: str) -> None:
        assert page.locator("html").get_attribute("dir") == "rtl"
        wide = too_wide(page)
        assert wide <= 1, f"{name} is {wide} px too wide"
        assert not AXE.exists() or faults(page) == [], name
        shot(page, f"shop-rtl-{name}", size=size)

    page.goto("/shop/matjar/")
    look("list")
    page.get_by_role("link", name="مصباح زجاجي").click()
    look("product")
    page.locator("form.add button").click()
    look("basket")
    page.locator(".go a").first.click()
    look("checkout")
