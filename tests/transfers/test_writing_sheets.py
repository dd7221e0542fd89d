"""Spreadsheets: typed cells, texts that stay texts, and further sheets where one is full."""

import io
import json
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.kit.errors import Invalid
from regulars.transfers.writing import Column, ods, xls, xlsx
from regulars.transfers.writing import sheets as shared
from tests.transfers.conftest import SHARED
from tests.transfers.writing import MADE_AT, TYPED, about, sheets, texts, written

SPREADSHEETS = ("xlsx", "xls", "ods")
BLNS = SHARED / "adversarial" / "blns" / "blns.json"
INJECTIONS = (
    "=1+1", "+1-555", "-2+3", "@SUM(A1)", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x.y","z")', "\t=1", "＝1",
    "DDE (\"cmd\";\"/C calc\";\"__DdeLink\")",
)  # fmt: skip
KEPT_LETTER_FOR_LETTER = (
    "+33612345678", "00123", "0612", "1e5", "12345678901234567890", "2024-01-02", "TRUE", "1.0", "http://x.fr",
    "mailto:a@x.fr", "<b>&amp;</b>", "]]>", "_x0041_", "'quoted", '"quoted"', "  two  spaces ", "line\nline",
    "é ü ß", "王小明", "محمد", "😀", "#REF!", "Null",
)  # fmt: skip
anything = st.text(max_size=60)
rows_of_any_kind = st.lists(
    st.tuples(
        anything,
        st.integers(),
        st.decimals(-(10**12), 10**12, places=2),
        st.dates(),
        st.datetimes(timezones=st.just(UTC), min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)),
        st.booleans() | st.none(),
    ),
    max_size=8,
)


@pytest.mark.parametrize("name", SPREADSHEETS)
def test_cells_have_types(name: str) -> None:
    row = ["Ada", 3, Decimal("1234.50"), date(1985, 4, 23), MADE_AT, True]
    (found,) = sheets(written(name, [row, [None] * 6]))
    assert found[0] == [column.header for column in TYPED]
    *others, added, newsletter = found[1]
    assert others == ["Ada", 3, 1234.5, date(1985, 4, 23)] and newsletter is True
    assert added == datetime(2024, 3, 4, 6, 6, 7, 250_000)


@pytest.mark.parametrize("name", SPREADSHEETS)
def test_texts_that_look_like_something_else_stay_texts(name: str) -> None:
    words = [*KEPT_LETTER_FOR_LETTER, *(one for one in INJECTIONS if "\t" not in one)]
    assert texts(name, words) == words


@pytest.mark.parametrize("name", SPREADSHEETS)
@given(
    words=st.lists(
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40), max_size=9
    )
)
@settings(max_examples=25, deadline=None)
def test_any_text_comes_back_letter_for_letter(name: str, words: list[str]) -> None:
    words = [word.translate({0xFFFE: None, 0xFFFF: None}) or "x" for word in words]
    assert texts(name, words) == words


@pytest.mark.parametrize("name", SPREADSHEETS)
@given(rows=rows_of_any_kind)
@settings(max_examples=25, deadline=None)
def test_any_row_is_written(name: str, rows: list[Any]) -> None:
    (found,) = sheets(written(name, rows))
    assert len(found) == len(rows) + 1
    for row, cells in zip(rows, found[1:], strict=True):
        if abs(row[1]) < 10**15:
            assert cells[1] == row[1]
        else:
            assert cells[1] == str(row[1])
        assert cells[2] == pytest.approx(float(row[2]), abs=0.001)
        if row[3] >= date(1900, 3, 1):
            assert cells[3] == row[3]


@pytest.mark.parametrize("name", SPREADSHEETS)
def test_what_no_spreadsheet_holds_is_marked(name: str) -> None:
    found = texts(name, ["a\x00b\x01c", "half \ud83d of one", "x" * 40_000, "😀" * 20_000])
    assert found[:2] == ["a�b�c", "half � of one"]
    assert found[2] == "x" * (32_767 - len("… [cut: 40,000 characters]")) + "… [cut: 40,000 characters]"
    assert found[3].endswith("… [cut: 20,000 characters]")
    assert len(found[3].encode("utf-16-le")) <= 2 * 32_767


