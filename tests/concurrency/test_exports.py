"""Two workers at one due export, two people at one file, and somebody erased while a file is made."""

import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db.models import QuerySet

from regulars.customers.services import anonymise_customers
from regulars.jobs.services import execute_run
from regulars.kit.actor import system
from regulars.resources.context import Context
from regulars.resources.query import Query
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.transfers import services
from regulars.transfers.models import Export, ExportFetch, SavedExport
from regulars.transfers.services import Asked, kept, saved
from tests.concurrency.together import together
from tests.factories import NOW, actor_of, make_customer, make_person, make_store

pytestmark = pytest.mark.django_db(transaction=True)
ME = system("Tests")


@pytest.fixture
def shop(transactional_db: None, files: Path) -> Store:
    return make_store("shop")


def asked(format: str = "csv") -> Asked:
    query = Query(resource=get_resource("customers"), tab="all")
    return Asked(query=query, columns=("first_name", "email"), format=format)


def test_a_due_export_is_begun_once(shop: Store) -> None:
    owner = make_person(shop, "owner")
    context = Context(store=shop, actor=actor_of(shop, owner), now=NOW)
    services.save_export(asked=asked(), plan=services.Plan(name="All", schedule="daily"), context=context)
    due = SavedExport.objects.get().next_run_at
    assert due is not None
    begun = together(lambda: services.make_due_exports(now=due), lambda: services.make_due_exports(now=due))
    assert sorted(begun) == [0, 1] and Export.objects.count() == 1


def test_without_the_lock_a_due_export_is_begun_twice(shop: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = make_person(shop, "owner")
    context = Context(store=shop, actor=actor_of(shop, owner), now=NOW)
    made = services.save_export(
        asked=asked(), plan=services.Plan(name="All", schedule="daily"), context=context
    )
    due, begin, both = made.next_run_at, saved.keep_later, threading.Barrier(2, timeout=20)

    def slow(**wanted: Any) -> Export:
        both.wait()
        return begin(**wanted)

    monkeypatch.setattr(saved, "keep_later", slow)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_how: rows)
    assert due is not None
    begun = together(lambda: services.make_due_exports(now=due), lambda: services.make_due_exports(now=due))
    assert begun == [1, 1] and Export.objects.count() == 2


def test_two_fetch_one_file(shop: Store) -> None:
    make_customer(shop, first_name="Ada")
    made = services.keep_export(asked=asked("xlsx"), context=Context(store=shop, actor=ME, now=NOW))

    def fetch() -> int:
        found = services.fetch_export(store=shop, export_id=made.pk, actor=ME, now=NOW)
        with found.file as file:
            return len(file.read())

    assert together(fetch, fetch) == [made.size, made.size] and ExportFetch.objects.count() == 2


def test_who_is_erased_while_a_file_is_made_is_not_in_it(
    shop: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = make_customer(shop, first_name="Adelheid", email="adelheid@shop.test")
    made = services.keep_later(asked=asked(), context=Context(store=shop, actor=ME, now=NOW))
    written, erased = threading.Event(), threading.Event()
    write, times = kept.write_table, []

    def slow(*asked: Any) -> Any:
        found = write(*asked)
        times.append(found["row_count"])
        written.set()
        assert erased.wait(20)
        return found

    monkeypatch.setattr(kept, "write_table", slow)

    def work() -> None:
        execute_run(run_id=made.run_id)  # type: ignore[arg-type]

    def erase() -> None:
        assert written.wait(20)
        inputs = {"reason": "asked"}
        anonymise_customers(store=shop, ids=[ada.pk], inputs=inputs, actor=ME, now=NOW, change_set=None)
        erased.set()

    together(work, erase)
    made.refresh_from_db()
    assert len(times) == 2  # the first file named her
    with default_storage.open(made.stored_as) as file:
        assert b"delheid" not in file.read()
