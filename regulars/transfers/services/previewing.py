"""What the first cells of each column become under a plan that is not kept yet. Writes nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from regulars.kit.actor import Actor
from regulars.kit.errors import NotFound
from regulars.resources.context import Context
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.transfers.mapping import SHOWN_SAMPLES, Headers, propose
from regulars.transfers.models import Import
from regulars.transfers.plan import Plan
from regulars.transfers.reading.csvfile import Record
from regulars.transfers.services.planning import beginning
from regulars.transfers.services.readers import importer_of, reader_of


@dataclass(frozen=True, slots=True)
class Tried:
    """A cell of the file, the value it becomes, or what is wrong with it."""

    cell: str
    value: Any
    problem: str


@dataclass(frozen=True, slots=True)
class TriedColumn:
    """A column under the plan: the field it becomes ("" when it is left out, and why) and its first cells."""

    index: int
    field: str
    reason: str
    tried: tuple[Tried, ...]


def try_plan(
    *, store: Store, import_id: UUID, plan: Plan, actor: Actor, now: datetime
) -> dict[int, TriedColumn]:
    """What each column would become. Raises `Invalid` when the plan does not fit the file."""
    imported = Import.objects.filter(store=store, pk=import_id).first()
    if imported is None:
        raise NotFound(_("This import does not exist."))
    resource = get_resource(imported.resource)
    actor.require(resource.permission("import"))
    context = Context(store=store, actor=actor, now=now)
    importer = importer_of(resource)
    header, rows = beginning(imported, plan)
    columns, preset = propose(
        resource=resource,
        headers=Headers(resource, importer, context),
        header=header,
        rows=rows,
        plan=plan,
        context=context,
    )
    imported.columns = [column.as_json() for column in columns]
    imported.preset = preset.name if preset else ""
    reader = reader_of(imported, plan, context)
    read = [(cells, *reader.read(Record(0, list(cells)))) for cells in rows]
    found = {}
    for column in columns:
        tried = []
        for cells, values, problems in read:
            cell = cells[column.index].strip() if column.index < len(cells) else ""
            if not cell or not column.field:
                continue
            problem = next((one.sentence for one in problems if one.column == column.header), "")
            tried.append(Tried(cell, values.get(column.field), problem))
            if len(tried) == SHOWN_SAMPLES:
                break
        found[column.index] = TriedColumn(column.index, column.field, column.reason, tuple(tried))
    return found
