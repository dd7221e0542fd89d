"""Placing orders."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from regulars.customers.choices import State
from regulars.customers.models import Customer
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid, InvalidRecord, Refused
from regulars.kit.ids import new_id
from regulars.orders import events
from regulars.orders.choices import Channel, OrderStatus
from regulars.orders.facts import DELIVERY, LineFacts, OrderFacts, PaymentFacts
from regulars.orders.models import Order, OrderLine
from regulars.orders.queries import find_by_external_id
from regulars.orders.rules import commission_rate, counted, tax_within, total_of
from regulars.orders.services.buyers import buyer_of
from regulars.orders.services.figures import recount_figures
from regulars.orders.services.lines import MOST_ITEMS, MOST_MINOR, make_lines
from regulars.orders.services.locking import lock_buyer
from regulars.orders.services.payments import add_payment, book_credit
from regulars.stores.models import Store
from regulars.stores.services import raise_order_numbers, take_order_number
from regulars.timeline.services import Touched, emit

# A number that somebody types this far above the last one is kept, but not gone on from: it may be a slip of the hand.
MOST_AHEAD = 1_000_000
_PLAIN = (
    "external_id",
    "channel",
    "status",
    "source",
    "pays",
    "note",
    "courier",
    "tracking_number",
    *DELIVERY,
)


class NumberTaken(Refused):
    """Another order of the store has the number."""

    code = "number_taken"


def place_order(*, store: Store, order: OrderFacts, actor: Actor, now: datetime) -> Order:
    """Write an order down for its customer, with the figures beside the customer. One that came with the same external
    id before is returned as it is.

    Raises `InvalidRecord`, `Invalid`, `NotFound` for an unknown customer, and `NumberTaken`.
    """
    placed, _new = place_once(store=store, order=order, actor=actor, now=now)
    return placed


def place_once(*, store: Store, order: OrderFacts, actor: Actor, now: datetime) -> tuple[Order, bool]:
    """The same, and whether the order is new."""
    known = find_by_external_id(store=store, external_id=order.external_id)
    if known is not None:
        return known, False
    _check(store, order)
    try:
        with transaction.atomic():
            return _place(store, order, actor, now), True
    except IntegrityError as error:
        if "order_external_id_unique_per_store" in str(error):  # it came twice at the same moment
            return Order.objects.get(store=store, external_id=order.external_id), False
        if "order_number_unique_per_store" in str(error):
            raise NumberTaken(_("Another order of this store has this number."), field="number") from error
        if "payment_external_id_unique_per_store" in str(error):
            raise Invalid(_("A payment has this external id already."), field="payments") from error
        raise


def _check(store: Store, order: OrderFacts) -> None:
    errors: dict[str, str] = {}
    if order.channel not in Channel.values:
        errors["channel"] = _("Choose one of: %(names)s.") % {"names": ", ".join(Channel.values)}
    if order.status not in OrderStatus.values:
        errors["status"] = _("Choose one of: %(names)s.") % {"names": ", ".join(OrderStatus.values)}
    if order.currency and order.currency != store.currency:
        errors["currency"] = _("This store counts in %(currency)s.") % {"currency": store.currency}
    if not order.lines and order.total_minor is None:
        errors["lines"] = _("Give at least one line, or the total of the order.")
    if any(line.id for line in order.lines):
        errors["lines"] = _("The lines of a new order have no id yet.")
    if not 0 <= (order.items_count or 0) <= MOST_ITEMS:
        errors["items"] = _("Give a number from 0 to %(most_items)s.") % {"most_items": f"{MOST_ITEMS:,}"}
    for name in ("total_minor", "discount_minor", "shipping_minor", "tax_minor"):
        if not 0 <= (getattr(order, name) or 0) <= MOST_MINOR:
            errors[name.removesuffix("_minor")] = _("This is less than 0 or too much.")
    if errors:
        raise InvalidRecord(errors)


def _place(store: Store, order: OrderFacts, actor: Actor, now: datetime) -> Order:
    # The number first: the store's row comes before customers wherever both are locked.
    number = order.number.strip()
    if counts := counted(number):
        raise_order_numbers(store_id=store.pk, at_least=counts, most=MOST_AHEAD)
    number = number or _next_number(store)
    whose = buyer_of(store=store, order=order, actor=actor, now=now)
    buyer = lock_buyer(store=store, customer_id=whose)
    if buyer.state == State.ANONYMISED:
        raise Invalid(
            _("This customer was anonymised: nobody buys in their name any more."), field="customer"
        )
    made = _order(store, order, number, buyer, actor, now)
    lines = make_lines(store=store, order=made, lines=order.lines)
    if lines:
        set_sums(made, lines, given_tax=order.tax_minor)
    check_parts(made)
    made.save(force_insert=True)
    OrderLine.objects.bulk_create(lines)
    payments = list(order.payments)
    if order.paid_by and made.total_minor:
        payments.append(PaymentFacts(amount_minor=made.total_minor, method=order.paid_by))
    for payment in payments:
        paid = add_payment(order=made, payment=payment, actor=actor, now=made.placed_at)
        book_credit(order=made, payment=paid, actor=actor, now=now)
    if payments:
        made.save(update_fields=["paid_minor"])
    recount_figures(store=store, customer_ids=[buyer.pk])
    # Last, so that whoever hears of it finds what was paid, and the figures beside the customer.
    kept: dict[str, object] = {"customer": str(buyer.pk), "status": made.status, "channel": made.channel}
    kept |= {"items_count": made.items_count, "total_minor": made.total_minor}
    emit(
        store=store,
        actor=actor,
        resource="orders",
        kind=events.PLACED,
        touched=Touched(made.pk, 1, after=kept, data={"number": made.number}),
        now=now,
    )
    return Order.objects.get(store=store, pk=made.pk)


def _next_number(store: Store) -> str:
    """The next number that no order has; those that came with files may be in the way."""
    while True:
        number = str(take_order_number(store_id=store.pk))
        if not Order.objects.filter(store=store, number=number).exists():
            return number


def _order(
    store: Store, order: OrderFacts, number: str, buyer: Customer, actor: Actor, now: datetime
) -> Order:
    made = Order(
        id=new_id(),
        store=store,
        customer=buyer,
        number=number,
        placed_at=order.placed_at or now,
        items_count=order.items_count or 0,
        total_minor=order.total_minor or 0,
        discount_minor=order.discount_minor,
        shipping_minor=order.shipping_minor,
        tax_minor=order.tax_minor or 0,
        currency=store.currency,
        commission_percent=commission_rate(
            store_percent=store.commission_percent, reduction=buyer.commission_reduction
        ),
        salesperson_id=order.salesperson_id,
        salesperson_name=order.salesperson_name,
        created_at=now,
        updated_at=now,
        **{name: getattr(order, name) for name in _PLAIN},
    )
    if not made.salesperson_name and actor.kind == "staff":
        made.salesperson_id, made.salesperson_name = actor.id, actor.name
    for name, value in _contact_of(buyer).items():
        # What is not said about the delivery is as with the customer, whom an erasure finds it by.
        if not any(getattr(order, one) for one in ("name", "company", "email", "phone")):
            setattr(made, name, value)
    return made


def _contact_of(buyer: Customer) -> dict[str, str]:
    name = f"{buyer.first_name} {buyer.last_name}".strip()
    return {"name": name, "company": buyer.company, "email": buyer.email, "phone": buyer.phone}


def set_sums(order: Order, lines: Sequence[OrderLine], *, given_tax: int | None = None) -> None:
    """Set what an order's lines, discount and shipping come to. Raises `Invalid`."""
    goods = sum(line.total_minor for line in lines)
    if order.discount_minor > goods:
        raise Invalid(_("The discount is larger than what the lines come to."), field="discount")
    parts = {"discount": order.discount_minor, "shipping": order.shipping_minor}
    order.items_count = sum(line.quantity for line in lines)
    order.total_minor = total_of(goods, **parts)
    order.tax_minor = tax_within(lines, **parts) if given_tax is None else given_tax
    if order.total_minor > MOST_MINOR:
        raise Invalid(_("This comes to more than an order can be worth."), field="lines")


def check_parts(order: Order) -> None:
    """Shipping and tax are within the total. Raises `InvalidRecord`."""
    parts = {"shipping": order.shipping_minor, "tax": order.tax_minor}
    if errors := {
        name: _("This is more than the total.") for name, part in parts.items() if part > order.total_minor
    }:
        raise InvalidRecord(errors)


def reckon(
    *, store: Store, lines: Sequence[LineFacts], discount_minor: int = 0, shipping_minor: int = 0
) -> tuple[Order, list[OrderLine]]:
    """What an order with these lines would come to; nothing is written. Raises `Invalid`."""
    order = Order(store=store, discount_minor=discount_minor, shipping_minor=shipping_minor)
    made = make_lines(store=store, order=order, lines=lines)
    set_sums(order, made)
    return order, made
