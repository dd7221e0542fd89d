"""A run is carried out by one process at a time, and goes on where a killed one stopped."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from regulars.customers.models import Customer
from regulars.customers.services import insert_customers
from regulars.jobs import services
from regulars.jobs.models import Run
from regulars.kit.actor import system
from regulars.resources import execute
from regulars.resources.context import Context
from regulars.resources.execute import Selection, perform
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.models import Event
from tests.concurrency.together import refusals, together
from tests.factories import NOW, make_store

pytestmark = pytest.mark.django_db(transaction=True)
COUNT = 1000
# Carries out the run in a process of its own that kills itself in the middle of the third batch, after its writes.
KILLED = """
import os, signal, sys
from uuid import UUID
import django

django.setup()

from regulars.jobs import services
from regulars.resources import execute

execute.BATCH = 100
keep = services.Progress.save

def save(self, **more):
    keep(self, **more)
    if more["done"] == 300:
        os.kill(os.getpid(), signal.SIGKILL)

services.Progress.save = save
services.execute_run(run_id=UUID(sys.argv[1]))
"""


@pytest.fixture
def shop(transactional_db: None) -> Store:
    store = make_store("shop")
    insert_customers(store=store, records=[{"first_name": f"P{at}"} for at in range(COUNT)], now=NOW)
    return store


def start(store: Store) -> Run:
    context = Context(store=store, actor=system("Tests"), now=NOW)
    resource = get_resource("customers")
    query = query_from_params(resource, {"tab": "active"}, context)
    inputs = {"tags": "bulk"}
    run = perform(
        resource=resource,
        name="add-tag",
        selection=Selection(query=query),
        raw_inputs=inputs,
        context=context,
        wait=True,
    ).run
    assert run is not None
    return run


def assert_done_once(run: Run) -> None:
    run.refresh_from_db()
    assert (run.state, run.done, run.counts) == ("done", COUNT, {"done": COUNT, "skipped": 0})
    assert set(Customer.objects.values_list("version", flat=True)) == {2}
    events = Event.objects.filter(key="customer.tagged")
    assert events.count() == COUNT == events.values("record_id").distinct().count()
    assert events.values("change_set_id").distinct().count() == 1


def test_two_executors_at_once_do_it_once(shop: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execute, "BATCH", 100)
    run = start(shop)
    works = [lambda: services.execute_run(run_id=run.pk)] * 3
    assert refusals(together(*works)) == []
    assert_done_once(run)


def test_killed_in_the_middle_it_goes_on_and_nothing_is_lost_or_twice(shop: Store, database_url: str) -> None:
    run = start(shop)
    killed = execute_elsewhere(run, database_url)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    run.refresh_from_db()
    assert (run.state, run.done) == (
        "running",
        200,
    )  # the third batch was not acknowledged, so it is not there
    assert Customer.objects.filter(tags__contains=["bulk"]).count() == 200
    assert services.resume_open_runs() == 1
    services.execute_run(run_id=run.pk)
    assert_done_once(run)


def execute_elsewhere(run: Run, database_url: str) -> subprocess.CompletedProcess[str]:
    server = urlsplit(database_url)
    url = urlunsplit(server._replace(path=f"/{connection.settings_dict['NAME']}"))
    settings = {"DJANGO_SETTINGS_MODULE": "regulars.config.settings", "DATABASE_URL": url}
    return subprocess.run(
        [sys.executable, "-c", KILLED, str(run.pk)],
        capture_output=True,
        text=True,
        env=os.environ | settings,
        cwd=Path(__file__).resolve().parents[2],
        timeout=120,
    )
