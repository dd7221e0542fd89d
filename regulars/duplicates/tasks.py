"""What the worker does by itself: look at the customers who changed."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app as queue

from regulars.duplicates import services
from regulars.stores import queries as store_queries


@queue.periodic(cron="*/10 * * * *")
@queue.task(name="duplicates.scan", queueing_lock="duplicates.scan")
def scan(timestamp: int) -> None:
    """Every ten minutes: look for duplicates of customers who were added or changed."""
    now = datetime.fromtimestamp(timestamp, UTC)
    for store in store_queries.all_stores():
        if services.needs_scan(store=store):
            try:
                services.scan(store=store, full=False, now=now)
            except services.ScanAtWork:
                continue
