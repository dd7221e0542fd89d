"""From the cells of a row to the values of a record, each column by a reader made once per file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from django.utils.translation import gettext as _

from regulars.kit.errors import Invalid
from regulars.kit.phone import clean_phone
from regulars.kit.text import storable
from regulars.resources.context import Context
from regulars.resources.importer import Cleaner, Importer, Preset
from regulars.resources.kinds import Email, Phone
from regulars.resources.resource import Resource
from regulars.transfers.cells import unguard
from regulars.transfers.cleaners import both, cleaner_of, filled_by
from regulars.transfers.mapping import Column, header_key
from regulars.transfers.plan import NO_PLAN, Plan
from regulars.transfers.reading.csvfile import Record, has_broken_bytes
from regulars.transfers.settling import Tagged
from regulars.transfers.steps import changes_of, input_of, joined_headers

CACHED, CACHED_LENGTH = 10_000, 60
LONGEST_PHONE = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell (or, without a column, with the row), and how to put it right.

    `lasting` is what the kept cells do not show any more; `earlier` is the line that is about the same record.
    """

    column: str
    value: str
    sentence: str
    lasting: bool = False
    earlier: int = 0

    def as_json(self) -> dict[str, Any]:
        """As a failed row keeps it."""
        shown = storable(self.value)
        return {
            "column": self.column,
            "value": shown if len(shown) <= 200 else shown[:199] + "…",
            "sentence": storable(self.sentence),
            **({"lasting": True} if self.lasting else {}),
            **({"earlier": self.earlier} if self.earlier else {}),
        }


@dataclass(slots=True)
class ReadRow:
    """A row of the file as it was read: its values by field, or what is wrong, and a number equal rows share."""

    record: Record
    values: dict[str, Any]
    problems: list[Problem]
    digest: int


