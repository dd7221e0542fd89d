"""The one text that every other format becomes: UTF-8 CSV whose first cell is the number of the row in the original."""

import csv
import io
from collections.abc import Callable, Iterator
from typing import IO, Protocol

from django.utils.translation import gettext as _

from regulars.transfers.reading.errors import UnreadableFile, shown
from regulars.transfers.reading.limits import CELL_LIMIT, COLUMN_LIMIT, TABLE_LIMIT, size

Row = tuple[int, list[str]]
PEEKED = 20
_TABLE, _LIST = 2, 1
_FLUSH = 256 * 1024


class Workbook(Protocol):
    """A file of sheets. Rows come in order with their number; blank ones are left out."""

    sheets: tuple[str, ...]

    def peek(self, sheet: str) -> list[Row]: ...

    def rows(self, sheet: str) -> Iterator[Row]: ...

    def notes(self) -> list[str]: ...

    def close(self) -> None: ...


class Table:
    """Writes rows as they come, within the limits."""

    def __init__(
        self, out: IO[bytes], *, rows_limit: int | None, told: Callable[[int], object] | None = None
    ) -> None:
        self._out, self._told = out, told
        self._rows_limit = rows_limit
        self._buffer = io.StringIO(newline="")
        self._writer = csv.writer(self._buffer, lineterminator="\n")
        self._written = 0
        self.rows = 0

    def write(self, number: int, cells: list[str]) -> None:
        """One row, blank or not. Raises `UnreadableFile` beyond the limits."""
        self.rows += 1
        if self._rows_limit is not None and self.rows > self._rows_limit:
            raise UnreadableFile(
                _("There are more than %(rows_limit)s rows. Save the table as CSV.")
                % {"rows_limit": f"{self._rows_limit:,}"}
            )
        if len(cells) > COLUMN_LIMIT:
            raise UnreadableFile(
                _("Row %(number)s has %(count)s columns; %(column_limit)s can be read. Delete the others.")
                % {"number": f"{number:,}", "count": f"{len(cells):,}", "column_limit": f"{COLUMN_LIMIT:,}"}
            )
        if len(max(cells, key=len, default="")) > CELL_LIMIT:
            raise UnreadableFile(
                _("A cell in row %(number)s holds more than %(size)s of text. Shorten it.")
                % {"number": f"{number:,}", "size": size(CELL_LIMIT)}
            )
        self._writer.writerow([number, *cells])
        if self._buffer.tell() > _FLUSH:
            self.flush()

    def flush(self) -> None:
        """Hand over what is still held back."""
        # Half surrogates are no characters; they leave as question marks rather than stop everything.
        written = self._buffer.getvalue().encode("utf-8", "replace")
        self._buffer.seek(0)
        self._buffer.truncate()
        self._written += len(written)
        if self._written > TABLE_LIMIT:
            raise UnreadableFile(
                _("The rows are more than %(size)s of text. Split the file into parts.")
                % {"size": size(TABLE_LIMIT)}
            )
        self._out.write(written)
        if self._told:
            self._told(self.rows)


def choose_sheet(book: Workbook, wanted: str) -> str:
    """The sheet asked for, or the first that has a table. Raises `UnreadableFile` naming those there are."""
    if not book.sheets:
        raise UnreadableFile(
            _("The workbook holds no sheet with cells. Bring one with a header line and rows below it.")
        )
    if wanted:
        if wanted in book.sheets:
            return wanted
        names = ", ".join(f"“{shown(name)}”" for name in book.sheets[:10])
        raise UnreadableFile(
            _("There is no sheet “%(shown)s”. There are: %(names)s.")
            % {"shown": shown(wanted), "names": names}
        )
    if len(book.sheets) == 1:
        return book.sheets[0]
    lists = []
    for name in book.sheets:
        likeness = _likeness(book.peek(name))
        if likeness == _TABLE:
            return name
        if likeness == _LIST:
            lists.append(name)
    return (lists or book.sheets)[0]


def _likeness(rows: list[Row]) -> int:
    """Whether the rows are a table, a list of one column, or less."""
    filled = [sum(1 for cell in cells if cell.strip()) for _, cells in rows]
    if sum(1 for count in filled if count > 1) > 1:
        return _TABLE
    return _LIST if len(filled) > 1 else 0
