"""Short ways to make files of other formats and to read them back."""

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import openpyxl

from regulars.transfers.reading.csvfile import Layout, Record, open_text, read_records
from regulars.transfers.reading.formats import TEXT, format_of
from regulars.transfers.reading.unpack import Unpacked, unpack

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_STYLES = "<cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='22'/><xf numFmtId='164'/></cellXfs>"


def read(raw: bytes, filename: str = "file", sheet: str = "") -> tuple[Unpacked, list[Record]]:
    """What a file turns out to be, and its rows."""
    found = format_of(raw[: 128 * 1024], filename)
    assert found != TEXT
    out = io.BytesIO()
    unpacked = unpack(io.BytesIO(raw), format=found, filename=filename, sheet=sheet, out=out)
    out.seek(0)
    layout = Layout(numbered=unpacked.format != TEXT)
    return unpacked, list(read_records(open_text(out, "utf-8"), layout))


def cells(raw: bytes, filename: str = "file", sheet: str = "") -> list[list[str]]:
    """The rows of a file as texts."""
    return [record.cells for record in read(raw, filename, sheet)[1]]


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """A zip file."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else None)
    return kept.getvalue()


def workbook(rows: list[list[Any]], *, title: str = "People") -> bytes:
    """A workbook as openpyxl writes it."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    """The bytes of a workbook."""
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def raw_workbook(rows: str, *, before: str = "", after: str = "", extra: Mapping[str, str] = {}) -> bytes:
    """A workbook out of the bare XML of its rows. Style 1 is a day, 2 a moment, 3 a postcode (00000)."""
    styles = (
        f"<styleSheet xmlns='{MAIN}'><numFmts><numFmt numFmtId='164' formatCode='00000'/></numFmts>{_STYLES}"
    )
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "xl/workbook.xml": f"<workbook xmlns='{MAIN}' xmlns:r='{RELATIONS}'><workbookPr/>"
            "<sheets><sheet name='People' sheetId='1' r:id='a'/></sheets></workbook>",
            "xl/_rels/workbook.xml.rels": f"<Relationships xmlns='{_PACKAGE}'>"
            f"<Relationship Id='a' Type='{RELATIONS}/worksheet' Target='worksheets/sheet1.xml'/>"
            f"<Relationship Id='b' Type='{RELATIONS}/styles' Target='/xl/styles.xml'/>"
            f"<Relationship Id='c' Type='{RELATIONS}/sharedStrings' Target='sharedStrings.xml'/></Relationships>",
            "xl/styles.xml": f"{styles}</styleSheet>",
            "xl/worksheets/sheet1.xml": f"<worksheet xmlns='{MAIN}'>{before}<sheetData>{rows}</sheetData>{after}"
            "</worksheet>",
            **extra,
        }
    )
