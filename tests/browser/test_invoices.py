"""Invoices in a browser: written line by line with the sum beside, issued, paid, and taken home as a PDF."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from regulars.invoices.models import Invoice
from regulars.stores.models import Store
from tests.browser.conftest import press, too_wide

URL = "/desk/shop/invoices/"


def test_an_invoice_is_written_issued_paid_and_downloaded(desk: Page, people: Store, tmp_path: Path) -> None:
    desk.goto("/desk/shop/")
    press(desk, "g", "n")
    expect(desk).to_have_url(re.compile("/invoices/"))
    desk.get_by_role("link", name=re.compile("New invoice|Add one by hand")).first.click()
    desk.locator("#id-customer").fill("person0@example.com")
    desk.get_by_label("Description 1").fill("Phone")
    desk.get_by_label("Price 1").fill("200")
    desk.get_by_label("Tax % 1").fill("20")
    sums = desk.locator("#sums")
    expect(sums).to_contain_text("€33.33")
    desk.get_by_label("Description 2").fill("Cable")
    desk.get_by_label("Quantity 2").fill("3")
    desk.get_by_label("Price 2").fill("3,33")
    expect(sums).to_contain_text("€209.99")
    desk.get_by_role("button", name="More lines").click()
    expect(desk.get_by_label("Description 7")).to_be_visible()
    expect(desk.get_by_label("Price 2")).to_have_value("3,33")
    desk.get_by_role("button", name="Save draft").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Draft")
    expect(desk.locator(".billed")).to_contain_text("Ada Lovelace")
    desk.get_by_role("button", name="Issue").click()
    dialog = desk.locator("#dialog")
    expect(dialog).to_contain_text("INV-00001")
    dialog.get_by_role("button", name="Issue").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("INV-00001")
    desk.get_by_role("button", name="Record payment").click()
    dialog.get_by_label("Amount").fill("500")
    dialog.get_by_label("Paid by").select_option("cash")
    dialog.get_by_role("button", name="Record payment").click()
    expect(dialog).to_contain_text("more than the €209.99 that are due")
    dialog.get_by_label("Amount").fill("9.99")
    dialog.get_by_role("button", name="Record payment").click()
    expect(desk.locator(".figures")).to_contain_text("€200.00")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Partly paid")
    with desk.expect_download() as waiting:
        desk.get_by_role("link", name="PDF").click()
    waiting.value.save_as(tmp_path / "invoice.pdf")
    assert (tmp_path / "invoice.pdf").read_bytes().startswith(b"%PDF")
    assert waiting.value.suggested_filename == "INV-00001.pdf"
    desk.get_by_role("button", name="More actions").click()
    desk.get_by_role("button", name="Make void").click()
    assert Invoice.objects.get().state == "partly_paid"


@pytest.mark.parametrize("width", [390, 1280])
def test_the_form_fits(desk: Page, people: Store, width: int) -> None:
    desk.set_viewport_size({"width": width, "height": 800})
    desk.goto(f"{URL}new/")
    assert too_wide(desk) <= 0
