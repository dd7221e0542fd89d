"""Notes and further addresses of a customer."""

import pytest

from tests.api.conftest import ApiClient
from tests.api.test_records import assert_problem, make

pytestmark = pytest.mark.django_db


def test_notes(api: ApiClient, clerk_api: ApiClient) -> None:
    path = f"/customers/{make(api, first_name='Ada')['id']}/notes"
    assert clerk_api.post(path, {"body": "Prefers mornings"}).status_code == 201
    pinned = api.post(path, {"body": "Call first", "pinned": True}).json()
    assert pinned["author"] == "manager system" and pinned["pinned"]
    assert [note["body"] for note in api.get(path).json()["items"]] == ["Call first", "Prefers mornings"]
    for body in (
        {},
        {"body": " "},
        {"body": 5},
        {"body": "x" * 10_001},
        {"body": "x", "pinned": 1},
        {"text": "x"},
    ):
        assert_problem(api.post(path, body), 422, "invalid")


def test_addresses(api: ApiClient) -> None:
    ada, bob = make(api, first_name="Ada")["id"], make(api, first_name="Bob")["id"]
    path = f"/customers/{ada}/addresses"
    made = api.post(
        path,
        {"label": "Work", "address": "1 rue X", "city": "Paris", "country": "France", "phone": "0612345678"},
    )
    assert made.status_code == 201
    address = made.json()
    assert (address["country"], address["phone"]) == ("FR", "+33612345678")
    changed = api.patch(f"{path}/{address['id']}", {"city": "Lyon", "label": None}).json()
    assert (changed["city"], changed["label"], changed["address"]) == ("Lyon", "", "1 rue X")
    assert api.get(path).json()["items"] == [changed]
    assert_problem(api.patch(f"/customers/{bob}/addresses/{address['id']}", {"city": "X"}), 404, "not_found")
    assert_problem(api.send("DELETE", f"/customers/{bob}/addresses/{address['id']}"), 404, "not_found")
    for body in ({}, {"label": "x"}, {"city": 5}, {"town": "x"}, {"country": "Atlantis"}):
        assert_problem(api.post(path, body), 422, "invalid")
    assert api.send("DELETE", f"{path}/{address['id']}").status_code == 204
    assert_problem(api.send("DELETE", f"{path}/{address['id']}"), 404, "not_found")
    assert api.get(path).json()["items"] == []
