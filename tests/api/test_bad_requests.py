"""Whatever is sent, the API answers with a problem document, never a page and never a 500."""

import base64
import json
from typing import Any

import orjson
import pytest
from django.test import Client

from regulars.customers.models import Customer
from regulars.staff.models import ApiToken
from tests.api.conftest import ApiClient
from tests.api.test_records import assert_problem, make
from tests.people import Someone

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer nope", "Basic YTpi", "Bearer é\x7f", "reg_x"])
def test_refuses_without_a_working_token(store: object, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = Client(raise_request_exception=False).get("/api/v1/customers", headers=headers)
    assert_problem(answer, 401, "unauthorized")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_session_cookie_alone_opens_nothing(owner: Someone) -> None:
    assert_problem(owner.client.get("/api/v1/customers"), 401, "unauthorized")
    answer = owner.client.post("/api/v1/customers", {"first_name": "x"}, content_type="application/json")
    assert_problem(answer, 401, "unauthorized")
    assert not Customer.objects.exists()


def test_no_csrf_token_is_needed(api: ApiClient) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(
        "/api/v1/customers", {"first_name": "x"}, content_type="application/json", headers=api.headers()
    )
    assert answer.status_code == 201


def test_an_ended_token_opens_nothing(api: ApiClient) -> None:
    ApiToken.objects.update(revoked_at="2026-01-01T00:00:00Z")
    assert_problem(api.get("/customers"), 401, "unauthorized")


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1/", "/api/v1/nope", "/api/v2/customers", "/api/v1/customers/", "/api/%00"]
)
def test_unknown_addresses(api: ApiClient, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        assert_problem(api.http.generic(method, path, headers=api.headers()), 404, "not_found")


def test_methods_that_are_not_there(api: ApiClient) -> None:
    answer = api.send("DELETE", "/customers")
    assert_problem(answer, 405, "method_not_allowed")
    assert answer["Allow"] == "GET, POST"


@pytest.mark.parametrize("record_id", ["1", "x" * 300, "..%2f", "%00", "0" * 32, "{}", "'", "é"])
def test_ids_that_are_none(api: ApiClient, record_id: str) -> None:
    assert_problem(api.get(f"/customers/{record_id}"), 404, "not_found")
    assert_problem(api.patch(f"/customers/{record_id}", {"city": "x"}), 404, "not_found")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"null", 400),
        (b"5", 400),
        (b'"x"', 400),
        (b"\xff\xfe", 400),
        (b'{"city": NaN}', 400),
        (b'{"city": "\xff"}', 400),
        (b'{"city": "\\ud800"}', 400),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, 400),
        (b"[" * 100_000, 400),
        (b'{"first_name": {"a": 1}}', 422),
        (b'{"first_name": ["x"]}', 422),
        (b'{"number": 1e400}', 400),
        (b'{"number": ' + b"9" * 400 + b"}", 400),
        (b'{"first_name": "x", "number": 99999999999999999999}', 422),
        (b'{"first_name": "x", "number": -1}', 422),
        (b'{"first_name": "x", "number": 1.5}', 422),
        (b'{"first_name": "x", "number": true}', 422),
        (b'{"first_name": "x", "commission_reduction": 1e300}', 422),
        (b'{"first_name": "x", "commission_reduction": "1e999999"}', 422),
        (b'{"first_name": "x", "commission_reduction": "NaN"}', 422),
        (b'{"first_name": "x", "birthdate": "0000-00-00"}', 422),
        (b'{"first_name": "x", "created": "9999-12-31T23:59:59.999999-23:59"}', 422),
        (b'{"first_name": "x", "created": "0001-01-01T00:00+23:59"}', 422),
        (b'{"first_name": "\\u0000"}', 422),
        (b'{"": "x"}', 422),
        (b'{"first_name": "x", "id": "y"}', 422),
        (b'{"store": "x", "first_name": "x"}', 422),
        (b'{"first_name": "' + b"x" * 101 + b'"}', 422),
        (b'{"first_name":"x","tags":["' + b"x" * 61 + b'"]}', 422),
        (b'{"first_name": "x", "tags": ' + orjson.dumps([str(number) for number in range(300)]) + b"}", 422),
        (b'{"email": "a@b", "phone": "call me"}', 422),
        (b" " * 3_000_000, 413),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_bodies_that_are_wrong(api: ApiClient, body: bytes, status: int) -> None:
    answer = api.http.generic(
        "POST", "/api/v1/customers", body, content_type="application/json", headers=api.headers()
    )
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert not Customer.objects.exists()


