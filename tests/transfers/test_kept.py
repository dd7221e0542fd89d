"""Files that are kept for a week: made at once or by the worker, fetched, thrown away."""

import errno
import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage, default_storage

from regulars.customers.models import Customer
from regulars.jobs.models import Run
from regulars.jobs.services import ask_to_cancel, execute_run, retry_run
from regulars.kit.errors import Invalid, NotAllowed, NotFound
from regulars.kit.ids import new_id
from regulars.resources import execute
from regulars.resources.context import Context
from regulars.resources.execute import Performed, Selection, perform
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.transfers import ledger, services
from regulars.transfers.models import Export, ExportFetch
from regulars.transfers.services import Asked, kept
from regulars.transfers.writing import FORMATS, format_named
from tests.factories import NOW, make_customer
from tests.people import Someone

pytestmark = pytest.mark.django_db


def context_of(who: Someone) -> Context:
    return Context(store=who.store, actor=who.actor, now=NOW)


def asked_by(who: Someone, **more: Any) -> Asked:
    params = {"tab": "all", "sort": "number"} | more.pop("params", {})
    query = query_from_params(get_resource("customers"), params, context_of(who), strict=True)
    return Asked(query=query, **{"columns": ("number", "first_name", "city"), **more})


def fill(store: Store, count: int = 5) -> list[Customer]:
    return [make_customer(store, first_name=f"N{at}", city="=Rome") for at in range(count)]


def read(who: Someone, export: Any, days: int = 0) -> bytes:
    fetched = services.fetch_export(
        store=who.store, export_id=export, actor=who.actor, now=NOW + timedelta(days=days)
    )
    with fetched.file as file:
        return file.read()


def kept_files(who: Someone) -> list[str]:
    return default_storage.listdir(f"exports/{who.store.pk}")[1]


@pytest.mark.parametrize("format", list(FORMATS))
def test_small_ones_are_made_at_once_in_any_format(manager: Someone, format: str) -> None:
    fill(manager.store)
    made = services.keep_export(asked=asked_by(manager, format=format), context=context_of(manager))
    raw = read(manager, made.pk)
    assert (made.row_count, made.size, made.run_id) == (5, len(raw), None)
    assert made.sha256 == hashlib.sha256(raw).hexdigest()
    assert made.expires_at == NOW + timedelta(days=7)


def test_large_ones_are_made_by_the_worker_each_row_once(
    manager: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "AT_ONCE", 2)
    fill(manager.store)
    made = services.keep_export(asked=asked_by(manager), context=context_of(manager))
    assert made.run_id and not made.stored_as
    with pytest.raises(NotFound):
        read(manager, made.pk)
    run = execute_run(run_id=made.run_id)
    assert (run.state, run.done, run.total, run.cursor["change_set"]) == ("done", 5, 5, str(made.pk))
    lines = read(manager, made.pk).decode().split()
    assert lines == ["number,first_name,city", *(f"{at + 1},N{at},'=Rome" for at in range(5))]


