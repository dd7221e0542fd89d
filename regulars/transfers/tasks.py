"""What moving records in and out does by the clock."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app as queue

from regulars.transfers.services import (
    forget_lost_files,
    forget_old_exports,
    forget_old_imports,
    make_due_exports,
)


@queue.periodic(cron="40 3 * * *")
@queue.task(
    name="transfers.forget_old_exports", queueing_lock="transfers.forget_old_exports", pass_context=False
)
def forget_old(timestamp: int) -> None:
    """Throw kept files away after a week."""
    forget_old_exports(now=datetime.fromtimestamp(timestamp, UTC))


@queue.periodic(cron="50 3 * * *")
@queue.task(
    name="transfers.forget_old_imports", queueing_lock="transfers.forget_old_imports", pass_context=False
)
def forget_brought(timestamp: int) -> None:
    """Throw away what imports still hold of people's files after a month."""
    forget_old_imports(now=datetime.fromtimestamp(timestamp, UTC))


@queue.periodic(cron="55 3 * * *")
@queue.task(
    name="transfers.forget_lost_files", queueing_lock="transfers.forget_lost_files", pass_context=False
)
def forget_lost(timestamp: int) -> None:
    """Throw away files that a broken upload or a killed process left."""
    forget_lost_files(now=datetime.fromtimestamp(timestamp, UTC))


@queue.periodic(cron="* * * * *")
@queue.task(name="transfers.make_due_exports", queueing_lock="transfers.make_due_exports", pass_context=False)
def make_due(timestamp: int) -> None:
    """Every minute: begin the saved exports whose time has come."""
    make_due_exports(now=datetime.fromtimestamp(timestamp, UTC))
