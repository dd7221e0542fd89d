"""What moving records in and out adds to other parts: the export of a selection, undo, and how people are forgotten."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from regulars.customers.erasing import erases
from regulars.jobs.models import Run
from regulars.kit.actor import Actor
from regulars.resources import kinds
from regulars.resources.action import Action, AsOne, Outcome
from regulars.resources.context import Context
from regulars.resources.execute import Selection
from regulars.resources.field import Field
from regulars.resources.query import Query
from regulars.resources.resource import get_resource
from regulars.segments.uses import Use, register_use
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet
from regulars.timeline.undoing import undoable
from regulars.transfers import events, ledger
from regulars.transfers.services import Asked, begin_export, keep_export
from regulars.transfers.services.erase import TABLES, forget_people
from regulars.transfers.services.erase_exports import TABLES as TABLES_OUT
from regulars.transfers.services.erase_exports import forget_people_in_exports
from regulars.transfers.services.saved import rewrite_saved
from regulars.transfers.services.saved_undo import restore_saved
from regulars.transfers.writing import FORMATS


def declare_doors() -> None:
    """Called once, at start."""
    told = (events.EXPORT_SAVED, events.EXPORT_CHANGED, events.EXPORT_REMOVED, events.EXPORT_UNDONE)
    undoable(told, restore_saved, permission="")
    register_use(kind="saved_export", find=_uses, rewrite=rewrite_saved)
    erases("transfers", forget_people, tables=TABLES)
    erases("exports", forget_people_in_exports, tables=TABLES_OUT)


def _uses(*, store: Store) -> Iterable[Use]:
    """The conditions of saved exports, so that a segment they name is not deleted or renamed under them."""
    for saved in ledger.saved_conditions(store=store):
        name = f"{saved.name} ({saved.owner_name})"
        yield Use(kind="saved_export", id=saved.pk, name=name, where=saved.query["where"])


def export_action(resource_name: str) -> Action:
    """Take picked records out as a file that can be fetched for a week."""
    return Action(
        name="export",
        label=_("Export"),
        done_label=_("Taken out"),
        icon="download",
        part="move",
        main=True,
        permission=f"{resource_name}.export",
        inputs=(
            Field(
                name="columns",
                label=_("Columns"),
                kind=kinds.Text(max_length=2000),
                help=_(
                    "Names of fields, parted by commas; “all” for every one; empty for those of the list."
                ),
            ),
            Field(
                name="format",
                label=_("Format"),
                kind=kinds.Choice(),
                choices=lambda context: [(one.name, str(one.label)) for one in FORMATS.values()],
            ),
            Field(name="reason", label=_("Reason"), kind=kinds.Text(max_length=500)),
        ),
        perform=_keeper_of(resource_name),
        as_one=_taker_of(resource_name),
        page="export",
        result_page="export_file",
    )


def _asked(query: Query, ids: tuple[UUID, ...], inputs: dict[str, Any]) -> Asked:
    named = (part.strip() for part in inputs.get("columns", "").split(","))
    return Asked(
        query=query,
        ids=ids,
        columns=tuple(name for name in named if name),
        format=inputs.get("format") or "csv",
        reason=inputs.get("reason", ""),
    )


def _keeper_of(resource_name: str) -> Callable[..., Outcome]:
    """The export of a few records of one kind, in the form that an action calls."""

    def perform(
        *,
        store: Store,
        ids: list[UUID],
        inputs: dict[str, Any],
        actor: Actor,
        now: datetime,
        change_set: OpenChangeSet | None,
    ) -> Outcome:
        resource, context = get_resource(resource_name), Context(store=store, actor=actor, now=now)
        asked = _asked(Query(resource=resource), tuple(ids), inputs)
        there = set(asked.rows(context).values_list("pk", flat=True))
        return Outcome(
            done=[one for one in ids if one in there],
            skipped={one: "does not exist in this store" for one in ids if one not in there},
            change_set=keep_export(asked=asked, context=context).pk if there else None,
        )

    return perform


def _taker_of(resource_name: str) -> AsOne:
    """The same of very many, as one run."""

    def take(*, selection: Selection, inputs: dict[str, Any], context: Context, enqueue: bool) -> Run:
        query = selection.query or Query(resource=get_resource(resource_name))
        asked = _asked(query, selection.ids, inputs)
        return begin_export(asked=asked, context=context, enqueue=enqueue)[1]

    return take
