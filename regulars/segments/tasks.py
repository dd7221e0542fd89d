"""What the worker does about segments by itself."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app as queue

from regulars.segments import services


@queue.periodic(cron="*/5 * * * *")
@queue.task(name="segments.refresh", queueing_lock="segments.refresh", lock="segments.refresh")
def refresh(timestamp: int) -> None:
    """Every five minutes: bring segments up to date that were not counted for ten; drop those deleted a month ago."""
    now = datetime.fromtimestamp(timestamp, UTC)
    services.refresh_due(now=now)
    services.purge_deleted(now=now)
