"""Excel workbooks: what their cells become, and what is told about them."""

import io
from datetime import date, datetime, time
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import PatternFill

from regulars.transfers.reading import limits
from regulars.transfers.reading.detect import detect
from regulars.transfers.reading.errors import UnreadableFile
from regulars.transfers.reading.unpack import unpack
from tests.transfers.unpacking import MAIN, cells, raw_workbook, read, saved, workbook, zipped


def test_cells_become_the_text_that_the_import_reads() -> None:
    rows = [
        ["email", "phone", "spent", "birthdate", "created", "at", "optin", "tags", "empty"],
        [
            "a@x.fr",
            33612345678,
            12.5,
            date(1985, 4, 23),
            datetime(2024, 2, 29, 8, 30),
            time(9, 15),
            True,
            "x, y",
            None,
        ],
        [
            "b@x.fr",
            "0612",
            Decimal("3.00"),
            date(1900, 1, 1),
            datetime(2024, 2, 29),
            time(0, 0),
            False,
            " ",
            "",
        ],
    ]
    assert cells(workbook(rows))[1:] == [
        ["a@x.fr", "33612345678", "12.5", "1985-04-23", "2024-02-29 08:30:00", "09:15:00", "yes", "x, y"],
        ["b@x.fr", "0612", "3", "1900-01-01", "2024-02-29", "00:00:00", "no", " "],
    ]


def test_formats_give_zeros_back_and_money_is_a_plain_number() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["postcode", "phone", "rate", "money"])
    sheet.append([1234, 612345678, 0.15, 1234.5])
    for column, code in enumerate(("00000", '0#" "##" "##" "##" "##', "0.00%", '#,##0.00" €"'), 1):
        sheet.cell(2, column).number_format = code
    assert cells(saved(book))[1] == ["01234", "06 12 34 56 78", "0.15", "1234.5"]


def test_rows_keep_their_number_and_blank_ones_are_left_out() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["B3"], sheet["D3"] = "email", "city"
    sheet["B7"], sheet["C7"] = "a@x.fr", "kept apart"
    sheet["F9"].fill = PatternFill("solid", fgColor="FFFF00")
    _, records = read(saved(book))
    assert [(one.line, one.cells) for one in records] == [
        (3, ["", "email", "", "city"]),
        (7, ["", "a@x.fr", "kept apart"]),
    ]


def test_the_header_is_found_by_its_number_in_the_original() -> None:
    out = io.BytesIO()
    raw = workbook(
        [["Customers of May"], [], ["email", "first name"], ["a@x.fr", "Zoé\nAnne"], ["b@x.fr", 'B "o"']]
    )
    unpack(io.BytesIO(raw), format="xlsx", filename="a.xlsx", out=out)
    found = detect(out.getvalue(), "utf-8", {"email", "first name"}.__contains__, numbered=True)
    assert (found.header, found.header_line, found.layout.skip) == (["email", "first name"], 3, 1)
    assert [(one.line, one.cells[1]) for one in found.sample] == [(4, "Zoé\nAnne"), (5, 'B "o"')]


def test_the_first_sheet_with_a_table_is_read_or_the_one_asked_for() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Read me"
    sheet.append(["Made on Monday"])
    sheet.append(["by the till"])
    book.create_chartsheet("Chart")
    for name in ("People", "Others"):
        page = book.create_sheet(name)
        page.append(["email", "city"])
        page.append([f"{name}@x.fr", "Paris"])
    unpacked, records = read(saved(book))
    assert (unpacked.sheets, unpacked.sheet) == (("Read me", "People", "Others"), "People")
    assert records[1].cells[0] == "People@x.fr"
    assert cells(saved(book), sheet="Others")[1][0] == "Others@x.fr"
    with pytest.raises(UnreadableFile, match="“Read me”, “People”, “Others”"):
        read(saved(book), sheet="People ")


