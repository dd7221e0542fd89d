"""Lists to print: every column and every script is there, page after page."""

import logging
import re
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.kit.errors import Invalid
from regulars.transfers.writing import Column, pdf
from tests.transfers.writing import MADE_AT, TYPED, written

NAMES = (
    "Łukasz Żółć", "Ελένη Παπαδοπούλου", "Анна Иванова", "Nguyễn Thị Hồng", "王小明", "田中さくら", "김민준", "陳麗體",
)  # fmt: skip
SHAPED = ("محمد بن سلمان", "יוסי כהן", "สมชาย ใจดี", "प्रिया शर्मा", "😀 👩‍👩‍👧 🇫🇷")
needs_poppler = pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext of poppler is not here")


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR, "fontTools")


def pages_of(content: bytes, folder: Path) -> list[str]:
    """The text of each page."""
    path = folder / "list.pdf"
    path.write_bytes(content)
    done = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    return done.stdout.decode().split("\f")[:-1]


@needs_poppler
def test_a_page_says_what_it_is(tmp_path: Path) -> None:
    rows = [[f"Person {number}", number, Decimal("1234.5"), None, MADE_AT, False] for number in range(120)]
    pages = pages_of(written("pdf", rows), tmp_path)
    assert "Customers · Shop" in pages[0] and "All; country = FR" in pages[0]
    assert "2024-03-04 06:06 · Ada" in pages[0]
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page
        assert re.search(r"name +orders +spent +born +added +newsletter", page)
    assert len(pages) > 2
    found = re.findall(r"Person (\d+) +\d+ +1,234\.50 +2024-03-04 06:06 +no", "".join(pages))
    assert [int(number) for number in found] == list(range(120))


@needs_poppler
def test_names_in_every_script(tmp_path: Path) -> None:
    (page,) = pages_of(written("pdf", [[name] for name in (*NAMES, *SHAPED)], TYPED[:1]), tmp_path)
    for name in NAMES:
        assert name in page
    assert "�" not in page


@needs_poppler
def test_columns_that_do_not_fit_follow_on_pages_of_their_own(tmp_path: Path) -> None:
    columns = [Column(header=f"column_number_{number}") for number in range(30)]
    rows = [[f"value {row}.{column}" for column in range(30)] for row in range(3)]
    pages = pages_of(written("pdf", rows, columns), tmp_path)
    text = "".join(pages)
    for row in rows:
        for value in row:
            assert value in text
    assert len(pages) > 1 and "of 30" in pages[0]
    for page in pages:
        assert all(value in page for value in ("value 0.0", "value 1.0", "value 2.0"))


@needs_poppler
def test_long_texts_are_wrapped_and_never_cut_without_a_mark(tmp_path: Path) -> None:
    long, endless = "some words " * 20, "word " * 5_000
    text = "".join(
        pages_of(written("pdf", [[long, "x" * 300], [endless, "y"]], (TYPED[0], TYPED[0])), tmp_path)
    )
    assert text.count("some") == 20 and text.count("x") >= 300
    assert "[cut]" in text


def test_the_same_rows_make_the_same_file() -> None:
    rows = [[name, 1, Decimal("1.50"), None, MADE_AT, True] for name in NAMES]
    content = written("pdf", rows)
    assert content == written("pdf", rows)
    assert str(Path.home()).encode() not in content and b"/fonts/" not in content


def test_more_rows_than_a_file_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MOST_ROWS", 2)
    with pytest.raises(Invalid, match="2 rows"):
        written("pdf", [["a"]] * 3, TYPED[:1])


@given(words=st.lists(st.text(max_size=30), min_size=1, max_size=5))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_written(words: list[str]) -> None:
    assert written("pdf", [[word] for word in words], TYPED[:1]).startswith(b"%PDF")


def test_more_pages_than_memory_should_hold_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MOST_PAGES", 3)
    row = ["x", 1, None, None, None, None]
    assert written("pdf", [row] * 80).startswith(b"%PDF")
    with pytest.raises(Invalid, match="3 pages"):
        written("pdf", [row] * 200)
