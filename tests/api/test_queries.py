"""`POST …/query/check` and `GET …/why`: what a query means, and why a customer is in it or not."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from regulars.api import queries
from regulars.kit.ids import new_id
from regulars.staff.choices import Role
from regulars.stores.models import Store
from tests.api.conftest import ApiClient, token_of
from tests.factories import make_customer

pytestmark = pytest.mark.django_db
CHECK = "/customers/query/check"
Clients = Callable[[Role], ApiClient]


@pytest.fixture
def ada(store: Store) -> Any:
    make_customer(store, first_name="Bob", country="DE", tags=["vip"])
    return make_customer(store, first_name="Ada", country="FR", tags=["vip"])


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER, Role.CLERK, Role.VIEWER])
def test_everybody_who_sees_customers_may_ask(client_of: Clients, ada: Any, role: Role) -> None:
    answer = client_of(role).post(CHECK, {"where": " tag=vip  AND  not country is FR "})
    assert answer.status_code == 200
    assert answer.json() == {
        "where": "tag = vip and not country = FR",
        "tree": {
            "and": [
                {"field": "tag", "operator": "=", "values": ["vip"]},
                {"not": {"field": "country", "operator": "=", "values": ["FR"]}},
            ]
        },
        "explain": "Has the tag vip and country is not France or is empty",
        "parts": answer.json()["parts"],
        "count": 1,
        "estimated": False,
    }
    assert [part["words"] for part in answer.json()["parts"]["parts"]] == [
        "Has the tag vip",
        "Country is not France or is empty",
    ]


def test_a_tree_is_the_same_query(client_of: Clients, ada: Any) -> None:
    client = client_of(Role.VIEWER)
    by_text = client.post(CHECK, {"where": "has no orders (total > 100) or anniversary(birthdate) = today"})
    by_tree = client.post(CHECK, {"tree": by_text.json()["tree"]})
    assert by_tree.json() == by_text.json()
    assert by_text.json()["count"] == 2


def test_the_empty_query_means_everybody(client_of: Clients, ada: Any) -> None:
    for body in ({"where": ""}, {"tree": {"and": []}}):
        answer = client_of(Role.VIEWER).post(CHECK, body)
        assert (answer.json()["explain"], answer.json()["count"]) == ("All customers", 2)


@pytest.mark.parametrize(
    ("body", "detail", "place"),
    [
        ({"where": "contry = FR"}, "Did you mean “country”?", (0, 6)),
        ({"where": "country is FR and spent > lots"}, "is not a number", (26, 4)),
        ({"where": "country contain FR"}, "Did you mean “contains”?", (8, 7)),
        ({"where": "aniversary(birthdate) = today"}, "Did you mean “anniversary”?", (0, 10)),
        ({"where": "has order"}, "Did you mean “orders”?", (4, 5)),
        ({"where": "has orders (has notes)"}, "cannot stand inside", (16, 5)),
        ({"where": "has orders (color = red)"}, "one can ask: placed, total", (12, 5)),
        ({"where": "x" * 4001}, "longer than 4000", (0, 0)),
        ({"where": " and ".join(["has orders"] * 11)}, "more than 10 times", (154, 6)),
        ({"where": "created < 9999-12-31"}, "too far away", (10, 10)),
        ({"tree": {"field": "country"}}, "none of", (0, 0)),
        ({"tree": {"field": "country", "operator": "~", "values": ["FR"]}}, "no operator", (0, 0)),
        ({"tree": [1]}, "none of", (0, 0)),
        ({"tree": {"and": [{"or": 1}]}}, "none of", (0, 0)),
    ],
)
def test_says_what_is_wrong_and_where(
    client_of: Clients, ada: Any, body: dict[str, Any], detail: str, place: tuple[int, int]
) -> None:
    answer = client_of(Role.VIEWER).post(CHECK, body)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    found = answer.json()
    assert detail in found["detail"]
    assert (found["position"], found["length"]) == place


@pytest.mark.parametrize("body", [{}, {"where": "", "tree": {}}, {"were": ""}, {"where": 3}, {"where": None}])
def test_asks_for_one_query(client_of: Clients, body: dict[str, Any]) -> None:
    assert client_of(Role.VIEWER).post(CHECK, body).status_code == 422


def test_says_why(client_of: Clients, ada: Any) -> None:
    answer = client_of(Role.VIEWER).get(f"/customers/{ada.pk}/why", where="country = FR and has no notes")
    assert answer.status_code == 200
    found = answer.json()
    assert found["holds"] is True
    assert [(part["words"], part["holds"], part["value"]) for part in found["parts"]] == [
        ("Country is France", True, "France"),
        ("Has no notes", True, "0 notes"),
    ]


def test_other_stores_and_strangers_hear_nothing(client_of: Clients, other_store: Store, ada: Any) -> None:
    elsewhere = ApiClient(token_of(other_store, Role.OWNER))
    assert elsewhere.get(f"/customers/{ada.pk}/why", where="").status_code == 404
    assert elsewhere.post(CHECK, {"where": ""}).json()["count"] == 0
    assert client_of(Role.OWNER).get(f"/customers/{new_id()}/why", where="").status_code == 404
    assert client_of(Role.OWNER).get("/customers/nobody/why", where="").status_code == 404
    assert client_of(Role.OWNER).get(f"/customers/{ada.pk}/why", were="").status_code == 422
    stranger = Client()
    assert stranger.get(f"/api/v1/customers/{ada.pk}/why").status_code == 401
    assert stranger.post(f"/api/v1{CHECK}", {}, content_type="application/json").status_code == 401


def test_a_question_that_takes_too_long_is_ended(
    client_of: Clients, ada: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*args: Any, **kwargs: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 10")
            cursor.execute("SELECT pg_sleep(5)")

    monkeypatch.setattr(queries, "explain", slow)
    answer = client_of(Role.OWNER).post(CHECK, {"where": "country = FR"})
    assert answer.status_code == 422
    assert answer.json()["code"] == "too_slow"
    assert "takes too long" in answer.json()["detail"]
