"""An order becomes an invoice in a browser, the PDF is taken home and looked at; then the order is cancelled."""

import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from regulars.customers.models import Customer
from regulars.invoices.models import Invoice
from regulars.orders.models import Order
from regulars.stores.models import Store
from tests.browser.conftest import SCREENS, too_wide
from tests.orders.making import make_order
from tests.tradeins.making import make_tradein, move, paid_in


def act(page: Page, name: str) -> None:
    """One of the acts behind the dots."""
    page.get_by_role("button", name="More actions").click()
    page.locator("#more").get_by_role("button", name=name, exact=True).click()


def answer(page: Page, name: str) -> None:
    dialog = page.locator("#dialog")
    dialog.get_by_role("button", name=name).last.click()
    expect(dialog).to_be_hidden()


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext of poppler is not here")
def test_staff_issue_the_invoice_of_an_order_and_credit_it(desk: Page, people: Store, tmp_path: Path) -> None:
    order: Order = make_order(people, name="Ada Lovelace", email="person0@example.com", city="Paris")
    url = f"/desk/shop/orders/{order.pk}/"
    desk.goto(url)
    act(desk, "Make invoice")
    answer(desk, "Make invoice")
    papers = desk.locator(".papers")
    expect(papers).to_contain_text("Draft")
    papers.get_by_role("link", name="Draft").click()
    desk.get_by_role("button", name="Issue").click()
    expect(desk.locator("#dialog")).to_contain_text("INV-00001")
    answer(desk, "Issue")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("INV-00001")
    with desk.expect_download() as waiting:
        desk.get_by_role("link", name="PDF").click()
    paper = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(paper)
    text = subprocess.run(
        ["pdftotext", "-layout", paper, "-"], capture_output=True, check=True
    ).stdout.decode()
    for part in ("INV-00001", "Ada Lovelace", "Mug", "Lamp (SN-77)", "€70.00"):
        assert part in text, part
    SCREENS.mkdir(parents=True, exist_ok=True)
    subprocess.run(["pdftoppm", "-png", "-singlefile", paper, SCREENS / "papers-invoice"], check=True)

    desk.goto(url)
    act(desk, "Cancel the order")
    answer(desk, "Cancel the order")
    notice = desk.locator(".notice.warn").first
    expect(notice).to_contain_text("cancelled after INV-00001 was issued")
    desk.screenshot(path=SCREENS / "papers-differs.png")
    notice.get_by_role("button", name="Bring in line with the order").click()
    expect(desk.locator("#dialog")).to_contain_text("A credit note of €70.00 is issued.")
    answer(desk, "Bring in line with the order")
    expect(papers).to_contain_text("INV-00002")
    expect(papers).to_contain_text("Credit note")
    states = Invoice.objects.order_by("sequence").values_list("kind", "state")
    assert list(states) == [("invoice", "paid"), ("credit_note", "paid")]


def test_a_trade_in_gets_its_purchase_note(desk: Page, people: Store) -> None:
    made = make_tradein(people, Customer.objects.get(first_name="Ada"), way="mail_in", acceptance="seller")
    for step in ("send", "deliver", "inspect", "as-described"):
        move(made, step)
    paid_in(made, "cash")
    desk.goto(f"/desk/shop/tradeins/{made.pk}/")
    act(desk, "Make purchase note")
    desk.locator("#dialog").get_by_label("Issue at once").check()
    answer(desk, "Make purchase note")
    expect(desk.locator(".papers")).to_contain_text("INV-00001")
    desk.locator(".next-steps").get_by_role("button", name="Mark as paid").click()
    answer(desk, "Mark as paid")
    expect(desk.locator(".papers")).to_contain_text("Paid")
    assert Invoice.objects.get().state == "paid"
    for width in (390, 1440):
        desk.set_viewport_size({"width": width, "height": 900})
        assert too_wide(desk) <= 0
