"""Taking records out: streamed in constant memory, and written down in the ledger."""

import io
from collections.abc import Callable, Iterator
from hashlib import file_digest, sha256
from typing import IO, Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from regulars.kit.errors import Invalid
from regulars.resources.context import Context
from regulars.timeline.services import Touched, open_change_set, record
from regulars.transfers import events
from regulars.transfers.models import Export
from regulars.transfers.services.asked import Asked, Table, check_rows, table_of
from regulars.transfers.services.copied import cells_of, copy_lines
from regulars.transfers.writing import About, format_named

Follow = Callable[[int], None]


def stream_export(*, asked: Asked, context: Context) -> tuple[str, Iterator[bytes]]:
    """The name of the file, and its pieces while they are made; the header comes before the first row is read.

    Raises `NotAllowed`, `Invalid` and `QueryError` at once.
    """
    if not format_named(asked.format).streams:
        raise Invalid(
            _("A file of the format %(format)s is not sent while it is made.") % {"format": asked.format},
            field="format",
        )
    table = checked_table(asked, context)
    export = enter(asked, table, context)
    return file_name(export=export), _streamed(export, asked, table, context)


def write_export(*, asked: Asked, context: Context, out: IO[bytes], follow: Follow | None = None) -> Export:
    """Write the file to `out`, which can also be read. `follow` is told how many rows are written.

    Raises `NotAllowed`, `Invalid` and `QueryError` before anything is written.
    """
    table = checked_table(asked, context)
    export = enter(asked, table, context)
    made = write_table(asked, table, context, out, follow)
    Export.objects.filter(pk=export.pk).update(finished_at=Now(), **made)
    export.refresh_from_db()
    return export


def checked_table(asked: Asked, context: Context) -> Table:
    """The table of an export that can be carried out. Raises `NotAllowed`, `Invalid` and `QueryError`."""
    table = table_of(asked=asked, context=context)
    check_rows(asked, context)
    return table


def enter(asked: Asked, table: Table, context: Context, *, saved_id: UUID | None = None) -> Export:
    """Write an export into the ledger before it begins; one that is broken off keeps no end. Its id is that of its act.

    Its columns are the fields whose values are in the file, also where a preset gives them other headers.
    """
    return write_down(
        context=context,
        resource=asked.resource.name,
        format=asked.format,
        scope=asked.scope,
        query=asked.as_json()["query"],
        filter_text=asked.in_words(context),
        columns=[field.name for field in table.fields],
        preset=asked.preset,
        reason=asked.reason,
        saved_id=saved_id,
    )


def write_down(*, context: Context, **line: Any) -> Export:
    """A line of the ledger, and the act that it is about."""
    with transaction.atomic():
        act = open_change_set(store=context.store, actor=context.actor, kind=events.EXPORTED, now=context.now)
        export = Export.objects.create(
            id=act.id,
            store=context.store,
            actor_id=context.actor.id,
            actor_name=context.actor.name,
            created_at=context.now,
            **line,
        )
        about = {name: line[name] for name in ("resource", "format", "columns")}
        touched = Touched(export.pk, data=about | {"filter": line["filter_text"]})
        record(change_set=act, resource="exports", kind=events.EXPORTED, touched=[touched], now=context.now)
    return export


def _streamed(export: Export, asked: Asked, table: Table, context: Context) -> Iterator[bytes]:
    digest, size, rows, out = sha256(), 0, 0, io.BytesIO()
    for count in _pieces(asked, table, context, out):
        rows += count
        piece = out.getvalue()
        out.seek(0)
        out.truncate()
        digest.update(piece)
        size += len(piece)
        yield piece
    export.row_count, export.size, export.sha256 = rows, size, digest.hexdigest()
    export.finished_at = Now()
    export.save(update_fields=["row_count", "size", "sha256", "finished_at"])


def write_table(
    asked: Asked, table: Table, context: Context, out: IO[bytes], follow: Follow | None
) -> dict[str, Any]:
    """Write the file and tell what the ledger keeps of it: its rows, size and digest."""
    rows = 0
    for count in _pieces(asked, table, context, out):
        rows += count
        if follow is not None:
            follow(rows)
    size = out.seek(0, io.SEEK_END)
    out.seek(0)
    return {"row_count": rows, "size": size, "sha256": file_digest(out, "sha256").hexdigest()}  # type: ignore[arg-type]


def _pieces(asked: Asked, table: Table, context: Context, out: IO[bytes]) -> Iterator[int]:
    """Write the file to `out`; after each piece, beginning with the header, tell how many rows it holds."""
    writer = format_named(asked.format).open(out, table.columns, about_file(asked=asked, context=context))
    yield 0
    lines = cells_of(table.fields, context) if asked.format == "csv" and table.plain else None
    for piece in asked.pieces(context, table.fields):
        if lines is not None:
            copied = copy_lines(piece, lines)
            out.write(b"".join(copied))
            yield len(copied)
        else:
            rows = [table.cells(row) for row in piece.values(*table.needs)]
            writer.write(rows)
            yield len(rows)
    writer.close()
    yield 0


def about_file(*, asked: Asked, context: Context) -> About:
    """What the file says about itself."""
    store = context.store
    return About(
        title=str(asked.resource.label),
        store_name=store.name,
        filter_words=asked.in_words(context),
        made_at=context.now,
        made_by=context.actor.name,
        zone=store.time_zone,
        language=context.locale.replace("_", "-"),
        currency=store.currency,
        byte_order_mark=asked.byte_order_mark,
    )


def file_name(*, export: Export) -> str:
    """What the file is called on the machine of whoever fetches it."""
    day = export.store.day_of(export.created_at).isoformat()
    preset = f"-{export.preset}" if export.preset else ""
    return f"{export.resource}{preset}-{export.store.slug}-{day}{format_named(export.format).suffix}"
