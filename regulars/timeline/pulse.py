"""What happened since a moment, for pages that stay open: one small look at the newest events.

Events get their id when they are written, in time order, but show only when their transaction commits. A look
therefore goes back some seconds before the one before it and remembers how many events it saw there.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from regulars.kit.ids import parse_id
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.timeline.queries import Happening, happenings_of

# The longest that a batch takes from writing its events to its commit.
OVERLAP = timedelta(seconds=20)
MOST = 500


@dataclass(frozen=True, slots=True)
class Since:
    """Where the look before ended: the id it began after, and how many events it saw."""

    floor: UUID
    seen: int

    def __str__(self) -> str:
        return f"{self.floor.hex}.{self.seen}"


@dataclass(frozen=True, slots=True)
class Beat:
    """What is new, as (event, resource, record), and where the next look begins."""

    fresh: tuple[tuple[UUID, str, UUID], ...]
    since: Since


def read_since(text: str) -> Since | None:
    """The place that an earlier look gave, or nothing when it is none."""
    floor, _dot, seen = text.partition(".")
    known = parse_id(floor)
    if known is None or not (seen.isascii() and seen.isdigit() and len(seen) < 6):
        return None
    return Since(known, int(seen))


def beat(*, store: Store, since: Since | None, now: datetime, record_id: UUID | None = None) -> Beat:
    """The events of a store, or of one record, that a look before did not see. The first look only takes its place."""
    edge = _first_id(now - OVERLAP)
    floor = since.floor if since and since.floor < _first_id(now) else edge
    found = Event.objects.filter(store=store, pk__gt=floor)
    if record_id is not None:
        found = found.filter(record_id=record_id)
    rows = list(found.order_by("pk").values_list("pk", "resource", "record_id")[: MOST + 1])
    fresh = tuple(rows[since.seen :]) if since else ()
    floor = max(floor, edge)
    # When more happened than one look reads, the next one is told that it has seen nothing.
    seen = 0 if len(rows) > MOST else sum(row[0] > floor for row in rows)
    return Beat(fresh, Since(floor, seen))


def happened(*, store: Store, beat: Beat) -> list[Happening]:
    """What is new in words, oldest first."""
    return happenings_of(store=store, ids=[event_id for event_id, _resource, _record_id in beat.fresh])


def _first_id(moment: datetime) -> UUID:
    """The smallest id in time order that a row of this moment can have."""
    milliseconds = int(moment.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62)
