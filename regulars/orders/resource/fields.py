"""What one can see, ask, sort, change and take out of an order."""

from typing import Any

from django.db.models import Expression, OuterRef, StringAgg, Subquery, TextField, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from regulars.customers.resource.fields.common import country_choices, labels
from regulars.customers.resource.kinds import Country
from regulars.orders.choices import Channel, OrderStatus, Paying
from regulars.orders.models import OrderLine
from regulars.orders.resource.kinds import Code, Mail, Number, on_lines
from regulars.orders.resource.permissions import COMMISSION
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Field, Row, Sort

ORDER, BUYER, MONEY, DELIVERY, DESK = _("Order"), _("Customer"), _("Money"), _("Delivery"), _("Desk")
STATUS_TONES: dict[str, str] = {
    OrderStatus.OPEN: "blue",
    OrderStatus.COMPLETED: "green",
    OrderStatus.CANCELLED: "grey",
}
BROUGHT: Any = {"importable": True, "only_brought": True}
WHO = (
    "customer__first_name",
    "customer__last_name",
    "customer__company",
    "customer__email",
    "customer__number",
)


def buyer_name(row: Row, context: Context | None = None) -> str:
    """What to call the customer of an order."""
    name = f"{row['customer__first_name']} {row['customer__last_name']}".strip()
    return name or row["customer__company"] or row["customer__email"] or f"#{row['customer__number']}"


def _joined(column: str) -> Any:
    """The texts of an order's lines, in their order."""

    def found(context: Context) -> Expression | Subquery:
        lines = OrderLine.objects.filter(store=OuterRef("store"), order=OuterRef("pk")).exclude(
            **{column: ""}
        )
        texts = StringAgg(column, delimiter=Value(", "), order_by="position")
        joined = lines.order_by().values("order").annotate(texts=texts).values("texts")
        return Coalesce(Subquery(joined, output_field=TextField()), Value("", output_field=TextField()))

    return found


def _text(name: str, label: Any, *, section: Any = DELIVERY, length: int = 200, **more: Any) -> Field:
    kind = kinds.Text(max_length=length)
    return Field(
        name=name,
        label=label,
        kind=kind,
        section=section,
        editable=True,
        importable=True,
        personal="contact",
        **more,
    )


def _money(name: str, label: Any, **more: Any) -> Field:
    return Field(
        name=name,
        label=label,
        kind=kinds.Money(),
        section=MONEY,
        path=f"{name}_minor",
        width=110,
        **more,
    )


