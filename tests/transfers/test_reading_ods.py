"""OpenDocument spreadsheets."""

import io
import zipfile

import pytest

from regulars.transfers.reading.errors import UnreadableFile
from regulars.transfers.reading.odsxml import ContentParser
from tests.transfers.unpacking import cells, read, zipped

NAMES = " ".join(
    f"xmlns:{prefix}='urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0'"
    for prefix in ("office", "table", "text")
)
MANIFEST = "<manifest:manifest xmlns:manifest='x'/>"


def document(*sheets: str, manifest: str = MANIFEST, declared: str = "") -> bytes:
    tables = "".join(
        f"<table:table table:name='Sheet {n}'>{rows}</table:table>" for n, rows in enumerate(sheets, 1)
    )
    content = (
        f"{declared}<office:document-content {NAMES} xmlns:calcext='c'><office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
            "META-INF/manifest.xml": manifest,
        }
    )


def row(*inside: str, repeated: int = 1) -> str:
    return f"<table:table-row table:number-rows-repeated='{repeated}'>{''.join(inside)}</table:table-row>"


def cell(text: str, kind: str = "string", more: str = "") -> str:
    return f"<table:table-cell office:value-type='{kind}' {more}><text:p>{text}</text:p></table:table-cell>"


def test_cells_become_the_text_that_the_import_reads() -> None:
    rows = row(
        cell("33 612 345 678", "float", "office:value='33612345678'"), cell("01234", "float", "office:value='1234'"),
        cell("06 12 34 56 78", "float", "office:value='612345678'"), cell("15 %", "percentage", "office:value='0.15'"),
        cell("1 234,50 €", "currency", "office:value='1234.5'"),
        cell("23/04/85", "date", "office:date-value='1985-04-23'"),
        cell("x", "date", "office:date-value='2024-02-29T08:30:00'"),
        cell("8:30", "time", "office:time-value='PT08H30M00S'"), cell("WAHR", "boolean", "office:boolean-value='true'"),
        cell("two</text:p><text:p>li<text:s text:c='2'/>nes<text:tab/>!"),
    )  # fmt: skip
    assert cells(document(rows)) == [
        ["33612345678", "01234", "06 12 34 56 78", "0.15", "1234.5", "1985-04-23", "2024-02-29 08:30:00", "08:30:00",
         "yes", "two\nli  nes\t!"]
    ]  # fmt: skip


def test_repeated_cells_and_rows_are_written_out_and_blank_ones_are_counted() -> None:
    blank = "<table:table-cell table:number-columns-repeated='16000'/>"
    rows = (
        row(cell("email"), "<table:table-cell table:number-columns-repeated='2'/>", cell("city"))
        + row(blank, repeated=5)
        + row(cell("a@x.fr", more="table:number-columns-repeated='2'"), blank, repeated=2)
        + row(blank, repeated=1_048_000)
    )
    _, records = read(document(rows))
    assert [(one.line, one.cells) for one in records] == [
        (1, ["email", "", "", "city"]), (7, ["a@x.fr", "a@x.fr"]), (8, ["a@x.fr", "a@x.fr"]),
    ]  # fmt: skip


def test_comments_are_no_part_of_the_cell_and_what_is_worth_telling_is_told() -> None:
    comment = "<office:annotation><text:p>call back</text:p></office:annotation>"
    rows = row(
        f"<table:table-cell office:value-type='string'>{comment}<text:p>a@x.fr</text:p></table:table-cell>",
        cell("#N/A", more="calcext:value-type='error'"),
        cell("5", "float", "office:value='5' table:formula='of:=2+3'"),
    )
    unpacked, records = read(document(rows))
    assert records[0].cells == ["a@x.fr", "", "5"]
    assert len(unpacked.notes) == 2


def test_the_sheet_with_a_table_or_the_one_asked_for() -> None:
    raw = document(
        row(cell("Read me")), row(cell("a"), cell("b")) + row(cell("1"), cell("2")), row(cell("c"))
    )
    unpacked, records = read(raw)
    assert (unpacked.sheets, unpacked.sheet) == (("Sheet 1", "Sheet 2", "Sheet 3"), "Sheet 2")
    assert [one.cells for one in records] == [["a", "b"], ["1", "2"]]
    assert cells(raw, sheet="Sheet 3") == [["c"]]


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (document(row(cell("x", more="table:number-columns-repeated='5000'"))), "1,000 columns"),
        (document(row(cell("<text:s text:c='999999999'/>"))), "of text"),
        (document(row(cell("x")), declared="<!DOCTYPE x [<!ENTITY a 'b'>]>"), "document type"),
        (document(row(cell("x")), manifest="<m><encryption-data/></m>"), "password"),
        (document(row()), "empty"),
        (document(), "no sheet"),
        (document(*[""] * 201), "200 sheets"),
        (document(row(cell("x")))[:-100], "damaged"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_broken_and_hostile_files_end_in_words(raw: bytes, word: str) -> None:
    with pytest.raises(UnreadableFile, match=word) as refused:
        read(raw)
    assert refused.value.sentence.endswith(".")


def test_a_row_that_stands_there_a_billion_times_is_not_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regulars.transfers.reading.unpack.ROW_LIMIT", 1000)
    with pytest.raises(UnreadableFile, match="more than 1,000 rows"):
        read(document(row(cell("x"), repeated=999_999_999)))


def test_looking_at_the_sheets_holds_only_their_first_rows() -> None:
    parser = ContentParser(wanted="", most=3)
    held = 0
    content = document(row(cell("x"), repeated=2), *["".join(row(cell("x")) for _ in range(50))] * 3)
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open("content.xml") as part:
        for _ in parser.feed(part):
            held += len(parser.take())
    assert held == 1 + 3 * 3
