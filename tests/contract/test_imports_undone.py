"""Whatever can be brought as a file can be taken back: all that an import of any resource does has an undo."""

import io
from typing import Any

import pytest

from regulars.kit.actor import system
from regulars.resources.resource import all_resources, get_resource
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.timeline.undoing import undo_change_set
from regulars.transfers.services import import_now
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files")]
ME = system("Tests")
# For each resource a file, the same with one row changed and one more, and the column that tells them apart.
FILES = {
    "customers": ("email,city\na@x.fr,Lyon\n", "email,city\na@x.fr,Nice\nb@x.fr,Lyon\n"),
    "orders": (
        "number,date,email,city,total\n1,2026-01-02,a@x.fr,Lyon,5\n",
        "number,date,email,city,total\n1,2026-01-02,a@x.fr,Nice,5\n2,2026-01-02,a@x.fr,Lyon,5\n",
    ),
    "products": ("title,sku,price\nMug,M-1,9.90\n", "title,sku,price\nMug,M-1,11\nTea,T-1,5\n"),
    "offers": (
        "title,kind,percent,code\nLunch,percent,20,LUNCH\n",
        "title,kind,percent,code\nLunch,percent,25,LUNCH\nTea,percent,5,TEA\n",
    ),
    "blocks": ("value,reason\na@x.fr,Rude\n", "value,reason\na@x.fr,Very rude\nb@x.fr,Rude\n"),
}


# The ledger of points keeps what was taken back beside what takes it back: tests/loyalty/test_files.py.
ADDED_TO = {"points"}


def test_there_is_a_file_for_every_importer() -> None:
    assert {one.name for one in all_resources() if one.importer} == set(FILES) | ADDED_TO


@pytest.mark.parametrize("name", FILES)
def test_what_a_file_brought_and_changed_is_taken_back(store: Store, name: str) -> None:
    resource = get_resource(name)
    columns = [
        field.path
        for field in resource.all_fields()
        if field.name in ("email", "city", "reason", "value", "price", "percent")
    ]

    def rows() -> list[Any]:
        return sorted(resource.rows(store).values_list(*columns))

    def bring(text: str) -> Any:
        return import_now(
            store=store,
            resource=resource,
            file=io.BytesIO(text.encode()),
            filename="a.csv",
            actor=ME,
            now=NOW,
        )

    first, second = FILES[name]
    bring(first)
    before = rows()
    view = bring(second)
    assert (view.counts["new"], view.counts["changed"]) == (1, 1) and rows() != before
    assert view.change_set_id and Event.objects.filter(change_set_id=view.change_set_id).count() == 2
    undone = undo_change_set(store=store, change_set_id=view.change_set_id, actor=ME, now=NOW)
    assert len(undone.done) == 2 and not undone.left and rows() == before
