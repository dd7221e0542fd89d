"""The block list in a browser: rehearsed while one types, blocked and let in again, by keyboard too."""

import re

from playwright.sync_api import Page, expect

from regulars.blocklist.models import Rule
from regulars.customers.models import Customer
from regulars.stores.models import Store
from tests.browser.conftest import press

URL = "/desk/shop/blocks/"


def test_a_rule_is_rehearsed_added_and_removed_with_undo(desk: Page, people: Store) -> None:
    desk.goto("/desk/shop/")
    press(desk, "g", "b")
    expect(desk).to_have_url(re.compile("/blocks/"))
    desk.get_by_role("link", name=re.compile("New rule|Add one by hand")).first.click()
    desk.get_by_label("Kind").select_option("domain")
    desk.get_by_label("Who").fill("example.com")
    panel = desk.locator("#rehearsal")
    expect(panel).to_contain_text("60 customers are meant")
    expect(panel.get_by_role("link", name="Show them in the list")).to_be_visible()
    desk.get_by_label("Who").fill("orange.fr")
    expect(panel.get_by_label("Yes, I want this")).to_be_visible()
    desk.get_by_label("Who").fill("example.com")
    expect(panel).to_contain_text("60 customers are meant")
    desk.get_by_label("Reason", exact=True).fill("Throwaway addresses")
    desk.get_by_role("button", name="Add rule").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("example.com")
    assert Customer.objects.filter(blocked=True).count() == 60
    desk.get_by_role("button", name="Remove").click()
    desk.locator("#dialog").get_by_role("button", name="Remove").click()
    expect(desk).to_have_url(re.compile(r"/blocks/(\?.*)?$"))
    expect(desk.locator(".toast-x").last).to_contain_text("removed")
    assert Rule.objects.filter(removed_at=None).count() == 0
    assert Customer.objects.filter(blocked=True).count() == 0


def test_customers_are_blocked_from_the_list_and_let_in_from_their_page(desk: Page, people: Store) -> None:
    desk.goto("/desk/shop/customers/")
    for row in (0, 1):
        desk.locator("tbody tr").nth(row).get_by_role("checkbox").check()
    desk.locator("#bulk").get_by_role("button", name="Block customer").click()
    dialog = desk.locator("#dialog")
    expect(dialog).to_contain_text("cannot register, sign in, order")
    dialog.get_by_label("Reason", exact=True).fill("Card testing")
    dialog.get_by_role("button", name="Block customer").click()
    expect(desk.locator(".toast-x").last).to_contain_text("Blocked: 2")
    customer = Customer.objects.filter(blocked=True).order_by("pk").first()
    assert customer is not None
    desk.goto(f"/desk/shop/customers/{customer.pk}/")
    banner = desk.locator(".notice.error")
    expect(banner).to_contain_text("Card testing")
    banner.get_by_role("button", name="Unblock").click()
    expect(desk.locator(".notice.error")).to_have_count(0)
    assert Customer.objects.filter(blocked=True).count() == 1