def test_what_is_worth_telling_is_told() -> None:
    rows = (
        "<row r='1'><c r='A1' t='inlineStr'><is><t>email</t></is></c><c r='B1' t='str'><v>n</v></c></row>"
        "<row r='2' hidden='1'><c r='A2' t='str'><f>B2&amp;\"@x.fr\"</f><v>a@x.fr</v></c>"
        "<c r='B2'><f>SUM(A1)</f></c></row>"
        "<row r='3'><c r='A3' t='e'><f>1/0</f><v>#DIV/0!</v></c><c r='B3'><f>$B$3+1</f><v>0</v></c></row>"
    )
    after = "<mergeCells><mergeCell ref='A1:A2'/><mergeCell ref='B1:B2'/></mergeCells>"
    extra = {"xl/vbaProject.bin": "x", "xl/externalLinks/externalLink1.xml": "<x/>"}
    unpacked, records = read(raw_workbook(rows, after=after, extra=extra), "list.xlsm")
    assert [record.cells for record in records] == [["email", "n"], ["a@x.fr"], ["", "0"]]
    said = "\n".join(unpacked.notes)
    for words in (
        "4 cells are formulas (first A2)", "B3 refers to itself", "B2 was never calculated", "A3 #DIV/0!",
        "2 groups of merged cells (first A1:A2)", "Row 2 is hidden", "macros", "links to other files",
    ):  # fmt: skip
        assert words in said


def test_rich_texts_phonetics_and_signs_by_number() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = CellRichText("Zoé ", TextBlock(InlineFont(b=True), "Martin"))
    assert cells(saved(book)) == [["Zoé Martin"]]
    texts = (
        f"<sst xmlns='{MAIN}'><si><r><t>東</t></r><rPh sb='0' eb='1'><t>ひがし</t></rPh></si>"
        "<si><t>a_x000A_b _x005F_x0041_</t></si></sst>"
    )
    rows = (
        "<row><c t='s'><v>0</v></c><c t='s'><v>1</v></c>"
        "<c t='d'><v>2024-03-15T00:00:00</v></c><c t='b'><v>1</v></c></row>"
    )
    raw = raw_workbook(rows, extra={"xl/sharedStrings.xml": texts})
    assert cells(raw) == [["東", "a\nb _x0041_", "2024-03-15", "yes"]]


def test_the_calendar_of_1904() -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    sheet.append([date(1985, 4, 23), date(2024, 2, 29)])
    assert cells(saved(book)) == [["1985-04-23", "2024-02-29"]]


def test_prefixed_elements_are_the_same() -> None:
    plain = raw_workbook("<row r='1'><c r='A1'><v>5</v></c></row>")
    rows = "<x:row r='1'><x:c r='A1'><x:v>5</x:v></x:c></x:row>"
    sheet = f"<x:worksheet xmlns:x='{MAIN}'><x:sheetData>{rows}</x:sheetData></x:worksheet>"
    assert cells(raw_workbook("", extra={"xl/worksheets/sheet1.xml": sheet})) == cells(plain) == [["5"]]


