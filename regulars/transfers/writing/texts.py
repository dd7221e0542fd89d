"""Plain text: values parted by commas or tabs, and one JSON object a line."""

from collections.abc import Callable, Iterable, Sequence
from csv import writer as csv_writer
from decimal import Decimal
from io import SEEK_END, StringIO
from itertools import batched
from typing import IO, Any

import orjson

from regulars.kit.text import storable
from regulars.transfers.cells import BYTE_ORDER_MARK, guard
from regulars.transfers.writing.base import About, Column, Row, Value, in_words

Say = Callable[[Any], str]
TOGETHER = 1_000


class Delimited:
    """CSV (RFC 4180) or tab-separated values. Texts that a spreadsheet would run are guarded, numbers never are."""

    def __init__(self, out: IO[bytes], columns: Sequence[Column], about: About, *, delimiter: str) -> None:
        self._out = out
        self._delimiter = delimiter
        self._say = [_cell(column, about) for column in columns]
        self._put(
            [[guard(column.header) for column in columns]], BYTE_ORDER_MARK if about.byte_order_mark else ""
        )

    def write(self, rows: Iterable[Row]) -> None:
        say = self._say
        for some in batched(rows, TOGETHER):
            self._put([one(value) for one, value in zip(say, row, strict=True)] for row in some)

    def _put(self, rows: Iterable[Sequence[str]], start: str = "") -> None:
        text = StringIO(start)
        text.seek(0, SEEK_END)
        csv_writer(text, delimiter=self._delimiter).writerows(rows)
        self._out.write(text.getvalue().encode("utf-8", "replace"))

    def close(self) -> None:
        """Each row is whole already."""


def _cell(column: Column, about: About) -> Say:
    if column.type == "text":
        return lambda value: guard(value) if isinstance(value, str) else in_words(value, column, about)
    if column.type == "moment":  # as the database writes it where it writes the file
        return lambda value: "" if value is None else about.there(value).isoformat(timespec="microseconds")
    return lambda value: in_words(value, column, about)


class JsonLines:
    """One object a line, with real numbers, booleans and nulls; amounts keep every digit."""

    def __init__(self, out: IO[bytes], columns: Sequence[Column], about: About) -> None:
        self._out = out
        self._columns = [(storable(column.header), column) for column in columns]
        self._about = about

    def write(self, rows: Iterable[Row]) -> None:
        for row in rows:
            pairs = zip(self._columns, row, strict=True)
            line = {header: self._json(value, column) for (header, column), value in pairs}
            self._out.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))

    def _json(self, value: Value, column: Column) -> Any:
        match value:
            case str():
                return storable(value)
            case bool() | int() | None:
                return value
            case Decimal():
                return orjson.Fragment(in_words(value, column, self._about))
        return in_words(value, column, self._about)

    def close(self) -> None:
        """Each line is whole already."""
