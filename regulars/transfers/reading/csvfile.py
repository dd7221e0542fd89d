"""Reading CSV files as they are found: any delimiter, quoting, encoding and line end; broken rows named, not fatal.

A file is read line by line in constant memory. `Record.line` is the number of the line a row begins on, as an editor
counts them, also when cells hold line breaks.
"""

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import IO, Any, Protocol, TypedDict

from django.utils.translation import gettext as _

from regulars.transfers.reading.limits import CELL_LIMIT, LINE_LIMIT, MEGABYTE, REPAIR_LIMIT

csv.field_size_limit(CELL_LIMIT)
# Bytes that are no characters of the encoding become a half surrogate, which no text can hold and no database keeps.
_BROKEN = "\udcff"
_BROKEN_BYTES = re.compile("[\ud800-\udfff]")
codecs.register_error(
    "regulars.broken",
    lambda error: (_BROKEN, error.end) if isinstance(error, UnicodeDecodeError) else ("", 0),
)


class Folding(TypedDict):
    """How rows are made one: the column that says which belong together, those that are the parts of each by the names
    they get, the name of the column that the parts become, and how many columns the file has."""

    key: int
    parts: dict[str, int]
    into: str
    width: int


@dataclass(frozen=True, slots=True)
class Layout:
    """How the table is written in the file. `skip` records stand above the header. Columns may be parted by any number
    of spaces: then the delimiter is a space.

    In a `numbered` file the first cell of each row is the number that the row has in the file it was made from.
    """

    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    space_after: bool = False
    skip: int = 0
    numbered: bool = False
    fold: Folding | None = None

    def as_json(self) -> dict[str, Any]:
        """The layout as the import keeps it."""
        return asdict(self)


@dataclass(slots=True)
class Record:
    """One row of the file. `problem` says in words why its cells could not be told apart."""

    line: int
    cells: list[str] = field(default_factory=list)
    problem: str = ""
    size: int = 0


class _Rows(Protocol):
    """What `csv.reader` gives."""

    def __next__(self) -> list[str]: ...


class _LineTooLong(Exception):
    pass


class _Lines:
    """The lines of a file for `csv.reader`: counted, of bounded length, and kept until their row is complete."""

    def __init__(self, text: IO[str]) -> None:
        self._text = text
        self._again: deque[str] = deque()
        self.number = 0
        self.taken: list[str] = []
        self.ended = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._text.readline(LINE_LIMIT)
        if not line:
            self.ended = True
            raise StopIteration
        self.number += 1
        if len(line) >= LINE_LIMIT and line[-1] not in "\r\n":
            self._pass_over()
            raise _LineTooLong
        self.taken.append(line)
        return line

    def give_back(self, lines: list[str]) -> None:
        """Read these lines again."""
        self._again.extendleft(reversed(lines))
        self.number -= len(lines)
        self.ended = False

    def _pass_over(self) -> None:
        while (rest := self._text.readline(LINE_LIMIT)) and rest[-1] not in "\r\n":
            pass


def open_text(raw: IO[bytes], encoding: str) -> IO[str]:
    """The file as text with its line ends as they are; bytes that mean nothing stay visible to `has_broken_bytes`."""
    return io.TextIOWrapper(raw, encoding=encoding, errors="regulars.broken", newline="")


def has_broken_bytes(cell: str) -> bool:
    """True when a cell holds bytes that are no characters in the file's encoding."""
    return _BROKEN_BYTES.search(cell) is not None


def read_records(text: IO[str], layout: Layout) -> Iterator[Record]:
    """The rows of a file from its first line on, without blank ones."""
    records = _read_lines(text, layout)
    return map(_numbered, records) if layout.numbered else records


def _numbered(record: Record) -> Record:
    """The row under its number in the original."""
    number, *cells = record.cells or [""]
    line = int(number) if number.isdecimal() else record.line
    return Record(line, cells, record.problem, record.size)


def _read_lines(text: IO[str], layout: Layout) -> Iterator[Record]:
    lines = _Lines(text)
    rows = _reader(lines, layout)
    repairs = 0
    while True:
        first = lines.number + 1
        lines.taken.clear()
        problem = ""
        cells: list[str] = []
        try:
            cells = next(rows)
        except StopIteration:
            return
        except _LineTooLong:
            first = lines.number
            lines.taken.clear()
            problem = _(
                "This line is longer than %(line_limit)s MB, so it is no row of a table; it was "
                "passed over. Check where its line break went."
            ) % {"line_limit": LINE_LIMIT // MEGABYTE}
        except csv.Error:
            problem = _(
                "A cell that begins here is larger than %(cell_limit)s MB: most likely its quotation "
                "mark is never closed. Close it, or double it where it belongs to the text."
            ) % {"cell_limit": CELL_LIMIT // MEGABYTE}
        if not problem and lines.ended:
            problem = _(
                "A quotation mark is opened in this row and never closed. Close it, or double it where it "
                "belongs to the text."
            )
        if problem:
            repairs += 1
            if repairs > REPAIR_LIMIT:
                problem = _(
                    "%(repair_limit)s rows before this one were broken too; reading stopped here."
                ) % {"repair_limit": REPAIR_LIMIT}
            opened, rest = lines.taken[:1], lines.taken[1:]
            yield Record(first, [line.rstrip("\r\n")[:2000] for line in opened], problem)
            if repairs > REPAIR_LIMIT:
                return
            # Only the row with the stray mark is lost: what followed is read again.
            lines.give_back(rest)
            rows = _reader(lines, layout)
        elif (joined := "".join(cells)) and not joined.isspace():
            yield Record(first, cells, size=len(joined) + 8 * len(cells))


def _reader(lines: Iterator[str], layout: Layout) -> _Rows:
    return csv.reader(
        lines,
        delimiter=layout.delimiter,
        quotechar=layout.quote,
        doublequote=not layout.escape,
        escapechar=layout.escape or None,
        skipinitialspace=layout.space_after or layout.delimiter == " ",
    )
