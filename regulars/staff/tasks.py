"""The mail that the worker sends."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app as queue

from regulars.staff import services


@queue.task(name="staff.send_reset_link", retry=RetryStrategy(max_attempts=5, exponential_wait=4))
def send_reset_link(email: str) -> None:
    """Mail a link for a new password to who signs in with the address; again a little later while mail fails."""
    services.send_reset_link(email=email)
