"""What one can see, ask, sort, edit and take out of trade-ins."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import Exists, JSONField, OuterRef, Q, StringAgg, Subquery, TextField, Value
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regulars.customers.choices import PayoutKind
from regulars.customers.resource.permissions import VIEW as SEE_CUSTOMERS
from regulars.kit.words import Words
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Choices, Field, Row, Sort
from regulars.resources.kinds.base import NEGATIVE
from regulars.resources.tree import Condition as Asked
from regulars.tradeins import queries
from regulars.tradeins.choices import Acceptance, Condition, Hold, Status, Way
from regulars.tradeins.kinds import Items, Serial
from regulars.tradeins.models import Item

OFFER, GOODS, POST, MONEY, HISTORY = _("Offer"), _("Goods"), _("Post"), _("Money"), _("History")
NAMES = ("customer__first_name", "customer__last_name", "customer__company", "customer__number")
ITEM_FACTS = ("title", "condition", "serial", "quoted_minor", "final_minor")
STATUS_TONES: Mapping[str, str] = {
    Status.REQUIRES_REVIEW: "amber",
    Status.PENDING: "blue",
    Status.LEAD: "blue",
    Status.IN_TRANSIT: "violet",
    Status.DELIVERED: "violet",
    Status.BEING_INSPECTED: "violet",
    Status.NOT_AS_DESCRIBED: "red",
    Status.ON_HOLD: "amber",
    Status.PAYOUT_PROCESSING: "amber",
    Status.COMPLETED: "green",
}


def labels(choices: Any) -> Callable[[Context], Choices]:
    """The values of a choice with their labels."""
    return lambda context: [(str(value), str(label)) for value, label in choices.choices]


def whose(row: Row, context: Context) -> str:
    """The customer by name, for those who may see customers."""
    number = f"#{row['customer__number']}"
    if not context.actor.may(SEE_CUSTOMERS):
        return number
    name = f"{row['customer__first_name']} {row['customer__last_name']}".strip()
    return f"{name or row['customer__company']} {number}" if name or row["customer__company"] else number


def _seller(row: Row, context: Context) -> str:
    """The same as lists show it: the number only where there is no name to show."""
    return whose(row, context).removesuffix(f" #{row['customer__number']}")


def _all_items(context: Context) -> Subquery:
    """The items with what they say, as one value."""
    items = Item.objects.filter(store=OuterRef("store"), tradein=OuterRef("pk")).order_by().values("tradein")
    each = JSONObject(**{name: name for name in ITEM_FACTS})
    joined = JSONBAgg(each, order_by=("position", "pk"))
    return Subquery(items.annotate(all=joined).values("all"), output_field=JSONField())


def _any_item(one: Asked, field: Field, context: Context) -> Q:
    """Trade-ins of which some item meets the condition; `not` and `!=` mean that no item does."""
    if one.operator in NEGATIVE and one.operator != "is not empty":
        return ~_any_item(Asked(one.field, NEGATIVE[one.operator], one.values), field, context)
    if one.operator in ("is empty", "is not empty"):
        said = _some(context, ~Q(**{f"{field.key}": ""}))
        return ~said if one.operator == "is empty" else said
    return _some(context, _of_items(field).compile(one, context))


def _some(context: Context, part: Q) -> Q:
    items = Item.objects.filter(part, store=context.store, tradein=OuterRef("pk")).order_by()
    return Q(Exists(items))


def _of_items(field: Field) -> Field:
    """The same question, asked of the items."""
    return Field(name=field.name, label=field.label, kind=field.kind, path=field.key, choices=field.choices)


def _locations(context: Context, typed: str) -> list[str]:
    return queries.known_places(store=context.store, starting=typed)


def _choice(
    name: str,
    label: Words,
    choices: Any,
    section: Words,
    *,
    tones: Mapping[str, str] | None = None,
    **more: Any,
) -> Field:
    return Field(
        name=name,
        label=label,
        kind=kinds.Choice(),
        choices=labels(choices),
        section=section,
        tones=tones or {},
        **more,
    )


FIELDS = (
    Field(
        name="number",
        label=_("Number"),
        kind=kinds.Integer(),
        section=OFFER,
        sort=Sort("number"),
        shown=True,
        show=lambda row, context: f"#{row['number']}",
        width=90,
    ),
    Field(
        name="customer",
        label=_("Customer"),
        kind=kinds.Integer(),
        section=OFFER,
        path="customer__number",
        needs=(*NAMES, "customer_id"),
        show=_seller,
        shown=True,
        width=190,
        importable=True,
        personal="identity",
        help=_("The number of the customer."),
    ),
    _choice(
        "way",
        _("Way"),
        Way,
        OFFER,
        shown=True,
        width=100,
        importable=True,
        help=_("At the counter, or by post."),
    ),
    _choice("status", _("Status"), Status, OFFER, tones=STATUS_TONES, shown=True, width=150),
    _choice("hold", _("Hold"), Hold, OFFER, tones=dict.fromkeys(Hold.values, "amber"), width=130),
    Field(
        name="items",
        label=_("Items"),
        kind=Items(),
        section=GOODS,
        key="title",
        path="item_facts",
        expression=_all_items,
        value=lambda row, context: Items().export(row["item_facts"], context),
        show=lambda row, context: ", ".join(one["title"] for one in row["item_facts"] or ()),
        condition=_any_item,
        shown=True,
        width=240,
        editable=True,
        inline=False,
        importable=True,
        personal="device",
        help=_("One line each: title | condition | serial or IMEI | quoted price | final price."),
    ),
    Field(
        name="serial",
        label=_("Serial or IMEI"),
        kind=Serial(),
        section=GOODS,
        key="serial",
        path="item_serials",
        expression=lambda context: _joined("serial"),
        condition=_any_item,
        width=160,
        personal="device",
    ),
    _choice(
        "condition",
        pgettext_lazy("goods", "Condition"),
        Condition,
        GOODS,
        key="condition",
        path="item_conditions",
        expression=lambda context: _joined("condition"),
        condition=_any_item,
        show=lambda row, context: ", ".join(
            str(Condition(one).label) for one in (row["item_conditions"] or "").split(", ") if one
        ),
        width=120,
        help=_("Of any of the items."),
    ),
    Field(
        name="location",
        label=_("Store location"),
        kind=kinds.Text(max_length=120),
        section=OFFER,
        suggestions=_locations,
        editable=True,
        importable=True,
        width=140,
        help=_("Where the goods come in."),
    ),
    _choice(
        "acceptance",
        _("Acceptance"),
        Acceptance,
        OFFER,
        width=150,
        importable=True,
        help=_("Who has agreed to the prices; empty while the customer is still to be asked."),
    ),
    Field(
        name="courier",
        label=_("Courier"),
        kind=kinds.Text(max_length=80),
        section=POST,
        editable=True,
        importable=True,
        width=120,
    ),
    Field(
        name="tracking_number",
        label=_("Tracking number"),
        kind=kinds.Text(max_length=80),
        section=POST,
        editable=True,
        importable=True,
        personal="identity",
        width=150,
    ),
    Field(
        name="quoted",
        label=_("Quoted"),
        kind=kinds.Money(),
        section=MONEY,
        path="quoted_minor",
        sort=Sort("quoted_minor"),
        shown=True,
        width=110,
    ),
    Field(
        name="final",
        label=_("Final price"),
        kind=kinds.Money(),
        section=MONEY,
        path="final_minor",
        optional=True,
        sort=Sort("final_minor", empties=Q(final_minor__isnull=True)),
        shown=True,
        width=110,
        why_empty=_("not inspected yet"),
    ),
    _choice(
        "payout_method", _("Payout method"), PayoutKind, MONEY, path="payout_kind", shown=True, width=140
    ),
    Field(
        name="payout_to",
        label=_("Paid to"),
        kind=kinds.Text(),
        section=MONEY,
        path="payout_masked",
        personal="payment",
        width=140,
    ),
    Field(
        name="reference",
        label=_("Payment reference"),
        kind=kinds.Text(max_length=120),
        section=MONEY,
        personal="payment",
        width=150,
    ),
    Field(
        name="paid",
        label=_("Paid"),
        kind=kinds.Moment(),
        section=MONEY,
        path="paid_at",
        why_empty=_("not paid yet"),
        width=120,
    ),
    Field(
        name="note",
        label=_("Note"),
        kind=kinds.Text(max_length=5000, multiline=True),
        section=OFFER,
        editable=True,
        inline=False,
        importable=True,
        personal="notes",
        width=200,
        help=_("Only staff see it."),
    ),
    Field(
        name="external_id",
        label=_("External id"),
        kind=kinds.Text(max_length=120),
        section=OFFER,
        importable=True,
        width=140,
        help=_("What another system calls it; one that is sent twice with it is one trade-in."),
    ),
    Field(
        name="expires",
        label=_("Valid until"),
        kind=kinds.Moment(),
        section=OFFER,
        path="expires_at",
        sort=Sort("expires_at", empties=Q(expires_at__isnull=True)),
        editable=True,
        inline=False,
        importable=True,
        width=120,
        help=_("Then it expires without an answer or the goods. Empty: in 14 days."),
    ),
    Field(
        name="author",
        label=_("Added by"),
        kind=kinds.Text(),
        section=HISTORY,
        path="author_name",
        width=140,
    ),
    Field(
        name="created",
        label=_("Date"),
        kind=kinds.Moment(),
        section=HISTORY,
        path="created_at",
        sort=Sort("created_at"),
        shown=True,
        width=120,
    ),
    Field(
        name="updated",
        label=_("Changed"),
        kind=kinds.Moment(),
        section=HISTORY,
        path="updated_at",
        sort=Sort("updated_at"),
        width=120,
    ),
)


def _joined(column: str) -> Subquery:
    """One fact of all items, as one text; each value once."""
    items = Item.objects.filter(store=OuterRef("store"), tradein=OuterRef("pk")).exclude(**{column: ""})
    joined = StringAgg(column, delimiter=Value(", "), distinct=True, order_by=column)
    return Subquery(
        items.order_by().values("tradein").annotate(all=joined).values("all"), output_field=TextField()
    )


# What can be asked of a customer's trade-ins.
LINK_FIELDS = (
    _choice("status", _("Status"), Status, OFFER),
    _choice("way", _("Way"), Way, OFFER),
    _choice("payout_method", _("Payout method"), PayoutKind, MONEY, path="payout_kind"),
    Field(name="quoted", label=_("Quoted"), kind=kinds.Money(), path="quoted_minor"),
    Field(name="final", label=_("Final price"), kind=kinds.Money(), path="final_minor", optional=True),
    Field(name="location", label=_("Store location"), kind=kinds.Text()),
    Field(name="courier", label=_("Courier"), kind=kinds.Text()),
    Field(name="created", label=_("Date"), kind=kinds.Moment(), path="created_at"),
    Field(name="paid", label=_("Paid"), kind=kinds.Moment(), path="paid_at"),
)
