"""/api/v1/customers: list, show, create, edit, history."""

import json
from typing import Any

import pytest

from regulars.customers.models import Customer
from regulars.timeline.models import ChangeSet
from tests.api.conftest import ApiClient

pytestmark = pytest.mark.django_db


def make(api: ApiClient, **values: Any) -> dict[str, Any]:
    answer = api.post("/customers", values)
    assert answer.status_code == 201, answer.content
    return answer.json()


def assert_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status and body["code"] == code, body
    return body


def test_creates_and_shows(api: ApiClient) -> None:
    answer = api.post(
        "/customers",
        {
            "first_name": "Ada",
            "last_name": "Löwe",
            "email": "Ada@Example.com",
            "phone": "06 12 34 56 78",
            "birthdate": "1985-04-23",
            "country": "France",
            "tags": ["vip", "repair"],
            "accepts_marketing": True,
            "commission_reduction": "12.50",
            "external_id": "till-7",
        },
    )
    assert answer.status_code == 201
    made = answer.json()
    assert answer["Location"] == f"/api/v1/customers/{made['id']}"
    assert answer["ETag"] == '"1"'
    shown = api.get(f"/customers/{made['id']}").json()
    assert shown == made
    assert shown["number"] == 1
    assert shown["phone"] == "+33612345678"
    assert shown["country"] == "FR"
    assert shown["tags"] == ["vip", "repair"]
    assert shown["commission_reduction"] == "12.50"
    assert shown["spent"] == "0.00"
    assert shown["currency"] == "EUR"
    assert shown["birthdate"] == "1985-04-23"
    assert shown["last_order"] is None
    assert ChangeSet.objects.filter(surface="api", actor_kind="api").count() == 1
    assert Customer.objects.get().phone_typed == "06 12 34 56 78"


def test_refuses_values_by_name_and_writes_nothing(api: ApiClient) -> None:
    body = {
        "first_name": 5,
        "emial": "a@b.c",
        "email": "nope",
        "tags": "vip",
        "spent": "12",
        "birthdate": "soon",
    }
    refused = assert_problem(api.post("/customers", body), 422, "invalid")
    messages = {error["field"]: error["message"] for error in refused["errors"]}
    assert set(messages) == set(body)
    assert "email" in messages["emial"]
    assert not Customer.objects.exists()


def test_email_is_unique_per_store_in_any_case(api: ApiClient, other_api: ApiClient) -> None:
    make(api, email="ada@example.com")
    refused = assert_problem(api.post("/customers", {"email": "ADA@example.com"}), 409, "email_taken")
    assert refused["errors"][0]["field"] == "email"
    make(other_api, email="ada@example.com")


