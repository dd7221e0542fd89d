"""What only files say of an order, and its lines as they leave in a file and come back with one."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Expression, F, OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from regulars.orders.choices import OrderStatus
from regulars.orders.incoming import LINE, lines_text
from regulars.orders.models import OrderLine
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Field, Row

BUYER, ORDER = _("Customer"), _("Order")
_LINES = kinds.Text(multiline=True, max_length=1_000_000)


def _lines(context: Context) -> Expression | Subquery:
    """The lines of an order, in their order."""
    lines = OrderLine.objects.filter(store=OuterRef("store"), order=OuterRef("pk")).order_by("position", "pk")
    return ArraySubquery(lines.values(json=JSONObject(**{name: F(name) for name in LINE})))


def _lines_text(row: Row, context: Context) -> str:
    return lines_text(row["line_objects"], context)


def _called(row: Row, context: Context) -> str:
    return f"{row['customer__first_name']} {row['customer__last_name']}".strip()


def _cancelled(row: Row, context: Context) -> str:
    return "yes" if row["status"] == OrderStatus.CANCELLED else ""


def _only_brought(name: str, label: Any, *, section: Any = BUYER, **more: Any) -> Field:
    """Something that a file may say in words of its own; it leaves in another column."""
    return Field(
        name=name,
        label=label,
        kind=kinds.Text(max_length=200),
        section=section,
        column=False,
        filterable=False,
        importable=True,
        only_brought=True,
        exportable=False,
        **more,
    )


BROUGHT = (
    Field(
        name="lines",
        label=_("Lines"),
        kind=_LINES,
        section=ORDER,
        path="line_objects",
        expression=_lines,
        value=_lines_text,
        filterable=False,
        column=False,
        importable=True,
        only_brought=True,
        aliases=("line items",),
        help=_("What is on the order, as JSON; a file that has it brings the same lines back."),
    ),
    _only_brought(
        "customer_name",
        _("Customer's name"),
        needs=("customer__first_name", "customer__last_name"),
        value=_called,
        personal="contact",
        aliases=("customer name", "billing name", "buyer", "bill to"),
        help=_("What a guest is called who is made for the order."),
    ),
    _only_brought("first_name", _("Customer's first name"), path="customer__first_name", personal="contact"),
    _only_brought("last_name", _("Customer's last name"), path="customer__last_name", personal="contact"),
    _only_brought(
        "cancelled",
        _("Cancelled on"),
        section=ORDER,
        needs=("status",),
        value=_cancelled,
        aliases=("cancelled at", "canceled at", "cancellation date"),
        help=_("Anything here means that the order is cancelled."),
    ),
)
