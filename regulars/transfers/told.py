"""Rows of a file and profiles as machines are told of them, without what the role may not see."""

from collections.abc import Mapping
from typing import Any

from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.resource import Resource
from regulars.transfers.models import ImportRow, Profile
from regulars.transfers.queries import ImportView

# Columns that are only kept beside another one.
_BESIDE = frozenset({"phone_typed"})


class RowTeller:
    """Tells rows of one import to one actor."""

    def __init__(self, view: ImportView, resource: Resource, context: Context) -> None:
        self._context = context
        self._fields, self._seen = _by_column(resource, context), resource.seen_by(context.actor)
        hidden = {one.name for one in resource.all_fields() if not context.actor.may(one.permission)}
        self._headers = {
            column.index: column.header
            for column in reversed(view.columns)
            if column.header and not column.secret and column.field not in hidden
        }

    def tell(self, row: ImportRow) -> dict[str, Any]:
        """What was found about a row, what it would change, and what a person can answer."""
        shown = set(self._headers.values())
        return {
            "line": row.line,
            "verdict": row.verdict,
            "record": str(row.record_id) if row.record_id else None,
            "before": self._values(row.before),
            "after": self._values(row.after),
            "problems": [
                {"column": one["column"], "value": one["value"], "message": one["sentence"]}
                for one in row.problems
                if not one["column"] or one["column"] in shown
            ],
            "options": [{"value": value, "label": label} for value, label in row.options or ()],
            "choice": row.choice,
            "edited": row.edited,
            "cells": {
                header: row.cells[index] for index, header in self._headers.items() if index < len(row.cells)
            },
        }

    def _values(self, stored: Mapping[str, Any] | None) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for column, value in self._seen(stored or {}).items():
            field = self._fields.get(column)
            if field is not None and column not in _BESIDE:
                found[field.name] = self._value(value, field)
        return found

    def _value(self, value: Any, field: Field) -> Any:
        """A reference by its name: a new one has no id yet."""
        if field.kind.name == "reference" and value:
            return dict(field.choices_for(self._context)).get(value, value)
        return value


def _by_column(resource: Resource, context: Context) -> dict[str, Field]:
    """The field that each column of a row's values belongs to."""
    seen = resource.fields(context.actor)
    found = {one.path: one for one in seen if not one.value} | {one.name: one for one in seen}
    if resource.importer is not None:
        for field in seen:
            for column in resource.importer.columns_of(field.name):
                found.setdefault(column, field)
    return found


def profile_json(profile: Profile) -> dict[str, Any]:
    """A kept profile."""
    return {
        "id": str(profile.pk),
        "name": profile.name,
        "resource": profile.resource,
        "plan": profile.plan,
        "owner": profile.owner_name,
        "created": profile.created_at.isoformat(),
        "used": profile.used_at.isoformat(),
    }