@pytest.mark.parametrize("name", SPREADSHEETS)
@pytest.mark.skipif(not BLNS.exists(), reason="the shared test data is not here")
def test_the_big_list_of_naughty_strings(name: str) -> None:
    words = [word for word in json.loads(BLNS.read_text("utf-8")) if word]
    expected = [shared.writable(word) for word in words]
    if name == "ods":
        expected = [word.replace("\t", " ").replace("\r\n", "\n").replace("\r", "\n") for word in expected]
    if name == "xls":  # the reader of this test takes one for a byte order mark
        expected = [word.removeprefix("\ufeff") for word in expected]
    assert texts(name, words) == expected


@pytest.mark.parametrize("name", SPREADSHEETS)
def test_the_same_rows_make_the_same_file_and_say_nothing_of_the_machine(name: str) -> None:
    row = ["Ada", 3, Decimal("1.50"), date(1985, 4, 23), MADE_AT, True]
    first = written(name, [row])
    assert first == written(name, [row])
    if name != "xls":
        with zipfile.ZipFile(io.BytesIO(first)) as parts:
            assert {part.date_time[0] for part in parts.infolist()} == {1980}


def test_no_formula_and_no_link_in_xlsx() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", [[word] for word in INJECTIONS], TYPED[:1])))
    cells = [row[0] for row in book.active.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)
    assert {cell.number_format for cell in cells} == {"@"}


def test_an_xlsx_is_ready_to_read() -> None:
    row = ["Ada", 3, Decimal("1234.50"), date(1985, 4, 23), MADE_AT, True]
    sheet = openpyxl.load_workbook(io.BytesIO(written("xlsx", [row]))).active
    assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref == "A1:F2"
    assert sheet["A1"].font.b and not sheet["A2"].font.b
    assert sheet["C2"].number_format == "#,##0.00" and sheet["B2"].number_format == "0"
    assert sheet["D2"].number_format.replace("\\", "") == "yyyy-mm-dd"
    assert sheet.column_dimensions["A"].width == 20
    assert sheet.print_title_rows == "$1:$1" and sheet.page_setup.orientation == "landscape"


def test_amounts_have_the_decimals_of_their_currency() -> None:
    columns = [
        Column(header=name, type="money", places=places) for name, places in (("yen", 0), ("dinar", 3))
    ]
    sheet = openpyxl.load_workbook(io.BytesIO(written("xlsx", [[1200, Decimal("1.250")]], columns))).active
    assert [cell.number_format for cell in sheet[2]] == ["0", "#,##0.000"]


@pytest.mark.parametrize(
    ("name", "module", "limit", "most"),
    [("xlsx", xlsx, "MOST_ROWS", 4), ("ods", ods, "MOST_ROWS", 4), ("xls", xls, "ROWS_OF_A_SHEET", 4)],
)
def test_a_full_sheet_goes_on_in_the_next(
    monkeypatch: pytest.MonkeyPatch, name: str, module: Any, limit: str, most: int
) -> None:
    monkeypatch.setattr(module, limit, most)
    found = sheets(written(name, [[f"p{number}"] for number in range(7)], TYPED[:1]))
    assert [len(sheet) for sheet in found] == [4, 4, 2]
    assert {sheet[0][0] for sheet in found} == {"name"}
    assert [row[0] for sheet in found for row in sheet[1:]] == [f"p{number}" for number in range(7)]
    just_full = sheets(written(name, [[f"p{number}"] for number in range(6)], TYPED[:1]))
    assert [len(sheet) for sheet in just_full] == [4, 4]


def test_the_limits_of_xls_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Invalid, match="256 columns"):
        written("xls", [], [Column(header=str(number)) for number in range(257)])
    monkeypatch.setattr(xls, "MOST_ROWS", 3)
    assert len(sheets(written("xls", [[str(number)] for number in range(3)], TYPED[:1]))[0]) == 4
    with pytest.raises(Invalid, match="3 rows"):
        written("xls", [[str(number)] for number in range(4)], TYPED[:1])


def test_a_sheet_has_a_name_that_every_program_takes() -> None:
    names = [shared.sheet_name(title, 2) for title in ("a/b:c?*[x]", "", "'q'", "x" * 99)]
    assert names == ["a b c x 2", "Sheet 2", "q 2", f"{'x' * 24} 2"]


def test_days_before_1900_and_moments_of_summer_time() -> None:
    assert shared.serial(date(1900, 2, 28), about()) is None
    assert shared.serial(date(2024, 2, 29), about()) == 45351
    summer = datetime(2024, 7, 1, 22, 30, tzinfo=UTC)
    assert shared.serial(summer, about()) == pytest.approx(45475 + 0.5 / 24)