def test_a_killed_one_is_begun_again_and_a_stopped_one_leaves_nothing(
    manager: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(manager.store)
    made = services.keep_later(asked=asked_by(manager), context=context_of(manager))
    assert made.run_id
    save = FileSystemStorage.save

    def killed(*asked: Any) -> str:
        save(*asked)
        raise SystemExit  # after the file was written, before anybody was told

    with monkeypatch.context() as patched:
        patched.setattr(FileSystemStorage, "save", killed)
        with pytest.raises(SystemExit):
            execute_run(run_id=made.run_id)
    execute_run(run_id=made.run_id)
    assert read(manager, made.pk).count(b"\n") == 6
    folder = f"exports/{manager.store.pk}"
    assert len(default_storage.listdir(folder)[1]) == 1

    other = services.keep_later(asked=asked_by(manager), context=context_of(manager))
    services.discard_export(store=manager.store, export_id=other.pk, actor=manager.actor, now=NOW)
    assert other.run_id and execute_run(run_id=other.run_id).state == "cancelled"
    assert len(default_storage.listdir(folder)[1]) == 1
    view = ledger.get_export(store=manager.store, export_id=other.pk, now=NOW)
    assert (view.state, view.is_live) == ("cancelled", False)


@pytest.mark.parametrize("then", ["thrown away", "role lost"])
def test_what_a_killed_worker_left_is_gone_when_the_file_is_not_made_again(
    manager: Someone, then: str, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    fill(manager.store)
    made = services.keep_later(asked=asked_by(manager), context=context_of(manager))
    assert made.run_id
    with monkeypatch.context() as patched:
        patched.setattr(
            kept, "Now", lambda: exec("raise SystemExit")
        )  # the file is written, its end not told
        with pytest.raises(SystemExit):
            execute_run(run_id=made.run_id)
    assert len(kept_files(manager)) == 1
    with pytest.raises(NotFound):
        read(manager, made.pk)
    with django_capture_on_commit_callbacks(execute=True):
        if then == "thrown away":
            services.discard_export(store=manager.store, export_id=made.pk, actor=manager.actor, now=NOW)
        else:
            manager.user.memberships.update(role="clerk")
        assert execute_run(run_id=made.run_id).state in ("cancelled", "failed")
    assert kept_files(manager) == []


def test_a_file_that_is_thrown_away_as_it_is_written_is_not_kept(
    manager: Someone, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    fill(manager.store)
    made = services.keep_later(asked=asked_by(manager), context=context_of(manager))
    save = FileSystemStorage.save

    def discarding(*asked: Any) -> str:
        services.discard_export(store=manager.store, export_id=made.pk, actor=manager.actor, now=NOW)
        return save(*asked)

    monkeypatch.setattr(FileSystemStorage, "save", discarding)
    with django_capture_on_commit_callbacks(execute=True):
        assert made.run_id and execute_run(run_id=made.run_id).state == "cancelled"
    assert kept_files(manager) == []


def test_a_full_disk_is_told_and_leaves_no_half_file(
    manager: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(manager.store)
    made = services.keep_later(asked=asked_by(manager), context=context_of(manager))
    save = FileSystemStorage.save

    def full(*asked: Any) -> str:
        save(*asked)
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(FileSystemStorage, "save", full)
        assert made.run_id
        with pytest.raises(OSError, match="No space"):
            execute_run(run_id=made.run_id)
    view = ledger.get_export(store=manager.store, export_id=made.pk, now=NOW)
    assert view.state == "failed" and "disk" in view.message and "Make room" in view.message
    assert kept_files(manager) == []
    retry_run(store=manager.store, run_id=made.run_id)
    execute_run(run_id=made.run_id)
    assert read(manager, made.pk).count(b"\n") == 6


def test_a_file_says_the_columns_that_its_maker_saw_when_it_was_made(manager: Someone) -> None:
    fill(manager.store)
    field = get_resource("customers")._fields["city"]
    object.__setattr__(field, "permission", "store.manage")
    try:
        made = services.keep_later(asked=asked_by(manager, columns=("all",)), context=context_of(manager))
        manager.user.memberships.update(role="owner")  # meanwhile
        assert made.run_id and execute_run(run_id=made.run_id).state == "done"
        with pytest.raises(NotAllowed):
            read(manager, made.pk)  # by a manager as there are others
    finally:
        object.__setattr__(field, "permission", "")


def test_kept_for_a_week_and_only_for_this_store_and_role(
    manager: Someone, clerk: Someone, other_owner: Someone, django_capture_on_commit_callbacks: Any
) -> None:
    fill(manager.store)
    made = services.keep_export(asked=asked_by(manager), context=context_of(manager))
    assert read(manager, made.pk, days=6)
    for days in (7, 8):
        with pytest.raises(NotFound):
            read(manager, made.pk, days=days)
    with pytest.raises(NotFound):
        read(other_owner, made.pk)
    with pytest.raises(NotAllowed):
        read(clerk, made.pk)
    assert [one.actor_name for one in ExportFetch.objects.all()] == [manager.actor.name]
    assert services.forget_old_exports(now=NOW + timedelta(days=6)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert services.forget_old_exports(now=NOW + timedelta(days=7)) == 1
    assert not default_storage.exists(made.stored_as) and Export.objects.count() == 1
    assert services.forget_old_exports(now=NOW + timedelta(days=9)) == 0


def test_a_file_that_is_gone_from_the_disk_is_not_there(manager: Someone) -> None:
    fill(manager.store)
    made = services.keep_export(asked=asked_by(manager), context=context_of(manager))
    default_storage.delete(made.stored_as)
    with pytest.raises(NotFound):
        read(manager, made.pk)


def test_what_a_role_may_not_see_is_never_in_a_file(manager: Someone, owner: Someone) -> None:
    fill(manager.store)
    field = get_resource("customers")._fields["city"]
    object.__setattr__(field, "permission", "store.manage")
    try:
        for which in (
            {"columns": ("all",)},
            {"preset": "shopify"},
            {"columns": (), "params": {"columns": "email"}},
        ):
            hidden = services.keep_export(asked=asked_by(manager, **which), context=context_of(manager))
            assert b"Rome" not in read(manager, hidden.pk) and "city" not in hidden.columns
        with pytest.raises(Invalid):
            services.keep_export(asked=asked_by(manager, columns=("city",)), context=context_of(manager))
        shown = services.keep_export(
            asked=asked_by(owner, preset="shopify", format="jsonl"), context=context_of(owner)
        )
        assert b"Rome" in read(owner, shown.pk)
        with pytest.raises(NotAllowed):  # made by somebody who may see more
            read(manager, shown.pk)
    finally:
        object.__setattr__(field, "permission", "")


@pytest.mark.parametrize("params", [{"where": 'city = "=Rome"'}, {"sort": "-city"}], ids=["where", "sort"])
def test_what_a_role_may_not_see_is_not_told_by_the_filter_either(
    manager: Someone, owner: Someone, params: dict[str, str]
) -> None:
    fill(manager.store)
    asked = asked_by(owner, params=params, columns=("email",))
    made = services.keep_export(asked=asked, context=context_of(owner))
    assert read(manager, made.pk) and read(owner, made.pk)
    field = get_resource("customers")._fields["city"]
    object.__setattr__(field, "permission", "store.manage")
    try:
        assert read(owner, made.pk)
        with pytest.raises(NotAllowed, match="filtered by"):
            read(manager, made.pk)
        for who, told in ((owner, True), (manager, False)):
            words, query = ledger.filter_of(export=made, actor=who.actor)
            assert bool(query) is told and ("may not see" in words) is not told
            for place in ("", f"{made.pk}/"):
                page = who.client.get(f"/desk/shop/exports/{place}").content.decode()
                assert ("may not see" in page) is not told
                assert ("=Rome" in page) is (told and "where" in params)
    finally:
        object.__setattr__(field, "permission", "")


def test_a_role_that_was_lost_meanwhile_gets_no_file(manager: Someone) -> None:
    fill(manager.store)
    made = services.keep_later(asked=asked_by(manager), context=context_of(manager))
    manager.user.memberships.update(role="clerk")
    assert made.run_id
    run = execute_run(run_id=made.run_id)
    assert run.state == "failed" and "does not include" in run.message
    assert not Export.objects.get().stored_as


def test_the_action_makes_the_same_file(manager: Someone, monkeypatch: pytest.MonkeyPatch) -> None:
    people = fill(manager.store)
    context = context_of(manager)

    def take_out(selection: Selection, **inputs: str) -> Performed:
        return perform(
            resource=get_resource("customers"),
            name="export",
            selection=selection,
            raw_inputs={"columns": "number,first_name", **inputs},
            context=context,
        )

    picked = Selection(ids=(people[3].pk, people[0].pk, new_id()))
    done = take_out(picked, format="jsonl", reason="Audit")
    assert {json.loads(line)["first_name"] for line in read(manager, done.change_set).splitlines()} == {
        "N3",
        "N0",
    }
    assert len(done.done) == 2 and list(done.skipped.values()) == ["does not exist in this store"]
    kept_one = Export.objects.get(pk=done.change_set)
    assert (kept_one.scope, kept_one.reason, kept_one.format) == ("picked", "Audit", "jsonl")

    monkeypatch.setattr(execute, "AT_ONCE", 2)
    everybody = query_from_params(get_resource("customers"), {"tab": "all"}, context)
    large = take_out(Selection(query=everybody))
    assert large.run is not None and large.run.kind == "transfers.export" and large.matched == 5
    run = execute_run(run_id=large.run.pk)
    assert read(manager, run.cursor["change_set"]).count(b"\n") == 6
    with pytest.raises(Invalid):
        take_out(picked, columns="numbr")


def test_the_ledger_shows_how_often_it_was_fetched(manager: Someone, owner: Someone) -> None:
    fill(manager.store, 2)
    made = services.keep_export(asked=asked_by(manager, reason=" Tax "), context=context_of(manager))
    for who in (manager, owner, owner):
        read(who, made.pk)
    view = ledger.get_export(store=manager.store, export_id=made.pk, now=NOW)
    assert (view.state, view.fetched, view.export.reason, view.export.scope) == ("ready", 3, "Tax", "all")
    names = [one.name for one in ledger.fetches_of(store=manager.store, export_id=made.pk)]
    assert names == [owner.actor.name, owner.actor.name, manager.actor.name]


def test_a_run_that_was_asked_to_stop_tells_so(manager: Someone) -> None:
    made = services.keep_later(asked=asked_by(manager), context=context_of(manager))
    assert made.run_id
    ask_to_cancel(store=manager.store, run_id=made.run_id)
    view = ledger.get_export(store=manager.store, export_id=made.pk, now=NOW)
    assert view.is_live and view.cancel_asked and Run.objects.count() == 1


@pytest.mark.parametrize("name", ["pdf", "xls"])
def test_some_formats_have_a_limit(manager: Someone, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    from regulars.resources import page
    from regulars.transfers.services import asked

    fill(manager.store)
    small = replace(format_named(name), most_rows=4)
    monkeypatch.setattr(asked, "format_named", lambda name: small)
    monkeypatch.setattr(page, "EXACT_UP_TO", 2)
    with pytest.raises(Invalid, match="up to 4 rows"):
        services.keep_export(asked=asked_by(manager, format=name), context=context_of(manager))
