"""When customers come into a tier and out of it; no database here."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from uuid import UUID
from zoneinfo import ZoneInfo

from regulars.loyalty.choices import Origin


class Step(Enum):
    """What is to happen to a membership."""

    UP = "up"
    DOWN = "down"
    FELL_BELOW = "fell below"
    CAUGHT_UP = "caught up"


@dataclass(frozen=True, slots=True)
class Standing:
    """The membership in force of a customer."""

    tier: UUID
    rank: int
    origin: str
    grace_days: int
    ends_at: datetime | None = None
    below_since: datetime | None = None


def next_step(
    standing: Standing | None, deserved: tuple[UUID, int] | None, *, now: datetime, zone: ZoneInfo
) -> Step | None:
    """What follows from the tier (and its rank) that a customer has reached.

    Up goes at once; down when the days of grace are over, counted in days of the store. What was given by hand stands
    until its end, and ends without grace.
    """
    rank = deserved[1] if deserved else -1
    if standing is None:
        return Step.UP if deserved else None
    if standing.origin == Origin.HAND:
        if standing.ends_at is None or standing.ends_at > now:
            return None
        return Step.UP if rank >= standing.rank else Step.DOWN
    if rank > standing.rank:
        return Step.UP
    if rank == standing.rank:
        return Step.CAUGHT_UP if standing.below_since else None
    below = (now.astimezone(zone).date() - (standing.below_since or now).astimezone(zone).date()).days
    if below >= standing.grace_days:
        return Step.DOWN
    return None if standing.below_since else Step.FELL_BELOW


def window_begins(*, now: datetime, months: int, zone: ZoneInfo) -> datetime | None:
    """Since when something counts: midnight of the same day some months ago, in the store's time; no months: ever."""
    if not months:
        return None
    today = now.astimezone(zone).date()
    month = today.year * 12 + today.month - 1 - months
    year, month = month // 12, month % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return datetime.combine(date(year, month, min(today.day, last)), time.min, zone)
