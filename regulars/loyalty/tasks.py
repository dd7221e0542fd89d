"""What the worker does for points."""

import logging
from datetime import UTC, datetime

from procrastinate.contrib.django import app as queue

from regulars.kit.actor import system
from regulars.loyalty.services import expire_points, mature_points, put_points_right
from regulars.stores.queries import all_stores

_log = logging.getLogger(__name__)


@queue.periodic(cron="7 * * * *")
@queue.task(name="points.mature", queueing_lock="points.mature")
def mature(timestamp: int) -> None:
    """Every hour: pending points whose time has come can be spent, and points whose time is over expire."""
    now = datetime.fromtimestamp(timestamp, UTC)
    for store in all_stores():
        mature_points(store=store, now=now)
        expire_points(store=store, actor=system(), now=now)


@queue.periodic(cron="47 3 * * *")
@queue.task(name="points.check", queueing_lock="points.check")
def check(timestamp: int) -> None:
    """Every night: compare all points with the ledger. The home page tells when any differed."""
    now = datetime.fromtimestamp(timestamp, UTC)
    for store in all_stores():
        for customer_id, how in put_points_right(store=store, actor=system(), now=now).items():
            _log.error("%s: points of %s: %s", store.slug, customer_id, how)
