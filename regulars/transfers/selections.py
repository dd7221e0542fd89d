"""What the actions that take records out have in common: a selection becomes something asked for."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from regulars.jobs.models import Run
from regulars.jobs.queries import skipped_of
from regulars.kit.actor import Actor
from regulars.resources.action import AsOne, Outcome, Perform
from regulars.resources.context import Context
from regulars.resources.execute import Selection
from regulars.resources.query import Query
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet
from regulars.transfers.services import Asked

Ask = Callable[[Query, tuple[UUID, ...], dict[str, Any]], Asked]


def of_a_few(resource_name: str, ask: Ask, make: Callable[[Asked, dict[str, Any], Context], UUID]) -> Perform:
    """Take a few records out at once, in the form that an action calls; `make` returns the act."""

    def perform(
        *,
        store: Store,
        ids: list[UUID],
        inputs: dict[str, Any],
        actor: Actor,
        now: datetime,
        change_set: OpenChangeSet | None,
    ) -> Outcome:
        context = Context(store=store, actor=actor, now=now)
        asked = ask(Query(resource=get_resource(resource_name)), tuple(ids), inputs)
        there = set(asked.rows(context).values_list("pk", flat=True))
        return Outcome(
            done=[one for one in ids if one in there],
            skipped={one: _("does not exist in this store") for one in ids if one not in there},
            change_set=make(asked, inputs, context) if there else None,
        )

    return perform


def of_many(
    resource_name: str, ask: Ask, begin: Callable[[Asked, dict[str, Any], Context, bool], Run]
) -> AsOne:
    """The same of very many, as the one run that `begin` returns."""

    def perform(*, selection: Selection, inputs: dict[str, Any], context: Context, enqueue: bool) -> Run:
        query = selection.query or Query(resource=get_resource(resource_name))
        ids = tuple(skipped_of(run=selection.left_by)) if selection.left_by else selection.ids
        return begin(ask(query, ids, inputs), inputs, context, enqueue)

    return perform
