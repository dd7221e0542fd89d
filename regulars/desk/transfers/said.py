"""Values of rows of a file, which are stored nowhere yet, in the words of the desk."""

from collections.abc import Mapping
from typing import Any

from regulars.desk.customers.timeline import SILENT, changes_of, fields_by_name
from regulars.kit.phone import display_phone
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.resource import Resource


class Words:
    """Writes what rows would change, each field under its label, as far as the role sees it."""

    def __init__(self, resource: Resource, context: Context) -> None:
        self._context, self._seen = context, resource.seen_by(context.actor)
        self._fields = fields_by_name(resource, context)
        if resource.importer:
            for field in resource.fields(context.actor):
                for column in resource.importer.columns_of(field.name):
                    self._fields.setdefault(column, field)

    def changes(
        self, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
    ) -> list[dict[str, str]]:
        """Each field that would change: its label, the old value and the new one."""
        old, new = self._known(before), self._known(after)
        return changes_of("", old, new, self._fields, self._context)

    def _known(self, told: Mapping[str, Any] | None) -> dict[str, Any]:
        """In the order of the catalogue, as on the page of a record."""
        seen = self._seen(told or {})
        return {name: seen[name] for name in self._fields if name in seen and name not in SILENT}


def said_of(value: Any, field: Field, context: Context) -> str:
    """A value that was read from a cell, as the desk writes it."""
    if isinstance(value, tuple):  # a phone number and how it was typed
        return display_phone(value[0])
    (told,) = changes_of("", {}, {field.name: value}, {field.name: field}, context) or ({"after": ""},)
    return told["after"]
