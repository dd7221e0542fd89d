"""/api/v1/changes: what happened, and taking it back."""

from uuid import UUID

import pytest

from regulars.customers.models import Customer
from regulars.jobs.services import execute_run
from regulars.resources import execute
from regulars.timeline import undoing
from tests.api.conftest import ApiClient
from tests.api.test_records import assert_problem, make

pytestmark = pytest.mark.django_db


def tagged(api: ApiClient, *ids: str, word: str = "vip") -> str:
    body = {"ids": list(ids), "inputs": {"tags": [word]}}
    return str(api.post("/customers/actions/add-tag", body).json()["change_set"])


def test_lists_shows_and_undoes(api: ApiClient) -> None:
    ids = [make(api, first_name=f"F{number}")["id"] for number in range(3)]
    act = tagged(api, *ids)
    tagged(api, ids[0], word="late")
    found = api.get("/changes", kind="customer.tagged").json()["items"]
    assert [one["records"] for one in found] == [
        {"value": 1, "exact": True},
        {"value": 3, "exact": True},
    ]
    assert api.get(f"/changes/{act}").json()["can_undo"] is True
    rehearsed = api.post(f"/changes/{act}/undo", {"dry_run": True}).json()
    assert (rehearsed["done"], rehearsed["skipped"], rehearsed["change_set"]) == (2, 1, None)
    assert Customer.objects.filter(tags__contains=["vip"]).count() == 3
    part = api.post(f"/changes/{act}/undo", {"ids": [ids[1]]}).json()
    assert (part["done"], part["skipped"]) == (1, 0)
    rest = api.post(f"/changes/{act}/undo").json()
    assert rest["done"] == 1 and {one["reason"] for one in rest["reasons"]} == {"was changed since"}
    assert api.get(f"/changes/{rest['change_set']}").json()["undoes"] == act


def test_pages_by_key(api: ApiClient) -> None:
    made = make(api, first_name="Ada")["id"]
    acts = [tagged(api, made, word=f"t{number}") for number in range(5)]
    first = api.get("/changes", kind="customer.tagged", limit="2").json()
    second = api.http.get(first["next"], headers=api.headers()).json()
    assert [one["id"] for one in first["items"] + second["items"]] == acts[:0:-1]


def test_a_large_undo_is_a_run(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [make(api, first_name=f"F{number}")["id"] for number in range(3)]
    act = tagged(api, *ids)
    monkeypatch.setattr(undoing, "AT_ONCE", 2)
    monkeypatch.setattr(execute, "AT_ONCE", 2)
    answer = api.post(f"/changes/{act}/undo")
    run = answer.json()["run"]
    assert answer.status_code == 202 and answer.headers["Location"] == run["url"]
    execute_run(run_id=UUID(run["id"]))
    assert api.get(f"/runs/{run['id']}").json()["counts"] == {"done": 3, "skipped": 0}
    assert not Customer.objects.filter(tags__contains=["vip"]).exists()


def test_bad_requests_are_refused_in_words(api: ApiClient) -> None:
    act = tagged(api, make(api, first_name="Ada")["id"])
    assert_problem(api.post(f"/changes/{act}/undo", {"ids": "x"}), 422, "invalid")
    assert_problem(api.post(f"/changes/{act}/undo", {"nonsense": 1}), 422, "invalid")
    assert_problem(api.post("/changes/nonsense/undo"), 422, "invalid")
    assert_problem(api.get("/changes", since="yesterday"), 422, "invalid")
    assert_problem(api.get("/changes", before="x"), 422, "invalid")
    assert Customer.objects.get().tags == ["vip"]


def test_another_store_and_a_viewer_can_do_nothing(
    api: ApiClient, other_api: ApiClient, viewer_api: ApiClient
) -> None:
    act = tagged(api, make(api, first_name="Ada")["id"])
    for answer in (other_api.get(f"/changes/{act}"), other_api.post(f"/changes/{act}/undo")):
        assert_problem(answer, 404, "not_found")
    assert other_api.get("/changes", kind="customer.tagged").json()["items"] == []
    assert_problem(viewer_api.get("/changes"), 403, "not_allowed")
    assert_problem(viewer_api.post(f"/changes/{act}/undo"), 403, "not_allowed")
    assert Customer.objects.get().tags == ["vip"]


def test_an_undo_of_no_records_is_not_an_undo_of_all(api: ApiClient) -> None:
    act = tagged(api, make(api, first_name="Ada")["id"])
    assert_problem(api.post(f"/changes/{act}/undo", {"ids": []}), 422, "invalid")
    assert Customer.objects.get().tags == ["vip"]


@pytest.mark.parametrize("name", ["kind", "surface"])
def test_a_kind_that_no_database_could_hold_finds_nothing(api: ApiClient, name: str) -> None:
    tagged(api, make(api, first_name="Ada")["id"])
    assert api.get("/changes", **{name: "\x00x"}).json()["items"] == []
