"""Forgetting people: what they bought stays for the books, and says nothing of who they were."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from regulars.customers.erasing import Person
from regulars.kit.ids import among
from regulars.orders.facts import DELIVERY
from regulars.orders.models import Order, Payment, Return
from regulars.stores.models import Store
from regulars.timeline.erasing import erase_values

# An order's own note and the customer's parcel number lead to the person as surely as the address does.
PERSONAL = (*DELIVERY, "note", "tracking_number")


def forget_people(*, store: Store, people: list[Person], now: datetime) -> None:
    """Empty what orders say about these people: those that are theirs, and those that went to their address."""
    orders = Order.objects.filter(store=store)
    ids = set(orders.filter(customer_id__in=[person.id for person in people]).values_list("pk", flat=True))
    ids |= set(_named(orders, people).values_list("pk", flat=True))
    if ids:
        erase_orders(store=store, ids=ids)


def erase_orders(*, store: Store, ids: Collection[UUID]) -> None:
    """Empty what is personal in these orders, their payments, returns and history."""
    Order.objects.filter(store=store, pk__in=among(ids)).update(**dict.fromkeys(PERSONAL, ""))
    Payment.objects.filter(store=store, order__in=among(ids)).exclude(reference="").update(reference="")
    Return.objects.filter(store=store, order__in=among(ids)).exclude(reason="").update(reason="")
    erase_values(store=store, record_ids=ids, names=PERSONAL)


def _named(orders: QuerySet[Order], people: Iterable[Person]) -> QuerySet[Order]:
    """Orders of somebody else (moved, or bought for them) that have an e-mail or phone of these people."""
    found = Q(pk__in=[])
    for person in people:
        for email in person.emails:
            found |= Q(email__iexact=email) & ~Q(email="")
        if person.phones:
            found |= Q(phone__in=person.phones) & ~Q(phone="")
    return orders.filter(found)