def row(number: int, *places: str) -> str:
    return f"<row r='{number}'>" + "".join(f"<c r='{place}'><v>1</v></c>" for place in places) + "</row>"


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (raw_workbook(""), "empty"),
        (raw_workbook(row(1, "ALM1")), "1,000 columns"),
        (raw_workbook(row(1, "AAAA1")), "damaged"),
        (raw_workbook("<row><c t='s'><v>7</v></c></row>"), "damaged"),
        (raw_workbook("<row><c t='s'><v>seven</v></c></row>"), "damaged"),
        (raw_workbook("<row><c><v>1</v></row>"), "damaged"),
        (raw_workbook(f"<row><c t='str'><v>{'x' * (limits.CELL_LIMIT + 1)}</v></c></row>"), "Cell"),
        (raw_workbook("<row><c><v>&lol;</v></c></row>"), "damaged"),
        (raw_workbook("".join(f"<e{number}/>" for number in range(limits.NAME_LIMIT))), "thousands"),
        (workbook([["a"], ["b"]])[:-400], "damaged"),
        (workbook([["a"], ["b"]])[:2000], "damaged"),
        (zipped({"xl/workbook.xml": "<x/>", "[Content_Types].xml": ""}), "damaged"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_broken_and_hostile_workbooks_end_in_words(raw: bytes, word: str) -> None:
    with pytest.raises(UnreadableFile, match=word) as refused:
        read(raw)
    assert refused.value.sentence.endswith(".")


PARTS = (
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/styles.xml",
    "xl/worksheets/sheet1.xml",
    "xl/sharedStrings.xml",
)


def test_document_types_are_refused_wherever_they_stand() -> None:
    bomb = "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;&a;'>]>"
    outside = "<!DOCTYPE x SYSTEM 'file:///etc/passwd'>"
    for declared in (bomb, outside):
        for part in PARTS:
            with pytest.raises(UnreadableFile, match="document type"):
                read(raw_workbook("<row><c><v>1</v></c></row>", extra={part: declared + "<x/>"}))


def test_a_part_outside_the_file_is_not_followed() -> None:
    relations = "<r><Relationship Id='a' Type='x/worksheet' TargetMode='External' Target='http://10.0.0.1/sheet1.xml'/></r>"
    with pytest.raises(UnreadableFile, match="no sheet"):
        read(raw_workbook(row(1, "A1"), extra={"xl/_rels/workbook.xml.rels": relations}))


def test_declared_sizes_and_far_away_rows_cost_nothing() -> None:
    before = "<dimension ref='A1:XFD999999999'/>"
    raw = raw_workbook(row(1, "A1") + row(999_999_999, "A999999999") + "<row r='1048576'/>", before=before)
    unpacked, records = read(raw)
    assert (unpacked.rows, [record.line for record in records]) == (2, [1, 999_999_999])


def test_more_rows_than_a_sheet_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regulars.transfers.reading.unpack.ROW_LIMIT", 3)
    with pytest.raises(UnreadableFile, match="more than 3 rows"):
        read(raw_workbook("".join(row(number, f"A{number}") for number in range(1, 6))))


def test_who_waits_is_told_how_far_it_is_and_may_stop_it() -> None:
    raw = workbook([["email", "note"], *([f"p{number}@x.fr", "x" * 400] for number in range(2000))])
    told: list[int] = []
    unpack(io.BytesIO(raw), format="xlsx", filename="a.xlsx", out=io.BytesIO(), told=told.append)
    assert len(told) >= 3
    assert told == sorted(told)
    assert told[-1] == 2001

    def stop(rows: int) -> None:
        raise InterruptedError

    out = io.BytesIO()
    with pytest.raises(InterruptedError):
        unpack(io.BytesIO(raw), format="xlsx", filename="a.xlsx", out=out, told=stop)
    assert len(out.getvalue()) < 400_000


def test_a_tag_or_list_without_end_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regulars.transfers.reading.markup.TAG_LIMIT", 1000)
    endless = "".join(f"{number:x}" for number in range(120_000))
    for opened in ("<c r='", "<!-- ", "<?x "):
        with pytest.raises(UnreadableFile, match="tag or comment"):
            read(raw_workbook("<row>" + opened + endless))
    monkeypatch.setattr("regulars.transfers.reading.markup.ENTRY_LIMIT", 10)
    with pytest.raises(UnreadableFile, match="more than 10 entries"):
        read(raw_workbook("", extra={"xl/styles.xml": "<s><cellXfs>" + "<xf/>" * 11 + "</cellXfs></s>"}))


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)
VALUES = st.one_of(
    TEXTS,
    st.integers(-(10**14), 10**14),
    st.decimals(-(10**6), 10**6, places=2),
    st.dates(date(1900, 3, 1), date(2199, 12, 31)),
    st.booleans(),
)


def expected(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        text = f"{value:f}".rstrip("0").rstrip(".")
        return "0" if text == "-0" else text
    return value.isoformat() if isinstance(value, date) else str(value)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(VALUES, min_size=1, max_size=5), min_size=1, max_size=8))
def test_any_table_reads_back(rows: list[list[object]]) -> None:
    safe = [["'" + one if isinstance(one, str) and one[:1] == "=" else one for one in row] for row in rows]
    wanted = [[expected(one) for one in row] for row in safe]
    for one in wanted:
        while one and not one[-1]:
            one.pop()
    wanted = [one for one in wanted if "".join(one).strip()]
    if wanted:
        assert cells(workbook(safe)) == wanted
