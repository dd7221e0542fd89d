"""The action that copies picked records into another store of the same install."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from regulars.jobs.models import Run
from regulars.jobs.queries import skipped_of
from regulars.kit.actor import Actor
from regulars.resources import kinds
from regulars.resources.action import Action, AsOne, Outcome
from regulars.resources.context import Context
from regulars.resources.execute import Selection
from regulars.resources.field import Field
from regulars.resources.query import Query
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet
from regulars.transfers.services import Asked, copy_later, copy_records, stores_to_copy_to

NAME = "copy-to-store"


def copy_action(resource_name: str) -> Action:
    """Copy records into another store, where they are looked at before they are written."""

    def stores(context: Context) -> list[tuple[str, str]]:
        found = stores_to_copy_to(resource=get_resource(resource_name), context=context)
        return [(one.slug, one.name) for one in found]

    return Action(
        name=NAME,
        label=_("Copy to another store"),
        done_label=_("Copied, to be looked at there"),
        icon="building-store",
        part="move",
        permission=f"{resource_name}.export",
        inputs=(
            Field(
                name="store",
                label=_("Store"),
                kind=kinds.Choice(),
                choices=stores,
                required=True,
                help=_(
                    "There you see what would be new and what would change, and run the import or throw it away. "
                    "The other store gives its own numbers."
                ),
            ),
        ),
        perform=_copier_of(resource_name),
        as_one=_mover_of(resource_name),
        possible=lambda context: bool(stores(context)),
        result_page="copied_import",
        result_label=_("Look at it there"),
    )


def _copier_of(resource_name: str) -> Callable[..., Outcome]:
    """The copying of a few, in the form that an action calls."""

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
        asked = Asked(query=Query(resource=get_resource(resource_name)), ids=tuple(ids))
        there = set(asked.rows(context).values_list("pk", flat=True))
        return Outcome(
            done=[one for one in ids if one in there],
            skipped={one: "does not exist in this store" for one in ids if one not in there},
            change_set=copy_records(asked=asked, slug=inputs["store"], context=context).pk if there else None,
        )

    return perform


def _mover_of(resource_name: str) -> AsOne:
    """The same of very many, as one run."""

    def move(*, selection: Selection, inputs: dict[str, Any], context: Context, enqueue: bool) -> Run:
        query = selection.query or Query(resource=get_resource(resource_name))
        ids = tuple(skipped_of(run=selection.left_by)) if selection.left_by else selection.ids
        return copy_later(
            asked=Asked(query=query, ids=ids),
            slug=inputs["store"],
            context=context,
            action=NAME,
            inputs=inputs,
            enqueue=enqueue,
        )

    return move
