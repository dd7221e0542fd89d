"""What the history of a customer tells of an entry in the ledger of points."""

from regulars.loyalty import events
from regulars.loyalty.choices import Kind
from regulars.loyalty.models import Entry
from regulars.timeline.events import EventKind
from regulars.timeline.services import Touched

# What is said of points that are given, and of points that are taken.
_EVENTS = {
    Kind.EARN: (events.EARNED, events.REVERSED),
    Kind.SPEND: (events.GIVEN_BACK, events.SPENT),
    Kind.ADJUST: (events.GIVEN, events.TAKEN),
    Kind.EXPIRE: (events.GIVEN_BACK, events.EXPIRED),
    Kind.REVERSE: (events.GIVEN_BACK, events.REVERSED),
    Kind.TRANSFER: (events.RECEIVED, events.TRANSFERRED),
}


def event_of(kind: str, points: int) -> EventKind:
    """What is said of an entry that gives or takes so many points."""
    given, taken = _EVENTS[Kind(kind)]
    return given if points > 0 else taken


def told_of(entry: Entry, *, before: tuple[int, int], after: tuple[int, int]) -> Touched:
    """What is kept of an entry in the history of its customer, from what they had (to spend,
    and pending) to what they have."""
    names = ("points", "points_pending")
    differ = [place for place in (0, 1) if before[place] != after[place]]
    data = {
        "entry": str(entry.pk),
        "points": f"{abs(entry.points):,}",
        "because": f": {entry.reason}" if entry.reason else "",
    }
    return Touched(
        entry.customer_id,
        0,
        {names[place]: before[place] for place in differ},
        {names[place]: after[place] for place in differ},
        data,
    )
