"""The mail with invoices that the worker sends."""

import logging
from datetime import datetime
from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app as queue

from regulars.invoices import queries, services
from regulars.stores.queries import all_stores

_log = logging.getLogger(__name__)


@queue.periodic(cron="52 3 * * *")
@queue.task(name="invoices.check", queueing_lock="invoices.check")
def check(timestamp: int) -> None:
    """Every night: say which numbers are missing and which sums are wrong. There must be none."""
    for store in all_stores():
        for wrong in queries.wrong_numbers(store=store):
            _log.error("Invoices of %s: %s", store.slug, wrong)


@queue.task(name="invoices.send", retry=RetryStrategy(max_attempts=5, exponential_wait=4))
def send_invoice(store_id: str, invoice_id: str, to: str) -> None:
    """Mail an invoice with its PDF; again a little later while mail fails."""
    services.send_invoice(store_id=UUID(store_id), invoice_id=UUID(invoice_id), to=to)


@queue.task(name="invoices.remind", retry=RetryStrategy(max_attempts=5, exponential_wait=4))
def send_reminder(store_id: str, invoice_id: str, to: str, asked_at: str) -> None:
    """Mail a reminder of an overdue invoice; again a little later while mail fails."""
    asked = datetime.fromisoformat(asked_at)
    services.send_reminder(store_id=UUID(store_id), invoice_id=UUID(invoice_id), to=to, now=asked)
