"""A trade-in by post, from the form to the payout as store credit, with a browser."""

import re

from playwright.sync_api import Page, expect

from regulars.customers.models import Customer
from regulars.stores.models import Store
from regulars.tradeins.models import TradeIn
from tests.browser.conftest import SCREENS, press
from tests.tradeins.making import IMEI


def step(page: Page, name: str) -> None:
    """Take the step that the page offers; what it asks is filled in already or not needed."""
    page.locator(".next-steps").get_by_role("button", name=name, exact=True).click()


def confirm(page: Page, name: str) -> None:
    dialog = page.locator("#dialog")
    dialog.get_by_role("button", name=name).last.click()
    expect(dialog).to_be_hidden()


def picture(page: Page, name: str) -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.wait_for_load_state()
    page.screenshot(path=SCREENS / f"tradeins-{name}.png", full_page=True)


def test_a_mail_in_goes_from_quote_to_payout(desk: Page, people: Store) -> None:
    ada = Customer.objects.get(first_name="Ada")
    desk.goto("/desk/shop/")
    press(desk, "g", "t")
    expect(desk).to_have_url(re.compile("/tradeins/"))
    picture(desk, "empty")
    desk.goto(f"/desk/shop/tradeins/new/?customer={ada.number}")
    desk.get_by_label("Way").select_option("mail_in")
    desk.get_by_label("Item", exact=True).first.fill("iPhone 12, 64 GB")
    desk.get_by_label("Condition").first.select_option("good")
    desk.get_by_label("Serial or IMEI").first.fill(IMEI)
    desk.get_by_label("Quoted").first.fill("120")
    picture(desk, "form")
    desk.get_by_role("button", name="Save trade-in").click()
    heading = desk.get_by_role("heading", level=1)
    expect(heading).to_contain_text("Pending")
    picture(desk, "pending")

    step(desk, "Accept the quote")
    desk.locator("#dialog").get_by_label("Accepted").select_option("seller")
    picture(desk, "dialog")
    confirm(desk, "Accept the quote")
    expect(heading).to_contain_text("Lead")
    step(desk, "Mark as sent")
    desk.locator("#dialog").get_by_label("Courier").fill("DHL")
    desk.locator("#dialog").get_by_label("Tracking number").fill("JD0123")
    confirm(desk, "Mark as sent")
    expect(heading).to_contain_text("In transit")
    step(desk, "Mark as delivered")
    expect(heading).to_contain_text("Delivered")
    step(desk, "Inspect")
    expect(heading).to_contain_text("Being inspected")
    desk.get_by_role("button", name="More actions").click()
    desk.locator("#more").get_by_role("button", name="Put on hold").click()
    desk.locator("#dialog").get_by_label("Kind of hold").select_option("activation_lock")
    confirm(desk, "Put on hold")
    expect(heading).to_contain_text("Activation lock")
    step(desk, "End the hold")
    expect(heading).to_contain_text("Being inspected")
    step(desk, "Not as described")
    desk.locator("#dialog").get_by_label("New price").fill("80")
    desk.locator("#dialog").get_by_label("Reason").fill("Scratched")
    confirm(desk, "Not as described")
    expect(heading).to_contain_text("Not as described")
    step(desk, "Accept the new price")
    desk.locator("#dialog").get_by_label("Accepted").select_option("seller")
    confirm(desk, "Accept the new price")
    expect(heading).to_contain_text("Payout processing")

    desk.get_by_role("link", name="Choose").click()
    desk.get_by_label("Paid by").select_option("bank_transfer")
    expect(desk.get_by_label("IBAN")).to_be_visible()
    picture(desk, "payout")
    desk.get_by_label("Paid by").select_option("store_credit")
    expect(desk.locator("#particulars")).to_contain_text("store credit")
    desk.get_by_role("button", name="Save").click()
    expect(desk.locator(".record-rail")).to_contain_text("Store credit")
    step(desk, "Mark as paid")
    confirm(desk, "Mark as paid")
    expect(heading).to_contain_text("Completed")
    picture(desk, "completed")
    assert Customer.objects.get(pk=ada.pk).credit_minor == 8_000
    assert TradeIn.objects.get().status == "completed"
    desk.goto("/desk/shop/tradeins/?tab=all")
    expect(desk.locator("tbody tr")).to_have_count(1)
    picture(desk, "list")
    desk.goto(f"/desk/shop/customers/{ada.pk}/")
    expect(desk.locator(".figures")).to_contain_text("€80.00")
    picture(desk, "customer")


def test_a_trade_in_begins_on_the_page_of_the_customer(desk: Page, people: Store) -> None:
    ada = Customer.objects.get(first_name="Ada")
    desk.goto(f"/desk/shop/customers/{ada.pk}/")
    desk.get_by_role("button", name="More actions").click()
    desk.locator("#more").get_by_role("button", name="New trade-in").click()
    expect(desk.get_by_label("Customer", exact=True)).to_have_value(str(ada.number))
    desk.get_by_role("button", name="More items").click()
    expect(desk.locator(".item-row")).to_have_count(4)
    picture(desk, "rows")
    desk.set_viewport_size({"width": 390, "height": 800})
    picture(desk, "rows-phone")
