"""The file of a copy: a zip with one JSON document and a CSV for each table, written while the rows are read.

Nothing is whole in memory but one row: what was written leaves in pieces, and the archive can be streamed as it is.
"""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

import orjson
from django.utils.translation import gettext, gettext_noop

from regulars.kit.actor import system
from regulars.privacy import gathering
from regulars.privacy.gathering import Table
from regulars.resources.context import Context
from regulars.stores.models import Store
from regulars.transfers.cells import BYTE_ORDER_MARK, guard

_README = gettext_noop(
    "This is everything {store} keeps about you, as of {day}.\n\n"
    "data.json holds all of it for machines. The CSV files hold the same, one for each kind of record; they open in a\n"
    "spreadsheet. Amounts in columns that end with _minor are in the smallest unit of the currency (cents).\n"
)


class Pieces(io.RawIOBase):
    """What is written here goes to `keep` in pieces of about a megabyte."""

    SIZE = 1024 * 1024

    def __init__(self, keep: Callable[[bytes], None]) -> None:
        self._keep, self._waiting, self.size = keep, bytearray(), 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._waiting += data
        self.size += len(data)
        while len(self._waiting) >= self.SIZE:
            self._keep(bytes(self._waiting[: self.SIZE]))
            del self._waiting[: self.SIZE]
        return len(data)

    def finish(self) -> None:
        """Keep what is left."""
        if self._waiting:
            self._keep(bytes(self._waiting))
            self._waiting.clear()


def pack(*, store: Store, customer_id: UUID, with_notes: bool, now: datetime, into: Pieces) -> int:
    """Write the whole copy of one customer. Returns how many records are in it. Raises `NotFound`."""
    context = Context(store=store, actor=system(), now=now)
    rows = 1
    row = gathering.customer_row(customer_id=customer_id, with_notes=with_notes, context=context)
    tables = gathering.tables_for(with_notes=with_notes)

    def of(table: Table) -> Iterator[dict[str, Any]]:
        return gathering.rows_of(table=table, store=store, customer_id=customer_id)

    def history() -> Iterator[dict[str, Any]]:
        return gathering.events_of(store=store, customer_id=customer_id, with_notes=with_notes)

    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        about = gettext(_README).format(store=store.name, day=store.day_of(now).isoformat())
        archive.writestr(_entry("README.txt", now), about)
        with archive.open(_entry("data.json", now), "w") as file:
            file.write(b'{"customer":' + _json(row))
            for table in tables:
                rows += _list(file, table.name, of(table))
            rows += _list(file, "history", history())
            file.write(b"}")
        _csv(archive, "customer", list(row), iter([row]), now)
        for table in tables:
            _csv(archive, table.name, list(table.columns), of(table), now)
        _csv(archive, "history", ["at", "what", "before", "after"], history(), now)
    into.finish()
    return rows


def _list(file: Any, name: str, rows: Iterator[dict[str, Any]]) -> int:
    count = 0
    file.write(b"," + orjson.dumps(name) + b":[")
    for row in rows:
        file.write((b"," if count else b"") + _json(row))
        count += 1
    file.write(b"]")
    return count


def _csv(
    archive: zipfile.ZipFile, name: str, columns: list[str], rows: Iterator[dict[str, Any]], now: datetime
) -> None:
    first = next(rows, None)
    if first is None:
        return
    with (
        archive.open(_entry(f"{name}.csv", now), "w") as file,
        io.TextIOWrapper(file, "utf-8", errors="replace", newline="") as text,
    ):
        text.write(BYTE_ORDER_MARK)
        writer = csv.writer(text)
        writer.writerow(columns)
        for row in chain((first,), rows):
            writer.writerow([guard(_cell(row[column])) for column in columns])


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.isoformat()
        case Mapping() | list() | tuple():
            return _json(value).decode()
    return str(value)


def _json(value: Any) -> bytes:
    return orjson.dumps(value, default=str)


def _entry(name: str, now: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, now.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
