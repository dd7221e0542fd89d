"""Who is erased is in no waiting file, no sheet of it, no plan and no profile; and the plans stay plans."""

import io
from typing import Any

import openpyxl
import pytest
from django.core.files.storage import default_storage

from regulars.customers.services import anonymise_customers
from regulars.resources.resource import get_resource
from regulars.transfers import queries, services
from regulars.transfers.models import Import, ImportRow, Profile
from regulars.transfers.plan import Plan
from regulars.transfers.queries import ImportView
from regulars.transfers.services import taking
from regulars.transfers.services.erase import ImportUnderWay
from tests.factories import NOW, make_customer
from tests.people import Someone
from tests.transfers.test_plan import checked, start, work

pytestmark = pytest.mark.django_db


def erase(who: Someone, person: Any) -> None:
    anonymise_customers(
        store=who.store, ids=[person.pk], inputs={}, actor=who.actor, now=NOW, change_set=None
    )


def workbook(*sheets: tuple[str, list[list[str]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def bring_book(who: Someone, content: bytes) -> ImportView:
    return services.start_import(
        store=who.store,
        resource=get_resource("customers"),
        file=io.BytesIO(content),
        filename="people.xlsx",
        actor=who.actor,
        now=NOW,
        asks=True,
    )


PEOPLE = [["Email", "City"], ["zelda@quint.test", "Nice"], ["a@x.fr", "Lyon"]]
OTHERS = [["Email", "City"], ["b@x.fr", "Nice"], ["a@x.fr", "Lyon"]]


def test_another_sheet_of_the_workbook_names_her(
    manager: Someone, django_capture_on_commit_callbacks: Any
) -> None:
    zelda = make_customer(manager.store, first_name="Zelda", last_name="Quint", email="zelda@quint.test")
    view = bring_book(manager, workbook(("Others", OTHERS), ("Zelda Quint", PEOPLE)))
    original = Import.objects.get().original_as
    with django_capture_on_commit_callbacks(execute=True):
        erase(manager, zelda)
    assert queries.get_import(store=manager.store, import_id=view.id).state == "discarded"
    assert not default_storage.exists(original)
    assert "Quint" not in str(Import.objects.values().get())


def test_a_workbook_that_was_not_read_yet_names_her(
    manager: Someone, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(taking, "AT_ONCE", 10)
    zelda = make_customer(manager.store, first_name="Zelda", last_name="Quint", email="zelda@quint.test")
    view = bring_book(manager, workbook(("People", PEOPLE)))
    assert view.state == "reading"
    with pytest.raises(ImportUnderWay):
        erase(manager, zelda)
    services.cancel_import(store=manager.store, import_id=view.id, actor=manager.actor, now=NOW)
    assert work(manager.store, view).state == "cancelled"
    with django_capture_on_commit_callbacks(execute=True):
        erase(manager, zelda)
    assert queries.get_import(store=manager.store, import_id=view.id).state == "discarded"


def test_a_workbook_of_others_stays(manager: Someone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "AT_ONCE", 10)
    zelda = make_customer(manager.store, first_name="Zelda", last_name="Quint", email="zelda@quint.test")
    view = bring_book(manager, workbook(("Others", OTHERS)))
    erase(manager, zelda)
    assert queries.get_import(store=manager.store, import_id=view.id).state == "reading"


def test_a_file_of_names_alone_that_found_her(manager: Someone) -> None:
    zelda = make_customer(manager.store, first_name="Zelda", last_name="Quint")
    view = checked(manager.store, "First name,Last name,City\nZelda,Quint,Nice\nAda,King,Lyon\n")
    erase(manager, zelda)
    assert queries.get_import(store=manager.store, import_id=view.id).state == "discarded"
    assert not ImportRow.objects.exists()


def test_a_profile_forgets_her_and_stays_a_plan(manager: Someone) -> None:
    zelda = make_customer(manager.store, first_name="Zelda", last_name="Last", company="Email")
    plan = Plan.from_json(
        {
            "columns": {"Mail of Zelda": "email", "Town": "city"},
            "steps": {"Town": [{"step": "part", "which": "last"}, {"step": "replace", "find": "Zelda"}]},
            "defaults": {"note": "Zelda knows"},
            "tags": "zelda",
            "twins": "last",
        }
    )
    view = start(manager.store, "Mail of Zelda,Town\na@x.fr,Lyon\n", plan=plan, asks=True)
    services.keep_profile(
        store=manager.store, import_id=view.id, name="For Zelda", actor=manager.actor, now=NOW
    )
    erase(manager, zelda)
    profile, imported = Profile.objects.get(), Import.objects.get()
    for kept in (profile.plan, imported.plan):
        read = Plan.from_json(kept)
        assert "zelda" not in str(read).lower() and read.twins == "last"
        assert read.steps["Town"][0]["which"] == "last" and "email" in read.columns.values()
    for told in (profile.name, imported.profile_name, str(imported.columns)):
        assert "zelda" not in told.lower()
    assert queries.list_imports(store=manager.store)[0].columns[0].field == "email"
