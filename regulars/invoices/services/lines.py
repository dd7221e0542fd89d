"""Lines of invoices: checked, and as the history keeps them."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from regulars.invoices import queries
from regulars.invoices.models import Invoice, Line
from regulars.invoices.sums import NewLine, Sums, sums_of
from regulars.kit.errors import InvalidRecord
from regulars.stores.models import Store

MOST_LINES = 500
# So many lines of so much stay within the range of the database's whole numbers, taxes too.
MOST_MINOR = 10**15


def checked_lines(lines: Iterable[NewLine]) -> list[NewLine]:
    """The lines, each with something on it. Raises `InvalidRecord`."""
    found = list(lines)
    if len(found) > MOST_LINES:
        raise InvalidRecord(
            {
                "lines": _("An invoice holds %(most_lines)s lines; these are %(count)s.")
                % {"most_lines": MOST_LINES, "count": len(found)}
            }
        )
    for at, line in enumerate(found, 1):
        if not line.title.strip():
            raise InvalidRecord({"lines": _("Line %(at)s: say what it is.") % {"at": at}})
        if not 0 <= line.tax_percent <= 100:
            raise InvalidRecord(
                {"lines": _("Line %(at)s: the tax lies between 0 and 100 percent.") % {"at": at}}
            )
        parts = (line.price_minor, line.discount_minor, line.amount_minor)
        if not -(10**9) < line.quantity < 10**9 or any(abs(one) > MOST_MINOR for one in parts):
            raise InvalidRecord({"lines": _("Line %(at)s: this is too large.") % {"at": at}})
    return found


def checked_sums(lines: Iterable[NewLine], *, include_tax: bool) -> Sums:
    """What the lines come to with their taxes. Raises `InvalidRecord` for less than nothing."""
    sums = sums_of(((line.tax_percent, line.amount_minor) for line in lines), include_tax=include_tax)
    if sums.gross < 0:
        raise InvalidRecord(
            {"lines": _("An invoice cannot come to less than nothing. Make a credit note instead.")}
        )
    return sums


def line_json(line: NewLine | Line) -> dict[str, Any]:
    """A line as the history keeps it."""
    return {
        "title": line.title,
        "sku": line.sku,
        "quantity": str(Decimal(line.quantity).normalize().__format__("f")),
        "price_minor": line.price_minor,
        "discount_minor": line.discount_minor,
        "tax_percent": str(Decimal(line.tax_percent).quantize(Decimal("0.01"))),
    }


def line_from_json(kept: Mapping[str, Any]) -> NewLine:
    """A line out of the history."""
    return NewLine(
        title=kept["title"],
        sku=kept.get("sku", ""),
        quantity=Decimal(kept["quantity"]),
        price_minor=kept["price_minor"],
        discount_minor=kept.get("discount_minor", 0),
        tax_percent=Decimal(kept["tax_percent"]),
    )


def stored_lines(store: Store, invoice: Invoice) -> list[dict[str, Any]]:
    """The lines of an invoice as the history keeps them."""
    return [line_json(line) for line in queries.lines_of(store=store, invoice_id=invoice.pk)]
