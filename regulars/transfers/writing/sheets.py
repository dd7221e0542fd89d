"""What spreadsheets of all makes share: what a cell can hold, and days and moments as their numbers."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from regulars.transfers.cells import unguard
from regulars.transfers.writing.base import About, Column, Row, Value

LONGEST_TEXT = 32_767
MOST_ROWS = 1_048_576
# Whole numbers above this lose digits in a spreadsheet and are written as text.
LARGEST_NUMBER = 10**15
UNWRITABLE = "\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff"
TOGETHER = 500
_UNWRITABLE = re.compile(f"[{UNWRITABLE}]")
_FIRST_DAY = date(1899, 12, 30)
# Before it, spreadsheets disagree by a day: Lotus 1-2-3 took 1900 for a leap year.
_FIRST_SURE_DAY = date(1900, 3, 1)

Say = Callable[[Any], str]


def writable(text: str) -> str:
    """The text with � for characters that no spreadsheet holds, and cut with a mark where it is too long.

    An apostrophe that the import would take for a guard is doubled, so that the text comes back letter for letter.
    """
    text = _UNWRITABLE.sub("\ufffd", text)
    if text[:1] == "'" and unguard(text) != text:
        text = "'" + text
    if len(text) <= LONGEST_TEXT // 2:
        return text
    units = text.encode("utf-16-le")  # the limit counts an emoji twice
    if len(units) <= 2 * LONGEST_TEXT:
        return text
    mark = f"… [cut: {len(text):,} characters]"
    return units[: 2 * (LONGEST_TEXT - len(mark))].decode("utf-16-le", "ignore") + mark


def is_number(value: Value) -> bool:
    """Whether a spreadsheet can hold this number digit by digit."""
    if type(value) is int or isinstance(value, Decimal):
        return -LARGEST_NUMBER < value < LARGEST_NUMBER
    return False


def serial(value: date, about: About) -> int | float | None:
    """The number that a spreadsheet shows as this day or moment (of the store's clocks), if it has one."""
    there = about.there(value) if isinstance(value, datetime) else None
    day = there.date() if there else value
    if day < _FIRST_SURE_DAY:
        return None
    days = (day - _FIRST_DAY).days
    if there is None:
        return days
    seconds = there.hour * 3600 + there.minute * 60 + there.second + there.microsecond / 1_000_000
    return round(days + seconds / 86_400, 11)


def column_letters(number: int) -> str:
    """1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def pieces(rows: Iterable[Row], room: Callable[[], int]) -> Iterator[list[Row]]:
    """The rows in lists of at most `TOGETHER`, and no more than there is room for: asked when there is another row, so
    that a sheet that is just full begets none without rows."""
    source = iter(rows)
    for first in source:
        yield [first, *islice(source, min(TOGETHER, room()) - 1)]


def sheet_name(title: str, number: int) -> str:
    """The name of the first sheet is the title, of the next ones the title with their number."""
    plain = re.sub(r"[\[\]:*?/\\\"'<>&]", " ", writable(title))
    plain = " ".join(plain.split())[:24].strip() or "Sheet"
    return plain if number == 1 else f"{plain} {number}"


def headers(columns: Sequence[Column]) -> list[str]:
    """The first row of each sheet."""
    return [writable(column.header) for column in columns]
