"""Kinds of fields that only invoices have: their lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

import orjson
from django.db.models import Q
from django.utils.translation import gettext as _

from regulars.invoices.sums import NewLine
from regulars.kit.errors import Invalid
from regulars.kit.money import exponent, to_major, to_minor
from regulars.kit.text import storable
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.kinds.numbers import parse_decimal

NAMES = ("title", "sku", "quantity", "price", "discount", "tax_percent")


@dataclass(frozen=True, slots=True)
class Mail(kinds.Email):
    """The e-mail on an invoice: checked like any, compared as it is written."""

    def compare(self, operator: str, operands: list[Any], field: Field) -> Q:
        return kinds.Text.compare(self, operator, operands, field)


@dataclass(frozen=True, slots=True)
class Lines(kinds.Kind):
    """What is billed: a list of objects for machines, one line of text each in files."""

    name: ClassVar[str] = "lines"
    operators: ClassVar[tuple[str, ...]] = ()
    empty: ClassVar[Any] = ()
    structured: ClassVar[bool] = True

    def clean(self, raw: str, field: Field, context: Context) -> list[NewLine]:
        try:
            given = orjson.loads(raw or "[]")
        except orjson.JSONDecodeError as error:
            raise Invalid(_("Write a list of lines.")) from error
        if not isinstance(given, list):
            raise Invalid(_("Write a list of lines."))
        return [read_line(one, at, context) for at, one in enumerate(given, 1)]

    def export(self, value: Any, context: Context) -> str:
        return "\n".join(
            f"{line['quantity']} × {line['title']} @ {line['price']} ({line['tax_percent']} %)"
            for line in self.json(value, context)
        )

    def json(self, value: Any, context: Context) -> Any:
        def amount(minor: int) -> str:
            return str(to_major(minor, context.store.currency))

        return [
            {
                "title": line["title"],
                "sku": line["sku"],
                "quantity": format(Decimal(str(line["quantity"])).normalize(), "f"),
                "price": amount(line["price_minor"]),
                "discount": amount(line["discount_minor"]),
                "tax_percent": str(Decimal(str(line["tax_percent"])).quantize(Decimal("0.01"))),
                "amount": amount(line["amount_minor"]),
            }
            for line in value or ()
        ]

    def is_empty(self, field: Field) -> Q:
        return Q(lines__isnull=True)


def read_line(given: Any, at: int, context: Context) -> NewLine:
    """A line of what was given for it, as texts or figures. Raises `Invalid` saying which line."""
    if not isinstance(given, Mapping):
        raise Invalid(
            _("Line %(at)s: write an object with %(names)s.") % {"at": at, "names": ", ".join(NAMES)}
        )
    if unknown := sorted(set(given) - {*NAMES, "amount"}):
        raise Invalid(
            _("Line %(at)s: there is no “%(unknown)s”. Known: %(names)s.")
            % {"at": at, "unknown": unknown[0][:40], "names": ", ".join(NAMES)}
        )
    title = storable(str(given.get("title") or "")).strip()
    if not title:
        raise Invalid(_("Line %(at)s: say what it is.") % {"at": at})
    try:
        quantity = _figure(given, "quantity", Decimal(1), places=3)
        percent = _figure(given, "tax_percent", Decimal(0), places=2)
        price, discount = (
            _figure(given, name, Decimal(0), places=exponent(context.store.currency))
            for name in ("price", "discount")
        )
    except Invalid as refusal:
        raise Invalid(_("Line %(at)s: %(sentence)s") % {"at": at, "sentence": refusal.sentence}) from refusal
    if not 0 <= percent <= 100:
        raise Invalid(_("Line %(at)s: the tax lies between 0 and 100 percent.") % {"at": at})
    currency = context.store.currency
    return NewLine(
        title=title[:1000],
        sku=storable(str(given.get("sku") or "")).strip()[:100],
        quantity=quantity,
        price_minor=to_minor(price, currency),
        discount_minor=to_minor(discount, currency),
        tax_percent=percent,
    )


def _figure(given: Mapping[str, Any], name: str, otherwise: Decimal, *, places: int | None = None) -> Decimal:
    found = given.get(name)
    if isinstance(found, bool | list | dict):
        raise Invalid(_("%(replace)s is not a number.") % {"replace": name.replace("_", " ")})
    value = parse_decimal(str(found)) if found not in (None, "") else otherwise
    if value is None:
        return otherwise
    if abs(value) > 10**9:
        raise Invalid(_("this is too large."))
    if places is not None and value != round(value, places):
        raise Invalid(
            _("%(replace)s takes at most %(places)s decimals.")
            % {"replace": name.replace("_", " "), "places": places}
        )
    return value
