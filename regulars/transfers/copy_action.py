"""The action that copies picked records into another store of the same install."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from regulars.jobs.models import Run
from regulars.resources import kinds
from regulars.resources.action import Action
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.query import Query
from regulars.resources.resource import get_resource
from regulars.transfers.selections import of_a_few, of_many
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
        perform=of_a_few(resource_name, _asked, _copied),
        as_one=of_many(resource_name, _asked, _copying),
        possible=lambda context: bool(stores(context)),
        result_page="copied_import",
        result_label=_("Look at it there"),
    )


def _asked(query: Query, ids: tuple[UUID, ...], _inputs: dict[str, Any]) -> Asked:
    return Asked(query=query, ids=ids)


def _copied(asked: Asked, inputs: dict[str, Any], context: Context) -> UUID:
    return copy_records(asked=asked, slug=inputs["store"], context=context).pk


def _copying(asked: Asked, inputs: dict[str, Any], context: Context, enqueue: bool) -> Run:
    return copy_later(
        asked=asked, slug=inputs["store"], context=context, action=NAME, inputs=inputs, enqueue=enqueue
    )
