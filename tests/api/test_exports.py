"""Exports by API: streamed or made by the worker, the ledger, and who may."""

import errno
import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.storage import FileSystemStorage

from regulars.api.urls import openapi
from regulars.jobs.services import execute_run
from regulars.transfers.models import Export, ExportFetch
from regulars.transfers.services import kept
from regulars.transfers.writing import FORMATS
from tests.api.conftest import ApiClient
from tests.api.test_records import assert_problem, make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files")]


def fill(api: ApiClient) -> list[str]:
    return [make(api, first_name=f"N{at}", country=("FR", "DE")[at % 2])["id"] for at in range(4)]


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize(
    ("suffix", "first"),
    [("csv", b"number,first_name\r\n"), ("tsv", b"number\tfirst_name\r\n"), ("jsonl", b'{"number":3')],
)
def test_streams_text(api: ApiClient, suffix: str, first: bytes) -> None:
    fill(api)
    asked = {"where": "country = FR", "columns": "number,first_name", "sort": "-number"}
    answer = api.get(f"/customers/export.{suffix}", **asked)
    assert answer.streaming and FORMATS[suffix].content_type == answer["Content-Type"]
    raw = body_of(answer)
    assert raw.startswith(first) and b"N0" in raw and b"N1" not in raw
    assert Export.objects.get().row_count == 2
    assert api.get("/customers/export.xlsx").status_code == 404


def test_makes_a_file_that_is_fetched(api: ApiClient, other_api: ApiClient, clerk_api: ApiClient) -> None:
    fill(api)
    asked = {
        "where": "country = FR",
        "columns": ["first_name", "country"],
        "format": "xlsx",
        "reason": "Audit",
    }
    taken = api.post("/exports", asked)
    assert taken.status_code == 202, taken.content
    made = taken.json()
    path = taken["Location"].removeprefix("/api/v1")
    assert (made["state"], made["rows"], made["columns"], made["reason"]) == (
        "ready", 2, ["first_name", "country"], "Audit")  # fmt: skip
    assert made == api.get(path).json()
    raw = body_of(api.get(f"{path}/file"))
    assert raw.startswith(b"PK") and len(raw) == made["size"]
    assert api.get(path).json()["fetched"] == ExportFetch.objects.count() == 1
    for stranger, status in ((other_api, 404), (clerk_api, 403)):
        assert stranger.get(path).status_code == status
        assert stranger.get(f"{path}/file").status_code == status
    assert clerk_api.get("/exports").status_code == 403 and other_api.get("/exports").json()["items"] == []
    assert clerk_api.post("/exports", asked).status_code == 403
    assert api.get(f"/exports/{uuid4()}").status_code == api.get("/exports/x/file").status_code == 404


def test_large_ones_are_made_by_the_worker(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "AT_ONCE", 1)
    fill(api)
    made = api.post("/exports", {"format": "jsonl"}).json()
    assert (made["state"], made["file"]) == ("making", None)
    assert api.get(f"/exports/{made['id']}/file").status_code == 404
    execute_run(run_id=UUID(made["run"].rpartition("/")[2]))
    done = api.get(f"/exports/{made['id']}").json()
    assert (done["state"], done["rows"]) == ("ready", 4)
    lines = body_of(api.get(done["file"].removeprefix("/api/v1"))).splitlines()
    assert {json.loads(line)["first_name"] for line in lines} == {"N0", "N1", "N2", "N3"}


def test_picked_records_and_presets(api: ApiClient) -> None:
    ids = fill(api)
    made = api.post("/exports", {"ids": ids[:2], "preset": "shopify", "sort": "number"}).json()
    raw = body_of(api.get(f"/exports/{made['id']}/file")).decode()
    assert raw.splitlines()[0].startswith("Customer ID,First Name") and len(raw.splitlines()) == 3
    assert (made["scope"], made["preset"]) == ("picked", "shopify")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"format": "exe"}, 422), ({"columns": ["nothing"]}, 422), ({"columns": "email"}, 422), ({"ids": []}, 422),
        ({"ids": ["x"]}, 422), ({"where": "nothing = 1"}, 422), ({"preset": "nothing"}, 422), ({"recipient": "x"}, 422),
        ({"ids": [str(UUID(int=1))], "where": ""}, 422), ({"ids": [str(UUID(int=1))]}, 409), ({"resource": "x"}, 404),
        ({"byte_order_mark": "yes"}, 422), ({"reason": 5}, 422),
    ],
    ids=repr,
)  # fmt: skip
def test_what_cannot_be_made_is_refused(api: ApiClient, body: dict[str, Any], status: int) -> None:
    fill(api)
    answer = api.post("/exports", body)
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json" and not Export.objects.exists()


def test_the_ledger_by_pages_and_filter(api: ApiClient) -> None:
    fill(api)
    made = [api.post("/exports", {"format": name}).json()["id"] for name in ("csv", "tsv", "csv")]
    first = api.get("/exports", limit=2).json()
    assert [one["id"] for one in first["items"]] == made[:0:-1]
    rest = api.get(first["next"].removeprefix("/api/v1")).json()
    assert [one["id"] for one in rest["items"]] == made[:1] and rest["next"] is None
    assert [one["id"] for one in api.get("/exports", format="tsv").json()["items"]] == [made[1]]
    assert api.get("/exports", since="2999-01-01T00:00:00Z").json()["items"] == []
    for wrong in (
        {"since": "soon"},
        {"actor": "x"},
        {"before": "x"},
        {"format": "exe"},
        {"limit": "0"},
        {"x": "1"},
    ):
        assert_problem(api.get("/exports", **wrong), 422, "invalid")


def test_a_full_disk_is_a_problem_of_its_own(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_asked: Any) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "save", full)
    assert_problem(api.post("/exports", {"format": "xlsx"}), 507, "no_space")


def test_the_file_of_an_export_is_described_in_every_format() -> None:
    described = openapi()["paths"]["/api/v1/exports/{export_id}/file"]["get"]["responses"]["200"]["content"]
    assert set(described) == {one.content_type.partition(";")[0] for one in FORMATS.values()}
