"""What the worker does about reports by itself."""

from datetime import UTC, datetime
from uuid import UUID

from procrastinate.contrib.django import app as queue

from regulars.reports import services
from regulars.stores.queries import get_store_by_id


@queue.task(name="reports.count", lock="reports.count")
def count(store_id: str, span: str, timestamp: int) -> None:
    """Count a report that somebody asked for at this time."""
    now = datetime.fromtimestamp(timestamp, UTC)
    services.count_report(store=get_store_by_id(store_id=UUID(store_id)), span=span, now=now)


@queue.periodic(cron="*/5 * * * *")
@queue.task(name="reports.refresh", queueing_lock="reports.refresh", lock="reports.refresh")
def refresh(timestamp: int) -> None:
    """Every five minutes: bring the boundaries of scores and the reports up to date that are due."""
    now = datetime.fromtimestamp(timestamp, UTC)
    services.refresh_scales(now=now)
    services.refresh_reports(now=now)
