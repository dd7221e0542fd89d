"""What the worker does for trade-ins."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app as queue

from regulars.stores.queries import all_stores
from regulars.tradeins import services


@queue.periodic(cron="*/10 * * * *")
@queue.task(name="tradeins.expire", queueing_lock="tradeins.expire")
def expire(timestamp: int) -> None:
    """Every ten minutes: end the offers that have run out."""
    now = datetime.fromtimestamp(timestamp, UTC)
    for store in all_stores():
        while services.expire_due(store=store, now=now):
            pass