def test_idempotency_key_makes_one_row(api: ApiClient) -> None:
    first = api.post("/customers", {"email": "a@example.com"}, Idempotency_Key="k1")
    again = api.post("/customers", {"email": "a@example.com"}, Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json() and first["Location"] == again["Location"]
    other = api.post("/customers", {"email": "b@example.com"}, Idempotency_Key="k1")
    assert_problem(other, 422, "idempotency_key_reused")
    assert Customer.objects.count() == 1


def test_a_refused_request_leaves_its_key_free(api: ApiClient) -> None:
    assert_problem(api.post("/customers", {}, Idempotency_Key="k2"), 422, "invalid")
    assert api.post("/customers", {"email": "a@example.com"}, Idempotency_Key="k2").status_code == 201


def test_edits_merge_field_by_field_and_conflicts_name_the_field(api: ApiClient) -> None:
    made = make(api, first_name="Ada", last_name="Lovelace", city="Paris")
    path = f"/customers/{made['id']}"
    assert api.patch(path, {"city": "Lyon"}, If_Match='"1"').json()["version"] == 2
    merged = api.patch(path, {"last_name": "Byron"}, If_Match='"1"')
    assert merged.status_code == 200 and merged["ETag"] == '"3"'
    assert (merged.json()["city"], merged.json()["last_name"]) == ("Lyon", "Byron")
    refused = assert_problem(api.patch(path, {"city": "Nice", "version": 1}), 409, "edit_conflict")
    assert [(one["field"], one["theirs"]) for one in refused["conflicts"]] == [("city", "Lyon")]
    assert refused["version"] == 3
    assert api.get(path).json()["city"] == "Lyon"


def test_null_empties_a_field(api: ApiClient) -> None:
    made = make(
        api, first_name="Ada", birthdate="1985-04-23", city="Paris", tags=["vip"], accepts_marketing=True
    )
    body = {
        "birthdate": None,
        "city": None,
        "tags": None,
        "accepts_marketing": None,
        "commission_reduction": None,
    }
    changed = api.patch(f"/customers/{made['id']}", body).json()
    assert (changed["birthdate"], changed["city"], changed["tags"]) == (None, "", [])
    assert (changed["accepts_marketing"], changed["commission_reduction"]) == (False, "0.00")
    refused = api.patch(f"/customers/{made['id']}", {"first_name": None})
    assert_problem(refused, 422, "invalid")


def test_rows_of_another_store_are_not_found(api: ApiClient, other_api: ApiClient) -> None:
    made = make(api, email="ada@example.com")
    path = f"/customers/{made['id']}"
    for answer in (
        other_api.get(path),
        other_api.patch(path, {"city": "Rome"}),
        other_api.get(f"{path}/events"),
        other_api.get(f"{path}/notes"),
        other_api.post(f"{path}/notes", {"body": "x"}),
        other_api.post(f"{path}/addresses", {"city": "x"}),
    ):
        assert_problem(answer, 404, "not_found")
    assert other_api.get("/customers").json()["items"] == []
    done = other_api.post("/customers/actions/archive", {"ids": [made["id"]]}).json()
    assert (done["done"], done["skipped"]) == (0, 1)
    assert api.get(path).json()["state"] == "active"


def test_lists_by_query_in_order_with_links(api: ApiClient) -> None:
    for number in range(5):
        make(api, first_name=f"N{number}", country="FR" if number % 2 == 0 else "DE")
    first = api.get("/customers", where="country = FR", sort="-number", columns="number,country", limit=2)
    body = first.json()
    assert [item["number"] for item in body["items"]] == [5, 3]
    assert set(body["items"][0]) == {"id", "version", "number", "country", "currency"}
    assert body["count"] == {"value": 3, "exact": True}
    assert body["previous"] is None and body["next"] in first["Link"]
    second = api.http.get(body["next"], headers=api.headers()).json()
    assert [item["number"] for item in second["items"]] == [1]
    assert second["next"] is None
    back = api.http.get(second["previous"], headers=api.headers()).json()
    assert [item["number"] for item in back["items"]] == [5, 3]


def test_lists_archived_ones_unless_a_tab_is_asked_for(api: ApiClient) -> None:
    made = make(api, first_name="Ada")
    api.post("/customers/actions/archive", {"ids": [made["id"]]})
    assert len(api.get("/customers").json()["items"]) == 1
    assert api.get("/customers", tab="active").json()["items"] == []


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"where": "contry = FR"}, "where"),
        ({"where": "country = FR and"}, "where"),
        ({"sort": "tags"}, "where"),
        ({"columns": "number,nope"}, "where"),
        ({"limit": "201"}, "limit"),
        ({"limit": "0"}, "limit"),
        ({"limit": "x"}, "limit"),
        ({"tab": "nope"}, "tab"),
        ({"wheer": "x"}, "wheer"),
        ({"after": "!!"}, "where"),
        ({"after": "a", "before": "b"}, "before"),
        ({"columns": "number", "fields": "number"}, "fields"),
    ],
)
def test_refuses_parameters_it_does_not_understand(
    api: ApiClient, params: dict[str, str], field: str
) -> None:
    answer = api.get("/customers", **params)
    assert answer.status_code == 422, answer.content
    assert field in {error["field"] for error in answer.json()["errors"]}


def test_a_wrong_query_points_at_the_word(api: ApiClient) -> None:
    body = api.get("/customers", where="city = Paris and contry = FR").json()
    assert (body["position"], body["length"]) == (17, 6)
    assert "country" in body["detail"]


def test_history_says_who_changed_what(api: ApiClient) -> None:
    made = make(api, first_name="Ada", city="Paris")
    api.patch(f"/customers/{made['id']}", {"city": "Lyon"})
    events = api.get(f"/customers/{made['id']}/events").json()["items"]
    assert [event["kind"] for event in events] == ["customer.edited", "customer.created"]
    assert (events[0]["before"], events[0]["after"]) == ({"city": "Paris"}, {"city": "Lyon"})
    assert events[0]["surface"] == "api"
    assert len(api.get(f"/customers/{made['id']}/events", limit=1).json()["items"]) == 1
    answer = api.get(f"/customers/{made['id']}/events", until="0001-01-01T00:00:00+23:59")
    assert_problem(answer, 422, "invalid")


def test_roles_decide(viewer_api: ApiClient, clerk_api: ApiClient, api: ApiClient) -> None:
    made = make(api, first_name="Ada")
    path = f"/customers/{made['id']}"
    assert viewer_api.get(path).status_code == 200
    for answer in (
        viewer_api.post("/customers", {"first_name": "x"}),
        viewer_api.patch(path, {"city": "x"}),
        viewer_api.post(f"{path}/notes", {"body": "x"}),
        viewer_api.post(f"{path}/addresses", {"city": "x"}),
        viewer_api.post("/customers/actions/archive", {"ids": [made["id"]]}),
        viewer_api.post("/groups", {"name": "x"}),
        clerk_api.patch(path, {"commission_reduction": "5"}),
        clerk_api.post("/customers", {"first_name": "x", "commission_reduction": "5"}),
        clerk_api.post("/customers/actions/deactivate", {"ids": [made["id"]]}),
    ):
        assert_problem(answer, 403, "not_allowed")
    assert api.get(path).json() == made
    assert Customer.objects.count() == 1


def test_group_by_name(api: ApiClient) -> None:
    group = api.post("/groups", {"name": "Trade"})
    assert group.status_code == 201
    assert api.get("/groups").json()["items"] == [group.json()]
    assert make(api, first_name="Ada", group="trade")["group"] == "Trade"
    refused = api.post("/customers", {"first_name": "Bob", "group": "Nope"})
    assert json.loads(refused.content)["errors"][0]["field"] == "group"
