"""How high the numbers in a file go: rows that have none are given numbers above those."""

from dataclasses import replace
from itertools import islice
from typing import IO, NamedTuple

from regulars.resources.context import Context
from regulars.resources.resource import get_resource
from regulars.transfers.mapping import Column
from regulars.transfers.models import Import
from regulars.transfers.plan import Plan
from regulars.transfers.reading.csvfile import Layout, open_text
from regulars.transfers.reading.folding import read_rows
from regulars.transfers.services.readers import importer_of, reader_of


class Numbers(NamedTuple):
    """How many rows a file has, and the highest number among them: 0 when no row has to be given one."""

    rows: int
    highest: int


def numbers_in(imported: Import, raw: IO[bytes], plan: Plan, context: Context) -> Numbers | None:
    """Look at the column with the numbers and nothing else; None when the file has no such column."""
    importer = importer_of(get_resource(imported.resource))
    name = importer.numbering
    columns = [Column(**column) for column in imported.columns]
    if not name or not any(column.field == name for column in columns):
        return None
    alone = [column if column.field == name else replace(column, field="") for column in columns]
    reader = reader_of(imported, plan, context, alone)
    layout = Layout(**imported.layout)
    rows = highest = without = 0
    for record in islice(read_rows(open_text(raw, layout.encoding), layout), layout.skip + 1, None):
        values, _problems = reader.read(record)
        number = values.get(name)
        rows += 1
        without += not number
        highest = max(highest, importer.counted(number) if number else 0)
    return Numbers(rows, highest if without else 0)
