"""What the worker does for points."""

import logging
from datetime import UTC, datetime
from uuid import UUID

from procrastinate.contrib.django import app as queue

from regulars.kit.actor import system
from regulars.loyalty.services import (
    expire_points,
    give_birthdays,
    mature_points,
    place_all,
    put_points_right,
    send_summaries,
    warn_of_expiry,
)
from regulars.stores.queries import all_stores, get_store_by_id

# Hours of the store; more than one, for a worker that was down and for clocks that are put on.
NIGHT, MORNING = (5, 6), (9, 10)
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


@queue.task(name="points.place")
def place(store_id: str, asked_at: str) -> None:
    """After a tier was changed: bring everybody where they belong."""
    store = get_store_by_id(store_id=UUID(store_id))
    place_all(store=store, actor=system(), now=datetime.fromisoformat(asked_at))


@queue.periodic(cron="23 * * * *")
@queue.task(name="points.nightly", queueing_lock="points.nightly")
def nightly(timestamp: int) -> None:
    """Every hour, for the stores where it is night: birthdays and tiers; where it is morning: what customers are
    written about points. Each is done once however often this runs."""
    now = datetime.fromtimestamp(timestamp, UTC)
    for store in all_stores():
        hour = now.astimezone(store.zone).hour
        if hour in NIGHT:
            give_birthdays(store=store, actor=system(), now=now)
            place_all(store=store, actor=system(), now=now)
        if hour in MORNING:
            warn_of_expiry(store=store, actor=system(), now=now)
            send_summaries(store=store, actor=system(), now=now)