class RowReader:
    """Reads rows of one file."""

    def __init__(
        self,
        *,
        resource: Resource,
        importer: Importer,
        columns: Sequence[Column],
        preset: Preset | None,
        context: Context,
        encoding: str,
        plan: Plan = NO_PLAN,
        guarded: bool = True,
    ) -> None:
        self._unguard = unguard if guarded else str
        self._width = len(columns)
        self._encoding = encoding
        fields = {one.name: one for one in resource.fields(context.actor)}
        transforms = (
            {header_key(name): change for name, change in preset.transforms.items()} if preset else {}
        )
        self._steps: list[tuple[int, str, str, Cleaner, dict[str, Any] | None]] = []
        self._phones: list[tuple[int, str, str]] = []
        self._country = plan.phone_country or context.store.country
        self._phone_country = ""
        self._kept_as_typed = importer.kept_as_typed
        self._joins: list[tuple[int, list[int], str]] = []
        index_of = {column.header: column.index for column in reversed(columns)}
        for column in columns:
            if not column.field:
                continue
            target = fields[column.field]
            steps = plan.steps.get(column.header, [])
            self._joins += [
                (
                    column.index,
                    [
                        at
                        for name in joined_headers(one)
                        if (at := index_of.get(name)) is not None and at != column.index
                    ],
                    one["separator"],
                )
                for one in steps
                if one["step"] == "join"
            ]
            change = both(transforms.get(header_key(column.header)), changes_of(steps))
            if isinstance(target.kind, Phone):
                # Read last: a national number is one of the row's country.
                self._phones.append((column.index, column.field, column.header))
                self._phone_change = change
                self._phone_country = input_of(steps, "phone", "country").upper()
            else:
                read = cleaner_of(
                    target=target, order=column.order, change=change, importer=importer, context=context
                )
                # What comes again and again is read once; an e-mail does not.
                known: dict[str, Any] | None = None if isinstance(target.kind, Email) else {}
                self._steps.append((column.index, column.field, column.header, read, known))
        self._origin = {importer.origin: preset.name if preset else "import"} if importer.origin else {}
        self._column_of = {column.field: column for column in columns if column.field}
        self._mapped = [column.index for column in columns if column.field]
        self._filled = filled_by(plan=plan, fields=fields, importer=importer, context=context)
        self._tags = (
            fields["tags"].clean(plan.tags, context) if plan.tags.strip() and "tags" in fields else []
        )

    def cell_of(self, field: str, record: Record) -> tuple[str, str]:
        """The header of the column a field comes from, and its cell in this row."""
        column = self._column_of.get(field)
        return (column.header, record.cells[column.index]) if column else ("", "")

    def take(self, record: Record) -> ReadRow:
        """A row with its values, problems and digest."""
        values, problems = self.read(record)
        return ReadRow(record, values, problems, 0 if problems else self.digest(record.cells))

    def digest(self, cells: list[str]) -> int:
        """A number two rows share when their cells that count are the same."""
        text = "\x1f".join([cells[index] for index in self._mapped])
        return int.from_bytes(
            blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), signed=True
        )

    def read(self, record: Record) -> tuple[dict[str, Any], list[Problem]]:
        """The values of the cells that are not empty, by field, and everything that is wrong with the row."""
        cells = record.cells
        if record.problem:
            return {}, [Problem("", cells[0] if cells else "", record.problem, lasting=True)]
        if len(cells) != self._width:
            if len(cells) > self._width and (extra := "".join(cells[self._width :]).strip()):
                return {}, [self._too_many(cells, extra)]
            cells += [""] * (self._width - len(cells))
        if self._joins:
            cells = self._joined(cells)
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for index, name, header, clean, known in self._steps:
            cell = cells[index]
            if not cell:
                continue
            if known is not None and cell in known:
                values[name] = known[cell]
                continue
            text = self._unguard(cell) if cell[0] == "'" else cell
            try:
                if text.isprintable():
                    empty = text.isspace()
                elif has_broken_bytes(text):
                    problems.append(self._broken(header, text))
                    continue
                else:
                    empty = not storable(text).strip()
                if not empty:
                    values[name] = clean(text)
                    if known is not None:
                        _remember(known, cell, values[name])
            except Invalid as refusal:
                problems.append(Problem(header, text, refusal.sentence))
        for index, name, header in self._phones:
            cell = cells[index]
            if not cell or not (cell := self._unguard(cell).strip()):
                continue
            if not cell.isprintable() and has_broken_bytes(cell):
                problems.append(self._broken(header, cell))
                continue
            try:
                if self._phone_change and not (cell := self._phone_change(cell)):
                    continue
                country = self._phone_country or values.get("country") or self._country
                text = cell if cell.isprintable() else storable(cell)
                values[name] = (clean_phone(text, country), cell)
            except Invalid as refusal:
                if name in self._kept_as_typed:
                    values[name] = (" ".join(storable(cell).split())[:LONGEST_PHONE], cell)
                else:
                    problems.append(Problem(header, cell, refusal.sentence))
        if values and (self._filled or self._tags):
            for name, value in self._filled.items():
                values.setdefault(name, value)
            if self._tags:
                values["tags"] = Tagged(values.get("tags", []), self._tags)
        return (self._origin | values if values else values), problems

    def _joined(self, cells: list[str]) -> list[str]:
        """The cells with the texts of columns that are joined; the row itself stays as it is in the file."""
        joined = list(cells)
        for index, others, separator in self._joins:
            parts = [cells[one].strip() for one in (index, *others)]
            joined[index] = (separator or " ").join(part for part in parts if part)
        return joined

    def _broken(self, header: str, cell: str) -> Problem:
        shown = re.sub("[\ud800-\udfff]", "\ufffd", cell)
        return Problem(
            header,
            shown,
            _(
                "“%(shown)s” holds bytes that are no %(encoding)s text. Save the file as UTF-8 and mend this cell."
            )
            % {"shown": shown[:40], "encoding": self._encoding},
            lasting=True,
        )

    def _too_many(self, cells: list[str], extra: str) -> Problem:
        shown = extra if len(extra) <= 60 else extra[:59] + "…"
        return Problem(
            "",
            shown,
            _(
                "The row has %(count)s cells, the header %(width)s. A text with a delimiter in it "
                "needs quotation marks around it."
            )
            % {"count": len(cells), "width": self._width},
        )


def _remember(known: dict[str, Any], cell: str, value: Any) -> None:
    if len(cell) <= CACHED_LENGTH:
        if len(known) >= CACHED:
            known.clear()
        known[cell] = value