FIELDS = (
    Field(
        name="number",
        label=_("Number"),
        kind=Code(max_length=60),
        section=ORDER,
        shown=True,
        width=130,
        importable=True,
        aliases=("order", "order number", "name", "order id"),
        help=_("Given by the store when it is left out."),
    ),
    Field(
        name="placed",
        label=_("Placed"),
        kind=kinds.Moment(),
        section=ORDER,
        path="placed_at",
        sort=Sort("placed_at"),
        shown=True,
        width=130,
        editable=True,
        inline=False,
        importable=True,
        aliases=("placed at", "order date", "date", "created at"),
    ),
    Field(
        name="customer",
        label=_("Customer"),
        kind=kinds.Integer(minimum=1),
        section=BUYER,
        path="customer__number",
        needs=("customer_id", *WHO),
        show=buyer_name,
        shown=True,
        width=200,
        importable=True,
        aliases=("customer number",),
        help=_("The customer's number. Left out, the customer is found by external id, e-mail or phone."),
    ),
    Field(
        name="status",
        label=_("Status"),
        kind=kinds.Choice(),
        section=ORDER,
        choices=labels(OrderStatus),
        tones=STATUS_TONES,
        shown=True,
        width=110,
        importable=True,
        aliases=("order status",),
    ),
    Field(
        name="channel",
        label=_("Channel"),
        kind=kinds.Choice(),
        section=ORDER,
        choices=labels(Channel),
        shown=True,
        width=110,
        editable=True,
        importable=True,
        aliases=("sales channel",),
    ),
    Field(
        name="items",
        label=_("Products"),
        kind=kinds.Integer(minimum=0),
        section=ORDER,
        path="items_count",
        shown=True,
        width=90,
        importable=True,
        aliases=("quantity", "item count"),
        help=_("How many things; follows from the lines where there are any."),
    ),
    _money(
        "total",
        _("Total"),
        sort=Sort("total_minor"),
        shown=True,
        importable=True,
        aliases=("amount", "order total"),
    ),
    Field(
        name="currency",
        label=_("Currency"),
        kind=Code(max_length=3),
        section=MONEY,
        width=80,
        importable=True,
        help=_("Only the store's own is taken."),
    ),
    _money("due", _("Due"), shown=True, **BROUGHT, aliases=("balance due", "outstanding balance")),
    _money("paid", _("Paid"), **BROUGHT, aliases=("amount paid", "payment status", "financial status")),
    _money("returned", _("Returned"), **BROUGHT, aliases=("refunded", "refunded amount", "refund amount")),
    Field(
        name="returned_items",
        label=_("Products returned"),
        kind=kinds.Integer(),
        section=ORDER,
        width=90,
    ),
    _money(
        "discount", _("Discount"), editable=True, inline=False, importable=True, aliases=("order discount",)
    ),
    _money(
        "shipping", _("Shipping"), editable=True, inline=False, importable=True, aliases=("shipping cost",)
    ),
    _money("tax", _("Tax included"), importable=True, aliases=("taxes", "vat")),
    Field(
        name="commission_percent",
        label=_("Commission %"),
        kind=kinds.Number(),
        section=MONEY,
        width=100,
        permission=COMMISSION,
        help=_("The store's rate on the day, less what the customer has it reduced by."),
    ),
    _money("commission", _("Commission"), permission=COMMISSION),
    Field(
        name="product",
        label=_("What"),
        kind=kinds.Text(),
        section=ORDER,
        path="line_titles",
        expression=_joined("title"),
        condition=on_lines("title", "sku"),
        width=260,
        help=_("The products on it; asked for by name or sku."),
    ),
    Field(
        name="sku",
        label=_("SKU"),
        kind=kinds.Text(),
        section=ORDER,
        path="line_skus",
        expression=_joined("sku"),
        condition=on_lines("sku"),
        width=140,
    ),
    Field(
        name="serial",
        label=_("Serial number"),
        kind=kinds.Text(),
        section=ORDER,
        path="line_serials",
        expression=_joined("serial"),
        condition=on_lines("serial"),
        width=140,
        help=_("The serial or IMEI of a thing on it."),
    ),
    Field(
        name="customer_email",
        label=_("Customer's e-mail"),
        kind=Mail(),
        section=BUYER,
        path="customer__email",
        key="customer__email_key",
        width=200,
        personal="contact",
        aliases=("customer email", "buyer email"),
        **BROUGHT,
    ),
    Field(
        name="customer_external_id",
        label=_("Customer's external id"),
        kind=Code(max_length=120),
        section=BUYER,
        path="customer__external_id",
        width=140,
        personal="id",
        importable=True,
        aliases=("customer id",),
    ),
    _text("name", _("Name"), section=BUYER, aliases=("shipping name", "ship to", "recipient")),
    _text("company", _("Company"), section=BUYER, aliases=("shipping company",)),
    Field(
        name="email",
        label=_("E-mail"),
        kind=Mail(),
        section=BUYER,
        width=200,
        editable=True,
        importable=True,
        personal="contact",
        aliases=("e-mail", "billing email", "mail"),
        help=_("Where mail about this order goes."),
    ),
    Field(
        name="phone",
        label=_("Phone"),
        kind=Number(),
        section=BUYER,
        editable=True,
        importable=True,
        personal="contact",
        aliases=("shipping phone", "billing phone"),
    ),
    _text("address", _("Address"), length=500, aliases=("shipping street", "shipping address")),
    _text("building", _("Building")),
    _text("postcode", _("Postcode"), aliases=("shipping zip", "zip")),
    _text("city", _("City"), aliases=("shipping city",)),
    _text("region", _("Region"), aliases=("shipping province",)),
    Field(
        name="country",
        label=_("Country"),
        kind=Country(),
        section=DELIVERY,
        choices=country_choices,
        editable=True,
        importable=True,
        personal="contact",
        aliases=("shipping country",),
    ),
    Field(
        name="pays",
        label=_("Pays"),
        kind=kinds.Choice(),
        section=DELIVERY,
        choices=labels(Paying),
        width=130,
        why_empty=_("not said"),
        help=_("How a guest of the shop page means to pay."),
    ),
    _text("courier", _("Courier"), aliases=("shipping method", "carrier")),
    Field(
        name="tracking_number",
        label=_("Tracking number"),
        kind=Code(max_length=120),
        section=DELIVERY,
        editable=True,
        importable=True,
        personal="id",
        aliases=("tracking",),
    ),
    Field(
        name="note",
        label=_("Note"),
        kind=kinds.Text(max_length=2000, multiline=True),
        section=DESK,
        width=220,
        editable=True,
        importable=True,
        personal="notes",
        aliases=("notes", "comment"),
    ),
    Field(
        name="salesperson",
        label=_("Salesperson"),
        kind=kinds.Text(),
        section=DESK,
        path="salesperson_name",
        editable=True,
        importable=True,
    ),
    Field(
        name="source",
        label=_("Source"),
        kind=kinds.Text(max_length=60),
        section=DESK,
        editable=True,
        importable=True,
        help=_("Where the order came from: the till, a marketplace, a file."),
    ),
    Field(
        name="external_id",
        label=_("External id"),
        kind=Code(max_length=120),
        section=DESK,
        editable=True,
        importable=True,
        aliases=("order external id", "id"),
        help=_("What another system calls it; an order that comes twice with it is one."),
    ),
    Field(
        name="created",
        label=_("Added"),
        kind=kinds.Moment(),
        section=DESK,
        path="created_at",
    ),
)

# What orders add to customers.
BUYING = _("Buying")
CUSTOMER_FIELDS = (
    Field(
        name="returned",
        label=_("Returned"),
        kind=kinds.Money(),
        section=BUYING,
        path="returned_minor",
        width=110,
        help=_("The money of what came back; it does not count as spent."),
    ),
    Field(
        name="commission",
        label=_("Commission"),
        kind=kinds.Money(),
        section=BUYING,
        path="commission_minor",
        width=110,
        permission=COMMISSION,
        help=_("The store's commission on their orders."),
    ),
)
