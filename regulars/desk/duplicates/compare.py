"""Customers side by side, fact by fact, with the differences marked."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from babel import Locale
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from regulars.desk import cells, values
from regulars.desk.customers.facts import address_lines
from regulars.duplicates.facts import FACTS, Fact
from regulars.kit.errors import NotFound
from regulars.kit.text import fold, initials
from regulars.resources.context import Context
from regulars.resources.field import Field, Row
from regulars.resources.page import annotate
from regulars.resources.resource import get_resource

ADDRESS = ("address", "building", "postcode", "city", "region", "country")
# What tells two people apart beside the facts one chooses from.
FIGURES = ("number", "orders_count", "spent", "last_order", "points", "has_account", "created")


def rows_of(ids: Sequence[UUID], context: Context) -> list[Row]:
    """The customers with all that is compared, in the order of the ids. Raises `NotFound`."""
    resource = get_resource("customers")
    fields = resource.fields(context.actor)
    wanted = {"id", *resource.title_needs, "state", *ADDRESS}
    for field in fields:
        wanted.update({*field.needs, field.path})
    rows = annotate(resource.rows(context.store), fields, context).filter(pk__in=ids).values(*wanted)
    found = {row["id"]: row for row in rows}
    if missing := [one for one in ids if one not in found]:
        raise NotFound(
            _("A customer of these is gone: merged, deleted, or never in this store (%(id)s).")
            % {"id": str(missing[0])}
        )
    return [found[one] for one in ids]


def person(row: Row, context: Context) -> dict[str, Any]:
    """A customer as the head of a column."""
    name = get_resource("customers").title(row)
    return {
        "id": str(row["id"]),
        "name": name,
        "number": row["number"],
        "initials": initials(name),
        "hue": cells.hue_of(str(row["id"])),
        "url": f"/desk/{context.store.slug}/customers/{row['id']}/",
    }


def facts_of(rows: Sequence[Row], context: Context) -> list[dict[str, Any]]:
    """The facts that at least one has, each with a cell for each customer."""
    fields = {field.name: field for field in get_resource("customers").fields(context.actor)}
    lines = []
    for fact in FACTS:
        if fact.name not in fields:
            continue
        told = [html_of(fact, fields[fact.name], row, context) for row in rows]
        plain = [_plain(fact, fields[fact.name], row, context) for row in rows]
        if any(plain):
            lines.append(_line(fact.name, str(fact.label), told, plain, str(fact.help)))
    return lines


def figures_of(rows: Sequence[Row], context: Context) -> list[dict[str, Any]]:
    """Figures and dates of each customer."""
    fields = {field.name: field for field in get_resource("customers").fields(context.actor)}
    lines = []
    for name in FIGURES:
        if name in fields:
            field = fields[name]
            told = [values.inner(field, row, context) for row in rows]
            lines.append(
                _line(name, str(field.label), told, [values.plain(field, row, context) for row in rows])
            )
    return lines


def html_of(fact: Fact, field: Field, row: Row, context: Context) -> SafeString:
    """A fact of a customer, ready for the page."""
    if fact.name == "address":
        names = Locale.parse(values.style_of(context).language).territories
        lines = address_lines(dict(row) | {"country": names.get(row["country"], row["country"])})
        return format_html_join(SafeString("<br>"), "<bdi>{}</bdi>", ((line,) for line in lines))
    return values.inner(field, row, context)


def result_row(survivor: Row, result: Any) -> dict[str, Any]:
    """The survivor's row as it would be after the merge."""
    row = {name: getattr(result, name, value) for name, value in survivor.items()}
    row["group__name"] = result.group.name if result.group_id else None
    return row


def _plain(fact: Fact, field: Field, row: Row, context: Context) -> str:
    if fact.name == "address":
        return "\n".join(address_lines(dict(row)))
    empty: tuple[Any, ...] = (None, "", [], False) if fact.name not in ("flag", "state") else (None,)
    return "" if field.read(row, context) in empty else values.plain(field, row, context)


def _line(
    name: str, label: str, told: Iterable[SafeString], plain: Sequence[str], hint: str = ""
) -> dict[str, Any]:
    folded = [fold(text) for text in plain]
    filled = {text for text in folded if text}
    return {
        "name": name,
        "label": label,
        "help": hint,
        "cells": [{"html": html, "empty": not text} for html, text in zip(told, plain, strict=True)],
        # Empty beside filled is no contradiction: nothing gets lost.
        "same": len(set(folded)) == 1,
        "differs": len(filled) > 1,
        "chooses": len(set(plain)) > 1,
    }


def choices_of(post: Mapping[str, str]) -> dict[str, str]:
    """The values a person chose, by fact."""
    return {fact.name: post[f"keep.{fact.name}"] for fact in FACTS if post.get(f"keep.{fact.name}")}
