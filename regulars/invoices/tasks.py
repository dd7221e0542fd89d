"""The mail with invoices that the worker sends."""

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app as queue

from regulars.invoices import services


@queue.task(name="invoices.send", retry=RetryStrategy(max_attempts=5, exponential_wait=4))
def send_invoice(store_id: str, invoice_id: str, to: str) -> None:
    """Mail an invoice with its PDF; again a little later while mail fails."""
    services.send_invoice(store_id=UUID(store_id), invoice_id=UUID(invoice_id), to=to)
