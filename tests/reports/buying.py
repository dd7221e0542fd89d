"""Stores where people buy: customers with orders on given days."""

from datetime import UTC, datetime
from uuid import UUID

from regulars.customers import services as customers
from regulars.orders import services as orders
from regulars.orders.services import NewOrder
from regulars.stores.models import Store
from tests.factories import NOW

# When, the total in minor units, the status.
Purchase = tuple[datetime, int, str]


def at(text: str, status: str = "completed", *, total: int = 1000) -> Purchase:
    """A purchase at this moment of UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC), total, status


def buyer(store: Store, name: str, *purchases: Purchase, **facts: object) -> UUID:
    """A customer who bought this, with the right figures."""
    record = {"first_name": name, "created_at": NOW, **facts}
    (pk,) = customers.insert_customers(store=store, records=[record], now=NOW)
    made = [
        NewOrder(pk, f"{name}-{number}", placed, status, "online", 1, total)
        for number, (placed, total, status) in enumerate(purchases)
    ]
    orders.insert_orders(store=store, orders=made)
    orders.recount_figures(store=store, customer_ids=[pk])
    return pk
