"""Workbooks of the older Excel (.xls) as rows of texts. They can only be read whole, so they are small."""

import io
import struct
from collections.abc import Iterator
from itertools import islice
from typing import IO

import xlrd
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.kit.text import storable
from regulars.transfers.reading.errors import UnreadableFile
from regulars.transfers.reading.formats import ENCRYPTED, is_encrypted
from regulars.transfers.reading.limits import XLS_LIMIT, size
from regulars.transfers.reading.numbers import Reader, reader_of
from regulars.transfers.reading.seen import Notes
from regulars.transfers.reading.table import PEEKED, Row

_DAMAGED = gettext_noop(
    "The workbook is damaged or broken off. Open it in a spreadsheet, save it as .xlsx and bring that file."
)
# What the reader stumbles over in files that are not as they should be.
_STUMBLES = (
    xlrd.XLRDError,
    xlrd.compdoc.CompDocError,
    struct.error,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)


class XlsBook:
    """A workbook."""

    def __init__(self, source: IO[bytes]) -> None:
        """Read the list of sheets. Raises `UnreadableFile`."""
        content = source.read(XLS_LIMIT + 1)
        if len(content) > XLS_LIMIT:
            raise UnreadableFile(
                _(
                    "The workbook is larger than %(size)s, the most that is read of the older format "
                    "(.xls). Save it as .xlsx and bring that file."
                )
                % {"size": size(XLS_LIMIT)}
            )
        if is_encrypted(content):
            raise UnreadableFile(_(ENCRYPTED))
        try:
            self._book = xlrd.open_workbook(
                file_contents=content,
                logfile=io.StringIO(),
                on_demand=True,
                formatting_info=True,
                ragged_rows=True,
            )
            self._pages = {storable(name): number for number, name in enumerate(self._book.sheet_names())}
        except _STUMBLES as error:
            raise UnreadableFile(_(ENCRYPTED) if "encrypted" in str(error) else _(_DAMAGED)) from error
        self.sheets = tuple(self._pages)
        self._notes = Notes()
        self._readers: dict[int, Reader] = {}

    def peek(self, sheet: str) -> list[Row]:
        """The first rows of a sheet that hold something."""
        return list(islice(self.rows(sheet), PEEKED))

    def rows(self, sheet: str) -> Iterator[Row]:
        """The rows of a sheet that hold something. Raises `UnreadableFile`."""
        self._notes = Notes()
        try:
            page = self._book.sheet_by_index(self._pages[sheet])
        except _STUMBLES as error:
            raise UnreadableFile(_(_DAMAGED)) from error
        for rows in page.merged_cells:
            self._notes.merged.add(xlrd.cellname(rows[0], rows[2]))
        for number, about in sorted(page.rowinfo_map.items()):
            if about.hidden and number < page.nrows:
                self._notes.hidden.add(_("Row %(number)s") % {"number": f"{number + 1:,}"})
        for number in range(page.nrows):
            try:
                cells = self._row(page, number)
            except _STUMBLES as error:
                raise UnreadableFile(_(_DAMAGED)) from error
            while cells and not cells[-1]:
                cells.pop()
            if any(map(str.strip, cells)):
                yield number + 1, cells

    def notes(self) -> list[str]:
        """What to tell about the sheet that was read last."""
        return self._notes.say()

    def close(self) -> None:
        """Let the workbook go."""
        self._book.release_resources()

    def _row(self, page: xlrd.sheet.Sheet, row: int) -> list[str]:
        cells = []
        for column, (kind, value) in enumerate(zip(page.row_types(row), page.row_values(row), strict=True)):
            if kind == xlrd.XL_CELL_TEXT:
                cells.append(str(value))
            elif kind in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
                style = page.cell_xf_index(row, column)
                if style not in self._readers:
                    self._readers[style] = self._reader(style)
                cells.append(self._readers[style](repr(value)))
            elif kind == xlrd.XL_CELL_BOOLEAN:
                cells.append("yes" if value else "no")
            else:
                cells.append("")
                if kind == xlrd.XL_CELL_ERROR:
                    what = xlrd.error_text_from_code.get(value, "")
                    self._notes.errors.add(f"{xlrd.cellname(row, column)} {what}".strip())
        return cells

    def _reader(self, style: int) -> Reader:
        number = self._book.xf_list[style].format_key
        written = self._book.format_map.get(number)
        return reader_of(written.format_str if written else "", number, self._book.datemode == 1)
