"""Figures of a record as the desk shows them: tiles on its page, facts on its card; each opens the rows behind it."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from regulars.desk import cells, values
from regulars.resources.context import Context
from regulars.resources.field import Field, Row
from regulars.resources.figure import Figure
from regulars.resources.resource import Resource, get_resource


def tiles(resource: Resource, row: Row, context: Context) -> list[dict[str, Any]]:
    """The figures for the top of the record's page."""
    return [
        _tile(figure, field, resource, row, context)
        for figure, field in resource.figures(context.actor)
        if figure.page and figure.is_there(field.read(row, context))
    ]


def card_figures(resource: Resource, context: Context) -> list[tuple[Figure, Field]]:
    """The figures that a card tells."""
    return [(figure, field) for figure, field in resource.figures(context.actor) if figure.card]


def card_facts(resource: Resource, row: Row, context: Context) -> list[dict[str, Any]]:
    """The figures for the card of a record."""
    facts = []
    for figure, field in card_figures(resource, context):
        value = field.read(row, context)
        if figure.is_there(value):
            told = _tile(figure, field, resource, row, context)
            facts.append(told | {"tone": figure.tone if value else ""})
    return facts


def needs_of(resource: Resource, context: Context) -> set[str]:
    """Columns that notes are written from."""
    return {need for figure, _field in resource.figures(context.actor) for need in figure.needs}


def _tile(figure: Figure, field: Field, resource: Resource, row: Row, context: Context) -> dict[str, Any]:
    value = field.read(row, context)
    empty = value is None or value == ""
    note = figure.note(row, context) if figure.note else ""
    return {
        "name": field.name,
        "label": str(figure.label or field.label),
        "html": "–" if empty else cells.inner(field.kind.name, value, values.style_of(context)),
        "note": note or (str(field.why_empty) if empty else ""),
        "url": "" if empty or value == 0 else _url(figure, resource, row, context),
    }


def _url(figure: Figure, resource: Resource, row: Row, context: Context) -> str:
    if figure.flow:
        return flow_url(figure.flow, resource, row["id"], context)
    if not figure.tab:
        return rows_url(figure.rows, figure.where, row, context)
    here = {"store": context.store.slug, "resource_name": resource.name}
    return f"{reverse('list', kwargs=here)}{row['id']}/?show={figure.tab}"


def flow_url(name: str, resource: Resource, record_id: UUID, context: Context) -> str:
    """The entries of one kind of movement on the page of a record."""
    here = {"store": context.store.slug, "resource_name": resource.name}
    return f"{reverse('list', kwargs=here)}{record_id}/?{urlencode({'show': 'money', 'of': name})}"


def rows_url(name: str, where: Callable[[Row], str] | None, row: Row, context: Context) -> str:
    """The list with the rows that a figure is made of; nothing for those who may not see it."""
    if not name or where is None:
        return ""
    rows = get_resource(name)
    if not context.actor.may(rows.permission("view")):
        return ""
    here = {"store": context.store.slug, "resource_name": rows.name}
    return f"{reverse('list', kwargs=here)}?{urlencode({'tab': 'all', 'where': where(row)})}"
