"""The export action: picked records as a file that is kept for a week and fetched from the page of the act.

Large ones are made by the worker; each batch adds its piece in the transaction that counts it, so that a run that was
killed goes on with each row once.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from regulars.kit.actor import Actor
from regulars.kit.errors import NotFound
from regulars.resources.action import Outcome
from regulars.resources.context import Context
from regulars.resources.page import annotate
from regulars.resources.query import Query
from regulars.resources.resource import Resource, get_resource
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record
from regulars.transfers import events
from regulars.transfers.cells import encoded
from regulars.transfers.models import Export, ExportPiece
from regulars.transfers.services.export import export_columns, fields_named, writer_of

KEPT_FOR = timedelta(days=7)
FORMAT = "csv"


def keep_export(
    *,
    store: Store,
    resource_name: str,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Write these records, by id, to the file of this act. Raises `NotAllowed` and `Invalid`."""
    resource = get_resource(resource_name)
    actor.require(resource.permission("export"))
    context = Context(store=store, actor=actor, now=now)
    columns = _columns(resource, inputs.get("columns", ""), context)
    with transaction.atomic():
        opened = change_set or open_change_set(store=store, actor=actor, kind=events.EXPORTED, now=now)
        export, is_new = Export.objects.get_or_create(
            id=opened.id,
            store=store,
            defaults={
                "resource": resource.name,
                "format": FORMAT,
                "filter_text": "picked records",
                "columns": [column.name for column in columns],
                "actor_id": actor.id,
                "actor_name": actor.name,
                "created_at": now,
                "finished_at": now,
            },
        )
        needed = {"id", *(need for column in columns for need in column.needs)}
        rows = annotate(resource.rows(store).filter(pk__in=ids), columns, context).values(*needed)
        found = {row["id"]: row for row in rows}
        writers = [writer_of(column, context) for column in columns]
        lines = [[write(found[one]) for write in writers] for one in ids if one in found]
        header = [[column.name for column in columns]] if is_new else []
        ExportPiece.objects.create(
            store=store, export_id=export.pk, body=b"".join(encoded([*header, *lines])).decode()
        )
        Export.objects.filter(pk=export.pk).update(row_count=F("row_count") + len(lines), finished_at=now)
        told = {"resource": resource.name, "format": FORMAT, "rows": len(lines)}
        touched = Touched(export.pk, data=told | {"columns": export.columns})
        record(change_set=opened, resource="exports", kind=events.EXPORTED, touched=[touched], now=now)
    return Outcome(
        done=[one for one in ids if one in found],
        skipped={one: "does not exist in this store" for one in ids if one not in found},
        change_set=opened.id,
    )


def _columns(resource: Resource, named: str, context: Context) -> list[Any]:
    names = [name for name in (part.strip() for part in named.split(",")) if name]
    fields = fields_named(resource=resource, names=names, context=context) if names else None
    return export_columns(query=Query(resource=resource), context=context, fields=fields)


def kept_export(*, store: Store, export_id: UUID, actor: Actor, now: datetime) -> tuple[str, Iterator[bytes]]:
    """The name and the bytes of a kept file. Raises `NotFound` when there is none (any more), and `NotAllowed`."""
    export = Export.objects.filter(store=store, pk=export_id).first()
    pieces = ExportPiece.objects.filter(store=store, export_id=export_id).order_by("pk")
    if export is None or now - export.created_at > KEPT_FOR or not pieces.exists():
        raise NotFound("This file is not kept any more; take the records out again.")
    actor.require(get_resource(export.resource).permission("export"))
    name = f"{export.resource}-{store.slug}-{store.day_of(export.created_at).isoformat()}.csv"

    def read() -> Iterator[bytes]:
        digest = sha256()
        for body in pieces.values_list("body", flat=True).iterator(chunk_size=10):
            piece = body.encode()
            digest.update(piece)
            yield piece
        Export.objects.filter(pk=export.pk).update(sha256=digest.hexdigest())

    return name, read()


def forget_old_exports(*, now: datetime) -> int:
    """Throw kept files away after a week; the ledger stays. Returns how many pieces went."""
    old = Export.objects.filter(created_at__lt=now - KEPT_FOR).values("pk")
    gone, _each = ExportPiece.objects.filter(export_id__in=old).delete()
    return gone


def keeper_of(resource_name: str) -> Callable[..., Outcome]:
    """The export of one kind of record, in the form that an action calls."""

    def perform(**asked: Any) -> Outcome:
        return keep_export(resource_name=resource_name, **asked)

    return perform
