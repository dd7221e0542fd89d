"""The rows of an import as people look at them: kept by the check and the run, mended and settled in between."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import orjson
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet

from regulars.kit.copying import copy_rows
from regulars.kit.ids import new_id
from regulars.kit.text import storable
from regulars.resources.importer import SKIP, Decision
from regulars.transfers.choices import Phase, RowVerdict
from regulars.transfers.models import Import, ImportRow
from regulars.transfers.reading.csvfile import Record
from regulars.transfers.rows import ReadRow, RowReader
from regulars.transfers.services.outcomes import LAST, Choice, Found

_COLUMNS = (
    "id", "store_id", "import_id", "phase", "line", "verdict", "record_id", "before", "after", "problems", "options",
    "cells", "edited", "choice",
)  # fmt: skip


def rows_of(imported: Import, phase: Phase) -> QuerySet[ImportRow]:
    """The rows that a phase of an import has kept."""
    return ImportRow.objects.filter(store=imported.store, import_id=imported.pk, phase=phase)


def keep_rows(imported: Import, phase: Phase, found: Sequence[Found], secret: set[int]) -> None:
    """Keep rows for people to look at, without the cells of secret columns."""
    if not found:
        return
    store, own = str(imported.store_id), str(imported.pk)
    copy_rows(
        table="transfers_importrow",
        columns=_COLUMNS,
        rows=(
            (
                new_id(),
                store,
                own,
                str(phase),
                one.record.line,
                str(one.verdict),
                *facts_of(one).values(),
                ["" if index in secret else shown(cell) for index, cell in enumerate(one.record.cells)],
                False,
                "",
            )
            for one in found
        ),
    )


def facts_of(found: Found) -> dict[str, Any]:
    """What was found about a row, as its columns keep it: texts of JSON."""
    decision = found.decision
    return {
        "record_id": decision.record_id if decision else None,
        "before": _json(decision.before) if decision and decision.before else None,
        "after": _json(decision.values) if decision and decision.values else None,
        "problems": _json([problem.as_json() for problem in found.problems]),
        "options": _options(decision),
    }


def _options(decision: Decision | None) -> str | None:
    if decision is None or not decision.options:
        return None
    return _json([[one.value, one.label] for one in decision.options])


def _json(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()


def shown(cell: str) -> str:
    """A cell as the database can keep it."""
    return storable(cell) if not cell.isprintable() else cell


class Settled:
    """The rows that people mended or settled after the check, put into the file's batches as the run reads it."""

    def __init__(self, imported: Import, reader: RowReader) -> None:
        self._reader = reader
        self._rows = rows_of(imported, Phase.CHECK).filter(Q(edited=True) | ~Q(choice=""))
        self.any = self._rows.exists()

    def put_into(self, batch: list[ReadRow]) -> Mapping[int, Choice]:
        """Mend the rows of a batch in place, and say by line how clashes were settled."""
        if not self.any:
            return {}
        lines = [read.record.line for read in batch]
        rows = {row.line: row for row in self._rows.filter(line__gte=min(lines), line__lte=max(lines))}
        for index, read in enumerate(batch):
            row = rows.get(read.record.line)
            if row is not None and row.edited:
                batch[index] = self._reader.take(Record(row.line, list(row.cells), size=read.record.size))
        return {line: _choice(row) for line, row in rows.items() if row.choice}


class Kept:
    """Gives rows of the file again that the check has kept: those that change something."""

    def __init__(self, imported: Import, reader: RowReader) -> None:
        self._rows, self._reader = rows_of(imported, Phase.CHECK), reader

    def __call__(self, lines: Collection[int]) -> list[tuple[ReadRow, Choice]]:
        """Those of the lines, in the order of the file, and how they were settled."""
        changing = self._rows.filter(
            line__in=list(lines), verdict__in=(RowVerdict.NEW, RowVerdict.CHANGED)
        ).order_by("line")
        return [(self._reader.take(Record(row.line, list(row.cells))), _choice(row)) for row in changing]


def _choice(row: ImportRow) -> Choice:
    """How a row was settled. Most answers mean the record that was shown; leaving out and the last word do not."""
    return Choice(row.choice, None if row.choice in (SKIP, LAST) else row.record_id)


def forget_files(imported: Import) -> None:
    """Throw the uploaded file away, and the text that was made of it, once this transaction has ended."""
    names = [name for name in (imported.stored_as, imported.original_as) if name]
    imported.stored_as = imported.original_as = ""
    imported.save(update_fields=["stored_as", "original_as"])
    transaction.on_commit(lambda: _delete(names))


def _delete(names: Sequence[str]) -> None:
    for name in names:
        default_storage.delete(name)
