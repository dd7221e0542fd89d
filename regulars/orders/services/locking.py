"""Locking orders in the order of `kit.locks`: the customers whose figures they change come first."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.customers.models import Customer
from regulars.kit.errors import NotFound
from regulars.kit.locks import lock_rows
from regulars.orders.models import Order
from regulars.resources.resource import get_resource
from regulars.stores.models import Store


def lock_orders(
    *, store: Store, ids: Iterable[UUID], also: Iterable[UUID] = (), to_remove: bool = False
) -> dict[UUID, Order]:
    """The orders with these ids and their customers, locked until the transaction ends; and `also` these customers."""
    wanted, held = list(ids), set(also)
    while True:
        with transaction.atomic():
            whose = Order.objects.filter(store=store, pk__in=wanted).values_list("customer_id", flat=True)
            held |= set(whose)
            lock_rows(Customer.objects.filter(store=store).only("pk"), held)
            found = lock_rows(Order.objects.filter(store=store), wanted, to_remove=to_remove)
            # Who has all customers locked finds no order moved; else one was, between the look and the lock.
            if all(order.customer_id in held for order in found.values()):
                return found
            # Let go of them all: the next attempt locks the other customer too, and in order.
            transaction.set_rollback(True)


def lock_order(*, store: Store, order_id: UUID) -> Order:
    """The same for one order. Raises `NotFound`."""
    order = lock_orders(store=store, ids=[order_id]).get(order_id)
    if order is None:
        raise NotFound(_("This order does not exist in this store."))
    return order


def lock_buyer(*, store: Store, customer_id: UUID) -> Customer:
    """The customer, locked; of one that was merged away, the one it lives on in. Raises `NotFound`."""
    customer = lock_rows(Customer.objects.filter(store=store), [customer_id]).get(customer_id)
    if customer is not None:
        return customer
    lives_on = get_resource("customers").lives_on(customer_id, store)
    if lives_on is None:
        raise NotFound(_("This customer does not exist in this store."), field="customer")
    return lock_buyer(store=store, customer_id=lives_on)
