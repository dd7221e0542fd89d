"""The form of a trade-in: its facts from the catalogue, and a row of boxes for each item."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from regulars.customers.named import find_named
from regulars.desk import values
from regulars.desk.customers.picking import customer_control
from regulars.desk.records.forms import typed_values
from regulars.kit import money
from regulars.kit.errors import Invalid, InvalidRecord, Refused
from regulars.kit.ids import parse_id
from regulars.kit.text import storable
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.record import clean_values
from regulars.resources.resource import get_resource
from regulars.tradeins.choices import Condition
from regulars.tradeins.facts import ItemFacts
from regulars.tradeins.rules import MOST_ITEMS, clean_serial, read_price

PARTS = ("id", "title", "condition", "serial", "quoted", "final")
_NEW = ("customer", "way", "acceptance", "expires", "location", "courier", "tracking_number", "note")
_EDIT = ("location", "expires", "courier", "tracking_number", "note")
EMPTY_ROWS = 1

ItemRow = dict[str, str]


def fields_of(*, new: bool) -> list[Field]:
    """The fields of the form in its order."""
    known = {field.name: field for field in get_resource("tradeins").all_fields()}
    return [known[name] for name in (_NEW if new else _EDIT)]


def item_rows(post: QueryDict) -> list[ItemRow]:
    """The rows as they were typed; those with nothing in them fall away."""
    lists = {part: post.getlist(f"item-{part}") for part in PARTS}
    length = min(max((len(each) for each in lists.values()), default=0), MOST_ITEMS + 1)
    rows = [
        {part: storable(lists[part][at]).strip()[:300] if at < len(lists[part]) else "" for part in PARTS}
        for at in range(length)
    ]
    return [row for row in rows if any(row[part] for part in PARTS if part != "id")]


def rows_of(items: list[ItemFacts], currency: str) -> list[ItemRow]:
    """The rows of items as they are."""

    def price(minor: int | None) -> str:
        return "" if minor is None else str(money.to_major(minor, currency))

    return [
        {
            "id": str(one.id or ""),
            "title": one.title,
            "condition": one.condition,
            "serial": one.serial,
            "quoted": price(one.quoted_minor),
            "final": price(one.final_minor),
        }
        for one in items
    ]


def read_rows(rows: list[ItemRow], currency: str) -> list[ItemFacts]:
    """The items of typed rows. Raises `InvalidRecord` that names the row."""
    found: list[ItemFacts] = []
    for at, row in enumerate(rows, start=1):
        try:
            found.append(
                ItemFacts(
                    title=row["title"],
                    condition=row["condition"] if row["condition"] in Condition.values else "",
                    serial=clean_serial(row["serial"]),
                    quoted_minor=read_price(row["quoted"], currency),
                    final_minor=read_price(row["final"], currency),
                    id=_id(row["id"]),
                )
            )
        except Refused as refusal:
            raise InvalidRecord(
                {"items": _("Item %(number)s: %(why)s") % {"number": at, "why": refusal.sentence}}
            ) from refusal
    return found


def read_form(
    post: QueryDict, fields: list[Field], rows: list[ItemRow], context: Context, *, currency: str
) -> dict[str, Any]:
    """Everything that was typed, by name; a day holds until its end. Raises `InvalidRecord`."""
    typed = typed_values(post, fields, ticked=False)
    errors: dict[str, str] = {}
    found: dict[str, Any] = {}
    try:
        if whose := typed.get("customer", "").strip():
            typed["customer"] = str(find_named(store=context.store, text=whose).number)
    except Invalid as refusal:
        errors["customer"] = refusal.sentence
        del typed["customer"]
    try:
        found = clean_values(typed, fields, context)
    except InvalidRecord as refusal:
        errors = refusal.errors | errors
    try:
        found["items"] = read_rows(rows, currency)
    except InvalidRecord as refusal:
        errors |= refusal.errors
    if errors:
        raise InvalidRecord(errors)
    return found


def controls(
    fields: list[Field], typed: Mapping[str, Any], errors: Mapping[str, str], context: Context
) -> list[dict[str, Any]]:
    """The boxes of the facts."""
    made = []
    for field in fields:
        control = values.control(
            field, typed.get(field.name, ""), context, problem=errors.get(field.name, "")
        )
        control["required"] = field.name in ("customer", "way")
        control["size"] = "whole" if field.name == "note" else ""
        if field.name == "customer":
            control |= customer_control(control["value"], context, problem=str(control["problem"]))
        if field.name == "expires":
            control |= {"kind": "datetime-local", "value": str(control["value"])[:16]}
        if field.name == "location" and field.suggestions:
            control["suggestions"] = field.suggestions(context, "")
        made.append(control)
    return made


def items_context(
    rows: list[ItemRow], problem: str, *, finals: bool, more: int = EMPTY_ROWS
) -> dict[str, Any]:
    """The rows of items for the page, with empty ones to go on in."""
    empty = dict.fromkeys(PARTS, "")
    return {
        "rows": [*rows, *[empty for _at in range(more if rows else more + 1)]],
        "conditions": [{"value": value, "label": str(label)} for value, label in Condition.choices],
        "problem": problem,
        "finals": finals,
    }


def _id(text: str) -> UUID | None:
    return parse_id(text) if text else None
