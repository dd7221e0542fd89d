"""Spans of time that promises and rules are made of."""

from datetime import datetime, timedelta

from regulars.resources.dates import shift

# GDPR Art. 12(3): two further months where necessary.
EXTENDED_BY = timedelta(days=60)
SOON = timedelta(days=7)


def due_at(received_at: datetime, *, days: int) -> datetime:
    """By when the store answers."""
    return received_at + timedelta(days=days)


def silent_since(now: datetime, *, months: int) -> datetime:
    """Nothing after this moment: so long nothing was heard."""
    return datetime.combine(shift(now.date(), -months, "m"), now.timetz())
