"""Imports and exports by API."""

from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from regulars.customers.models import Customer
from regulars.jobs.services import execute_run
from tests.api.conftest import ApiClient
from tests.api.test_records import assert_problem, make

pytestmark = pytest.mark.django_db
CSV = "First name,E-mail,Colour\nZoe,zoe@example.com,red\nBad,nope,blue\n"


def send(api: ApiClient, content: bytes | str, content_type: str = "text/csv"):
    return api.http.generic(
        "POST", "/api/v1/imports?filename=list.csv", content, content_type=content_type, headers=api.headers()
    )


def test_checks_and_runs_a_file(api: ApiClient, other_api: ApiClient, clerk_api: ApiClient) -> None:
    taken = send(api, CSV)
    assert taken.status_code == 202, taken.content
    path = taken["Location"].removeprefix("/api/v1")
    run = UUID(taken.json()["run"].rpartition("/")[2])
    assert_problem(api.post(f"{path}/run"), 409, "wrong_state")
    execute_run(run_id=run)
    checked = api.get(path).json()
    assert (checked["state"], checked["counts"]["new"], checked["counts"]["failed"]) == ("checked", 1, 1)
    assert checked["failures"][0]["line"] == 3 and checked["failures"][0]["column"] == "E-mail"
    assert not Customer.objects.exists()
    for stranger, status in ((other_api, 404), (clerk_api, 403)):
        assert stranger.get(path).status_code == status
        assert stranger.post(f"{path}/run").status_code == status
        assert stranger.get(f"{path}/failed.csv").status_code == status
    assert send(clerk_api, CSV).status_code == 403
    started = api.post(f"{path}/run").json()
    execute_run(run_id=UUID(started["run"].rpartition("/")[2]))
    done = api.get(path).json()
    assert (done["state"], done["counts"]["new"]) == ("done", 1)
    failed = b"".join(api.get(f"{path}/failed.csv").streaming_content).decode()
    assert failed.startswith("First name,E-mail,Colour,error\r\nBad,nope,blue,")
    assert Customer.objects.get().email == "zoe@example.com"
    assert_problem(api.post(f"{path}/cancel"), 409, "wrong_state")


def test_takes_a_form_part_too(api: ApiClient) -> None:
    file = SimpleUploadedFile("customers.csv", CSV.encode(), content_type="text/csv")
    taken = api.http.post("/api/v1/imports", {"file": file}, headers=api.headers())
    assert taken.status_code == 202
    assert taken.json()["file_name"] == "customers.csv"
    assert_problem(
        api.http.post("/api/v1/imports", {"files": "x"}, headers=api.headers()), 400, "bad_request"
    )


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00" * 100, b"\xff\xfe", b"colour,size\nred,5\n", b'"', b"PK\x03\x04" + b"x" * 500],
    ids=repr,
)
def test_refuses_files_that_are_none(api: ApiClient, content: bytes) -> None:
    answer = send(api, content)
    assert 400 <= answer.status_code < 500, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert_problem(send(api, b"%PDF", "application/pdf"), 415, "unsupported_media_type")


def test_exports_a_query_in_its_columns_and_order(api: ApiClient, clerk_api: ApiClient) -> None:
    for number in range(3):
        make(api, first_name=f"N{number}", note="=1+1", country="FR" if number else "DE")
    answer = api.get("/customers/export.csv", where="country = FR", columns="number,note", sort="-number")
    assert answer["Content-Type"].startswith("text/csv")
    assert b"".join(answer.streaming_content) == b"number,note\r\n3,'=1+1\r\n2,'=1+1\r\n"
    assert_problem(api.get("/customers/export.csv", where="contry = FR"), 422, "query")
    assert_problem(api.get("/customers/export.csv", limit=5), 422, "invalid")
    assert_problem(clerk_api.get("/customers/export.csv"), 403, "not_allowed")
