"""What one can ask of a customer's orders, and of what was on them."""

from django.utils.translation import gettext_lazy as _

from regulars.customers.resource.fields.common import labels
from regulars.orders import queries
from regulars.orders.choices import Channel, OrderStatus
from regulars.orders.resource.kinds import on_lines
from regulars.orders.resource.permissions import VIEW
from regulars.resources import kinds
from regulars.resources.field import Field
from regulars.resources.links import Link

ORDERS = Link(
    name="orders",
    label=_("Orders"),
    singular=_("Order"),
    rows=queries.orders_of,
    permission=VIEW,
    fields=(
        Field(name="placed", label=_("Placed"), kind=kinds.Moment(), path="placed_at"),
        Field(name="total", label=_("Total"), kind=kinds.Money(), path="total_minor"),
        Field(name="items", label=_("Products"), kind=kinds.Integer(), path="items_count"),
        Field(name="status", label=_("Status"), kind=kinds.Choice(), choices=labels(OrderStatus)),
        Field(name="channel", label=_("Channel"), kind=kinds.Choice(), choices=labels(Channel)),
        Field(name="product", label=_("What"), kind=kinds.Text(), condition=on_lines("title", "sku")),
        Field(name="sku", label=_("SKU"), kind=kinds.Text(), condition=on_lines("sku")),
        Field(name="serial", label=_("Serial number"), kind=kinds.Text(), condition=on_lines("serial")),
        Field(name="returned", label=_("Returned"), kind=kinds.Money(), path="returned_minor"),
        Field(name="returned_items", label=_("Products returned"), kind=kinds.Integer()),
        Field(name="paid", label=_("Paid"), kind=kinds.Money(), path="paid_minor"),
        Field(name="due", label=_("Due"), kind=kinds.Money(), path="due_minor"),
        Field(name="discount", label=_("Discount"), kind=kinds.Money(), path="discount_minor"),
        Field(name="source", label=_("Source"), kind=kinds.Text()),
        Field(name="number", label=_("Number"), kind=kinds.Text()),
        Field(name="currency", label=_("Currency"), kind=kinds.Text()),
    ),
)
PURCHASES = Link(
    name="purchases",
    label=_("Products bought"),
    singular=_("Product bought"),
    rows=queries.counted_lines_of,
    path="order__customer_id",
    permission=VIEW,
    fields=(
        Field(name="product", label=_("Product"), kind=kinds.Text(), path="title"),
        Field(name="sku", label=_("SKU"), kind=kinds.Text()),
        Field(name="serial", label=_("Serial number"), kind=kinds.Text()),
        Field(name="quantity", label=_("Quantity"), kind=kinds.Integer()),
        Field(name="returned", label=_("Returned"), kind=kinds.Integer()),
        Field(name="price", label=_("Price"), kind=kinds.Money(), path="price_minor"),
        Field(name="total", label=_("Total"), kind=kinds.Money(), path="total_minor"),
        Field(name="placed", label=_("Placed"), kind=kinds.Moment(), path="order__placed_at"),
        Field(
            name="channel",
            label=_("Channel"),
            kind=kinds.Choice(),
            path="order__channel",
            choices=labels(Channel),
        ),
    ),
)
