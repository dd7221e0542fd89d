"""The PDF of an invoice: everything on it, every script, page after page."""

import logging
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from regulars.invoices import queries, services
from regulars.invoices.paper import file_name, write_pdf
from regulars.invoices.queries import Invoice
from regulars.invoices.sums import NewLine
from regulars.stores.models import Store
from tests.factories import NOW, make_customer
from tests.invoices.conftest import ME, act, make_draft, make_issued, pay

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext of poppler is not here"),
]
SELLER = {
    "seller_name": "Chez Nora",
    "seller_address": "12 rue des Fleurs\n75001 Paris",
    "seller_tax_id": "FR123",
    "payment_text": "IBAN FR76 3000",
    "foot_text": "RCS Paris 123",
}


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR, "fontTools")


def written(store: Store, invoice: Invoice) -> bytes:
    return write_pdf(
        store=store,
        invoice=queries.get_invoice(store=store, invoice_id=invoice.pk),
        lines=queries.lines_of(store=store, invoice_id=invoice.pk),
        payments=queries.payments_of(store=store, invoice_id=invoice.pk),
    )


def pages(store: Store, invoice: Invoice, folder: Path) -> list[str]:
    path = folder / "invoice.pdf"
    path.write_bytes(written(store, invoice))
    done = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    return [" ".join(page.split()) for page in done.stdout.decode().split("\f")[:-1]]


def set_up(store: Store, **changes: Any) -> None:
    services.edit_settings(store=store, changes=SELLER | changes, actor=ME, now=NOW)


def test_says_all_that_an_invoice_must_say(store: Store, tmp_path: Path) -> None:
    set_up(store)
    customer = make_customer(store, first_name="Ada", last_name="Lovelace", city="Łódź")
    issued = make_issued(store, customer_id=customer.pk, bill_name="", tracking_number="1Z9", note="Thanks")
    pay(store, issued, 5000)
    (page,) = pages(store, issued, tmp_path)
    for part in (
        "Chez Nora", "12 rue des Fleurs", "FR123", "Invoice", "INV-00001", "March 2, 2026", "March 16, 2026",
        "Ada Lovelace", "Łódź", "#1", "1Z9", "Phone 1 €200.00 20 % €200.00", "Cable 3 €3.33 5.5 % €9.99",
        "Net €176.14", "Tax 5.5 % on €9.47 €0.52", "Tax 20 % on €166.67 €33.33", "Total €209.99",
        "Cash, Mar", "-€50.00", "Still due €159.99", "Prices include tax.", "Thanks", "IBAN FR76 3000",
        "RCS Paris 123", "Page 1 of 1",
    ):  # fmt: skip
        assert part in page, part


def test_goes_on_for_many_pages(store: Store, tmp_path: Path) -> None:
    lines = [NewLine(title=f"Product {at} " + "words " * (at % 40), price_minor=at) for at in range(1, 150)]
    issued = make_issued(store, lines=lines)
    found = pages(store, issued, tmp_path)
    text = " ".join(found)
    assert len(found) > 4 and all(f"Product {at} " in text for at in range(1, 150))
    for number, page in enumerate(found, 1):
        assert f"Page {number} of {len(found)}" in page
    assert "INV-00001 · Page 2" in found[1] and "Description" in found[1]


def test_writes_every_script(store: Store, tmp_path: Path) -> None:
    names = ("王小明", "Анна Иванова", "Ελένη", "김민준", "田中さくら")
    lines = [
        NewLine(title=name)
        for name in (*names, "محمد بن سلمان", "יוסי כהן", "สมชาย", "प्रिया", "😀", "x" * 300)
    ]
    (page,) = pages(store, make_issued(store, bill_name="北京公司", lines=lines), tmp_path)
    for name in (*names, "北京公司"):
        assert name in page
    assert "�" not in page


def test_says_what_it_is_and_what_became_of_it(store: Store, tmp_path: Path) -> None:
    assert "Purchase note (draft)" in pages(store, make_draft(store, kind="purchase_note"), tmp_path)[0]
    issued = make_issued(store)
    act(services.credit_invoices, store, issued)
    note = Invoice.objects.get(credits=issued)
    services.issue_invoice(store=store, invoice_id=note.pk, actor=ME, now=NOW)
    (page,) = pages(store, note, tmp_path)
    assert "Credit note INV-00002" in page and "Credits INV-00001" in page
    gone = make_issued(store)
    act(services.void_invoices, store, gone, reason="x")
    assert "Invoice (void)" in pages(store, gone, tmp_path)[0]


def test_the_same_invoice_is_the_same_file(store: Store) -> None:
    issued = make_issued(store)
    assert written(store, issued) == written(store, issued)
    services.edit_settings(store=store, changes={"seller_name": "Later"}, actor=ME, now=NOW)
    assert b"Later" not in written(store, issued)
    assert (file_name(issued), file_name(make_draft(store))) == ("INV-00001.pdf", "draft.pdf")
