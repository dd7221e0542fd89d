"""Moments that come in with an address, which anybody may have written."""

from datetime import UTC, datetime


def parse_moment(text: str) -> datetime | None:
    """The moment a text like 2026-03-01T10:00:00Z names, in UTC; nothing without a time zone or outside the calendar.

    Turned into UTC here, because the hours around both ends of the calendar have no UTC form: the database driver
    would fail on them.
    """
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
