"""Points of very many are changed and expire over two connections at once: each customer's once, also after a kill."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection, transaction

from regulars.customers.models import Customer
from regulars.customers.services import insert_customers
from regulars.jobs import services
from regulars.jobs.models import Run
from regulars.kit.actor import system
from regulars.kit.errors import Refused
from regulars.loyalty import queries
from regulars.loyalty.choices import Kind
from regulars.loyalty.models import Entry, Programme
from regulars.loyalty.services import adjust_points, expire, expire_points
from regulars.resources import execute
from regulars.resources.context import Context
from regulars.resources.execute import Selection, perform
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.models import Event
from tests.factories import NOW, make_store

pytestmark = pytest.mark.django_db(transaction=True)
ME = system("Tests")
COUNT, BATCH = 600, 50
LATE = NOW + timedelta(days=40_000)  # a run gives points when it is carried out, whenever that is
# Carries something out in a process of its own, which kills itself when so many batches have written.
_KILLED = """
import os, signal, sys, threading
from datetime import datetime
from uuid import UUID
import django

django.setup()

from regulars.jobs import services
from regulars.kit.actor import system
from regulars.loyalty.services import expire
from regulars.resources import execute
from regulars.stores.queries import get_store

execute.LANES_FROM, execute.BATCH_APART, expire.BATCH = 1, 50, 50
batches, guard = [], threading.Lock()

def killed_after(work):
    def carry_out(*some, **more):
        done = work(*some, **more)
        with guard:
            batches.append(done)
            if len(batches) == 6:
                os.kill(os.getpid(), signal.SIGKILL)
        return done
    return carry_out
"""
KILLED_RUN = f"""{_KILLED}
execute._perform_batch = killed_after(execute._perform_batch)
services.execute_run(run_id=UUID(sys.argv[1]))
"""
KILLED_EXPIRY = f"""{_KILLED}
expire._expire = killed_after(expire._expire)
expire.expire_points(
    store=get_store(slug="shop"), actor=system("Tests"), now=datetime.fromisoformat(sys.argv[1])
)
"""


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execute, "LANES_FROM", 1)
    monkeypatch.setattr(execute, "BATCH_APART", BATCH)
    monkeypatch.setattr(expire, "BATCH", BATCH)


@pytest.fixture
def shop(transactional_db: None) -> Store:
    store = make_store("shop")
    Programme.objects.create(store=store, expire_months=1)
    insert_customers(store=store, records=[{"first_name": f"P{at}"} for at in range(COUNT)], now=NOW)
    return store


def start(store: Store, points: int) -> Run:
    context = Context(store=store, actor=ME, now=NOW)
    resource = get_resource("customers")
    run = perform(
        resource=resource,
        name="adjust-points",
        selection=Selection(query=query_from_params(resource, {"tab": "all"}, context)),
        raw_inputs={"points": str(points), "reason": "All"},
        context=context,
        wait=True,
    ).run
    assert run is not None
    return run


def assert_given_once(run: Run, points: int) -> None:
    run.refresh_from_db()
    assert (run.state, run.done, run.counts) == ("done", COUNT, {"done": COUNT, "skipped": 0})
    assert set(Customer.objects.values_list("points", flat=True)) == {points}
    told = Event.objects.filter(key="points.given")
    assert told.count() == COUNT == told.values("record_id").distinct().count()
    assert told.values("change_set_id").distinct().count() == 1
    assert queries.drift(store=run.store) == {}


def killed(code: str, argument: str, database_url: str) -> None:
    server = urlsplit(database_url)
    url = urlunsplit(server._replace(path=f"/{connection.settings_dict['NAME']}"))
    settings = {"DJANGO_SETTINGS_MODULE": "regulars.config.settings", "DATABASE_URL": url}
    done = subprocess.run(
        [sys.executable, "-c", code, argument],
        capture_output=True,
        text=True,
        env=os.environ | settings,
        cwd=Path(__file__).resolve().parents[2],
        timeout=120,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    _wait_for_the_server()


def _wait_for_the_server() -> None:
    """Until the server has noticed that nobody is there any more."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.05)
    raise AssertionError("somebody is still there")


