"""Files that go back to whoever imports: the rows that were not taken, and a sample to start from."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from regulars.kit.actor import Actor
from regulars.resources.resource import Resource, get_resource
from regulars.stores.models import Store
from regulars.transfers import queries
from regulars.transfers.cells import encoded, guard, guard_words, unguard
from regulars.transfers.models import Import
from regulars.transfers.reading.csvfile import Folding, Layout
from regulars.transfers.reading.folding import unfolded
from regulars.transfers.services.readers import importer_of

ERROR_HEADER = "error"


def export_failed_rows(*, store: Store, import_id: UUID, actor: Actor) -> Iterator[bytes]:
    """The rows an import did not take, as a file to mend and bring again: the same headers and an error column.

    Cells are as the file had them, but for columns of secrets, which were never kept. Raises `NotFound`, `NotAllowed`.
    """
    view = queries.get_import(store=store, import_id=import_id)
    actor.require(get_resource(view.resource).permission("import"))
    layout = Import.objects.values_list("layout", flat=True).get(store=store, pk=import_id)
    fold = Layout(**layout).fold
    headers = [column.header for column in view.columns]
    if fold is not None:
        del headers[fold["width"]]
    return encoded(_failed_rows(store, import_id, headers, fold))


def _failed_rows(
    store: Store, import_id: UUID, headers: Sequence[str], fold: Folding | None
) -> Iterator[Sequence[str]]:
    kept = [index for index, header in enumerate(headers) if header.strip().lower() != ERROR_HEADER]
    yield [*(_as_it_was(headers[index]) for index in kept), ERROR_HEADER]
    for cells, problems in queries.failed_rows(store=store, import_id=import_id):
        texts = [
            f"{problem['column']}: {problem['sentence']}" if problem["column"] else problem["sentence"]
            for problem in problems
        ]
        for at, one in enumerate([cells] if fold is None else unfolded(cells, fold)):
            wide = [*one, *[""] * (len(headers) - len(one))]
            row = [_as_it_was(wide[index]) for index in kept]
            error = "" if at else guard(" ".join(texts))
            yield [*row, error, *(_as_it_was(cell) for cell in wide[len(headers) :])]


def sample_template(*, resource: Resource) -> Iterator[bytes]:
    """A small file with every column that can be imported, to start from."""
    importer = importer_of(resource)
    names = [one.name for one in resource.all_fields() if one.importable and one.name != "name"]
    if importer.sample:
        names = [name for name in names if any(name in row for row in importer.sample)]
    rows = [[guard_words(row.get(name, "")) for name in names] for row in importer.sample]
    return encoded([names, *rows])


def _as_it_was(cell: str) -> str:
    """A cell of somebody's file, made harmless the same way whether it came harmless or not."""
    return guard(unguard(cell))
