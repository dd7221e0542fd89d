"""What one can see, ask, sort and take out of invoices."""

from collections.abc import Callable
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, CharField, Expression, F, OuterRef, Q, Subquery, TextChoices, Value, When
from django.db.models.functions import JSONObject
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regulars.customers.resource.permissions import VIEW as SEE_CUSTOMERS
from regulars.invoices import queries
from regulars.invoices.choices import OUTSTANDING, InvoiceKind, InvoiceState, InvoiceStatus, Source
from regulars.invoices.models import Line
from regulars.invoices.resource.kinds import Lines, Mail
from regulars.kit.errors import Invalid
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Choices, Field, Row, Sort
from regulars.resources.tree import Condition

INVOICE, MONEY, CUSTOMER, DESK = _("Invoice"), _("Amounts"), _("Customer"), _("Desk")
TONES = {
    InvoiceStatus.DRAFT: "grey",
    InvoiceStatus.OPEN: "blue",
    InvoiceStatus.PARTLY_PAID: "amber",
    InvoiceStatus.OVERDUE: "red",
    InvoiceStatus.PAID: "green",
    InvoiceStatus.VOID: "grey",
}


def labels(choices: type[TextChoices]) -> Callable[[Context], Choices]:
    """The choices of a fixed list with their labels in the reader's language."""
    return lambda context: [(str(value), str(label)) for value, label in choices.choices]


def title(row: Row) -> str:
    """What to call an invoice: its number, else that it is a draft."""
    return row["number"] or str(_("Draft"))


def _customer(row: Row, context: Context) -> str:
    number = row["customer__number"]
    if number is None:
        return str(row["bill_name"])
    name = row["bill_name"] if context.actor.may(SEE_CUSTOMERS) else ""
    return str(name or f"#{number}")


def _status(context: Context) -> Expression:
    return Case(
        When(queries.overdue(context.today), then=Value(InvoiceStatus.OVERDUE)),
        default=F("state"),
        output_field=CharField(),
    )


def status_condition(condition: Condition, field: Field, context: Context) -> Q:
    """Asks of the state and the due date: what is overdue is not “open” any more."""
    if condition.operator in ("is empty", "is not empty"):
        return kinds.NOTHING if condition.operator == "is empty" else kinds.ANYTHING
    late = queries.overdue(context.today)
    found = kinds.NOTHING
    for raw in condition.values:
        value = field.clean(raw, context)
        if value not in InvoiceStatus.values:
            raise Invalid(gettext("Choose a status."))
        if value == InvoiceStatus.OVERDUE:
            found |= late
        else:
            state = Q(state=value)
            found |= state & ~late if value in OUTSTANDING else state
    return ~found if condition.operator in ("!=", "not in") else found


def _lines(context: Context) -> Expression | Subquery:
    names = ("title", "sku", "quantity", "price_minor", "discount_minor", "tax_percent", "amount_minor")
    rows = Line.objects.filter(store=OuterRef("store"), invoice=OuterRef("pk")).order_by("position")
    return ArraySubquery(rows.values(whole=JSONObject(**{name: name for name in names})))


def _sellers(context: Context, starting: str) -> list[str]:
    return queries.sellers_named(store=context.store, starting=starting)


STATUS: dict[str, Any] = {
    "name": "status",
    "label": _("Status"),
    "kind": kinds.Choice(),
    "section": INVOICE,
    "choices": labels(InvoiceStatus),
    "condition": status_condition,
    "tones": TONES,
    "help": _("draft, open, partly_paid, overdue (outstanding after its due date), paid or void"),
}

