"""Copying records into another store of the same install: an export here that becomes an import there, checked and not
written before somebody has looked at it.
"""

from dataclasses import replace
from tempfile import TemporaryFile
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from regulars.jobs.models import Run
from regulars.jobs.services import Progress, run_kind
from regulars.kit.errors import Invalid, NotAllowed
from regulars.resources.context import Context
from regulars.resources.resource import Resource
from regulars.staff.permissions import permissions_of
from regulars.staff.queries import Access, actor_again, has_second_factor, stores_of
from regulars.stores.models import Store
from regulars.stores.queries import all_stores
from regulars.transfers.mapping import Headers
from regulars.transfers.models import Export, Import
from regulars.transfers.plan import Plan
from regulars.transfers.services.asked import Asked
from regulars.transfers.services.export import Follow, checked_table, enter, write_table
from regulars.transfers.services.imports import start_import
from regulars.transfers.services.making import begin_run, export_of, follower, taken_up
from regulars.transfers.services.readers import importer_of

KIND = "transfers.copy"


def stores_to_copy_to(*, resource: Resource, context: Context) -> list[Store]:
    """The other stores into which this actor may bring such records, by name."""
    wanted, actor = resource.permission("import"), context.actor
    if actor.kind == "system":
        found = all_stores()
    elif actor.kind == "staff" and actor.id is not None:
        mine = [one for one in stores_of(user_id=actor.id) if permissions_of(one.role) & {wanted, "*"}]
        found = [one.store for one in mine if _is_open(one, actor.id)]
    else:  # a token is bound to its store
        found = []
    return [one for one in found if one.pk != context.store.pk]


def _is_open(access: Access, user_id: UUID) -> bool:
    """A store that demands a second factor is as closed from here as it is from its own address."""
    return not access.store.require_second_factor or has_second_factor(user_id=user_id)


def copy_records(*, asked: Asked, slug: str, context: Context) -> Export:
    """Copy a few records at once; the import there is checked by the worker. Its id is that of the export here.

    Raises `NotAllowed`, `Invalid` and `QueryError`.
    """
    there = _right_there(asked.resource, slug, context)
    wanted = _wanted(asked, there, context)
    with transaction.atomic():
        export = enter(wanted, checked_table(wanted, context), context)
        _carry(export, wanted, there, context, None)
    return export


def copy_later(
    *, asked: Asked, slug: str, context: Context, action: str, inputs: dict[str, Any], enqueue: bool
) -> Run:
    """Have very many copied by the worker, or by whoever carries the run out. Raises as `copy_records`."""
    there = _right_there(asked.resource, slug, context)
    wanted = _wanted(asked, there, context)
    with transaction.atomic():
        export = enter(wanted, checked_table(wanted, context), context)
        told = wanted.as_json()
        # `inputs` are those of the action, so that the page of the run can say what was done.
        arguments = told | {"columns_of": told["inputs"], "inputs": inputs, "action": action, "to": slug}
        return begin_run(kind=KIND, export=export, arguments=arguments, context=context, enqueue=enqueue)


@run_kind(KIND)
def copy(progress: Progress) -> None:
    """Copy the records of a run. Taken up again it begins anew, unless they have arrived already."""
    arguments = progress.run.arguments
    export = export_of(progress)
    with taken_up(progress, arguments | {"inputs": arguments["columns_of"]}) as (asked, context):
        there = _right_there(asked.resource, arguments["to"], context)
        progress.set_total(asked.rows(context).order_by().count())
        follow = follower(progress, export)
        follow(0)
        if not Import.objects.filter(store=there.store, pk=export.pk).exists():
            _carry(export, replace(asked, reason=export.reason), there, context, follow)


def copied_to(*, store: Store, export_id: UUID) -> tuple[str, UUID] | None:
    """The slug of the store and the import that a copy became there; nothing while or if there is none."""
    if not Export.objects.filter(store=store, pk=export_id).exists():
        return None
    found = Import.objects.filter(pk=export_id).exclude(store=store).values_list("store__slug", "pk").first()
    return (found[0], found[1]) if found else None


def _right_there(resource: Resource, slug: str, context: Context) -> Context:
    """The actor in the other store, by the rights they have there now. Raises `Invalid` and `NotAllowed`."""
    context.actor.require(resource.permission("export"))
    known = {one.slug: one for one in stores_to_copy_to(resource=resource, context=context)}
    if slug not in known:
        raise NotAllowed(_("You may not bring records into that store."), field="store")
    actor = actor_again(store=known[slug], who=context.actor.as_json(), surface=context.actor.surface)
    actor.require(resource.permission("import"))
    return replace(context, store=known[slug], actor=actor)


def _wanted(asked: Asked, there: Context, context: Context) -> Asked:
    """The columns that may be seen here and brought there. Numbers are given out by each store itself."""
    resource = asked.resource
    importer = importer_of(resource)
    names = tuple(
        one.name
        for one in Headers(resource, importer, there).importable
        if one.exportable and one.name != importer.numbering and resource.field(one.name, context.actor)
    )
    if not names:
        raise Invalid(_("There is nothing that may be brought into that store."), field="store")
    reason = _("Copied into the store “%(store)s”") % {"store": there.store.name}
    return replace(asked, columns=names, preset="", format="csv", byte_order_mark=False, reason=reason)


def _carry(export: Export, asked: Asked, there: Context, context: Context, follow: Follow | None) -> None:
    """Write the records into a file and bring that in the other store."""
    table = checked_table(asked, context)
    with TemporaryFile() as file:
        made = write_table(asked, table, context, file, follow)
        file.seek(0)
        with transaction.atomic():
            Export.objects.filter(pk=export.pk).update(finished_at=Now(), **made)
            start_import(
                store=there.store,
                resource=asked.resource,
                file=file,
                filename=_("From %(store)s") % {"store": context.store.name} + ".csv",
                actor=there.actor,
                now=context.now,
                plan=Plan(columns={one.name: one.name for one in table.fields}),
                import_id=export.pk,
            )
