"""What moving records in and out adds to other parts: the export of a selection, undo, and how people are forgotten."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from regulars.customers.erasing import erases
from regulars.jobs.models import Run
from regulars.resources import kinds
from regulars.resources.action import Action
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.query import Query
from regulars.segments.uses import Use, register_use
from regulars.stores.models import Store
from regulars.timeline.undoing import undoable
from regulars.transfers import events, ledger
from regulars.transfers.selections import of_a_few, of_many
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
        perform=of_a_few(resource_name, _asked, _kept),
        as_one=of_many(resource_name, _asked, _keeping),
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


def _kept(asked: Asked, _inputs: dict[str, Any], context: Context) -> UUID:
    return keep_export(asked=asked, context=context).pk


def _keeping(asked: Asked, _inputs: dict[str, Any], context: Context, enqueue: bool) -> Run:
    return begin_export(asked=asked, context=context, enqueue=enqueue)[1]
