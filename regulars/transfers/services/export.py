"""Taking records out: streamed, in constant memory, kept in the ledger."""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from uuid import UUID

from django.db.models.functions import Now

from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid
from regulars.kit.ids import new_id
from regulars.kit.text import storable
from regulars.resources.context import Context
from regulars.resources.field import Field, Row
from regulars.resources.kinds import Kind, Text
from regulars.resources.page import every_piece
from regulars.resources.query import Query
from regulars.resources.resource import Resource, get_resource, suggest
from regulars.stores.models import Store
from regulars.timeline.services import Touched, emit
from regulars.transfers import events, queries
from regulars.transfers.cells import encoded, guard, unguard
from regulars.transfers.models import Export
from regulars.transfers.services.copied import cells_of, copy_lines
from regulars.transfers.services.work import importer_of

ERROR_HEADER = "error"
# A name that is put together for the eye leaves as the columns it is made of.
_MADE_OF = {"name": ("first_name", "last_name")}


def export_rows(
    *,
    query: Query,
    context: Context,
    fields: Sequence[Field] | None = None,
    format: str = "csv",
    byte_order_mark: bool = False,
) -> Iterator[bytes]:
    """All rows of a query as a file, piece by piece: the columns asked for, in their order, else the visible ones.

    The first piece, the header, comes before the first row is read. Raises `NotAllowed` and `Invalid` at once,
    `QueryError` with the first piece.
    """
    context.actor.require(query.resource.permission("export"))
    if format != "csv":
        raise Invalid(f"There is no format “{format}”. Use csv.", field="format")
    columns = export_columns(query=query, context=context, fields=fields)
    export = Export(
        id=new_id(),
        store=context.store,
        resource=query.resource.name,
        format=format,
        query=dict(query.params()),
        filter_text=filter_in_words(query),
        columns=[column.name for column in columns],
        actor_id=context.actor.id,
        actor_name=context.actor.name,
        created_at=context.now,
    )
    return _kept_in_ledger(export, _written(query, context, columns, byte_order_mark), context)


def export_columns(*, query: Query, context: Context, fields: Sequence[Field] | None = None) -> list[Field]:
    """The columns of an export: each once, in order; a name for the eye is replaced by what it is made of."""
    chosen = list(fields) if fields is not None else query.chosen_columns(context)
    found: dict[str, Field] = {}
    for column in chosen:
        for name in (column.name,) if column.exportable else _MADE_OF.get(column.name, ()):
            part = query.resource.field(name, context.actor)
            if part is not None and part.exportable:
                found.setdefault(part.name, part)
    if not found:
        raise Invalid("None of these columns can be taken out.", field="columns")
    return list(found.values())


def fields_named(*, resource: Resource, names: Sequence[str], context: Context) -> list[Field]:
    """The fields of these names, or every one that can be taken out for "all". Raises `Invalid`."""
    known = [one for one in resource.fields(context.actor) if one.exportable]
    if list(names) == ["all"]:
        return known
    by_name = {one.name: one for one in resource.fields(context.actor)}
    found = [by_name.get(resource.synonyms.get(name, name)) for name in names]
    for name, one in zip(names, found, strict=True):
        if one is None:
            raise Invalid(f"There is no column “{name}”.{suggest(name, by_name)}", field="columns")
    return [one for one in found if one is not None]


def filter_in_words(query: Query) -> str:
    """What a query leaves in, in one line for the ledger."""
    parts = [str(query.resource.tab(query.tab).label)]
    if query.text:
        parts.append(f"search “{query.text}”")
    if query.where:
        parts.append(query.where)
    return storable("; ".join(parts))


def export_failed_rows(*, store: Store, import_id: UUID, actor: Actor) -> Iterator[bytes]:
    """The rows an import did not take, as a file to mend and bring again: the same headers and an error column.

    Cells are as the file had them, but for columns of secrets, which were never kept. Raises `NotFound`, `NotAllowed`.
    """
    view = queries.get_import(store=store, import_id=import_id)
    actor.require(get_resource(view.resource).permission("import"))
    headers = [column.header for column in view.columns]
    kept = [index for index, header in enumerate(headers) if header.strip().lower() != ERROR_HEADER]
    return encoded(_failed_rows(store, import_id, headers, kept))


def _failed_rows(
    store: Store, import_id: UUID, headers: Sequence[str], kept: Sequence[int]
) -> Iterator[Sequence[str]]:
    yield [*(_as_it_was(headers[index]) for index in kept), ERROR_HEADER]
    for cells, problems in queries.failed_rows(store=store, import_id=import_id):
        texts = [
            f"{problem['column']}: {problem['sentence']}" if problem["column"] else problem["sentence"]
            for problem in problems
        ]
        wide = [*cells, *[""] * (len(headers) - len(cells))]
        row = [_as_it_was(wide[index]) for index in kept]
        yield [*row, guard(" ".join(texts)), *(_as_it_was(cell) for cell in wide[len(headers) :])]


def sample_template(*, resource: Resource) -> Iterator[bytes]:
    """A small file with every column that can be imported, to start from."""
    importer = importer_of(resource)
    names = [one.name for one in resource.all_fields() if one.importable and one.name != "name"]
    if importer.sample:
        names = [name for name in names if any(name in row for row in importer.sample)]
    rows = [[guard(row.get(name, "")) for name in names] for row in importer.sample]
    return encoded([names, *rows])


def _as_it_was(cell: str) -> str:
    """A cell of somebody's file, made harmless the same way whether it came harmless or not."""
    return guard(unguard(cell))


def _written(
    query: Query, context: Context, columns: Sequence[Field], byte_order_mark: bool
) -> Iterator[tuple[int, bytes]]:
    """The file in pieces, each with the number of its rows; the header by itself, so that a download begins at once."""
    yield 0, b"".join(encoded([[one.name for one in columns]], byte_order_mark=byte_order_mark))
    cells = cells_of(columns, context)
    writers = [writer_of(column, context) for column in columns]
    wanted = {name for column in columns for name in column.needs}
    for piece in every_piece(query, context, columns):
        if cells is not None:
            lines = copy_lines(piece, cells)
            yield len(lines), b"".join(lines)
        else:
            rows = [[write(row) for write in writers] for row in piece.values(*wanted)]
            yield len(rows), b"".join(encoded(rows))


def writer_of(column: Field, context: Context) -> Callable[[Row], str]:
    """How a value becomes a cell. Numbers cannot be formulas: a minus before one is left alone."""
    if column.kind.numeric:
        return lambda row: column.export(row, context)
    if type(column.kind).export is Kind.export and column.value is None and isinstance(column.kind, Text):
        path = column.path
        return lambda row: guard(row[path] or "")
    return lambda row: guard(column.export(row, context))


def _kept_in_ledger(export: Export, pieces: Iterator[tuple[int, bytes]], context: Context) -> Iterator[bytes]:
    """Send the rows on and write down who took what; an export that was broken off keeps no end."""
    export.save(force_insert=True)
    touched = Touched(
        export.pk,
        data={
            "resource": export.resource,
            "format": export.format,
            "filter": export.filter_text,
            "columns": export.columns,
        },
    )
    emit(
        store=context.store,
        actor=context.actor,
        resource="exports",
        kind=events.EXPORTED,
        touched=touched,
        now=context.now,
    )
    digest, count = sha256(), 0
    for rows, piece in pieces:
        digest.update(piece)
        count += rows
        yield piece
    export.row_count, export.sha256, export.finished_at = count, digest.hexdigest(), Now()
    export.save(update_fields=["row_count", "sha256", "finished_at"])
