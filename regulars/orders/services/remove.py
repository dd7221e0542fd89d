"""Orders of customers who are deleted."""

from uuid import UUID

from regulars.orders.models import Order
from regulars.stores.models import Store


def remove_orders(*, store: Store, ids: list[UUID]) -> None:
    """Delete the orders of these customers; where the store's policy is to delete whoever asks for it."""
    Order.objects.filter(store=store, customer_id__in=ids).delete()