FIELDS = (
    Field(
        name="number",
        label=_("Number"),
        kind=kinds.Text(),
        section=INVOICE,
        show=lambda row, context: title(row),
        in_search=True,
        sort=Sort("sequence", empties=Q(sequence__isnull=True)),
        shown=True,
        width=150,
        help=_("Given when it is issued, one after the other."),
    ),
    Field(path="f_status", expression=_status, shown=True, width=110, **STATUS),
    Field(
        name="kind",
        label=_("Kind"),
        kind=kinds.Choice(),
        section=INVOICE,
        choices=labels(InvoiceKind),
        importable=True,
        shown=True,
        width=120,
        help=_("invoice, credit_note, or purchase_note for what a customer sold to the store"),
    ),
    Field(
        name="customer",
        label=_("Customer"),
        kind=kinds.Integer(minimum=1),
        section=CUSTOMER,
        path="customer__number",
        needs=("customer__number", "bill_name"),
        show=_customer,
        importable=True,
        optional=True,
        shown=True,
        width=210,
        help=_("The number of the customer."),
    ),
    Field(
        name="bill_name",
        label=_("Billed to"),
        kind=kinds.Text(),
        section=CUSTOMER,
        permission=SEE_CUSTOMERS,
        in_search=True,
        editable=True,
        inline=False,
        personal="name",
    ),
    Field(
        name="bill_address",
        label=_("Billing address"),
        kind=kinds.Text(max_length=1000, multiline=True),
        section=CUSTOMER,
        permission=SEE_CUSTOMERS,
        editable=True,
        inline=False,
        personal="address",
    ),
    Field(
        name="bill_tax_id",
        label=_("Customer's tax id"),
        kind=kinds.Text(),
        section=CUSTOMER,
        permission=SEE_CUSTOMERS,
        editable=True,
        inline=False,
        personal="identity",
    ),
    Field(
        name="email",
        label=_("E-mail"),
        kind=Mail(max_length=254),
        section=CUSTOMER,
        permission=SEE_CUSTOMERS,
        in_search=True,
        editable=True,
        inline=False,
        personal="contact",
        help=_("Where the invoice is mailed to."),
    ),
    Field(
        name="issued",
        label=_("Issued"),
        kind=kinds.Date(),
        section=INVOICE,
        path="issued_on",
        sort=Sort("issued_on", empties=Q(issued_on__isnull=True)),
        shown=True,
        width=120,
    ),
    Field(
        name="due_date",
        label=_("Due by"),
        kind=kinds.Date(),
        section=INVOICE,
        path="due_on",
        sort=Sort("due_on", empties=Q(due_on__isnull=True)),
        editable=True,
        inline=False,
        shown=True,
        width=120,
        help=_("Empty: so many days after it is issued as the settings say."),
    ),
    Field(
        name="total",
        label=_("Total"),
        kind=kinds.Money(),
        section=MONEY,
        path="total_minor",
        currency="currency",
        sort=Sort("total_minor"),
        shown=True,
        width=110,
    ),
    Field(
        name="net",
        label=_("Net"),
        kind=kinds.Money(),
        section=MONEY,
        path="net_minor",
        currency="currency",
        width=110,
    ),
    Field(
        name="tax",
        label=_("Tax"),
        kind=kinds.Money(),
        section=MONEY,
        path="tax_minor",
        currency="currency",
        width=110,
    ),
    Field(
        name="paid",
        label=_("Paid"),
        kind=kinds.Money(),
        section=MONEY,
        path="paid_minor",
        currency="currency",
        width=110,
    ),
    Field(
        name="due",
        label=_("Still due"),
        kind=kinds.Money(),
        section=MONEY,
        path="due_minor",
        currency="currency",
        shown=True,
        width=110,
        help=_("Below zero when more was paid than was due."),
    ),
    Field(name="currency", label=_("Currency"), kind=kinds.Text(), section=MONEY, width=80),
    Field(
        name="lines",
        label=_("Lines"),
        kind=Lines(),
        section=MONEY,
        path="f_lines",
        needs=("f_lines",),
        expression=_lines,
        value=lambda row, context: row["f_lines"],
        show=lambda row, context: ", ".join(line["title"] for line in row["f_lines"]),
        filterable=False,
        editable=True,
        inline=False,
        help=_("Objects with title, sku, quantity, price, discount and tax_percent."),
    ),
    Field(
        name="prices_include_tax",
        label=_("Prices include tax"),
        kind=kinds.Boolean(),
        section=MONEY,
        editable=True,
        inline=False,
    ),
    Field(
        name="salesperson",
        label=_("Salesperson"),
        kind=kinds.Text(),
        section=DESK,
        path="salesperson_name",
        suggestions=_sellers,
        editable=True,
        inline=False,
        shown=True,
        width=140,
    ),
    Field(
        name="tracking",
        label=_("Tracking number"),
        kind=kinds.Text(),
        section=DESK,
        path="tracking_number",
        in_search=True,
        editable=True,
        width=150,
    ),
    Field(
        name="note",
        label=_("Note"),
        kind=kinds.Text(max_length=2000, multiline=True),
        section=DESK,
        editable=True,
        inline=False,
        personal="notes",
        help=_("Printed on the invoice."),
    ),
    Field(
        name="external_id",
        label=_("External id"),
        kind=kinds.Text(max_length=120),
        section=DESK,
        importable=True,
        width=140,
        help=_("What another system calls it; one that is sent twice with it is one invoice."),
    ),
    Field(
        name="made_from",
        label=_("Made from"),
        kind=kinds.Choice(),
        section=DESK,
        path="source",
        choices=labels(Source),
        width=110,
    ),
    Field(
        name="reference",
        label=_("Order or trade-in"),
        kind=kinds.Text(),
        section=DESK,
        path="source_number",
        in_search=True,
        width=130,
    ),
    Field(
        name="credits",
        label=_("Credits"),
        kind=kinds.Text(),
        section=INVOICE,
        path="credits__number",
        value=lambda row, context: row["credits__number"] or "",
        filterable=False,
        width=120,
        help=_("The invoice that a credit note is about."),
    ),
    Field(name="void_reason", label=_("Void because"), kind=kinds.Text(), section=DESK, personal="notes"),
    Field(
        name="mailed",
        label=_("Mailed"),
        kind=kinds.Moment(),
        section=DESK,
        path="mailed_at",
        width=120,
    ),
    Field(
        name="reminded",
        label=_("Reminded"),
        kind=kinds.Moment(),
        section=DESK,
        path="reminded_at",
        width=120,
        help=_("When a reminder was mailed last."),
    ),
    Field(
        name="created",
        label=_("Made"),
        kind=kinds.Moment(),
        section=DESK,
        path="created_at",
        sort=Sort("created_at"),
        width=120,
    ),
)

# What one can ask of the invoices of a customer.
LINKED = (
    Field(path="state", **STATUS),
    *(
        field
        for field in FIELDS
        if field.name
        in ("number", "kind", "issued", "due_date", "total", "due", "paid", "currency", "created")
    ),
    Field(name="salesperson", label=_("Salesperson"), kind=kinds.Text(), path="salesperson_name"),
)
__all__ = ["FIELDS", "LINKED", "InvoiceState", "title"]
