"""What the worker does for orders."""

from datetime import UTC, datetime
from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app as queue

from regulars.kit.actor import system
from regulars.orders import services
from regulars.stores.queries import all_stores, get_store_by_id


@queue.task(name="orders.mail_confirmation", retry=RetryStrategy(max_attempts=5, exponential_wait=4))
def mail_confirmation(store_id: str, order_id: str, newsletter: str = "") -> None:
    """Mail a buyer of the shop page what was ordered; again a little later while mail fails."""
    store = get_store_by_id(store_id=UUID(store_id))
    services.mail_confirmation(store=store, order_id=UUID(order_id), newsletter=newsletter)


@queue.periodic(cron="25 2 * * *")
@queue.task(name="orders.check", queueing_lock="orders.check")
def check(timestamp: int) -> None:
    """Every night: count what customers bought anew. The home page tells when anything differed."""
    for store in all_stores():
        services.put_right(store=store, actor=system(), now=datetime.fromtimestamp(timestamp, UTC))
