"""What the worker does for offers."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app as queue

from regulars.offers.services import end_due
from regulars.stores.queries import all_stores


@queue.periodic(cron="*/5 * * * *")
@queue.task(name="offers.end", queueing_lock="offers.end")
def end(timestamp: int) -> None:
    """Every five minutes: end the offers whose last moment is over."""
    now = datetime.fromtimestamp(timestamp, UTC)
    for store in all_stores():
        end_due(store=store, now=now)
