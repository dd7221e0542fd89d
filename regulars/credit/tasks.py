"""What the worker does for store credit."""

import logging
from datetime import UTC, datetime

from procrastinate.contrib.django import app as queue

from regulars.credit import queries
from regulars.stores.queries import all_stores

_log = logging.getLogger(__name__)


@queue.periodic(cron="41 3 * * *")
@queue.task(name="credit.check", queueing_lock="credit.check")
def check(timestamp: int) -> None:
    """Every night: say which balances are not the sum of their entries. There must be none."""
    day = datetime.fromtimestamp(timestamp, UTC).date()
    for store in all_stores():
        for customer_id, (shown, right) in queries.drift(store=store).items():
            _log.error("%s %s: credit of %s is %s, not %s", day, store.slug, customer_id, right, shown)
