"""Orders, lines and payments as people and other systems bring them, before they are rows."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from regulars.orders.choices import Channel, OrderStatus, PaymentMethod

ADDRESS = ("address", "building", "city", "region", "postcode", "country")
# How the buyer is called and reached about this order.
DELIVERY = ("name", "company", "email", "phone", *ADDRESS)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """One thing on an order. What is left out comes from the product, which is found by its id, else by its sku.

    `id` names a line that an order has already, when its lines are changed.
    """

    title: str = ""
    quantity: int = 1
    price_minor: int | None = None
    discount_minor: int = 0
    product_id: UUID | None = None
    sku: str = ""
    serial: str = ""
    tax_percent: Decimal | None = None
    id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFacts:
    """Money for an order, below zero when it is given back; paid now unless a moment is given."""

    amount_minor: int
    method: str = PaymentMethod.OTHER
    paid_at: datetime | None = None
    reference: str = ""
    external_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """An order to be placed.

    The customer is the one with `customer_id`, else with `customer_external_id`, `email` or `phone`; if there is none,
    a guest is made of what is known. `items_count` and `total_minor` are for orders without lines and otherwise follow
    from these; `tax_minor` follows from the lines unless it is given. `paid_by` is how all of it was paid at once.
    """

    lines: tuple[LineFacts, ...] = ()
    customer_id: UUID | None = None
    customer_external_id: str = ""
    number: str = ""
    external_id: str = ""
    channel: str = Channel.ONLINE
    status: str = OrderStatus.OPEN
    placed_at: datetime | None = None
    items_count: int | None = None
    total_minor: int | None = None
    discount_minor: int = 0
    shipping_minor: int = 0
    tax_minor: int | None = None
    currency: str = ""
    name: str = ""
    company: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    building: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    courier: str = ""
    tracking_number: str = ""
    note: str = ""
    source: str = ""
    pays: str = ""
    salesperson_id: UUID | None = None
    salesperson_name: str = ""
    payments: tuple[PaymentFacts, ...] = ()
    paid_by: str = ""
