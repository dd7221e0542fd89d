"""What the worker does for messages."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app as queue

from regulars.messaging.services import deliver_due


@queue.periodic(cron="* * * * *")
@queue.task(name="messages.deliver", queueing_lock="messages.deliver")
def deliver(timestamp: int) -> None:
    """Every minute: send what is due."""
    deliver_due(now=datetime.fromtimestamp(timestamp, UTC))
