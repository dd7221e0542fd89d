"""The pages of imports: who may bring files, what they are told, and that a refusal keeps nothing."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from regulars.customers.models import Customer
from regulars.customers.services import add_note
from regulars.jobs.models import Run
from regulars.timeline import undoing
from regulars.timeline.models import ChangeSet
from regulars.transfers import queries
from regulars.transfers.choices import ImportState
from regulars.transfers.models import Import
from tests.desk import importing
from tests.desk.importing import EVERYBODY, HISTORY, HTMX, NEW, bring, bring_and_check, carry_out
from tests.people import Someone, client_of

CSV = "E-mail,First name,Land,Passwort\nada@shop.test,Ada,FR,secret1\nbroken@,Bob,FR,secret2\n"


@pytest.fixture
def checked(manager: Someone) -> str:
    """The address of an import that was checked, brought by a manager."""
    return importing.checked(manager, CSV)


@pytest.mark.parametrize(("who", "status"), EVERYBODY)
def test_who_may_open_the_pages(checked: str, who: str, status: int, request: pytest.FixtureRequest) -> None:
    client = client_of(who, request)
    for url in (NEW, HISTORY, checked, f"{checked}failed.csv", "/desk/shop/customers/imports/sample.csv"):
        assert client.get(url).status_code == status, url


@pytest.mark.parametrize(
    ("who", "status"), [("clerk", 403), ("viewer", 403), ("other_owner", 404), ("anonymous", 302)]
)
def test_nobody_else_brings_or_runs_a_file(
    checked: str, who: str, status: int, request: pytest.FixtureRequest
) -> None:
    client = client_of(who, request)
    before = list(Import.objects.values()), Run.objects.count(), Customer.objects.count()
    assert client.post(NEW, {"file": BytesIO(b"email\na@b.test\n")}).status_code == status
    for step in ("run", "stop", "retry", "discard"):
        assert client.post(f"{checked}{step}/").status_code == status, step
    assert (list(Import.objects.values()), Run.objects.count(), Customer.objects.count()) == before


def test_an_import_of_another_store_is_not_found(checked: str, other_owner: Someone) -> None:
    there = checked.replace("/desk/shop/", "/desk/other/")
    assert other_owner.client.get(there).status_code == 404
    assert other_owner.client.post(f"{there}run/").status_code == 404
    assert other_owner.client.get(f"{there}failed.csv").status_code == 404
    assert "list.csv" not in other_owner.client.get("/desk/other/imports/").content.decode()


def test_steps_are_posts_and_known(checked: str, manager: Someone) -> None:
    assert manager.client.get(f"{checked}run/").status_code == 405
    assert manager.client.post(f"{checked}explode/").status_code == 404
    client = Client(enforce_csrf_checks=True)
    client.force_login(manager.user)
    assert client.post(f"{checked}run/").status_code == 403
    assert Customer.objects.count() == 0


def test_a_file_is_checked_then_run(checked: str, manager: Someone) -> None:
    page = manager.client.get(checked).content.decode()
    assert "nothing is written yet" in page and "Import 1 row<" in page
    assert "secrets are never kept" in page and "secret1" not in page
    assert "broken@" in page and Customer.objects.count() == 0
    assert manager.client.post(f"{checked}run/").headers["Location"] == checked
    carry_out(Import.objects.get().pk)
    page = manager.client.get(checked).content.decode()
    assert "Imported" in page and "sort=-updated" in page and "every 1s" not in page
    assert Customer.objects.get().email == "ada@shop.test"


def test_a_second_click_on_run_writes_once(checked: str, manager: Someone) -> None:
    assert manager.client.post(f"{checked}run/").status_code == 302
    again = manager.client.post(f"{checked}run/", follow=True)
    assert again.status_code == 200 and "Only an import that is checked" in again.content.decode()
    assert Run.objects.count() == 2


def test_the_page_polls_while_it_works_and_then_stops(manager: Someone) -> None:
    url = bring_and_check(manager, CSV)
    part = manager.client.get(url, headers=HTMX).content.decode()
    assert 'hx-trigger="every 1s"' in part and "<html" not in part
    assert "http-equiv" in manager.client.get(url).content.decode()  # without scripts it reloads itself
    carry_out(Import.objects.get().pk)
    assert "every 1s" not in manager.client.get(url, headers=HTMX).content.decode()


def test_the_rows_that_were_not_taken_come_back(checked: str, manager: Someone) -> None:
    answer = manager.client.get(f"{checked}failed.csv")
    assert "list-not-taken.csv" in answer.headers["Content-Disposition"]
    assert "no-store" in answer.headers["Cache-Control"]
    rows = b"".join(answer.streaming_content).decode().splitlines()
    assert rows[0] == "E-mail,First name,Land,Passwort,error"
    assert rows[1].startswith("broken@,Bob,FR,,") and "e-mail" in rows[1]


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "empty.csv", "empty"),
        (b"PK\x03\x04rest", "book.xlsx", "zip"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(
    manager: Someone, content: bytes, name: str, says: str
) -> None:
    file = BytesIO(content)
    file.name = name
    answer = manager.client.post(NEW, {"file": file})
    assert answer.status_code == 422 and says in answer.content.decode()
    assert not Import.objects.exists() and not Run.objects.exists()
    folder = f"imports/{manager.store.pk}"
    assert not default_storage.exists(folder) or default_storage.listdir(folder)[1] == []


def test_a_missing_and_a_too_large_file(manager: Someone, settings: Any) -> None:
    assert "Choose a file first" in manager.client.post(NEW).content.decode()
    settings.IMPORT_MAX_BYTES = 1024
    answer = bring(manager, CSV * 100)
    assert answer.status_code == 413 and "1 KB" in answer.content.decode()
    assert not Import.objects.exists()


def test_stopped_go_on_and_throw_away(manager: Someone) -> None:
    url = bring_and_check(manager, CSV)
    import_id = Import.objects.get().pk
    manager.client.post(f"{url}stop/")
    carry_out(import_id)
    page = manager.client.get(url).content.decode()
    assert "Stopped after" in page and "Go on" in page
    manager.client.post(f"{url}retry/")
    carry_out(import_id)
    assert queries.get_import(store=manager.store, import_id=import_id).state == ImportState.CHECKED
    assert manager.client.post(f"{url}discard/").headers["Location"] == HISTORY
    assert "Thrown away" in manager.client.get(HISTORY).content.decode()
    assert manager.client.get(url).status_code == 200


def test_hostile_names_and_cells_are_shown_as_text(manager: Someone) -> None:
    evil = "<script>alert(1)</script>"
    url = bring_and_check(manager, f'email,"{evil}"\n"{evil}@",x\n', f"{evil}.csv")
    carry_out(Import.objects.get().pk)
    for page in (url, HISTORY, "/desk/shop/"):
        assert evil not in manager.client.get(page).content.decode()


def test_the_sample_can_be_imported(manager: Someone) -> None:
    sample = b"".join(manager.client.get("/desk/shop/customers/imports/sample.csv").streaming_content)
    url = bring_and_check(manager, sample.decode())
    carry_out(Import.objects.get().pk)
    assert "Import 2 rows" in manager.client.get(url).content.decode()


def test_earlier_pages_of_the_history(manager: Someone) -> None:
    bring(manager, CSV)
    assert "list.csv" in manager.client.get(HISTORY).content.decode()
    for before in ("2000-01-01T00:00:00+00:00", "nonsense", "2000-01-01", "0001-01-01T00:00:00+23:59"):
        assert manager.client.get(HISTORY, {"before": before}).status_code == 200
    assert (
        "list.csv"
        not in manager.client.get(HISTORY, {"before": "2000-01-01T00:00:00+00:00"}).content.decode()
    )


def test_an_import_is_taken_back_from_its_page(manager: Someone, clerk: Someone, checked: str) -> None:
    assert "Undo this import" not in manager.client.get(checked).content.decode()
    manager.client.post(f"{checked}run/")
    carry_out(Import.objects.get().pk)
    ada = Customer.objects.get()
    act = queries.get_import(store=manager.store, import_id=Import.objects.get().pk).change_set_id
    preview = f"/desk/shop/changes/{act}/"
    assert f'href="{preview}"' in manager.client.get(checked).content.decode()
    told = manager.client.get(preview).content.decode()
    assert "<h1>Imported list.csv</h1>" in told
    assert "Undo removes the 1 customer" in told and "1 would be as before." in told
    assert "Undo all of it" not in clerk.client.get(preview).content.decode()
    assert clerk.client.post(f"{preview}undo/").status_code == 403
    assert Customer.objects.get() == ada
    manager.client.post(f"{preview}undo/")
    assert not Customer.objects.exists()
    assert ChangeSet.objects.get(undoes=act).note == "Imported list.csv"
    told = manager.client.get(checked).content.decode()
    assert "How it was undone" in told and "Undo this import" not in told
    audit = manager.client.get("/desk/shop/changes/").content.decode()
    assert all(f"{what} list.csv" in audit for what in ("Uploaded", "Imported", "Undone: Imported"))
    told = manager.client.get(preview).content.decode()
    assert "no longer exists" in told and "How it was undone" in told


def test_whom_an_undo_would_leave_alone_comes_first(
    manager: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = bring_and_check(manager, "email\n" + "".join(f"{at}@x.fr\n" for at in range(6)))
    carry_out(Import.objects.get().pk)
    manager.client.post(f"{url}run/")
    carry_out(Import.objects.get().pk)
    last = Customer.objects.order_by("pk").last()
    assert last is not None
    add_note(store=manager.store, customer_id=last.pk, body="Hi", actor=manager.actor, now=timezone.now())
    act = queries.get_import(store=manager.store, import_id=Import.objects.get().pk).change_set_id
    for at_once, words in ((500, "has 1 note by now"), (3, "something happened since")):
        monkeypatch.setattr(undoing, "AT_ONCE", at_once)
        told = manager.client.get(f"/desk/shop/changes/{act}/").content.decode()
        first = told.split('<ul class="touched">')[1].split("</li>")[0]
        assert last.email in first and words in first
