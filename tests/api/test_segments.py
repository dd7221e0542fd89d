"""Segments by API."""

from collections.abc import Callable
from typing import Any

import pytest

from regulars.customers.models import Customer
from regulars.segments.models import Segment, SegmentMembership
from regulars.staff.choices import Role
from regulars.stores.models import Store
from tests.api.conftest import ApiClient
from tests.factories import make_customer
from tests.segments.conftest import inside, make_segment, refresh

pytestmark = pytest.mark.django_db
DYNAMIC = {"name": "The British", "kind": "dynamic", "where": "country = GB"}


@pytest.fixture
def ada(store: Store) -> Customer:
    return make_customer(store, first_name="Ada", country="GB", email="ada@example.test")


def test_one_is_made_shown_changed_and_deleted(api: ApiClient, ada: Customer) -> None:
    made = api.post("/segments", DYNAMIC | {"note": "Tea"})
    assert made.status_code == 201, made.content
    found: dict[str, Any] = made.json()
    assert (found["size"], found["version"], found["used_by"]) == (1, 1, [])
    path = f"/segments/{found['id']}"
    assert made.headers["Location"] == f"/api/v1{path}"
    assert api.get(path).json() == found
    assert [one["name"] for one in api.get("/segments").json()["items"]] == ["The British"]
    changed = api.patch(path, {"name": "Brits"}, If_Match='"1"')
    assert changed.status_code == 200 and changed.headers["ETag"] == '"2"'
    assert (changed.json()["name"], changed.json()["where"]) == ("Brits", "country = GB")
    assert api.patch(path, {"name": "Late", "version": 1}).json()["code"] == "changed_since"
    assert api.send("DELETE", path).status_code == 204
    assert api.get(path).status_code == 404


