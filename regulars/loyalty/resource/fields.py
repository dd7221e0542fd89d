"""What one can see, ask, sort, bring and take out of entries of points."""

from collections.abc import Callable

from django.db.models import BigIntegerField, Expression, OuterRef, Q, Subquery, Sum, TextChoices
from django.utils.translation import gettext_lazy as _

from regulars.customers.resource.permissions import VIEW as SEE_CUSTOMERS
from regulars.loyalty.choices import Kind, Mode, Source
from regulars.loyalty.models import Entry
from regulars.loyalty.rules import MOST
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Choices, Field, Row, Sort

ENTRY, WHO, HISTORY = _("Entry"), _("Customer"), _("History")
_NAME = ("customer__first_name", "customer__last_name", "customer__company", "customer__email")


def labels(choices: type[TextChoices]) -> Callable[[Context], Choices]:
    """The choices of a fixed list with their labels in the reader's language."""
    return lambda context: [(str(value), str(label)) for value, label in choices.choices]


def _customer(row: Row, context: Context) -> str:
    """Whose entry it is, as far as the reader may see it."""
    named = f"{row['customer__first_name']} {row['customer__last_name']}".strip()
    name = named or row["customer__company"] or row["customer__email"]
    return str(name) if name and context.actor.may(SEE_CUSTOMERS) else f"#{row['customer__number']}"


def _balance(context: Context) -> Expression | Subquery:
    """What the entries of the customer come to with this one."""
    upto = Q(created_at__lt=OuterRef("created_at")) | Q(
        created_at=OuterRef("created_at"), pk__lte=OuterRef("pk")
    )
    rows = Entry.objects.filter(upto, store=OuterRef("store"), customer=OuterRef("customer")).order_by()
    summed = rows.values("customer").annotate(balance=Sum("points")).values("balance")
    return Subquery(summed, output_field=BigIntegerField())


FIELDS = (
    Field(
        name="made",
        label=_("Date"),
        kind=kinds.Moment(),
        section=ENTRY,
        path="created_at",
        sort=Sort("created_at"),
        shown=True,
        width=150,
    ),
    Field(
        name="customer",
        label=_("Customer"),
        kind=kinds.Integer(minimum=1),
        section=WHO,
        path="customer__number",
        needs=("customer__number", *_NAME),
        value=lambda row, context: row["customer__number"],
        show=_customer,
        importable=True,
        shown=True,
        width=190,
        aliases=("number", "customer number", "customer no"),
        help=_("The number of the customer."),
    ),
    Field(
        name="email",
        label=_("E-mail"),
        kind=kinds.Email(),
        section=WHO,
        path="customer__email",
        key="customer__email_key",
        permission=SEE_CUSTOMERS,
        personal="contact",
        importable=True,
        width=200,
        aliases=("customer email", "e-mail", "email address", "mail"),
    ),
    Field(
        name="external_id",
        label=_("External id of the customer"),
        kind=kinds.Text(max_length=120),
        section=WHO,
        path="customer__external_id",
        importable=True,
        width=150,
        aliases=("id", "customer id", "external id"),
    ),
    Field(
        name="kind",
        label=_("Kind"),
        kind=kinds.Choice(),
        section=ENTRY,
        choices=labels(Kind),
        tones={
            Kind.EARN: "green",
            Kind.SPEND: "blue",
            Kind.ADJUST: "grey",
            Kind.EXPIRE: "amber",
            Kind.REVERSE: "red",
            Kind.TRANSFER: "violet",
        },
        shown=True,
        width=110,
    ),
    Field(
        name="points",
        label=_("Points"),
        kind=kinds.Integer(minimum=-MOST, maximum=MOST),
        section=ENTRY,
        show=lambda row, context: f"{row['points']:+,}",
        importable=True,
        shown=True,
        width=90,
        aliases=("points change", "points to add", "amount"),
        help=_("Above zero given, below zero taken."),
    ),
    Field(
        name="balance",
        label=_("Balance"),
        kind=kinds.Integer(),
        section=ENTRY,
        path="f_balance",
        expression=_balance,
        filterable=False,
        shown=True,
        width=90,
        help=_("What the entries of the customer come to with this one, pending ones too."),
    ),
    Field(name="left", label=_("Left"), kind=kinds.Integer(), section=ENTRY, shown=True, width=80),
    Field(name="pending", label=_("Pending"), kind=kinds.Boolean(), section=ENTRY, width=80),
    Field(
        name="available",
        label=_("Can be spent from"),
        kind=kinds.Moment(),
        section=ENTRY,
        path="available_at",
        width=130,
    ),
    Field(
        name="expires",
        label=_("Expires"),
        kind=kinds.Until(),
        section=ENTRY,
        path="expires_at",
        importable=True,
        shown=True,
        why_empty=_("never"),
        width=120,
        aliases=("expires at", "expiry", "expiration date", "expiry date"),
    ),
    Field(
        name="reason",
        label=_("Reason"),
        kind=kinds.Text(max_length=300),
        section=ENTRY,
        importable=True,
        shown=True,
        personal="notes",
        width=180,
        aliases=("internal reason", "comment", "description"),
        help=_("Only staff see it."),
    ),
    Field(
        name="note",
        label=_("Note for the customer"),
        kind=kinds.Text(max_length=300),
        section=ENTRY,
        importable=True,
        shown=True,
        personal="notes",
        width=160,
        aliases=("customer note", "note to customer", "customer facing note"),
    ),
    Field(
        name="mode",
        label=_("Add or set"),
        kind=kinds.Choice(),
        section=ENTRY,
        path="kind",
        value=lambda row, context: "",
        choices=labels(Mode),
        filterable=False,
        column=False,
        importable=True,
        only_brought=True,
        exportable=False,
        help=_("Of a file: add the points (as without it), or set what the customer has to them."),
    ),
    Field(
        name="source",
        label=_("Source"),
        kind=kinds.Choice(),
        section=HISTORY,
        choices=labels(Source),
        shown=True,
        width=110,
    ),
    Field(
        name="rule",
        label=_("Earning rule"),
        kind=kinds.Text(),
        section=HISTORY,
        width=120,
    ),
    Field(
        name="key",
        label=_("Key"),
        kind=kinds.Text(max_length=120),
        section=HISTORY,
        importable=True,
        width=140,
        aliases=("reference", "transaction id", "transaction", "row id"),
        help=_("Another system's name for the deed: what has the same key is written once."),
    ),
    Field(
        name="author",
        label=_("By"),
        kind=kinds.Text(),
        section=HISTORY,
        path="author_name",
        shown=True,
        width=130,
    ),
)
