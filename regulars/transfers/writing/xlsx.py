"""Office Open XML workbooks, written straight into the zip, row by row.

Kept libraries were measured with 1,000,000 rows of 12 columns: the usual one (XlsxWriter, constant memory) needs twice
the time that the whole export may take, the fast ones cannot set formats by column. What we write is a small, plain
part of the standard: texts inside their cells, one style per type of column.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import IO, Any
from xml.sax.saxutils import quoteattr
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from regulars.transfers.writing.base import About, Column, Row, in_words
from regulars.transfers.writing.sheets import (
    LONGEST_TEXT,
    MOST_ROWS,
    UNWRITABLE,
    Say,
    column_letters,
    headers,
    is_number,
    pieces,
    serial,
    sheet_name,
    writable,
)

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# Beyond this a part of the zip would need a form that not every reader knows; the rows go on in a further sheet.
LARGEST_SHEET = 2_000_000_000
# Excel reads _x0041_ as a letter, so that an underscore before such a text is written in that form itself.
_SPECIAL = re.compile(f"^'|[&<>\r_{UNWRITABLE}]")
_CODED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_EMPTY = "<c/>"
# Printed, all columns are on one page, the rows on as many as they need.
_PAGE = '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
_HEADER, _TEXT, _WHOLE, _DAY, _MOMENT, _AMOUNTS = 1, 2, 3, 4, 5, 6


class Xlsx:
    """One workbook; rows beyond what a sheet holds go on in a further one."""

    def __init__(self, out: IO[bytes], columns: Sequence[Column], about: About) -> None:
        self._columns, self._about = columns, about
        # Level 1 is three times as fast as the default and makes files a fifth larger.
        self._zip = ZipFile(out, "w", ZIP_DEFLATED, compresslevel=1)
        self._places = sorted(
            {column.places for column in columns if column.type in ("number", "money")} - {0}
        )
        self._say = [_cell(column, about, self._style(column)) for column in columns]
        self._sheets = 0
        self._put("[Content_Types].xml", _content_types())
        self._put("_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")]))
        self._put("xl/styles.xml", _styles(self._places))
        self._begin()

    def write(self, rows: Iterable[Row]) -> None:
        say = self._say
        for some in pieces(rows, self._room):
            lines = [
                "".join([one(value) for one, value in zip(say, row, strict=True)]).join(("<row>", "</row>"))
                for row in some
            ]
            self._add("".join(lines), len(lines))

    def close(self) -> None:
        self._end()
        names = [sheet_name(self._about.title, number + 1) for number in range(self._sheets)]
        parts = [("worksheet", f"worksheets/sheet{number + 1}.xml") for number in range(self._sheets)]
        self._put("xl/workbook.xml", _workbook(names))
        self._put("xl/_rels/workbook.xml.rels", _relations([*parts, ("styles", "styles.xml")]))
        self._zip.close()

    def _style(self, column: Column) -> int:
        if column.type in ("number", "money"):
            return _AMOUNTS + self._places.index(column.places) if column.places else _WHOLE
        return {"text": _TEXT, "date": _DAY, "moment": _MOMENT}.get(column.type, 0)

    def _room(self) -> int:
        if self._rows >= MOST_ROWS or self._bytes >= LARGEST_SHEET:
            self._end()
            self._begin()
        return MOST_ROWS - self._rows

    def _begin(self) -> None:
        self._sheets += 1
        self._rows = self._bytes = 0
        self._sheet = self._zip.open(_entry(f"xl/worksheets/sheet{self._sheets}.xml"), "w")
        titles = "".join(_inline(_HEADER)(header) for header in headers(self._columns))
        self._add(f"{_sheet_start(self._columns)}<row>{titles}</row>", 1)

    def _end(self) -> None:
        last = f"{column_letters(len(self._columns))}{self._rows}"
        self._add(f'</sheetData><autoFilter ref="A1:{last}"/>{_PAGE}</worksheet>', 0)
        self._sheet.close()

    def _add(self, text: str, rows: int) -> None:
        self._rows += rows
        self._bytes += self._sheet.write(text.encode())

    def _put(self, name: str, text: str) -> None:
        self._zip.writestr(_entry(name), _XML + text)


def _entry(name: str) -> ZipInfo:
    """A part of the zip that says nothing of the time or the machine."""
    entry = ZipInfo(name)
    entry.compress_type = ZIP_DEFLATED
    entry.create_system = 0
    return entry


def _inline(style: int) -> Callable[[str], str]:
    start, end, special = (
        f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">',
        "</t></is></c>",
        _SPECIAL.search,
    )

    def said(text: str) -> str:
        if not text:
            return _EMPTY
        if special(text) or len(text) > LONGEST_TEXT // 2:
            text = _escaped(text)
        return start + text + end

    return said


def _escaped(text: str) -> str:
    text = (
        writable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
    )
    return _CODED.sub("_x005F_", text)


def _cell(column: Column, about: About, style: int) -> Say:
    """How a value of this column becomes a cell; a value of another type becomes a text."""
    text, start, end = _inline(_TEXT), f'<c s="{style}"><v>', "</v></c>"

    def words(value: Any) -> str:
        return text(value if type(value) is str else in_words(value, column, about))

    def number(value: Any) -> str:
        if not is_number(value):
            return words(value)
        return start + (str(value) if type(value) is int else f"{value:f}") + end

    def day(value: Any) -> str:
        found = serial(value, about) if isinstance(value, date) else None
        return words(value) if found is None else start + repr(found) + end

    def yes(value: Any) -> str:
        return f'<c t="b"><v>{int(value)}</v></c>' if isinstance(value, bool) else words(value)

    says: dict[str, Say] = {"number": number, "money": number, "date": day, "moment": day, "yes": yes}
    return says.get(column.type, words)


def _sheet_start(columns: Sequence[Column]) -> str:
    widths = "".join(
        f'<col min="{index}" max="{index}" width="{max(column.width / 7, 4):.1f}" customWidth="1"/>'
        for index, column in enumerate(columns, 1)
    )
    return (
        f'{_XML}<worksheet {_MAIN}><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        '<sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{widths}</cols><sheetData>"
    )


def _content_types() -> str:
    """Every part that is named neither here nor below is a sheet."""
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="{_TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>'
    )


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    each = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{each}</Relationships>'


def _workbook(names: Sequence[str]) -> str:
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(names, 1)
    )
    repeated = "".join(
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{number}">\'{name}\'!$1:$1</definedName>'
        for number, name in enumerate(names)
    )
    return (
        f'<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets>'
        f"<definedNames>{repeated}</definedNames></workbook>"
    )


def _styles(places: Sequence[int]) -> str:
    """The formats in the order of the numbers above, then one for each number of decimals."""
    formats = ["yyyy\\-mm\\-dd", "yyyy\\-mm\\-dd\\ hh:mm:ss", *("#,##0." + "0" * each for each in places)]
    coded = "".join(f'<numFmt numFmtId="{164 + i}" formatCode="{code}"/>' for i, code in enumerate(formats))
    used = [(0, 0), (49, 1), (49, 0), (1, 0), *((164 + i, 0) for i in range(len(formats)))]
    cells = "".join(
        f'<xf numFmtId="{number}" fontId="{font}" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"'
        f"{' applyFont=' + chr(34) + '1' + chr(34) if font else ''}/>"
        for number, font in used
    )
    font = '<font>{}<sz val="11"/><name val="Calibri"/><family val="2"/></font>'
    return (
        f'<styleSheet {_MAIN}><numFmts count="{len(formats)}">{coded}</numFmts>'
        f'<fonts count="2">{font.format("")}{font.format("<b/>")}</fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(used)}">{cells}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )
