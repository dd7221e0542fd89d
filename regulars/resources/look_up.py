"""Looking a record up by anything: every finder's answer first, then the search of the list, then the guesses."""

from uuid import UUID

from regulars.kit.text import storable
from regulars.resources.context import Context
from regulars.resources.finder import Find
from regulars.resources.page import fetch_page
from regulars.resources.query import query_from_params
from regulars.resources.resource import Resource

LONGEST = 200


def look_up(resource: Resource, text: str, context: Context, *, limit: int) -> list[Find]:
    """The records a text may mean, each once, the likeliest first; of whatever tab."""
    text = " ".join(storable(text[:LONGEST]).split())
    if not text:
        return []
    found: dict[UUID, Find] = {}
    finders = resource.finders(context.actor)
    for finder in finders:
        if not finder.loose:
            _add(found, finder.find(text, context, limit))
    query = query_from_params(resource, {"q": text, "tab": "all", "size": str(limit)}, context)
    _add(found, [Find(row["id"]) for row in fetch_page(query, context, []).rows])
    for finder in finders:
        if finder.loose and len(found) < limit:
            _add(found, finder.find(text, context, limit))
    return list(found.values())[:limit]


def _add(found: dict[UUID, Find], more: list[Find]) -> None:
    for one in more:
        found.setdefault(one.record_id, one)