def test_one_that_is_used_is_not_deleted(api: ApiClient, store: Store) -> None:
    inner = make_segment(store, "Inner", "country = GB")
    make_segment(store, "Outer", "in segment Inner")
    refused = api.send("DELETE", f"/segments/{inner.pk}")
    assert refused.status_code == 409
    assert refused.json()["code"] == "segment_in_use" and "“Outer”" in refused.json()["detail"]
    assert api.get(f"/segments/{inner.pk}").json()["used_by"][0]["name"] == "Outer"
    frozen = {"kind": "static"}
    assert api.patch(f"/segments/{inner.pk}", frozen).status_code == 409
    assert api.patch(f"/segments/{inner.pk}", frozen | {"accept_uses": True}).json()["kind"] == "static"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "invalid"),
        (DYNAMIC | {"name": ""}, 422, "invalid"),
        (DYNAMIC | {"where": "planet = earth"}, 422, "query"),
        (DYNAMIC | {"where": ""}, 422, "invalid"),
        (DYNAMIC | {"kind": "odd"}, 422, "invalid"),
        (DYNAMIC | {"colour": "red"}, 422, "invalid"),
        (DYNAMIC | {"name": 7}, 422, "invalid"),
        (DYNAMIC | {"where": "in segment Nobody"}, 422, "query"),
    ],
)
def test_what_is_wrong_is_refused(api: ApiClient, body: dict[str, Any], status: int, code: str) -> None:
    answer = api.post("/segments", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    assert not Segment.objects.exists()


def test_members_come_in_pages(api: ApiClient, store: Store) -> None:
    for number in range(5):
        make_customer(store, first_name=f"P{number}", country="GB")
    segment = make_segment(store, "The British", "country = GB")
    refresh(segment)
    seen, after = [], ""
    while after is not None:
        page = api.get(
            f"/segments/{segment.pk}/members", limit=2, **({"after": after} if after else {})
        ).json()
        seen += [one["name"] for one in page["items"]]
        after = page["next"]
    assert sorted(seen) == ["P0", "P1", "P2", "P3", "P4"]
    assert api.get(f"/segments/{segment.pk}/members", after="x").status_code == 422


def test_customers_are_put_in_and_taken_out(api: ApiClient, store: Store, ada: Customer) -> None:
    vips = make_segment(store, "VIPs")
    path = f"/segments/{vips.pk}/members"
    done = api.post(path, {"ids": [str(ada.pk)]}).json()
    assert (done["done"], done["skipped"]) == (1, 0) and done["change_set"]
    assert api.get(path).json()["items"][0]["how"] == "hand"
    assert api.post(f"{path}/remove", {"ids": [str(ada.pk)]}).json()["done"] == 1
    assert inside(vips) == set()
    missing = api.post(path, {"list": ["ADA@example.test", "nobody@example.test"]}).json()
    assert (missing["done"], missing["missing"]) == (0, [{"line": 2, "text": "nobody@example.test"}])
    done = api.post(path, {"list": ["ada@example.test", "x"], "accept_missing": True}).json()
    assert done["done"] == 1 and inside(vips) == {"Ada"}
    for wrong in ({}, {"ids": [], "list": []}, {"list": "x"}, {"list": [1]}, {"ids": ["x"]}):
        assert api.post(path, wrong).status_code == 422


def test_a_dynamic_one_is_not_filled(api: ApiClient, store: Store, ada: Customer) -> None:
    british = make_segment(store, "The British", "country = GB")
    refused = api.post(f"/segments/{british.pk}/members", {"ids": [str(ada.pk)]})
    assert refused.json()["code"] == "segment_is_dynamic"
    assert not SegmentMembership.objects.exists()


def test_one_is_refreshed(api: ApiClient, store: Store, ada: Customer) -> None:
    british = make_segment(store, "The British", "country = GB")
    assert api.post(f"/segments/{british.pk}/refresh").json()["size"] == 1


def test_customers_are_asked_by_segment(api: ApiClient, store: Store, ada: Customer) -> None:
    make_segment(store, "The British", "country = GB")
    make_customer(store, first_name="Bea", country="FR")
    found = api.get("/customers", where='in segment "The British"').json()
    assert [one["first_name"] for one in found["items"]] == ["Ada"]


@pytest.mark.parametrize(
    ("role", "sees", "makes", "fills"),
    [
        (Role.OWNER, 200, 201, 200),
        (Role.MANAGER, 200, 201, 200),
        (Role.CLERK, 200, 403, 200),
        (Role.VIEWER, 200, 403, 403),
    ],
)
def test_what_each_role_may(
    client_of: Callable[[Role], ApiClient],
    store: Store,
    ada: Customer,
    role: Role,
    sees: int,
    makes: int,
    fills: int,
) -> None:
    api = client_of(role)
    vips = make_segment(store, "VIPs")
    path = f"/segments/{vips.pk}"
    for address in ("/segments", path, f"{path}/members"):
        assert api.get(address).status_code == sees
    assert api.post(f"{path}/refresh").status_code == 200
    assert api.post("/segments", DYNAMIC).status_code == makes
    assert api.patch(path, {"note": "x"}).status_code == (200 if makes == 201 else 403)
    assert api.post(f"{path}/members", {"ids": [str(ada.pk)]}).status_code == fills
    assert api.post(f"{path}/members/remove", {"ids": [str(ada.pk)]}).status_code == fills
    assert api.send("DELETE", path).status_code == (204 if makes == 201 else 403)
    if makes == 403:
        assert Segment.objects.get(deleted_at=None).note == ""


def test_another_store_is_a_stranger(other_api: ApiClient, store: Store, ada: Customer) -> None:
    vips = make_segment(store, "VIPs")
    path = f"/segments/{vips.pk}"
    assert other_api.get("/segments").json() == {"items": []}
    for method, address, body in (
        ("GET", path, None),
        ("PATCH", path, {"note": "x"}),
        ("DELETE", path, None),
        ("POST", f"{path}/refresh", None),
        ("GET", f"{path}/members", None),
        ("POST", f"{path}/members", {"ids": [str(ada.pk)]}),
        ("POST", f"{path}/members/remove", {"ids": [str(ada.pk)]}),
    ):
        assert other_api.send(method, address, body).status_code == 404, address
    assert Segment.objects.get().note == "" and inside(vips) == set()
    assert ApiClient("wrong").get("/segments").status_code == 401
