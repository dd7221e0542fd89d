"""The lines of an order in a form: one row of inputs each, with rows added and taken away, and what they come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.kit.errors import Invalid, InvalidRecord, Refused
from regulars.kit.ids import parse_id
from regulars.kit.money import display_money, to_major
from regulars.orders import queries, services
from regulars.orders.facts import LineFacts
from regulars.orders.queries import OrderLine
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Field

MOST = 100
NAMES = ("id", "product", "what", "serial", "quantity", "price", "discount", "tax")
_NUMBERS = {
    "quantity": Field(
        name="quantity", label=gettext_lazy("Quantity"), kind=kinds.Integer(minimum=1, maximum=100_000)
    ),
    "price": Field(name="price", label=gettext_lazy("Price"), kind=kinds.Money(minimum=Decimal(0))),
    "discount": Field(name="discount", label=gettext_lazy("Discount"), kind=kinds.Money(minimum=Decimal(0))),
    "tax": Field(
        name="tax", label=gettext_lazy("Tax"), kind=kinds.Number(minimum=Decimal(0), maximum=Decimal(100))
    ),
}
_TEXTS = {
    "what": Field(name="what", label=gettext_lazy("What"), kind=kinds.Text(max_length=300)),
    "serial": Field(name="serial", label=gettext_lazy("Serial number"), kind=kinds.Text(max_length=120)),
}
SUMS = ("discount", "shipping")
_EMPTY = dict.fromkeys(NAMES, "") | {"quantity": "1"}


@dataclass(slots=True)
class Lines:
    """What was typed: the rows, and the order's own discount and shipping."""

    rows: list[dict[str, str]]
    sums: dict[str, str]


def typed_lines(post: Mapping[str, str]) -> Lines:
    """The rows of a form, with one more or one less where a button of the rows was pressed."""
    rows = [
        {name: post.get(f"line-{number}-{name}", "") for name in NAMES}
        for number in range(MOST)
        if f"line-{number}-what" in post
    ]
    gone = post.get("remove-line", "")
    if gone.isascii() and gone.isdigit() and int(gone) < len(rows):
        del rows[int(gone)]
    if "add-line" in post or not rows:
        rows.append(dict(_EMPTY))
    return Lines(rows, {name: post.get(name, "") for name in SUMS})


def stored_lines(lines: Sequence[OrderLine], sums: Mapping[str, int], currency: str) -> Lines:
    """The rows of an order that is there."""

    def money(minor: int) -> str:
        return str(to_major(minor, currency)) if minor else ""

    rows = [
        {
            "id": str(line.pk),
            "product": str(line.product_id or ""),
            "what": line.title,
            "serial": line.serial,
            "quantity": str(line.quantity),
            "price": str(to_major(line.price_minor, currency)),
            "discount": money(line.discount_minor),
            "tax": f"{line.tax_percent.normalize():f}" if line.tax_percent else "",
        }
        for line in lines
    ]
    return Lines(rows or [dict(_EMPTY)], {name: money(sums[name]) for name in SUMS})


def read_lines(typed: Lines, context: Context) -> tuple[LineFacts, ...]:
    """The lines as facts; rows in which nothing was written are left out. Raises `InvalidRecord`."""
    found, wrong = [], []
    for number, row in enumerate(typed.rows, start=1):
        if not row["what"].strip() and not row["price"].strip():
            continue
        try:
            found.append(_line(row, context))
        except Invalid as refusal:
            wrong.append(_("Line %(number)s: %(what)s") % {"number": number, "what": refusal.sentence})
    if wrong:
        raise InvalidRecord({"lines": " ".join(wrong)})
    return tuple(found)


def read_sums(typed: Lines, context: Context) -> dict[str, int]:
    """The order's discount and shipping in minor units. Raises `InvalidRecord`."""
    found, errors = {}, {}
    for name in SUMS:
        try:
            found[name] = _NUMBERS["price"].clean(typed.sums[name], context) or 0
        except Invalid as refusal:
            errors[name] = refusal.sentence
    if errors:
        raise InvalidRecord(errors)
    return found


def _line(row: Mapping[str, str], context: Context) -> LineFacts:
    numbers = {name: field.clean(row[name], context) for name, field in _NUMBERS.items()}
    texts = {name: field.clean(row[name], context) for name, field in _TEXTS.items()}
    product = queries.product_called(store=context.store, text=texts["what"])
    kept = parse_id(row["id"]) if row["id"] else None
    known = parse_id(row["product"]) if row["product"] else None
    if product is None and known is not None:
        # A line keeps its product as long as nobody wrote something else.
        there = queries.products_of(context.store).filter(pk=known).first()
        product = there if there is not None and (kept or texts["what"] == there.title) else None
    return LineFacts(
        id=kept,
        product_id=product.pk if product else None,
        title=product.title if product else texts["what"],
        sku=product.sku if product else "",
        serial=texts["serial"],
        quantity=1 if numbers["quantity"] is None else numbers["quantity"],
        price_minor=numbers["price"],
        discount_minor=numbers["discount"] or 0,
        tax_percent=numbers["tax"],
    )


def lines_part(
    typed: Lines, context: Context, url: str, *, problem: str = "", fixed: str = ""
) -> dict[str, Any]:
    """The rows and what they come to, as the form shows them; a picked product brings its price and tax along."""
    style = context.store.currency, context.locale
    told: dict[str, Any] = {
        "url": url,
        "products_url": f"{url.removesuffix('lines/')}products/",
        "problem": problem,
        "fixed": fixed,
        "sums": typed.sums,
        "total": "",
        "tax": "",
    }
    rows = [dict(row) for row in typed.rows]
    try:
        facts = read_lines(typed, context)
        sums = read_sums(typed, context)
        order, made = services.reckon(
            store=context.store, lines=facts, discount_minor=sums["discount"], shipping_minor=sums["shipping"]
        )
    except Refused as refusal:
        told["doubt"] = refusal.sentence
    else:
        written = [row for row in rows if row["what"].strip() or row["price"].strip()]
        for row, line in zip(written, made, strict=True):
            row["total"] = display_money(line.total_minor, *style)
            row["what"], row["product"] = line.title, str(line.product_id or "")
            row["price"] = row["price"] or str(to_major(line.price_minor, context.store.currency))
            if not row["tax"] and line.tax_percent:
                row["tax"] = f"{line.tax_percent.normalize():f}"
        told["total"] = display_money(order.total_minor, *style)
        told["tax"] = display_money(order.tax_minor, *style) if order.tax_minor else ""
    return told | {"rows": [{"number": number, **row} for number, row in enumerate(rows)]}
