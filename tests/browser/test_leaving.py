"""What is on the page is not lost by leaving it, and can be taken along on paper."""

from typing import Any

from playwright.sync_api import Page, expect

from regulars.customers.models import Customer
from regulars.stores.models import Store

URL = "/desk/shop/customers/"


def test_back_from_a_changed_form_asks_first(desk: Page, people: Store) -> None:
    ada = Customer.objects.get(email="person0@example.com")
    asked: list[str] = []

    def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    desk.on("dialog", stay)
    desk.goto(f"{URL}{ada.pk}/edit/")
    # Nothing was typed: the way back is free.
    desk.get_by_role("link", name="Cancel").click()
    desk.wait_for_url(f"**{URL}{ada.pk}/")
    assert asked == []
    desk.goto(f"{URL}{ada.pk}/edit/")
    desk.get_by_label("First name").fill("Augusta")
    with desk.expect_event("dialog"):
        desk.get_by_role("link", name="Cancel").click(no_wait_after=True)
    assert asked == ["beforeunload"]
    expect(desk.get_by_label("First name")).to_have_value("Augusta")
    ada.refresh_from_db()
    assert ada.first_name == "Ada"


def test_the_list_is_printed_without_what_one_clicks(desk: Page, people: Store) -> None:
    desk.goto(URL)
    expect(desk.locator("tbody tr")).to_have_count(50)
    desk.evaluate("window.print = () => (window.printed = true)")
    desk.get_by_role("button", name="Print").click()
    assert desk.evaluate("window.printed") is True
    desk.emulate_media(media="print")
    expect(desk.locator("tbody tr").last).to_be_visible()
    for clicked in (".side", ".tools", ".pager", "td.pick", "td.row-more"):
        expect(desk.locator(clicked).first).to_be_hidden()
