"""The ledger of exports, one export with its file, and saved exports: what they show, and who may."""

import errno
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.storage import FileSystemStorage
from django.test import Client
from django.utils import timezone

from regulars.jobs.services import execute_run
from regulars.resources.context import Context
from regulars.resources.query import Query
from regulars.resources.resource import get_resource
from regulars.timeline.models import ChangeSet
from regulars.transfers import services
from regulars.transfers.models import Export, ExportFetch, SavedExport
from regulars.transfers.services import Asked, Plan
from tests.desk.importing import EVERYBODY
from tests.factories import make_customer
from tests.people import Someone, client_of

pytestmark = pytest.mark.usefixtures("files")
BASE = "/desk/shop/exports/"


def context_of(who: Someone) -> Context:
    return Context(store=who.store, actor=who.actor, now=timezone.now())


def asked(**more: Any) -> Asked:
    return Asked(query=Query(resource=get_resource("customers"), tab="all"), columns=("first_name",), **more)


def make(who: Someone, **more: Any) -> Export:
    make_customer(who.store, first_name="Ada")
    return services.keep_export(asked=asked(**more), context=context_of(who))


def save(who: Someone, **plan: Any) -> SavedExport:
    wanted = Plan(**{"name": "Everybody", "schedule": "daily", **plan})
    return services.save_export(asked=asked(), plan=wanted, context=context_of(who))


@pytest.mark.parametrize(("who", "status"), EVERYBODY)
@pytest.mark.parametrize("address", ["", "saved/", "{made}/", "{made}/file/"])
def test_who_may_look(
    owner: Someone, who: str, status: int, address: str, request: pytest.FixtureRequest
) -> None:
    made = make(owner)
    client = client_of(who, request)
    assert client.get(BASE + address.format(made=made.pk)).status_code == status
    fetched = address.endswith("file/") and status == 200
    assert ExportFetch.objects.count() == (1 if fetched else 0)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("owner", 302),
        ("manager", 302),
        ("clerk", 403),
        ("viewer", 403),
        ("other_owner", 404),
        ("anonymous", 302),
    ],
)
def test_who_may_throw_a_file_away(
    owner: Someone, who: str, status: int, request: pytest.FixtureRequest
) -> None:
    made = make(owner)
    client = client_of(who, request)
    assert client.get(f"{BASE}{made.pk}/discard/").status_code == 405
    assert client.post(f"{BASE}{made.pk}/discard/").status_code == status
    gone = who in ("owner", "manager")
    assert bool(Export.objects.get().stored_as) is not gone
    assert client.post(f"{BASE}{made.pk}/explode/").status_code == (404 if gone else status)


@pytest.mark.parametrize(
    ("who", "look", "change", "run", "stop"),
    [
        ("manager", 200, 302, 302, 302),  # it is theirs
        ("owner", 200, 403, 403, 302),  # who manages the store can stop it
        ("clerk", 403, 403, 403, 403),
        ("viewer", 403, 403, 403, 403),
        ("other_owner", 404, 404, 404, 404),
        ("anonymous", 302, 302, 302, 302),
    ],
)
def test_who_may_do_what_to_a_saved_export(
    manager: Someone, who: str, look: int, change: int, run: int, stop: int, request: pytest.FixtureRequest
) -> None:
    saved = save(manager)
    client: Client = client_of(who, request)
    url = f"{BASE}saved/{saved.pk}/"
    form = {"name": "Mine", "schedule": "weekly", "hour": "7", "weekday": "5", "month_day": "1", "format": "csv",
            "active": "1"}  # fmt: skip
    assert client.get(url).status_code == look
    assert client.post(url, form).status_code == change
    assert client.post(f"{url}run/").status_code == run
    allowed = who == "manager"
    assert Export.objects.count() == int(allowed)
    assert SavedExport.objects.get().name == ("Mine" if allowed else "Everybody")
    for step in ("pause", "delete"):
        assert client.post(f"{url}{step}/").status_code == stop
    assert SavedExport.objects.exists() is (who not in ("manager", "owner"))


