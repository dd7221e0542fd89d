"""Looking a record up by anything: the surest finders first, the guesses only where nothing is named exactly."""

from uuid import UUID

from regulars.kit.scans import scanned
from regulars.kit.text import storable
from regulars.resources.context import Context
from regulars.resources.finder import Find, Sure
from regulars.resources.resource import Resource

LONGEST = 200


def look_up(resource: Resource, text: str, context: Context, *, limit: int) -> list[Find]:
    """The records a text may mean, each once, the likeliest first."""
    text = scanned(" ".join(storable(text[:LONGEST]).split()))
    found: dict[UUID, Find] = {}
    last = Sure.SOUNDS
    for finder in resource.finders(context.actor):
        if not text or len(found) >= limit or finder.sure > last:
            break
        for one in finder.find(text, context, limit):
            found.setdefault(one.record_id, one)
        if found and finder.sure == Sure.NAMES_ONE:
            last = Sure.BEGINS
    return list(found.values())[:limit]
