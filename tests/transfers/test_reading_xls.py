"""Workbooks of the older Excel."""

import io
from datetime import date, datetime, time

import pytest
import xlwt

from regulars.transfers.reading import limits
from regulars.transfers.reading.errors import UnreadableFile
from tests.transfers.unpacking import cells, read


def saved(book: xlwt.Workbook) -> bytes:
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def test_cells_become_the_text_that_the_import_reads() -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("People")
    styles = [
        None,
        None,
        "00000",
        '0#" "##" "##" "##" "##',
        "DD/MM/YYYY",
        "D-MMM-YY h:mm",
        "h:mm",
        None,
        "0.00%",
    ]
    values = [
        "é a@x.fr",
        33612345678,
        1234,
        612345678,
        date(1985, 4, 23),
        datetime(2024, 2, 29, 8, 30),
        time(9, 15),
        True,
        0.15,
    ]
    for at, (value, code) in enumerate(zip(values, styles, strict=True)):
        sheet.write(2, at, value, *([xlwt.easyxf(num_format_str=code)] if code else []))
    sheet.row(2).hidden = True
    sheet.write_merge(4, 4, 0, 2, "wide")
    unpacked, records = read(saved(book), "old.xls")
    assert [(one.line, one.cells) for one in records] == [
        (
            3,
            [
                "é a@x.fr",
                "33612345678",
                "01234",
                "06 12 34 56 78",
                "1985-04-23",
                "2024-02-29 08:30:00",
                "09:15:00",
                "yes",
                "0.15",
            ],
        ),
        (5, ["wide"]),
    ]
    assert (unpacked.format, unpacked.sheets, len(unpacked.notes)) == ("xls", ("People",), 2)


def test_the_calendar_of_1904_and_the_sheet_asked_for() -> None:
    book = xlwt.Workbook()
    book.dates_1904 = True
    book.add_sheet("Empty")
    for name in ("A", "B"):
        sheet = book.add_sheet(name)
        for number in range(2):
            sheet.write(number, 0, name)
            sheet.write(number, 1, date(2024, 2, 29), xlwt.easyxf(num_format_str="YYYY-MM-DD"))
    assert cells(saved(book)) == [["A", "2024-02-29"]] * 2
    assert cells(saved(book), sheet="B") == [["B", "2024-02-29"]] * 2


def test_damaged_ones_end_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("People")
    for number in range(300):
        sheet.write(number, 0, f"person {number}")
    whole = saved(book)
    for length in range(8, len(whole), 1777):
        try:
            read(whole[:length])
        except UnreadableFile as refused:
            assert refused.sentence.endswith(".")
    for at in range(512, len(whole), 997):
        spoilt = bytearray(whole)
        spoilt[at : at + 4] = b"\xff\xff\xff\x7f"
        try:
            read(bytes(spoilt))
        except UnreadableFile as refused:
            assert refused.sentence.endswith(".")
    monkeypatch.setattr("regulars.transfers.reading.xls.XLS_LIMIT", len(whole) - 1)
    with pytest.raises(UnreadableFile, match="xlsx"):
        read(whole)
    assert len(whole) < limits.XLS_LIMIT