def test_the_filter_of_the_ledger_and_its_pages(
    manager: Someone, owner: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    from regulars.desk.transfers import ledger_pages

    first_day = timezone.now().astimezone(manager.store.zone).date()
    monkeypatch.setattr(ledger_pages, "A_PAGE", 2)
    made = [make(manager, reason=f"number {at}", format=("csv", "jsonl")[at % 2]) for at in range(4)]
    make(owner, reason="by the owner")
    first = manager.client.get(BASE).content.decode()
    assert "by the owner" in first and "number 3" in first and "number 2" not in first
    more = manager.client.get(f"{BASE}?before={made[3].pk}").content.decode()
    assert (
        "number 2" in more and "number 1" in more and "number 3" not in more and "Back to the latest" in more
    )
    by = manager.client.get(f"{BASE}?who={owner.user.pk}").content.decode()
    assert "by the owner" in by and "number" not in by
    lines = manager.client.get(f"{BASE}?format=jsonl").content.decode()
    assert "number 3" in lines and "number 1" in lines and "number 2" not in lines
    today = timezone.now().astimezone(manager.store.zone).date()
    assert "by the owner" in manager.client.get(f"{BASE}?from={first_day}&to={today}").content.decode()
    before = first_day - timedelta(days=1)
    assert "Nothing like this" in manager.client.get(f"{BASE}?to={before}").content.decode()
    assert "Write a day like" in manager.client.get(f"{BASE}?from=soon").content.decode()
    assert manager.client.get(f"{BASE}?before=x&who=y&format=z").status_code == 200


def test_one_export_says_who_fetched_it(manager: Someone, owner: Someone) -> None:
    made = make(manager, reason="Tax office")
    url = f"{BASE}{made.pk}/"
    b"".join(owner.client.get(f"{url}file/").streaming_content)
    page = manager.client.get(url).content.decode()
    for told in (owner.actor.name, "Tax office", made.sha256, "First name", "Ready: 1 row"):
        assert told in page
    part = manager.client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part and "Ready: 1 row" in part


def test_waiting_stopping_and_beginning_again(manager: Someone) -> None:
    make_customer(manager.store)
    made = services.keep_later(asked=asked(), context=context_of(manager))
    assert made.run_id
    url = f"{BASE}{made.pk}/"
    run_url = f"/desk/shop/runs/{made.run_id}/"
    assert manager.client.get(run_url)["Location"] == url
    assert 'hx-trigger="every 1s"' in manager.client.get(url).content.decode()
    manager.client.post(f"{url}discard/")
    assert "Stopping" in manager.client.get(url).content.decode()
    execute_run(run_id=made.run_id)
    assert "Try again" in manager.client.get(url).content.decode()
    manager.client.post(f"{url}again/")
    execute_run(run_id=made.run_id)
    assert "Ready: 1 row" in manager.client.get(url).content.decode()


def test_a_file_that_is_no_longer_kept(manager: Someone) -> None:
    made = make(manager)
    Export.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert manager.client.get(f"{BASE}{made.pk}/file/").status_code == 404
    assert "No longer kept" in manager.client.get(f"{BASE}{made.pk}/").content.decode()
    assert manager.client.get(f"{BASE}{UUID(int=0)}/").status_code == 404


def test_saving_from_the_page_of_an_export(manager: Someone, viewer: Someone) -> None:
    chosen = {
        "where": "country = FR",
        "which": "chosen",
        "pick": ["email", "city"],
        "format": "pdf",
        "scope": "query",
    }
    url = "/desk/shop/customers/export/save/"
    form = manager.client.post(url, chosen).content.decode()
    assert (
        'name="pick" value="email"' in form and manager.user.email in form and viewer.user.email not in form
    )
    plan = {"name": "French", "schedule": "monthly", "hour": "22", "weekday": "1", "month_day": "31", "create": "1",
            "recipients": [str(manager.user.pk)]}  # fmt: skip
    wrong = manager.client.post(url, chosen | plan | {"name": ""})
    assert (
        wrong.status_code == 422
        and "Give it a name" in wrong.content.decode()
        and not SavedExport.objects.exists()
    )
    assert manager.client.post(url, chosen | plan | {"recipients": ["x"]}).status_code == 422
    assert manager.client.post(url, chosen | plan | {"hour": "x"}).status_code == 422
    assert manager.client.post(url, chosen | plan).status_code == 302
    saved = SavedExport.objects.get()
    assert (saved.columns, saved.format, saved.query) == (["email", "city"], "pdf", {"where": "country = FR"})
    page = manager.client.get(f"{BASE}saved/").content.decode()
    assert "On day 31 of each month at 10:00\u202fPM" in page and "link to 1 person" in page
    picked = manager.client.post(url, {"scope": "picked", "id": [str(make_customer(manager.store).pk)]})
    assert picked.status_code == 422 and "Picked rows cannot be saved" in picked.content.decode()


def test_deleting_can_be_undone(manager: Someone) -> None:
    saved = save(manager)
    answer = manager.client.post(f"{BASE}saved/{saved.pk}/delete/", follow=True).content.decode()
    act = ChangeSet.objects.get(key="saved_export.removed")
    assert f"/desk/shop/changes/{act.pk}/undo/" in answer
    assert manager.client.post(f"/desk/shop/changes/{act.pk}/undo/").status_code == 302
    assert SavedExport.objects.get().pk == saved.pk


def test_pages_ask_no_more_for_more_lines(manager: Someone, django_assert_max_num_queries: Any) -> None:
    for _more in range(2):
        for _line in range(5):
            make(manager)
            save(manager)
        for address in ("", "saved/"):
            with django_assert_max_num_queries(24):
                manager.client.get(BASE + address)


def test_a_full_disk_is_a_sentence(manager: Someone, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_asked: Any) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "save", full)
    manager.client.raise_request_exception = False
    answer = manager.client.post("/desk/shop/customers/export/", {"download": "1", "format": "xlsx"})
    assert answer.status_code == 507 and "Make room there" in answer.content.decode()
