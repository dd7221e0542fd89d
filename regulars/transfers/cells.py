"""Cells that a spreadsheet would run as formulas: made harmless on the way out, as they were on the way in.

A cell that begins with one of `TRIGGERS`, or with an apostrophe, leaves with an apostrophe before it. On the way in,
one apostrophe before a trigger, a digit or another apostrophe is dropped (Shopify writes '+33…, '0123), so that what
was exported comes back letter for letter, while 's-Gravenhage in anybody's file keeps its own.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

FLUSH = 256 * 1024
BYTE_ORDER_MARK = "\ufeff"
TRIGGERS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
_GUARDED = frozenset(TRIGGERS + "'0123456789")
_BELOW_ZERO = re.compile(r"-[0-9]+(\.[0-9]+)?")
DANGEROUS = frozenset(TRIGGERS + "'")


def guard(cell: str) -> str:
    """The cell as it can be opened in a spreadsheet without being run."""
    return "'" + cell if cell and cell[0] in DANGEROUS else cell


def guard_words(cell: str) -> str:
    """The same for cells of any column: a plain number below zero runs nothing, and stays one that can be added up."""
    return cell if _BELOW_ZERO.fullmatch(cell) else guard(cell)


def unguard(cell: str) -> str:
    """The cell without the apostrophe that made it harmless."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _GUARDED and len(cell) > 1 else cell


def encoded(rows: Iterable[Sequence[Any]], *, byte_order_mark: bool = False) -> Iterator[bytes]:
    """Rows as CSV in pieces; the header alone first, so that a download begins at once."""
    buffer = io.StringIO()
    if byte_order_mark:
        buffer.write(BYTE_ORDER_MARK)
    writer = csv.writer(buffer)
    first = True
    for row in rows:
        writer.writerow(row)
        if first or buffer.tell() >= FLUSH:
            yield buffer.getvalue().encode("utf-8", "replace")
            buffer.seek(0)
            buffer.truncate()
            first = False
    if buffer.tell():
        yield buffer.getvalue().encode("utf-8", "replace")
