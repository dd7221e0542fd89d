"""Several rows that are one record: an order with a row for each of its lines, as shops export them.

They are folded while the file is read: the row of the first, with the parts of all of them as JSON in one more column.
So mapping, check, run and mending see one row per record.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import IO

import orjson
from django.utils.translation import gettext as _

from regulars.transfers.cells import unguard
from regulars.transfers.reading.csvfile import Folding, Layout, Record, read_records
from regulars.transfers.reading.limits import CELL_LIMIT, MEGABYTE


def read_rows(text: IO[str], layout: Layout) -> Iterator[Record]:
    """The rows of a file from its first line on, folded below the header as the layout says."""
    records = read_records(text, layout)
    if layout.fold is None:
        return records
    return _below_header(records, layout.fold, layout.skip)


def _below_header(records: Iterator[Record], how: Folding, skip: int) -> Iterator[Record]:
    yield from islice(records, skip)
    for header in islice(records, 1):
        yield Record(header.line, [*header.cells, how["into"]], size=header.size)
    yield from folded(records, how)


@dataclass(slots=True)
class _Group:
    """Rows in a row that share their key. `aside` are broken rows among them, which come after it."""

    key: str
    first: Record
    parts: list[dict[str, str]] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    aside: list[Record] = field(default_factory=list)
    problem: str = ""
    size: int = 0

    def add(self, record: Record, how: Folding) -> None:
        """Take in one more row."""
        self.size += record.size
        self.extra += record.cells[how["width"] :]
        if self.size > CELL_LIMIT:
            self.parts.clear()
            self.problem = _(
                "This one and the rows that go on with it hold more than %(cell_limit)s MB. Check "
                "the column that says which rows belong together."
            ) % {"cell_limit": CELL_LIMIT // MEGABYTE}
            return
        cells = record.cells
        part = {
            name: unguard(cells[index])
            for name, index in how["parts"].items()
            if index < len(cells) and cells[index].strip()
        }
        if part:
            self.parts.append(part)

    def broken_by(self, record: Record) -> None:
        """Say that a row of this one could not be read."""
        self.problem = _(
            "Line %(line)s seems to belong to this one and is broken. Mend it, and bring both again."
        ) % {"line": f"{record.line:,}"}

    def done(self, how: Folding) -> Iterator[Record]:
        """The row that they become, and those that were put aside."""
        cells, width = self.first.cells, how["width"]
        cells += [""] * (width - len(cells))
        lines = orjson.dumps(self.parts).decode() if self.parts else ""
        # What goes beyond the header stays beyond it, where it is refused.
        cells = [*cells[:width], lines, *self.extra]
        yield Record(self.first.line, cells, self.problem, self.size)
        yield from self.aside


def folded(records: Iterator[Record], how: Folding) -> Iterator[Record]:
    """The rows below the header, those in a row with the same key made one. Rows without a key stay alone."""
    group: _Group | None = None
    broken: Record | None = None
    for record in records:
        if record.problem:
            broken = record
            if group is None:
                yield record
            else:
                group.aside.append(record)
                if _names(record, group.key):
                    group.broken_by(record)
            continue
        key = record.cells[how["key"]].strip() if how["key"] < len(record.cells) else ""
        if group is not None and (not key or key != group.key):
            yield from group.done(how)
            group = None
        if group is None:
            group = _Group(key, record)
            if broken is not None and _names(broken, key):
                group.broken_by(broken)
        broken = None
        group.add(record, how)
    if group is not None:
        yield from group.done(how)


def _names(broken: Record, key: str) -> bool:
    """Whether the text of a row that could not be read names the key of another one."""
    return bool(key) and any(re.search(rf"(?<!\w){re.escape(key)}(?!\w)", cell) for cell in broken.cells)


def unfolded(cells: Sequence[str], how: Folding) -> list[list[str]]:
    """The rows that were folded into one, so that they can be mended and brought again. The others than the first have
    the key and their parts; what nobody can take apart any more stays as it is."""
    width = how["width"]
    first, extra = list(cells[:width]), list(cells[width + 1 :])
    rows = [[*first, *extra]]
    for at, part in enumerate(_parts(cells[width] if width < len(cells) else "")):
        if at:
            rows.append([""] * width)
            rows[at][how["key"]] = first[how["key"]]
        for name, index in how["parts"].items():
            rows[at][index] = str(part.get(name, ""))
    return rows


def _parts(text: str) -> list[Mapping[str, str]]:
    try:
        parts = orjson.loads(text) if text else []
    except orjson.JSONDecodeError:
        return []
    return parts if isinstance(parts, list) and all(isinstance(one, dict) for one in parts) else []
