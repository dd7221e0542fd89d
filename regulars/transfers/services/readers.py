"""What reads the rows of one import."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from regulars.kit.errors import Refused
from regulars.resources.context import Context
from regulars.resources.importer import Importer
from regulars.resources.resource import Resource, get_resource
from regulars.transfers.mapping import Column
from regulars.transfers.models import Import
from regulars.transfers.plan import Plan
from regulars.transfers.reading.csvfile import Layout
from regulars.transfers.reading.formats import JSONL
from regulars.transfers.rows import RowReader


def importer_of(resource: Resource) -> Importer:
    """How the resource comes in from files. Raises `Refused` when it does not."""
    if resource.importer is None:
        raise Refused(_("%(label)s cannot be imported.") % {"label": resource.label}, code="not_importable")
    return resource.importer


def reader_of(
    imported: Import, plan: Plan, context: Context, columns: Sequence[Column] | None = None
) -> RowReader:
    """What reads the rows of an import, by its columns (or these instead) and its plan."""
    resource = get_resource(imported.resource)
    importer = importer_of(resource)
    return RowReader(
        resource=resource,
        importer=importer,
        columns=columns or [Column(**column) for column in imported.columns],
        preset=next((one for one in importer.presets if one.name == imported.preset), None),
        context=context,
        encoding=Layout(**imported.layout).encoding,
        plan=plan,
        guarded=imported.format != JSONL,  # what programs write is what they mean
    )
