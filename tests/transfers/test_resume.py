"""A run that is killed goes on where it was: nothing lost, nothing twice. And two writers at once."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread
from urllib.parse import quote
from uuid import UUID

import pytest
from django.db import connection

from regulars.customers.models import Customer
from regulars.jobs.models import Run
from regulars.jobs.services import execute_run
from regulars.resources.importer import Decision
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.transfers import queries, services
from regulars.transfers.models import Claim, ImportRow
from regulars.transfers.services.readers import importer_of
from regulars.transfers.services.work import BATCH_ROWS
from tests.factories import NOW
from tests.transfers.conftest import ACTOR, Importing

ROWS = 5 * BATCH_ROWS
CHILD = """
import sys, uuid, django
django.setup()
from regulars.jobs.services import execute_run
execute_run(run_id=uuid.UUID(sys.argv[1]))
"""


def people(first: int = 0) -> str:
    """A file in which every tenth row is a second one of an earlier person, and every 25th has a bad address."""
    rows = []
    for number in range(first, first + ROWS):
        who = number - 7 if number % 10 == 9 else number
        address = f"p{who}@" if number % 25 == 24 else f"p{who}@example.com"
        rows.append(f"{address},Person,Number {number},+3361{number:07d}")
    return "email,first name,last name,phone\n" + "\n".join(rows) + "\n"


def child_environment(folder: Path) -> dict[str, str]:
    """What a process needs to work on the test's own database and uploads."""
    where = connection.settings_dict
    host = quote(str(where["HOST"]), safe="")
    url = f"postgresql://{where['USER']}:{quote(where['PASSWORD'])}@/{where['NAME']}?host={host}"
    if where["PORT"]:
        url += f"&port={where['PORT']}"
    return os.environ | {
        "DATABASE_URL": url,
        "DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "regulars.config.settings",
    }


def finished(run_id: UUID) -> Run:
    """Carry the run to its end, once the database has noticed that the killed process is gone."""
    for _ in range(100):
        run = execute_run(run_id=run_id)
        if run.state not in ("waiting", "running"):
            return run
        time.sleep(0.1)
    raise AssertionError("the run is never let go")


def facts_of(store: Store) -> list[tuple[str, ...]]:
    rows = Customer.objects.filter(store=store).order_by("email", "last_name")
    return list(rows.values_list("email", "first_name", "last_name", "phone"))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_killed_run_ends_like_an_undisturbed_one(
    store: Store, other_store: Store, bring: Importing, tmp_path: Path
) -> None:
    undisturbed = bring(people(), into=other_store)
    upload = tmp_path / "people.csv"
    upload.write_text(people())
    with upload.open("rb") as file:
        view = services.start_import(
            store=store,
            resource=get_resource("customers"),
            file=file,
            filename="people.csv",
            actor=ACTOR,
            now=NOW,
        )
    finished(view.run_id)
    view = services.confirm_import(store=store, import_id=view.id, actor=ACTOR, now=NOW)
    environment, killed_at = child_environment(tmp_path), []
    for rows in (BATCH_ROWS, 3 * BATCH_ROWS):
        child = subprocess.Popen([sys.executable, "-c", CHILD, str(view.run_id)], env=environment)
        deadline = time.monotonic() + 60
        while (
            Run.objects.get(pk=view.run_id).done < rows
            and time.monotonic() < deadline
            and child.poll() is None
        ):
            time.sleep(0.005)
        child.send_signal(signal.SIGKILL)
        child.wait()
        killed_at.append(Run.objects.get(pk=view.run_id).done)
    assert BATCH_ROWS <= killed_at[0] < ROWS
    assert finished(view.run_id).state == "done"
    view = queries.get_import(store=store, import_id=view.id)
    assert view.counts == undisturbed.counts
    assert facts_of(store) == facts_of(other_store)
    assert ImportRow.objects.filter(store=store).count() == view.not_taken
    assert Event.objects.filter(store=store, change_set_id=view.change_set_id).count() == view.counts["new"]
    assert not Claim.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_somebody_else_is_faster(store: Store, bring: Importing) -> None:
    bring("email,city\nknown@x.fr,Lyon\n")
    importer = importer_of(get_resource("customers"))
    decide, raced = importer.decide, []

    def slow(**arguments: object) -> list[Decision]:
        decisions = decide(**arguments)  # type: ignore[arg-type]
        if not raced:
            raced.append(True)
            other = Thread(target=somebody_else)
            other.start()
            other.join()
        return decisions

    def somebody_else() -> None:
        values = {"email": "a@x.fr", "email_key": "a@x.fr", "city": "Metz"}
        Customer.objects.create(store=store, number=99, **values)
        Customer.objects.filter(email="known@x.fr").update(version=7, note="theirs")
        connection.close()

    object.__setattr__(importer, "decide", slow)
    try:
        view = bring("email,city\na@x.fr,Nice\nb@x.fr,Nice\nknown@x.fr,Nice\n")
    finally:
        object.__setattr__(importer, "decide", decide)
    assert {name: count for name, count in view.counts.items() if count} == {
        "new": 1,
        "changed": 2,
        "total": 3,
    }
    assert set(Customer.objects.values_list("city", flat=True)) == {"Nice"}
    assert Customer.objects.get(email="known@x.fr").note == "theirs"
