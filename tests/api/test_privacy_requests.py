"""Requests about personal data by API: made, listed, acted on; with the rights of the token's role."""

from collections.abc import Callable

import pytest

from regulars.privacy.choices import State, Way
from regulars.privacy.models import Request
from regulars.staff.choices import Role
from regulars.stores.models import Store
from tests.api.conftest import ApiClient
from tests.privacy.people import ada_of, ask

pytestmark = pytest.mark.django_db
URL = "/privacy_requests"


def test_one_is_made_listed_and_shown(api: ApiClient, store: Store) -> None:
    ada = ada_of(store)
    body = {"kind": "access", "customer": ada.number, "details": "Everything, please"}
    made = api.post(URL, body, Idempotency_Key="k1")
    assert made.status_code == 201, made.content
    request = Request.objects.get()
    assert (request.way, request.state, request.details) == (Way.API, State.OPEN, "Everything, please")
    assert api.post(URL, body, Idempotency_Key="k1").status_code == 200
    listed = api.get(URL, tab="open").json()["items"]
    assert [one["id"] for one in listed] == [str(request.pk)]
    assert api.get(f"{URL}/{request.pk}").json()["due"]
    assert [one["kind"] for one in api.get(f"{URL}/{request.pk}/events").json()["items"]] == ["privacy.made"]


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "access"},
        {"kind": "access", "customer": 999},
        {"kind": "all", "customer": 1},
        {"customer": 1},
        {"kind": "access", "customer": 1, "way": "portal"},
        {"kind": "access", "customer": 1, "state": "done"},
        {"kind": "access", "customer": 1, "received": "2999-01-01T00:00:00Z"},
    ],
)
def test_what_cannot_be_is_refused(api: ApiClient, store: Store, body: dict[str, object]) -> None:
    ada_of(store)
    assert api.post(URL, body).status_code == 422
    assert not Request.objects.exists()


def test_a_request_is_not_changed_but_acted_on(api: ApiClient, store: Store) -> None:
    request = ask(ada_of(store), proof="known")
    assert api.patch(f"{URL}/{request.pk}", {"details": "other"}).status_code == 403
    done = api.post(f"{URL}/actions/carry-out", {"ids": [str(request.pk)], "inputs": {"answer": "Sent"}})
    assert done.status_code == 200 and done.json()["done"] == 1, done.content
    assert Request.objects.get().state == State.DONE
    again = api.post(f"{URL}/actions/carry-out", {"ids": [str(request.pk)]})
    assert again.json()["done"] == 0


def test_the_role_of_the_token_counts(client_of: Callable[[Role], ApiClient], store: Store) -> None:
    request = ask(ada_of(store), proof="known")
    viewer, clerk = client_of(Role.VIEWER), client_of(Role.CLERK)
    assert viewer.get(URL).status_code == clerk.get(URL).status_code == 200
    assert viewer.post(URL, {"kind": "access", "customer": 1}).status_code == 403
    body = {"ids": [str(request.pk)], "inputs": {"reason": "no"}}
    assert clerk.post(f"{URL}/actions/turn-down", body).status_code == 403
    assert Request.objects.get().state == State.OPEN


def test_another_stores_are_not_found(api: ApiClient, other_store: Store) -> None:
    request = ask(ada_of(other_store), proof="known")
    assert api.get(f"{URL}/{request.pk}").status_code == 404
    assert api.get(URL).json()["items"] == []
    api.post(f"{URL}/actions/turn-down", {"ids": [str(request.pk)], "inputs": {"reason": "no"}})
    assert Request.objects.get().state == State.OPEN
