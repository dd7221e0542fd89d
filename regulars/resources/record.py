"""One record by its id, as machines read it and as people type it; shared by desk, API and command line."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from regulars.kit.errors import Invalid, InvalidRecord, NotFound
from regulars.kit.words import inside
from regulars.resources.context import Context
from regulars.resources.field import Field, Row
from regulars.resources.page import annotate
from regulars.resources.resource import Resource


def fetch_record(
    resource: Resource, record_id: UUID | None, fields: Iterable[Field], context: Context
) -> Row:
    """The row of one record with what these fields need; of one that was merged away, the row it lives on in.

    Raises `NotFound`, for records of other stores too.
    """
    fields = list(fields)
    wanted = {"id", *resource.title_needs, *(need for field in fields for need in field.needs)}
    rows = annotate(resource.rows(context.store).filter(pk=record_id), fields, context)
    row = rows.values(*wanted).first() if record_id else None
    if row is None and record_id and (lives_on := resource.lives_on(record_id, context.store)):
        return fetch_record(resource, lives_on, fields, context)
    if row is None:
        raise NotFound(_("This %(noun)s does not exist in this store.") % {"noun": resource.noun})
    return row


def record_json(row: Row, fields: Iterable[Field], context: Context) -> dict[str, Any]:
    """A row as a JSON object: its id, its version and the values by field name."""
    found: dict[str, Any] = {"id": str(row["id"])}
    if "version" in row:
        found["version"] = row["version"]
    for field in fields:
        found[field.name] = field.kind.json(field.read(row, context), context)
    return found


def clean_values(typed: Mapping[str, str], fields: Iterable[Field], context: Context) -> dict[str, Any]:
    """The stored values of what was typed. Raises `InvalidRecord` with a sentence for each field."""
    cleaned: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for field in fields:
        if field.name not in typed:
            continue
        try:
            cleaned[field.name] = field.clean(typed[field.name], context)
        except Invalid as refusal:
            errors[field.name] = refusal.sentence
            continue
        if field.required and cleaned[field.name] in (None, "", []):
            errors[field.name] = _("Give %(label)s.") % {"label": inside(field.label)}
        cleaned |= field.kind.beside(typed[field.name])
    if errors:
        raise InvalidRecord(errors)
    return cleaned
