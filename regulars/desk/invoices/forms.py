"""The form of an invoice: its facts, and its lines as rows of boxes."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from regulars.desk import cells, values
from regulars.invoices import queries
from regulars.invoices.queries import Invoice, Line
from regulars.invoices.resource import INVOICES
from regulars.invoices.resource.kinds import read_line
from regulars.invoices.sums import NewLine, Sums, sums_of
from regulars.kit.errors import Invalid, InvalidRecord
from regulars.kit.money import display_money, to_major
from regulars.resources.context import Context
from regulars.resources.field import Field

BOXES = ("title", "sku", "quantity", "price", "discount", "tax_percent")
FACTS = (
    "bill_name",
    "bill_address",
    "bill_tax_id",
    "email",
    "due_date",
    "tracking",
    "note",
    "prices_include_tax",
)
LATER = ("email", "tracking")
SPARE_ROWS = 3
MORE_ROWS = 5
_SIZES = {"bill_address": "whole", "note": "whole", "prices_include_tax": "whole"}


def typed_lines(post: QueryDict) -> list[dict[str, str]]:
    """The rows as they were typed; boxes of one row stand at the same place of their lists."""
    boxes = {name: post.getlist(f"line-{name}") for name in BOXES}
    count = max((len(given) for given in boxes.values()), default=0)
    return [
        {name: given[at].strip() if at < len(given) else "" for name, given in boxes.items()}
        for at in range(min(count, 600))
    ]


def read_lines(typed: Iterable[Mapping[str, str]], context: Context) -> list[NewLine]:
    """The lines of the rows that hold something. Raises `InvalidRecord`."""
    found: list[NewLine] = []
    for at, row in enumerate(typed, 1):
        if not any(row[name] for name in ("title", "sku", "price", "discount")):
            continue
        try:
            found.append(read_line(row, at, context))
        except Invalid as refusal:
            raise InvalidRecord({"lines": refusal.sentence}) from refusal
    return found


def rows_of(lines: Iterable[Line], context: Context) -> list[dict[str, str]]:
    """Stored lines as they are typed."""

    def amount(minor: int) -> str:
        return str(to_major(minor, context.store.currency)) if minor else ""

    return [
        {
            "title": line.title,
            "sku": line.sku,
            "quantity": format(line.quantity.normalize(), "f"),
            "price": str(to_major(line.price_minor, context.store.currency)),
            "discount": amount(line.discount_minor),
            "tax_percent": format(line.tax_percent.normalize(), "f"),
        }
        for line in lines
    ]


def with_spare(rows: Sequence[Mapping[str, str]], context: Context, *, spare: int) -> list[dict[str, str]]:
    """The rows and some empty ones, which begin with the store's usual tax."""
    tax = format(queries.default_tax(store=context.store).normalize(), "f")
    empty = dict.fromkeys(BOXES, "") | {"tax_percent": tax}
    filled = [dict(row) for row in rows if any(row[name] for name in BOXES if name != "tax_percent")]
    return filled + [dict(empty) for _at in range(spare)]


def fields_named(names: Iterable[str], context: Context) -> list[Field]:
    """The fields of the catalogue that the form asks."""
    known = {field.name: field for field in INVOICES.fields(context.actor)}
    return [known[name] for name in names if name in known]


def controls(
    fields: Iterable[Field], typed: Mapping[str, Any], errors: Mapping[str, str], context: Context
) -> list[dict[str, Any]]:
    """The boxes of the facts."""
    found = []
    for field in fields:
        control = values.control(
            field, typed.get(field.name, ""), context, problem=errors.get(field.name, "")
        )
        if field.kind.name == "boolean":
            control["value"] = str(typed.get(field.name, "")).lower() in ("true", "yes", "1", "on")
        found.append(control | {"size": _SIZES.get(field.name, "")})
    return found


def seller_control(typed: str, context: Context) -> dict[str, Any]:
    """Who sold it: one of those who work here; a name of somebody who left stays."""
    names = [name for _id, name in queries.salespeople(store=context.store)]
    names += [typed] if typed and typed not in names else []
    return {
        "name": "salesperson",
        "id": "id-salesperson",
        "label": _("Salesperson"),
        "kind": "choice",
        "value": typed,
        "choices": [{"value": name, "label": name} for name in names],
    }


def sums_part(lines: Sequence[NewLine], *, include_tax: bool, context: Context) -> dict[str, Any]:
    """What the lines come to, as the form shows it."""
    amounts = ((line.tax_percent, line.amount_minor) for line in lines)
    return {"rows": sum_rows(sums_of(amounts, include_tax=include_tax), context.store.currency, context)}


def sum_rows(sums: Sums, currency: str, context: Context) -> list[dict[str, Any]]:
    """Net, each tax and the total."""
    style = values.style_of(context)

    def money(minor: int) -> str:
        return display_money(minor, currency, style.language)

    rows: list[dict[str, Any]] = [{"label": _("Net"), "value": money(sums.net)}]
    rows += [
        {
            "label": _("Tax %(percent)s %% on %(net)s")
            % {"percent": percent(rate.percent, style), "net": money(rate.net)},
            "value": money(rate.tax),
        }
        for rate in sums.rates
    ]
    return [*rows, {"label": _("Total"), "value": money(sums.gross), "strong": True}]


def percent(value: Decimal, style: cells.Style) -> str:
    """20.00 becomes 20, 5.50 becomes 5.5."""
    return cells.decimal_cell(value.normalize() + 0, style)


def facts_of(invoice: Invoice, context: Context) -> dict[str, Any]:
    """What a stored invoice says, as it is typed."""
    columns = {"due_date": "due_on", "tracking": "tracking_number"}
    found: dict[str, Any] = {}
    for field in fields_named(FACTS, context):
        stored = getattr(invoice, columns.get(field.name, field.name))
        found[field.name] = (
            bool(stored) if field.kind.name == "boolean" else field.kind.export(stored, context)
        )
    return found | {"salesperson": invoice.salesperson_name}
