"""What the worker does for orders."""

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app as queue

from regulars.orders import services
from regulars.stores.queries import get_store_by_id


@queue.task(name="orders.mail_confirmation", retry=RetryStrategy(max_attempts=5, exponential_wait=4))
def mail_confirmation(store_id: str, order_id: str) -> None:
    """Mail a buyer of the shop page what was ordered; again a little later while mail fails."""
    services.mail_confirmation(store=get_store_by_id(store_id=UUID(store_id)), order_id=UUID(order_id))
