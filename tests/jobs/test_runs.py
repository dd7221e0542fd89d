"""Long work: one run in a transaction or none, stopped between batches, honest about failures."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from regulars.customers.models import Customer
from regulars.jobs import queries, services
from regulars.jobs.choices import RunState
from regulars.jobs.models import Run
from regulars.jobs.queries import skip_reasons, skipped_of
from regulars.kit.actor import system
from regulars.kit.errors import NotFound, Refused
from regulars.kit.ids import new_id
from regulars.resources import execute, page
from regulars.resources.context import Context
from regulars.resources.execute import Selection, perform
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.staff import services as staff_services
from regulars.stores.models import Store
from regulars.timeline.models import ChangeSet, Event
from tests.factories import NOW, make_customer
from tests.people import Someone

pytestmark = pytest.mark.django_db
ME = system("Tests")


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execute, "AT_ONCE", 3)
    monkeypatch.setattr(execute, "BATCH", 4)


@pytest.fixture
def kinds() -> Iterator[dict[str, Any]]:
    """The kinds of runs, put back afterwards."""
    before = dict(services._kinds)
    yield services._kinds
    services._kinds.clear()
    services._kinds.update(before)


def archive_all(store: Store, actor: Any = ME, **params: str) -> Run:
    context = Context(store=store, actor=actor, now=NOW)
    resource = get_resource("customers")
    query = query_from_params(resource, {"tab": "all"} | params, context)
    done = perform(
        resource=resource,
        name="archive",
        selection=Selection(query=query),
        raw_inputs={},
        context=context,
        wait=True,
    )
    assert done.run is not None
    return done.run


def fill(store: Store, count: int) -> None:
    for at in range(count):
        make_customer(store, first_name=f"P{at}")


def test_a_large_act_is_one_act_with_an_event_per_record(store: Store) -> None:
    fill(store, 10)
    make_customer(store, state="anonymised")
    run = services.execute_run(run_id=archive_all(store).pk)
    assert (run.state, run.done, run.total, run.counts) == ("done", 11, 11, {"done": 10, "skipped": 1})
    assert list(skipped_of(run=run).values()) == ["is anonymised"]
    assert skip_reasons(run=run) == [("is anonymised", 1)]
    events = Event.objects.filter(key="customer.archived")
    assert events.count() == 10 and len({event.change_set_id for event in events}) == 1
    assert ChangeSet.objects.get(pk=events[0].change_set_id).run_id == run.pk


def test_a_small_act_is_done_at_once_where_a_list_would_only_estimate(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store, 2)
    context, resource, plain = (
        Context(store=store, actor=ME, now=NOW),
        get_resource("customers"),
        page.matching,
    )
    query = query_from_params(resource, {"tab": "all"}, context)
    slow = lambda *given: plain(*given).extra(where=["pg_sleep(0.02)::text IS NOT NULL"])  # noqa: E731
    monkeypatch.setattr(page, "matching", slow)
    monkeypatch.setattr(page, "COUNT_MILLISECONDS", 5)
    assert page.count_matching(query, context).late
    selection = Selection(query=query)
    done = perform(resource=resource, name="archive", selection=selection, raw_inputs={}, context=context)
    assert done.run is None and len(done.done) == 2


def test_records_that_leave_the_query_meanwhile_lose_nobody(store: Store) -> None:
    """Archiving "all active" empties the query as it goes."""
    fill(store, 10)
    services.execute_run(run_id=archive_all(store, tab="active").pk)
    assert set(Customer.objects.values_list("state", flat=True)) == {"archived"}


def test_a_finished_run_is_not_carried_out_again(store: Store) -> None:
    fill(store, 5)
    run = archive_all(store)
    services.execute_run(run_id=run.pk)
    Customer.objects.update(state="active")
    services.execute_run(run_id=run.pk)
    assert set(Customer.objects.values_list("state", flat=True)) == {"active"}


def test_stopped_between_batches_keeps_what_is_done_and_can_go_on(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store, 10)
    run = archive_all(store)
    keep = services.Progress.save

    def save_and_ask_to_stop(self: Any, **more: Any) -> None:
        keep(self, **more)
        if more["done"]:
            services.ask_to_cancel(store=store, run_id=run.pk)

    monkeypatch.setattr(services.Progress, "save", save_and_ask_to_stop)
    stopped = services.execute_run(run_id=run.pk)
    assert (stopped.state, stopped.done) == ("cancelled", 4) and stopped.finished_at is not None
    assert Customer.objects.filter(state="archived").count() == 4
    monkeypatch.undo()
    services.retry_run(store=store, run_id=run.pk)
    again = services.execute_run(run_id=run.pk)
    assert (again.state, again.done, again.counts["done"]) == ("done", 10, 10)
    assert Event.objects.filter(key="customer.archived").count() == 10


def test_a_run_of_another_store_cannot_be_seen_or_stopped(store: Store, other_store: Store) -> None:
    fill(store, 5)
    run = archive_all(store)
    with pytest.raises(NotFound):
        queries.get_run(store=other_store, run_id=run.pk)
    services.ask_to_cancel(store=other_store, run_id=run.pk)
    assert not Run.objects.get().cancel_asked


def test_a_refusal_is_told_in_its_own_words_and_a_fault_as_ours(store: Store, kinds: dict[str, Any]) -> None:
    def refuse(progress: services.Progress) -> None:
        raise Refused("The file is gone.")

    def fail(progress: services.Progress) -> None:
        make_customer(progress.store)
        raise ZeroDivisionError("secret")

    kinds.update(refuse=refuse, fail=fail)
    run = services.execute_run(
        run_id=services.start_run(store=store, kind="refuse", arguments={}, actor=ME).pk
    )
    assert (run.state, run.message) == ("failed", "The file is gone.")
    failing = services.start_run(store=store, kind="fail", arguments={}, actor=ME)
    with pytest.raises(ZeroDivisionError):
        services.execute_run(run_id=failing.pk)
    failing.refresh_from_db()
    assert (
        failing.state == "failed"
        and "ZeroDivisionError" in failing.message
        and "secret" not in failing.message
    )


@pytest.mark.django_db(transaction=True)
def test_a_run_whose_database_goes_away_has_not_failed_and_goes_on(
    store: Store, kinds: dict[str, Any]
) -> None:
    lost: list[bool] = []

    def work(progress: services.Progress) -> None:
        if not lost:
            lost.append(True)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    kinds["tests.lost"] = work
    run = services.start_run(store=store, kind="tests.lost", arguments={}, actor=ME, enqueue=False)
    with pytest.raises(OperationalError):
        services.execute_run(run_id=run.pk)
    assert Run.objects.get(pk=run.pk).state == RunState.RUNNING
    assert services.execute_run(run_id=run.pk).state == RunState.DONE


def test_a_batch_that_fails_is_not_half_written(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store, 10)
    run = archive_all(store)
    keep = services.Progress.save

    def fail_in_the_second_batch(self: Any, **more: Any) -> None:
        keep(self, **more)
        if more["done"] == 8:
            raise ZeroDivisionError

    monkeypatch.setattr(services.Progress, "save", fail_in_the_second_batch)
    with pytest.raises(ZeroDivisionError):
        services.execute_run(run_id=run.pk)
    kept = Run.objects.get()
    assert (kept.state, kept.done) == ("failed", 4) and Customer.objects.filter(state="archived").count() == 4


def demote(store: Store, someone: Someone) -> None:
    staff_services.change_role(store=store, user_id=someone.user.pk, role="viewer", actor=ME, now=NOW)


def remove(store: Store, someone: Someone) -> None:
    staff_services.remove_person(store=store, user_id=someone.user.pk, actor=ME, now=NOW)


def shut_out(store: Store, someone: Someone) -> None:
    staff_services.switch_sign_in(email=someone.user.email, active=False, actor=ME, now=NOW)


@pytest.mark.parametrize(
    ("change", "told"),
    [(demote, "Your role does not include"), (remove, "may not work"), (shut_out, "may not work")],
)
def test_who_lost_the_right_meanwhile_changes_nothing_more(
    store: Store, manager: Someone, owner: Someone, change: Callable[[Store, Someone], None], told: str
) -> None:
    fill(store, 5)
    run = archive_all(store, manager.actor)
    change(store, manager)
    run = services.execute_run(run_id=run.pk)
    assert run.state == "failed" and told in run.message
    assert not Customer.objects.filter(state="archived").exists()


def test_an_ended_api_key_changes_nothing_more(store: Store, owner: Someone) -> None:
    fill(store, 5)
    token, secret = staff_services.create_token(store=store, name="Till", actor=owner.actor, now=NOW)
    found = staff_services.use_token(secret=secret, now=NOW)
    assert found is not None
    first, second = archive_all(store, found[1]), archive_all(store, found[1])
    assert services.execute_run(run_id=first.pk).state == "done"
    staff_services.revoke_token(store=store, token_id=token.id, actor=owner.actor, now=NOW)
    run = services.execute_run(run_id=second.pk)
    assert run.state == "failed" and "Till asked for this" in run.message


@pytest.mark.django_db(transaction=True)
def test_a_job_asked_for_in_a_transaction_that_is_taken_back_is_not_there(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        run = services.start_run(store=store, kind="resources.action", arguments={}, actor=ME)
        assert jobs_of(run) == 1
        raise ZeroDivisionError
    assert Run.objects.count() == 0 == jobs_of(run)


@pytest.mark.django_db(transaction=True)
def test_a_run_waits_in_the_queue_once(store: Store) -> None:
    run = services.start_run(store=store, kind="resources.action", arguments={}, actor=ME)
    services.enqueue_run(run_id=run.pk)
    services.resume_open_runs()
    assert jobs_of(run) == 1
    Run.objects.update(state=RunState.DONE)
    services.resume_open_runs()
    services.retry_run(store=store, run_id=run.pk)
    assert jobs_of(run) == 1


def jobs_of(run: Run) -> int:
    """How often a run stands in the queue."""
    return ProcrastinateJob.objects.filter(task_name="jobs.execute", args__run_id=str(run.pk)).count()


def test_asking_for_a_run_that_does_not_exist(store: Store) -> None:
    with pytest.raises(NotFound):
        queries.get_run(store=store, run_id=new_id())
    services.ask_to_cancel(store=store, run_id=new_id())
