"""Reading the rows that an import looked at or did not take, always those of the phase it is in."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from regulars.kit.errors import NotFound
from regulars.stores.models import Store
from regulars.transfers.choices import RowVerdict
from regulars.transfers.models import Import, ImportRow

NOT_TAKEN = (RowVerdict.FAILED, RowVerdict.CLASH)


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that is wrong with one row of the file."""

    line: int
    column: str
    value: str
    sentence: str

    @property
    def text(self) -> str:
        """In one line: “line 17, Email: … is not an e-mail address”."""
        where = (_("line %(line)s") % {"line": f"{self.line:,}"}) + (
            f", {self.column}" if self.column else ""
        )
        return f"{where}: {self.sentence}"


def failures(*, store: Store, import_id: UUID, limit: int = 1000) -> list[Failure]:
    """What is wrong with the rows that were not taken, in the order of the file."""
    rows = _rows(store, import_id).filter(verdict__in=NOT_TAKEN)
    found = [
        Failure(line, one["column"], one["value"], one["sentence"])
        for line, problems in rows.values_list("line", "problems")[:limit]
        for one in problems
    ]
    return found[:limit]


def failed_rows(*, store: Store, import_id: UUID) -> Iterator[tuple[list[str], list[dict[str, str]]]]:
    """The cells of every row that was not taken with its problems, streamed."""
    rows = _rows(store, import_id).filter(verdict__in=NOT_TAKEN)
    yield from rows.values_list("cells", "problems").iterator(chunk_size=1000)


def rows_page(
    *, store: Store, import_id: UUID, verdict: str, after: int = 0, limit: int = 50
) -> list[ImportRow]:
    """The rows with one verdict ("" for all), by line, after a line."""
    rows = _rows(store, import_id).filter(line__gt=after)
    if verdict:
        rows = rows.filter(verdict=verdict)
    return list(rows[:limit])


def get_row(*, store: Store, import_id: UUID, line: int) -> ImportRow:
    """One row. Raises `NotFound`."""
    row = _rows(store, import_id).filter(line=line).first()
    if row is None:
        raise NotFound(_("Line %(line)s of this file needs nothing.") % {"line": f"{line:,}"})
    return row


def _rows(store: Store, import_id: UUID) -> QuerySet[ImportRow]:
    phase = Import.objects.filter(store=store, pk=import_id).values("phase")
    rows = ImportRow.objects.filter(store=store, import_id=import_id, phase=phase[:1])
    return rows.order_by("line", "id")
