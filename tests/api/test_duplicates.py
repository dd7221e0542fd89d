"""Duplicates and merges over the API."""

from typing import Any
from uuid import uuid4

import pytest

from regulars.customers.models import Customer
from regulars.duplicates import services
from regulars.duplicates.models import Merge, Pair
from regulars.stores.models import Store
from tests.api.conftest import ApiClient
from tests.factories import NOW, make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(store: Store) -> Pair:
    for email in ("ada@example.com", "ada@old.example"):
        make_customer(store, first_name="Ada", last_name="Lovelace", phone="+33612345678", email=email)
    services.scan(store=store, full=True, now=NOW)
    return Pair.objects.get()


def json_of(answer: Any) -> Any:
    return answer.json()


def test_the_queue_and_its_filters(pair: Pair, api: ApiClient) -> None:
    (item,) = json_of(api.get("/duplicates"))["items"]
    assert item["id"] == str(pair.pk) and item["score"] >= 80 and "phone" in item["reasons"]
    assert "Same phone +33 6 12 34 56 78" in item["sentences"]
    assert [one["number"] for one in item["customers"]] == [1, 2]
    for params in ({"reason": "company"}, {"verdict": "household"}, {"customer": str(uuid4())}):
        assert json_of(api.get("/duplicates", **params))["items"] == []
    assert json_of(api.get("/duplicates", after=str(pair.pk)))["items"] == []
    for params in (
        {"reason": "x"},
        {"min_score": "-1"},
        {"min_score": "101"},
        {"customer": "x"},
        {"bad": "1"},
    ):
        assert api.get("/duplicates", **params).status_code == 422


def test_verdicts(pair: Pair, api: ApiClient) -> None:
    url = f"/duplicates/{pair.pk}/verdict"
    found = json_of(api.post(url, {"verdict": "household"}))
    assert found["verdict"] == "household" and found["decided_by"]
    assert json_of(api.post(url, {"verdict": ""}))["verdict"] == ""
    for body in ({}, {"verdict": "x"}, {"verdict": 1}, {"other": "x"}):
        assert api.post(url, body).status_code == 422
    for wrong in (str(uuid4()), "nonsense"):
        assert api.post(f"/duplicates/{wrong}/verdict", {"verdict": "household"}).status_code == 404


def test_merge_dry_run_merge_redirect_and_undo(pair: Pair, api: ApiClient) -> None:
    first, second = str(pair.first_id), str(pair.second_id)
    body = {"ids": [first, second], "inputs": {"into": "#2", "keep.email": first}}
    rehearsed = json_of(api.post("/customers/actions/merge", body | {"dry_run": True}))
    assert rehearsed["matched"] == 2 and "#1 would go into #2." in str(rehearsed)
    assert Customer.objects.count() == 2
    assert json_of(api.post("/customers/actions/merge", body))["done"] == 2
    kept = Customer.objects.get()
    assert str(kept.pk) == second and kept.email == "ada@example.com"
    answer = api.get(f"/customers/{first}")
    assert answer.status_code == 200 and json_of(answer)["id"] == second
    assert answer.headers["Content-Location"] == f"/api/v1/customers/{second}"
    assert "Content-Location" not in api.get(f"/customers/{second}").headers
    assert json_of(api.get(f"/customers/{first}/events"))["items"]
    (merge,) = json_of(api.get("/merges"))["items"]
    assert (merge["merged_id"], merge["into_number"], merge["can_undo"]) == (first, 2, True)
    undone = json_of(api.post(f"/merges/{merge['id']}/undo"))
    assert undone == {"id": first, "number": 1, "left": []}
    assert json_of(api.get(f"/customers/{first}"))["email"] == "ada@example.com"
    assert api.post(f"/merges/{merge['id']}/undo").status_code == 404


def test_merge_refuses_in_words(pair: Pair, api: ApiClient) -> None:
    first = str(pair.first_id)
    for body, status in (
        ({"ids": [first]}, 409),
        ({"ids": [first, str(uuid4())]}, 404),
        ({"ids": [first, str(pair.second_id)], "inputs": {"into": "x"}}, 422),
        ({"ids": [first, str(pair.second_id)], "inputs": {"keep.email": "#99"}}, 422),
        ({"ids": [first, str(pair.second_id)], "inputs": {"keep.spent": first}}, 422),
    ):
        answer = api.post("/customers/actions/merge", body)
        assert answer.status_code == status, (body, answer.content)
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert Customer.objects.count() == 2


def test_who_may(
    pair: Pair, clerk_api: ApiClient, viewer_api: ApiClient, other_api: ApiClient, api: ApiClient
) -> None:
    ids = {"ids": [str(pair.first_id), str(pair.second_id)]}
    api.post("/customers/actions/merge", ids)
    merge = Merge.objects.get()
    for one in (clerk_api, viewer_api):
        assert one.get("/duplicates").status_code == 200
        assert one.post(f"/duplicates/{pair.pk}/verdict", {"verdict": "household"}).status_code == 403
        assert one.post("/customers/actions/merge", ids).status_code == 403
        assert one.post(f"/merges/{merge.pk}/undo").status_code == 403
    assert other_api.post(f"/merges/{merge.pk}/undo").status_code == 404
    assert json_of(other_api.get("/merges"))["items"] == []
    assert other_api.get(f"/customers/{merge.loser_id}").status_code == 404
    assert ApiClient("reg_nonsense").get("/duplicates").status_code == 401
    assert Merge.objects.count() == 1
