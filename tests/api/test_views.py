"""Saved views by API, by every role; and lists, files and errors with one."""

from typing import Any

import pytest

from regulars.kit.ids import new_id
from regulars.staff.choices import Role
from regulars.views.models import View
from tests.api.conftest import ApiClient
from tests.factories import make_customer
from tests.people import Someone
from tests.views.test_services import save

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared(owner: Someone) -> View:
    make_customer(owner.store, first_name="Ada", city="Paris")
    make_customer(owner.store, first_name="Bob", city="Rome")
    make_customer(owner.store, first_name="Old", city="Paris", state="archived")
    return save(owner, "Best of Paris", scope="store", where="city = Paris", columns="first_name,city")


def body(answer: Any) -> dict[str, Any]:
    return dict(answer.json())


def test_make_read_change_and_delete(api: ApiClient, viewer_api: ApiClient) -> None:
    made = api.post("/views", {"name": "VIP", "scope": "store", "where": "tag=vip", "columns": ["email"]})
    assert made.status_code == 201 and made["ETag"] == '"1"', made.content
    view = body(made)
    assert (view["where"], view["scope"], view["tab"]) == ("tag = vip", "store", "active")
    path = f"/views/{view['id']}"
    assert made["Location"] == f"/api/v1{path}"
    assert body(viewer_api.get(path))["name"] == "VIP"
    changed = api.patch(path, {"where": "", "name": "Everybody"}, If_Match='"1"')
    assert changed.status_code == 200 and body(changed)["version"] == 2
    assert (body(changed)["where"], body(changed)["columns"]) == ("", ["email"])
    late = api.patch(path, {"name": "Late"}, If_Match='"1"')
    assert late.status_code == 409 and body(late)["code"] == "view_changed"
    gone = api.send("DELETE", path)
    assert gone.status_code == 200 and body(gone)["change_set"]
    assert api.get(path).status_code == 404


def test_by_role(shared: View, client_of: Any, other_api: ApiClient) -> None:
    path = f"/views/{shared.pk}"
    for role in Role:
        client, may = client_of(role), role in (Role.OWNER, Role.MANAGER)
        assert [one["name"] for one in body(client.get("/views"))["items"]] == ["Best of Paris"]
        assert client.post("/views", {"name": "Mine"}).status_code == 201
        assert client.post("/views", {"name": role, "scope": "store"}).status_code == (201 if may else 403)
        assert client.patch(path, {"name": f"By {role}"}).status_code == (200 if may else 403)
        if not may:
            assert client.send("DELETE", path).status_code == 403
        View.objects.exclude(pk=shared.pk).delete()
        View.objects.filter(pk=shared.pk).update(name="Best of Paris")
    assert body(other_api.get("/views"))["items"] == []
    for answer in (other_api.get(path), other_api.patch(path, {"name": "x"}), other_api.send("DELETE", path)):
        assert answer.status_code == 404
    assert View.objects.filter(pk=shared.pk).exists()


@pytest.mark.parametrize(
    ("sent", "status", "field"),
    [
        ({}, 422, "name"),
        ({"name": " "}, 422, "name"),
        ({"name": "x" * 81}, 422, "name"),
        ({"name": "x", "scope": "king"}, 422, "scope"),
        ({"name": "x", "scope": "role", "role": "king"}, 422, "role"),
        ({"name": "x", "where": "city = "}, 422, "where"),
        ({"name": "x", "where": "shoe = 4"}, 422, "where"),
        ({"name": "x", "columns": "name"}, 422, "columns"),
        ({"name": "x", "columns": ["shoe"]}, 422, "where"),
        ({"name": "x", "density": "huge"}, 422, "density"),
        ({"name": "x", "tab": "nope"}, 422, "tab"),
        ({"name": "x", "colour": "red"}, 422, "colour"),
        ({"name": "best of PARIS", "scope": "store"}, 409, "name"),
    ],
)
def test_what_is_wrong_is_named(
    api: ApiClient, shared: View, sent: dict[str, Any], status: int, field: str
) -> None:
    answer = api.post("/views", sent)
    assert answer.status_code == status, answer.content
    assert [one["field"] for one in body(answer)["errors"]] == [field]
    assert View.objects.count() == 1


@pytest.mark.parametrize("wanted", ["id", "best of paris"])
def test_a_list_with_a_view(api: ApiClient, shared: View, wanted: str) -> None:
    view = str(shared.pk) if wanted == "id" else wanted
    found = body(api.get("/customers", view=view))
    assert [(one["first_name"], one["city"], "email" in one) for one in found["items"]] == [
        ("Ada", "Paris", False)
    ]
    assert [one["city"] for one in body(api.get("/customers", view=view, where="city = Rome"))["items"]] == [
        "Rome"
    ]
    assert body(api.get("/customers", view=view, tab="all"))["count"]["value"] == 2
    assert "email" in body(api.get("/customers", view=view, fields="email"))["items"][0]
    lines = b"".join(api.get("/customers/export.csv", view=view).streaming_content).decode().split()
    assert lines[0].lower().startswith(("\ufefffirst", "first")) and len(lines) == 2


def test_a_view_that_is_not_there_is_not_everything(api: ApiClient, shared: View) -> None:
    for wanted in (str(new_id()), "nobody's"):
        assert api.get("/customers", view=wanted).status_code == 404
    View.objects.filter(pk=shared.pk).update(where="shoe = 4")
    assert api.get("/customers", view=str(shared.pk)).status_code == 422
