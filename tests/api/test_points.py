"""Points by API: what a customer has, giving once, the settings, the second person."""

import pytest

from regulars.jobs.choices import RunState
from regulars.jobs.models import Run
from regulars.loyalty.models import Entry, Programme
from regulars.staff import services as staff_services
from regulars.staff.choices import Role
from regulars.stores.models import Store
from tests.api.conftest import ApiClient, token_of
from tests.factories import NOW, make_customer
from tests.loyalty.giving import change, points_of
from tests.people import Someone

pytestmark = pytest.mark.django_db


def key_of(who: Someone) -> ApiClient:
    """A key that this person made."""
    maker = staff_services.create_token(
        store=who.store, name=f"Key of {who.user.email}", role=Role.MANAGER, actor=who.actor, now=NOW
    )
    return ApiClient(maker[1])


def test_what_a_customer_has_and_the_ledger(store: Store, api: ApiClient) -> None:
    ada = make_customer(store)
    change(store, ada, 250, expires_at=NOW)
    change(store, ada, -50)
    found = api.get(f"/customers/{ada.pk}/points").json()
    assert (found["points"], found["worth_minor"], found["points_expiring"]) == (200, 200, 200)
    rows = api.get("/points", where=f"customer = {ada.number}", sort="-made").json()["items"]
    assert sorted(one["points"] for one in rows) == [-50, 250]
    assert api.get(f"/customers/{Entry.objects.first().pk}/points").status_code == 404


def test_one_key_gives_once(store: Store, api: ApiClient) -> None:
    ada = make_customer(store)
    body = {"ids": [str(ada.pk)], "inputs": {"points": 50, "reason": "Till"}}
    answers = [api.post("/customers/actions/adjust-points", body, Idempotency_Key="t-1") for _at in range(2)]
    assert [one.status_code for one in answers] == [200, 200] and points_of(ada) == [50]
    back = api.post(
        "/points/actions/void-points", {"ids": [str(Entry.objects.get().pk)], "inputs": {"reason": "x"}}
    )
    assert back.json()["done"] == 1 and points_of(ada) == [0]


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_entries_are_neither_written_nor_changed_by_themselves(store: Store, method: str) -> None:
    entry = change(store, make_customer(store), 50)
    path = "/points" if method == "POST" else f"/points/{entry.pk}"
    owner = ApiClient(token_of(store, Role.OWNER))
    assert owner.send(method, path, {"points": 5}).status_code == (405 if method == "POST" else 403)
    assert Entry.objects.get().points == 50


def test_the_settings(store: Store, api: ApiClient) -> None:
    owner = ApiClient(token_of(store, Role.OWNER))
    assert api.get("/points-programme").json()["value_minor"] == 100
    assert api.patch("/points-programme", {"value_minor": 5}).status_code == 403
    assert owner.patch("/points-programme", {"value_minor": 5}).json()["value_minor"] == 5
    for body in ({"value_minor": "5"}, {"nothing": 1}, {"daily_caps": []}, {"below_zero": []}, {"active": 1}):
        assert owner.patch("/points-programme", body).status_code == 422, body
    assert Programme.objects.get().value_minor == 5


def test_the_second_person_by_key(owner: Someone, manager: Someone, clerk_api: ApiClient) -> None:
    Programme.objects.create(store=owner.store, approval_above=10)
    ada = make_customer(owner.store)
    mine, other = key_of(owner), key_of(owner)
    body = {"ids": [str(ada.pk)], "inputs": {"points": 50, "reason": "Till"}}
    run = mine.post("/customers/actions/adjust-points", body).json()["run"]["id"]
    assert [one["id"] for one in mine.get("/runs").json()["items"]] == [run]
    assert clerk_api.get("/runs").json()["items"] == []
    assert clerk_api.post(f"/runs/{run}/agree").status_code == 403
    assert other.post(f"/runs/{run}/agree").json()["code"] == "same_person"
    assert Run.objects.get().state == RunState.HELD
    turned = other.post(f"/runs/{run}/turn-down", {"reason": "No"})
    assert turned.json()["state"] == "cancelled" and other.post(f"/runs/{run}/turn-down").status_code == 409
    assert other.post("/runs/nothing/agree").status_code == 404