def test_forms_are_not_taken(api: ApiClient) -> None:
    answer = api.http.post("/api/v1/customers", {"first_name": "x"}, headers=api.headers())
    assert_problem(answer, 415, "unsupported_media_type")


def test_texts_are_stored_without_what_no_database_holds(api: ApiClient) -> None:
    assert make(api, first_name="A\x00da", tags=["v\x00ip"])["first_name"] == "Ada"


HOSTILE = [
    "\x00",
    "a\x00b",
    "'; drop table x; --",
    "%",
    "_",
    "\\",
    "‮",
    "𝕏" * 100,
    "9" * 400,
    "1e999999",
    "-1",
    "NaN",
    "Infinity",
    "0x10",
    "١٢",
    "9999-12-31",
    "-99999y",
    "+99999d",
    "0001-01-01",
    "null",
    "()",
    "$$",
    "{{7*7}}",
    " ",
    "\u3000",
    "½",
    "²",
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text)[:20])
def test_hostile_texts_in_search_and_conditions(api: ApiClient, text: str) -> None:
    make(api, first_name="Ada", phone="+33612345678", birthdate="1985-04-23", tags=["vip"])
    quoted = json.dumps(text, ensure_ascii=False)
    asked = [
        {"q": text},
        {"where": text},
        {"where": f"name = {quoted}"},
        {"sort": text},
        {"columns": text},
        {"tab": text},
    ]
    for params in asked:
        answer = api.get("/customers", **params)
        assert answer.status_code in (200, 422), (params, answer.content)
        assert answer["Content-Type"] in ("application/json", "application/problem+json")


CURSORS: list[Any] = [
    [],
    {},
    "x",
    [0],
    [0, None, "x"],
    [0, None, None],
    [99, None, "0" * 32],
    [-1, None, "0" * 32],
    [0, 10**18, "0" * 32],
    [0, [], "0" * 32],
    [0, {"a": 1}, "0" * 32],
    [0, "\x00", "0" * 32],
    [0, "x", "0" * 32],
    [0, None, "0" * 32],
    [0, True, "0" * 32],
    [10**18, 1, "0" * 32],
    [0, "9" * 400, "0" * 32],
    [0, 1e300, "0" * 32],
    [0, "2026-01-01", "0" * 32],
    ["0", "2026-01-01", "0" * 32],
    [1, None, "0" * 32],
]


@pytest.mark.parametrize(
    "sort", ["", "number", "-spent", "name", "birthdate", "-average_order", "last_order"]
)
def test_hostile_cursors(api: ApiClient, sort: str) -> None:
    make(api, first_name="Ada", birthdate="1985-04-23")
    for cursor in CURSORS:
        written = base64.urlsafe_b64encode(orjson.dumps(cursor)).decode()
        for name in ("after", "before"):
            answer = api.get("/customers", sort=sort, **{name: written})
            assert answer.status_code in (200, 422), (cursor, answer.content)


@pytest.mark.parametrize("match", ["x", '"x"', "1.5", '"99999999999"', "-1"])
def test_if_match_that_is_no_version(api: ApiClient, match: str) -> None:
    made = make(api, first_name="Ada")
    assert_problem(api.patch(f"/customers/{made['id']}", {"city": "x"}, If_Match=match), 422, "invalid")
    for version in ("1", 1.5, True, -1, []):
        assert_problem(
            api.patch(f"/customers/{made['id']}", {"city": "x", "version": version}), 422, "invalid"
        )


def test_a_body_with_very_many_keys_is_refused_at_once(api: ApiClient) -> None:
    answer = api.post("/customers", {f"key{number}": 1 for number in range(5000)})
    assert_problem(answer, 400, "bad_request")
    assert not Customer.objects.exists()


@pytest.mark.parametrize("day", ["9999-12-31", "2020-01-01xyz", "2020-01-01 25:00", "2020-02-30"])
def test_a_day_on_which_nobody_was_born_is_refused(api: ApiClient, day: str) -> None:
    assert_problem(api.post("/customers", {"first_name": "Ada", "birthdate": day}), 422, "invalid")
    assert not Customer.objects.exists()
