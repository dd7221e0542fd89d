"""What the worker does for the block list."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app as queue

from regulars.blocklist import services
from regulars.stores.queries import all_stores

# So many rules in one go; the rest waits a minute, so that other work gets its turn.
MOST = 20_000


@queue.periodic(cron="* * * * *")
@queue.task(name="blocklist.settle", queueing_lock="blocklist.settle")
def settle(timestamp: int) -> None:
    """Every minute: end rules that have expired, and mark the customers whom new and changed rules are about."""
    now = datetime.fromtimestamp(timestamp, UTC)
    for store in all_stores():
        looked = 0
        while looked < MOST and (count := services.settle_due(store=store, now=now)):
            looked += count


@queue.periodic(cron="17 3 * * *")
@queue.task(name="blocklist.purge", queueing_lock="blocklist.purge")
def purge(timestamp: int) -> None:
    """Every night: delete hits after 90 days, and rules that were removed more than 30 days ago."""
    for store in all_stores():
        services.purge_old(store=store, now=datetime.fromtimestamp(timestamp, UTC))
