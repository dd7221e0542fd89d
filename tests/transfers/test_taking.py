"""Files that are not texts come in as well: small ones are made a text at once, large ones by the worker."""

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from regulars.customers.models import Customer
from regulars.jobs.services import execute_run
from regulars.kit.errors import Invalid
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.transfers import queries, services
from regulars.transfers.models import Import, ImportRow
from regulars.transfers.plan import Plan
from regulars.transfers.queries import ImportView
from regulars.transfers.reading.errors import UnreadableFile
from regulars.transfers.services import taking
from regulars.transfers.services.locking import WrongState
from regulars.transfers.writing import About, Column, format_named
from tests.factories import NOW
from tests.transfers.conftest import ACTOR

pytestmark = pytest.mark.django_db
ROWS = [["Email", "City"], ["a@x.fr", "Lyon"], ["x@", "Nice"]]


def zipped(text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("people.csv", text)
    return out.getvalue()


def json_lines() -> bytes:
    return b"".join(json.dumps({"Email": mail, "City": city}).encode() + b"\n" for mail, city in ROWS[1:])


FILES = {
    "people.zip": zipped("".join(f"{','.join(row)}\n" for row in ROWS)),
    "people.jsonl": json_lines(),
}


def start(store: Store, name: str, content: bytes, **options: Any) -> ImportView:
    return services.start_import(
        store=store,
        resource=get_resource("customers"),
        file=io.BytesIO(content),
        filename=name,
        actor=ACTOR,
        now=NOW,
        **options,
    )


def work(store: Store, view: ImportView) -> ImportView:
    assert view.run_id
    execute_run(run_id=view.run_id)
    return queries.get_import(store=store, import_id=view.id)


@pytest.fixture(autouse=True)
def _commits(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for the end of a transaction happens at once; tests never end theirs."""
    monkeypatch.setattr(transaction, "on_commit", lambda done, **options: done())


def left(tmp_path: Path) -> list[Path]:
    return [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", sorted(FILES))
@pytest.mark.parametrize("at_once", [0, 10**9])
def test_comes_in_whoever_reads_it(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, at_once: int
) -> None:
    monkeypatch.setattr(taking, "AT_ONCE", at_once)
    view = start(store, name, FILES[name])
    if not at_once:
        assert view.state == "reading" and view.is_live
        view = work(store, view)
    view = work(store, view)
    assert (view.state, view.counts["new"], view.counts["failed"]) == ("checked", 1, 1)
    (wrong,) = queries.rows_page(store=store, import_id=view.id, verdict="failed")
    assert wrong.cells == ["x@", "Nice"]
    view = work(store, services.confirm_import(store=store, import_id=view.id, actor=ACTOR, now=NOW))
    assert Customer.objects.get().city == "Lyon"
    assert left(tmp_path) == []


def test_waits_for_its_columns_when_somebody_asks(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "AT_ONCE", 0)
    view = work(store, start(store, "people.jsonl", FILES["people.jsonl"], asks=True))
    assert (view.state, view.run_id) == ("mapping", None)
    plan = Plan(columns={"City": "region"})
    services.plan_import(store=store, import_id=view.id, plan=plan, actor=ACTOR, now=NOW)
    view = work(store, services.check_import(store=store, import_id=view.id, actor=ACTOR, now=NOW))
    work(store, services.confirm_import(store=store, import_id=view.id, actor=ACTOR, now=NOW))
    assert Customer.objects.get().region == "Lyon"


def test_what_cannot_be_read_is_said_and_nothing_is_kept(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = FILES["people.zip"][:-40]
    with pytest.raises(UnreadableFile):
        start(store, "people.zip", broken)
    assert left(tmp_path) == [] and not Import.objects.exists()
    monkeypatch.setattr(taking, "AT_ONCE", 0)
    view = work(store, start(store, "people.zip", broken))
    assert view.state == "failed" and "broken off" in view.message
    services.discard_import(store=store, import_id=view.id, actor=ACTOR, now=NOW)
    assert left(tmp_path) == []


def test_what_waits_for_a_month_is_thrown_away(store: Store, tmp_path: Path) -> None:
    waits = work(store, start(store, "people.zip", FILES["people.zip"]))
    ran = work(store, start(store, "again.zip", FILES["people.zip"]))
    ran = work(store, services.confirm_import(store=store, import_id=ran.id, actor=ACTOR, now=NOW))
    assert ImportRow.objects.count() == 3 and left(tmp_path)
    month = timedelta(days=30)
    assert services.forget_old_imports(now=NOW + month) == 0
    assert services.forget_old_imports(now=NOW + month + timedelta(seconds=1)) == 2
    assert not ImportRow.objects.exists() and left(tmp_path) == []
    assert queries.get_import(store=store, import_id=waits.id).state == "discarded"
    assert queries.get_import(store=store, import_id=ran.id).state == "done"
    assert services.forget_old_imports(now=NOW + 2 * month) == 0


def test_another_sheet_is_read(store: Store, tmp_path: Path) -> None:
    view = start(store, "people.xlsx", workbook(), asks=True)
    assert view.sheets and view.sheet == view.sheets[0]
    assert [column.header for column in view.columns] == ["Email", "City"]
    with pytest.raises(Invalid, match="no sheet"):
        services.choose_sheet(store=store, import_id=view.id, sheet="Other", actor=ACTOR, now=NOW)
    services.choose_sheet(store=store, import_id=view.id, sheet=view.sheet, actor=ACTOR, now=NOW)
    assert len(left(tmp_path)) == 2  # the workbook, and one text of it
    view = work(store, services.check_import(store=store, import_id=view.id, actor=ACTOR, now=NOW))
    work(store, services.confirm_import(store=store, import_id=view.id, actor=ACTOR, now=NOW))
    with pytest.raises(WrongState):
        services.choose_sheet(store=store, import_id=view.id, sheet=view.sheet, actor=ACTOR, now=NOW)


def workbook(rows: int = 1) -> bytes:
    out = io.BytesIO()
    columns = [Column(header=name, type="text") for name in ROWS[0]]
    about = About(
        title="People", store_name="Shop", filter_words="", made_at=NOW, made_by="Tests", zone="Europe/Paris",
        language="en", currency="EUR",
    )  # fmt: skip
    writer = format_named("xlsx").open(out, columns, about)
    writer.write(ROWS[1:] * rows)
    writer.close()
    return out.getvalue()


def test_a_text_under_the_name_of_a_workbook_is_said(store: Store) -> None:
    view = start(store, "people.xlsx", b"Email\na@x.fr\n", asks=True)
    assert view.notes and ".xlsx" in view.notes[0]


def test_a_large_workbook_is_stopped_while_it_is_read(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "AT_ONCE", 0)
    view = start(store, "people.xlsx", workbook(rows=20_000))
    services.cancel_import(store=store, import_id=view.id, actor=ACTOR, now=NOW)
    view = work(store, view)
    assert (view.state, view.can_retry) == ("cancelled", True)
    view = work(store, services.retry_import(store=store, import_id=view.id, actor=ACTOR, now=NOW))
    assert (view.state, view.done) == ("checking", 0)
