"""Values of the catalogue as the desk shows them: which cell a field's kind draws, and with what."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString

from regulars.desk import cells
from regulars.desk.picking import OFFERED
from regulars.kit.money import display_money, display_round_money, to_minor
from regulars.kit.phone import display_phone
from regulars.kit.text import initials
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Field, Row

# The fields that say who somebody is: as the first column with initials in a colour of their own.
PEOPLE = frozenset({"name", "customer"})
Show = Callable[[Row], tuple[str, Any]]

ICONS = {
    "text": "letter-case",
    "email": "mail",
    "phone": "phone",
    "number": "hash",
    "decimal": "percentage",
    "money": "receipt",
    "boolean": "toggle-left",
    "date": "calendar",
    "datetime": "calendar",
    "choice": "circle-dot",
    "reference": "users-group",
    "tags": "tag",
}
CONTROLS = {
    "email": "email",
    "phone": "tel",
    "number": "number",
    "date": "date",
    "choice": "choice",
    "reference": "choice",
    "boolean": "boolean",
}


def style_of(context: Context) -> cells.Style:
    """How values are written for the reader of this request."""
    return cells.Style(context.locale, context.store.currency, context.store.zone, context.now)


def axis_writer(context: Context) -> Callable[[float], str]:
    """How a chart writes money: whole units without decimals."""
    style = style_of(context)

    def write(value: float) -> str:
        if value % 1:
            minor = to_minor(Decimal(str(value)), style.currency)
            return display_money(minor, style.currency, style.language)
        return display_round_money(int(value), style.currency, style.language)

    return write


def shower(field: Field, context: Context, url_of: Callable[[Row], str] | None = None) -> Show:
    """A function from a row to the kind of cell and its value; made once per column, called once per row."""
    if url_of is not None:

        def person(row: Row) -> tuple[str, Any]:
            name = field.show(row, context) if field.show else str(field.read(row, context))
            mark = initials(name) if field.name in PEOPLE else ""
            return "person", cells.Person(name, mark, cells.hue_of(str(row["id"])), url_of(row))

        return person
    if (show := field.show) is not None:
        kind = "who" if field.name in PEOPLE else "text"
        return lambda row: (kind, show(row, context))
    if field.kind.name == "phone":

        def phone(row: Row) -> tuple[str, Any]:
            return "phone", display_phone(row[field.path]) if row[field.path] else row.get("phone_typed", "")

        return phone
    if field.name == "country":
        names = dict(field.choices_for(context))
        return lambda row: (
            "country",
            cells.Country(row[field.path], names.get(row[field.path], "")) if row[field.path] else None,
        )
    if field.kind.name == "choice":
        labels, tones = dict(field.choices_for(context)), field.tones_for(context)
        if not tones:
            return lambda row: ("text", labels.get(field.read(row, context), field.read(row, context)))

        def choice(row: Row) -> tuple[str, Any]:
            value = field.read(row, context)
            return "choice", cells.Choice(
                str(labels.get(value, value)), tones.get(value, "grey")
            ) if value else None

        return choice
    if field.currency:
        return lambda row: ("amount", cells.Amount(field.read(row, context), row[field.currency]))
    if field.kind.name == "tags":
        return lambda row: ("tags", tuple(row[field.path]))
    if isinstance(field.kind, kinds.Until):
        return lambda row: ("until", field.read(row, context))
    kind = "text" if field.kind.name == "reference" else field.kind.name
    return lambda row: (kind, field.read(row, context))


def inner(field: Field, row: Row, context: Context) -> SafeString:
    """What belongs inside a cell or beside a label for one field of one row."""
    kind, value = shower(field, context)(row)
    return cells.inner(kind, value, style_of(context), why_empty=str(field.why_empty))


def plain(field: Field, row: Row, context: Context) -> str:
    """The value as plain text, as the person would type it."""
    return (
        field.kind.export(field.read(row, context), context)
        if field.kind.name != "tags"
        else ", ".join(row[field.path])
    )


def control(field: Field, value: Any, context: Context, *, problem: str = "") -> dict[str, Any]:
    """A field as a form shows it, with what was typed or what is stored."""
    kind = field.kind
    asked = getattr(kind, "control", None)  # a kind may choose by the value
    shape = asked(str(value)) if asked else CONTROLS.get(kind.name, "text")
    shape = "long" if getattr(kind, "multiline", False) else shape
    choices = [{"value": code, "label": label} for code, label in field.choices_for(context)]
    if choices and value and value not in {one["value"] for one in choices}:
        choices.append({"value": value, "label": value})  # a value the list does not offer must not get lost
    return {
        "name": field.name,
        "id": f"id-{field.name}",
        "label": str(field.label),
        "kind": shape,
        "control": shape,
        "value": value,
        "choices": choices,
        "required": field.required,
        "help": str(field.help),
        "problem": problem,
        "goes_with": field.goes_with,
    } | (OFFERED[kind.picks](context) if isinstance(kind, kinds.Text) and kind.picks else {})


def stored(field: Field, row: Row, context: Context) -> Any:
    """The stored value in the form a control takes it."""
    value = row[field.path]
    match field.kind.name:
        case "boolean":
            return bool(value)
        case "tags":
            return ", ".join(value)
        case "phone":
            return (display_phone(value) if value else "") or row.get("phone_typed", "")
        case "reference":
            return str(value) if value else ""
        case "datetime" if type(field.kind) is kinds.Moment:
            return f"{value.astimezone(context.store.zone):%Y-%m-%d %H:%M}" if value else ""
        case _:
            return field.kind.export(value, context)
