"""Buying on the shop page, signed in or as a guest."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as queue

from regulars.blocklist.services.gate import may_order
from regulars.kit.actor import Actor
from regulars.kit.errors import Refused
from regulars.orders.choices import ProductState
from regulars.orders.facts import DELIVERY, OrderFacts
from regulars.orders.models import Order, Product
from regulars.orders.services.buyers import known_buyer
from regulars.orders.services.place import place_once
from regulars.stores.models import Store

# Who it was stands on the order, where an erasure finds it; the history says where it came from.
SHOP = Actor(kind="customer", name="Shop page", surface="shop")


class MayNotOrder(Refused):
    """The block list turns the buyer away."""

    code = "may_not_order"
    status = 403


class OfferChanged(Refused):
    """A product costs something else by now, or is not offered any more."""

    code = "offer_changed"


class OrderedAlready(Refused):
    """The basket was ordered, for somebody else."""

    code = "ordered_already"


def check_out(
    *, store: Store, order: OrderFacts, ip: str, newsletter: str, actor: Actor | None = None, now: datetime
) -> Order:
    """Place what somebody ordered on the shop page, and confirm it by mail.

    `newsletter` is what was agreed to, in the words of the form, and empty for nothing. Anybody can type anybody's
    address, so the mail asks once more.
    `external_id` names the basket: it is ordered once, however often it is sent. Lines name products and the prices
    that the buyer saw. Whoever is signed in buys as themself (`customer_id`), whatever address the confirmation goes
    to; `actor` is they, or staff in their place. Raises `MayNotOrder`, `OfferChanged`, `OrderedAlready`, and what
    `place_order` raises.
    """
    known = Order.objects.filter(store=store, external_id=order.external_id).first()
    if known is not None:
        return _the_same(known, order)
    whose = order.customer_id or known_buyer(store=store, order=order)
    verdict = may_order(store=store, email=order.email, phone=order.phone, ip=ip, customer_id=whose, now=now)
    if not verdict.allowed:
        raise MayNotOrder(verdict.reason_shown, noted=verdict.note)
    with transaction.atomic():
        _check_offer(store, order)
        placed, new = place_once(store=store, order=order, actor=actor or SHOP, now=now)
        if not new:
            return _the_same(placed, order)
        queue.configure_task("orders.mail_confirmation").defer(
            store_id=str(store.pk), order_id=str(placed.pk), newsletter=newsletter
        )
    return placed


def _check_offer(store: Store, order: OrderFacts) -> None:
    on_offer = Product.objects.filter(
        store=store, state=ProductState.ACTIVE, pk__in=[line.product_id for line in order.lines]
    )
    prices: dict[UUID | None, int] = dict(on_offer.values_list("pk", "price_minor"))
    if any(prices.get(line.product_id) != line.price_minor for line in order.lines):
        raise OfferChanged(_("A price or a product has changed. Please look at your order again."))


def _the_same(placed: Order, order: OrderFacts) -> Order:
    """The order that came of a basket before. Whoever else sends the basket learns nothing about its buyer."""
    is_anothers = order.customer_id is not None and order.customer_id != placed.customer_id
    if is_anothers or any(getattr(placed, name) != getattr(order, name) for name in DELIVERY):
        raise OrderedAlready(
            _("This basket was ordered already. The confirmation is in the mail of its buyer.")
        )
    return placed
