"""What privacy does by the clock."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app as queue

from regulars.privacy.services import erase_due, forget_old_copies, start_sweeps
from regulars.stores.queries import all_stores


@queue.periodic(cron="*/10 * * * *")
@queue.task(name="privacy.erase_due", queueing_lock="privacy.erase_due", pass_context=False)
def erase(timestamp: int) -> None:
    """Every ten minutes: forget those whose time of grace is over."""
    now = datetime.fromtimestamp(timestamp, UTC)
    for store in all_stores():
        erase_due(store=store, now=now)


@queue.periodic(cron="15 2 * * *")
@queue.task(name="privacy.sweep", queueing_lock="privacy.sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """Every night: carry out the rules of keeping."""
    start_sweeps(now=datetime.fromtimestamp(timestamp, UTC))


@queue.periodic(cron="25 2 * * *")
@queue.task(name="privacy.forget_old_copies", queueing_lock="privacy.forget_old_copies", pass_context=False)
def forget_copies(timestamp: int) -> None:
    """Every night: throw copies away that are a week old."""
    forget_old_copies(now=datetime.fromtimestamp(timestamp, UTC))
