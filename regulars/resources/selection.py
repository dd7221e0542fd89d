"""What an action is done to: records that were ticked, all results of a query, or what an earlier run left."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from regulars.jobs.models import Run
from regulars.jobs.queries import get_run, skipped_of
from regulars.resources.context import Context
from regulars.resources.page import matching
from regulars.resources.query import Query, query_from_params
from regulars.resources.resource import Resource


@dataclass(frozen=True, slots=True)
class Selection:
    """Which records: ids that were ticked, a query (all its results), or what an earlier run left as it was."""

    ids: tuple[UUID, ...] = ()
    query: Query | None = None
    left_by: Run | None = None


def count_selection(selection: Selection, context: Context) -> int:
    """How many records a selection means; exact, since a person decides on it."""
    if selection.left_by is not None:
        return len(skipped_of(run=selection.left_by))
    if selection.query is None:
        return len(set(selection.ids))
    return matching(selection.query, context).order_by().count()


def selection_of(resource: Resource, arguments: Mapping[str, Any], context: Context) -> Selection:
    """The selection that the arguments of a run mean."""
    if "left_by" in arguments:
        return Selection(left_by=get_run(store=context.store, run_id=UUID(arguments["left_by"])))
    if "query" in arguments:
        return Selection(query=query_from_params(resource, arguments["query"], context, strict=True))
    return Selection(ids=tuple(UUID(one) for one in arguments["ids"]))


def batches_of(
    resource: Resource,
    arguments: Mapping[str, Any],
    context: Context,
    *,
    size: int,
    after: str | None,
    until: str,
) -> Iterator[list[UUID]]:
    """The ids of a run's records in batches of a size, in their order, from `after` one on and `until` one if given."""
    selection = selection_of(resource, arguments, context)
    if selection.left_by is not None:
        after_id = UUID(after) if after else None
        while ids := list(skipped_of(run=selection.left_by, after=after_id, limit=size)):
            yield ids
            after_id = ids[-1]
        return
    if selection.query is None:
        ids = [one for one in selection.ids if after is None or str(one) > after]
        yield from (ids[start : start + size] for start in range(0, len(ids), size))
        return
    while True:
        rows = matching(selection.query, context).order_by("pk")
        if after is not None:
            rows = rows.filter(pk__gt=UUID(after))
        if until:
            rows = rows.filter(pk__lte=UUID(until))
        ids = list(rows.values_list("pk", flat=True)[:size])
        if ids:
            yield ids
        if len(ids) < size:
            return
        after = str(ids[-1])
