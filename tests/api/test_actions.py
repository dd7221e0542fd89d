"""POST /api/v1/customers/actions/{name} and /api/v1/runs/{id}."""

from uuid import UUID

import pytest

from regulars.customers.models import Customer
from regulars.jobs.services import execute_run
from regulars.resources import execute
from regulars.timeline.models import ChangeSet
from tests.api.conftest import ApiClient
from tests.api.test_records import assert_problem, make

pytestmark = pytest.mark.django_db


def test_acts_on_a_query_and_says_what_became_of_each(api: ApiClient) -> None:
    french = [make(api, first_name=f"F{number}", country="FR")["id"] for number in range(3)]
    make(api, first_name="G", country="DE")
    api.post("/customers/actions/archive", {"ids": french[:1]})
    counted = api.post("/customers/actions/archive", {"where": "country = FR", "dry_run": True}).json()
    said = counted.pop("preview")
    assert counted == {"matched": 3, "done": 0, "skipped": 0, "irreversible": False}
    assert said[1] == "Left as before: F0 (is archived already)."
    done = api.post("/customers/actions/archive", {"where": "country = FR"}).json()
    assert (done["matched"], done["done"], done["skipped"]) == (3, 2, 1)
    assert done["reasons"] == [{"id": french[0], "reason": "is archived already"}]
    assert Customer.objects.filter(state="active").count() == 1


def test_inputs_are_checked_by_name(api: ApiClient) -> None:
    made = make(api, first_name="Ada")
    tagged = api.post("/customers/actions/add-tag", {"ids": [made["id"]], "inputs": {"tags": ["vip", "new"]}})
    assert tagged.json()["done"] == 1
    assert api.get(f"/customers/{made['id']}").json()["tags"] == ["vip", "new"]
    for inputs in ({}, {"tags": "vip"}, {"tags": ["a,b"]}, {"tag": ["a"]}, {"tags": [1]}, []):
        for dry_run in (True, False):
            body = {"ids": [made["id"]], "inputs": inputs, "dry_run": dry_run}
            assert_problem(api.post("/customers/actions/add-tag", body), 422, "invalid")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"tab": "active"},
        {"ids": "all"},
        {"ids": ["x"]},
        {"ids": [None]},
        {"ids": [], "where": ""},
        {"where": 5},
        {"where": "", "dry_run": "yes"},
        {"where": "", "wheer": ""},
        {"q": None},
    ],
)
def test_refuses_an_unclear_selection(api: ApiClient, body: dict[str, object]) -> None:
    make(api, first_name="Ada")
    assert_problem(api.post("/customers/actions/archive", body), 422, "invalid")
    assert Customer.objects.get().state == "active"


def test_unknown_action(api: ApiClient) -> None:
    assert (
        "archive"
        in assert_problem(api.post("/customers/actions/archve", {"where": ""}), 404, "not_found")["detail"]
    )


def test_a_large_one_becomes_a_run(
    api: ApiClient, other_api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execute, "AT_ONCE", 2)
    for number in range(3):
        make(api, first_name=f"N{number}")
    started = api.post("/customers/actions/archive", {"where": ""})
    assert started.status_code == 202
    run = started.json()["run"]
    assert started["Location"] == run["url"] == f"/api/v1/runs/{run['id']}"
    execute_run(run_id=UUID(run["id"]))
    finished = api.get(f"/runs/{run['id']}").json()
    assert (finished["state"], finished["done"], finished["total"]) == ("done", 3, 3)
    assert finished["counts"] == {"done": 3, "skipped": 0}
    assert_problem(other_api.get(f"/runs/{run['id']}"), 404, "not_found")
    assert_problem(api.get("/runs/nope"), 404, "not_found")


def test_a_repeated_request_with_the_same_key_acts_once(api: ApiClient) -> None:
    made = make(api, first_name="Ada")["id"]
    body = {"ids": [made], "inputs": {"tags": ["vip"]}}
    key = {"Idempotency-Key": "tag-once"}
    first = api.post("/customers/actions/add-tag", body, **key).json()
    again = api.post("/customers/actions/add-tag", body, **key).json()
    assert first == again and first["done"] == 1
    assert ChangeSet.objects.filter(key="customer.tagged").count() == 1
    other = api.post("/customers/actions/remove-tag", body, **key)
    assert_problem(other, 422, "idempotency_key_reused")
    assert Customer.objects.get().tags == ["vip"]