def test_two_lanes_give_everybody_once(shop: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    connections = set()
    lock = execute.as_for_many_rows

    def seen() -> None:
        connections.add(connection.connection.info.backend_pid)
        lock()

    monkeypatch.setattr(execute, "as_for_many_rows", seen)
    run = start(shop, 50)
    services.execute_run(run_id=run.pk)
    assert_given_once(run, 50)
    assert len(connections) == 2
    assert {"middle", "after", "after_middle"} <= set(run.cursor)


def test_killed_in_both_lanes_it_goes_on_and_nothing_is_lost_or_twice(shop: Store, database_url: str) -> None:
    run = start(shop, 50)
    killed(KILLED_RUN, str(run.pk), database_url)
    run.refresh_from_db()
    given = Customer.objects.filter(points=50).count()
    # The batch that was not acknowledged is not there; that of the other lane may be.
    assert run.state == "running" and run.done == given in (4 * BATCH, 5 * BATCH)
    assert queries.drift(store=shop) == {}
    assert services.resume_open_runs() == 1
    services.execute_run(run_id=run.pk)
    assert_given_once(run, 50)


def test_a_batch_that_another_process_has_done_is_not_done_twice(shop: Store) -> None:
    """As when a process is taken for dead whose last batch was still under way."""
    run = start(shop, 50)
    late = services.Progress(Run.objects.select_related("store").get(pk=run.pk))
    services.execute_run(run_id=run.pk)
    with pytest.raises(services.Interrupted), transaction.atomic():
        ids = list(Customer.objects.order_by("pk").values_list("pk", flat=True)[:BATCH])
        inputs = {"points": 50, "reason": "All"}
        adjust_points(store=shop, ids=ids, inputs=inputs, actor=ME, now=NOW, change_set=None)
        late.add(looked_at=BATCH, done=BATCH, skipped={}, cursor={"after": str(ids[-1])})
    assert_given_once(run, 50)


def test_what_stops_one_lane_stops_the_other_and_is_what_the_run_says(
    shop: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Enough(Refused):
        code = "enough"

    kept: Any = execute._perform_batch
    turns = iter(range(COUNT))

    def third_fails(*asked: Any) -> Any:
        if next(turns) == 2:
            raise Enough("That is enough.")
        return kept(*asked)

    monkeypatch.setattr(execute, "_perform_batch", third_fails)
    run = start(shop, 50)
    done = services.execute_run(run_id=run.pk)
    assert (done.state, done.message) == ("failed", "That is enough.")
    assert done.done == Customer.objects.filter(points=50).count() < COUNT
    services.retry_run(store=shop, run_id=run.pk)
    services.execute_run(run_id=run.pk)
    assert_given_once(run, 50)


def test_a_killed_expiry_leaves_the_rest_to_the_next_one(shop: Store, database_url: str) -> None:
    services.execute_run(run_id=start(shop, 50).pk)
    killed(KILLED_EXPIRY, LATE.isoformat(), database_url)
    gone = Customer.objects.filter(points=0).count()
    assert gone in (4 * BATCH, 5 * BATCH) and queries.drift(store=shop) == {}
    assert expire_points(store=shop, actor=ME, now=LATE) == COUNT - gone
    assert set(Customer.objects.values_list("points", flat=True)) == {0}
    assert Entry.objects.filter(kind=Kind.EXPIRE).count() == COUNT
    told = Event.objects.filter(key="points.expired")
    assert told.count() == COUNT == told.values("record_id").distinct().count()
    assert queries.drift(store=shop) == {}
    assert expire_points(store=shop, actor=ME, now=LATE) == 0
