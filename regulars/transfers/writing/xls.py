"""Excel 97 workbooks, for programs that read nothing newer.

A sheet holds 65,536 rows and 256 columns, a cell 32,767 characters. The format keeps all texts in one table in memory,
so that a file has a limit of its own, too.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import IO

import xlwt
from django.utils.translation import gettext as _

from regulars.kit.errors import Invalid
from regulars.transfers.writing.base import About, Column, Row, Value, in_words
from regulars.transfers.writing.limits import MOST_ROWS_OF_XLS, ROWS_OF_AN_XLS_SHEET
from regulars.transfers.writing.sheets import headers, is_number, pieces, serial, sheet_name, writable

ROWS_OF_A_SHEET = ROWS_OF_AN_XLS_SHEET
MOST_COLUMNS = 256
MOST_ROWS = MOST_ROWS_OF_XLS


class Xls:
    """One workbook; rows beyond what a sheet holds go on in a further one, under the same header."""

    def __init__(self, out: IO[bytes], columns: Sequence[Column], about: About) -> None:
        if len(columns) > MOST_COLUMNS:
            raise Invalid(
                _("An xls file holds %(most_columns)s columns; these are %(count)s. Take xlsx.")
                % {"most_columns": MOST_COLUMNS, "count": len(columns)},
                field="format",
            )
        self._out, self._columns, self._about = out, columns, about
        self._book = xlwt.Workbook(encoding="utf-8")
        self._looks = [_look(column) for column in columns]
        self._header = xlwt.easyxf("font: bold on", num_format_str="@")
        self._text = xlwt.easyxf(num_format_str="@")
        self._sheets = self._all = 0
        self._begin()

    def write(self, rows: Iterable[Row]) -> None:
        for some in pieces(rows, self._room):
            for row in some:
                self._rows += 1
                for index, value in enumerate(row):
                    self._put(index, value)
            self._all += len(some)
            self._sheet.flush_row_data()

    def close(self) -> None:
        self._book.save(self._out)

    def _room(self) -> int:
        if self._all >= MOST_ROWS:
            raise Invalid(
                _("An xls file holds %(most_rows)s rows. Take xlsx, or narrow the list down.")
                % {"most_rows": f"{MOST_ROWS:,}"},
                field="format",
            )
        if self._rows >= ROWS_OF_A_SHEET - 1:
            self._begin()
        return min(ROWS_OF_A_SHEET - 1 - self._rows, MOST_ROWS - self._all)

    def _begin(self) -> None:
        self._sheets += 1
        self._rows = 0
        self._sheet = self._book.add_sheet(sheet_name(self._about.title, self._sheets))
        self._sheet.set_panes_frozen(True)
        self._sheet.set_horz_split_pos(1)
        for index, (header, column) in enumerate(zip(headers(self._columns), self._columns, strict=True)):
            self._sheet.write(0, index, header, self._header)
            self._sheet.col(index).width = min(max(column.width * 256 // 7, 1_000), 65_535)

    def _put(self, index: int, value: Value) -> None:
        column = self._columns[index]
        if value is None or value == "":
            return
        number: int | float | Decimal | None = None
        if column.type in ("number", "money") and isinstance(value, int | Decimal) and is_number(value):
            number = value
        elif column.type in ("date", "moment") and isinstance(value, date):
            number = serial(value, self._about)
        elif column.type == "yes" and isinstance(value, bool):
            number = value
        if number is None:
            words = writable(in_words(value, column, self._about))
            self._sheet.write(self._rows, index, words, self._text)
        else:
            self._sheet.write(self._rows, index, number, self._looks[index])


def _look(column: Column) -> xlwt.XFStyle:
    formats = {
        "text": "@",
        "date": "yyyy-mm-dd",
        "moment": "yyyy-mm-dd hh:mm:ss",
        "yes": '"TRUE";"TRUE";"FALSE"',
    }
    plain = f"#,##0.{'0' * column.places}" if column.places else "0"
    return xlwt.easyxf(num_format_str=formats.get(column.type, plain))
