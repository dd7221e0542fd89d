"""What one can ask of a customer's orders."""

from collections.abc import Callable

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from regulars.orders import queries
from regulars.orders.choices import Channel, OrderStatus
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Choices, Field
from regulars.resources.links import Link


def _labels(choices: type[TextChoices]) -> Callable[[Context], Choices]:
    return lambda context: [(value, str(label)) for value, label in choices.choices]


ORDERS = Link(
    name="orders",
    label=_("Orders"),
    singular=_("Order"),
    rows=queries.orders_of,
    permission="customers.view",
    fields=(
        Field(name="placed", label=_("Placed"), kind=kinds.Moment(), path="placed_at"),
        Field(name="total", label=_("Total"), kind=kinds.Money(), path="total_minor"),
        Field(name="items", label=_("Products"), kind=kinds.Integer(), path="items_count"),
        Field(name="status", label=_("Status"), kind=kinds.Choice(), choices=_labels(OrderStatus)),
        Field(name="channel", label=_("Channel"), kind=kinds.Choice(), choices=_labels(Channel)),
        Field(name="number", label=_("Number"), kind=kinds.Text()),
        Field(name="currency", label=_("Currency"), kind=kinds.Text()),
    ),
)
