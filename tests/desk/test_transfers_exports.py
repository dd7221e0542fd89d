"""Taking customers out: what is seen, what was picked, everybody; and who may."""

import csv
import io
from typing import Any

import pytest
from django.test import Client

from regulars.customers import services
from regulars.transfers.models import Export
from tests.factories import NOW
from tests.people import Someone

URL = "/desk/shop/customers/export/"


@pytest.fixture
def people(owner: Someone) -> dict[str, Any]:
    """Three customers of two countries, one of them archived."""
    made = {
        name: services.create_customer(
            store=owner.store,
            values={"first_name": name, "country": country, "email": f"{name.lower()}@shop.test"},
            actor=owner.actor,
            now=NOW,
        )
        for name, country in (("Ada", "FR"), ("Bea", "FR"), ("Cem", "TR"))
    }
    services.archive_customers(
        store=owner.store, ids=[made["Cem"].pk], inputs={}, actor=owner.actor, now=NOW, change_set=None
    )
    return made


def rows_of(answer: Any) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def client_of(name: str, request: pytest.FixtureRequest) -> Client:
    found: Someone | Client = request.getfixturevalue(name)
    return found.client if isinstance(found, Someone) else found


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("owner", 200),
        ("manager", 200),
        ("clerk", 403),
        ("viewer", 403),
        ("other_owner", 404),
        ("anonymous", 302),
    ],
)
def test_who_may(people: dict[str, Any], who: str, status: int, request: pytest.FixtureRequest) -> None:
    client = client_of(who, request)
    assert client.get(URL).status_code == status
    answer = client.post(URL, {"download": "1"})
    assert answer.status_code == status
    if status == 200:
        assert rows_of(answer)
    assert Export.objects.count() == (1 if status == 200 else 0)


def test_the_list_as_it_is(people: dict[str, Any], manager: Someone) -> None:
    asked = {
        "where": "country = FR",
        "columns": "email,name",
        "sort": "-name",
        "download": "1",
        "scope": "query",
    }
    answer = manager.client.post(URL, asked)
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="customers-shop-')
    assert "no-store" in answer.headers["Cache-Control"]
    rows = rows_of(answer)
    assert [row["first_name"] for row in rows] == ["Bea", "Ada"]
    assert list(rows[0]) == ["email", "first_name", "last_name"]
    kept = Export.objects.get()
    assert (kept.row_count, kept.actor_name) == (2, manager.actor.name)
    page = manager.client.get("/desk/shop/exports/").content.decode()
    assert "Country is France" in page and manager.actor.name in page


def test_everybody_with_all_columns(people: dict[str, Any], manager: Someone) -> None:
    rows = rows_of(
        manager.client.post(URL, {"where": "country = FR", "download": "1", "scope": "all", "which": "all"})
    )
    assert {row["first_name"] for row in rows} == {"Ada", "Bea", "Cem"}
    assert {"number", "spent", "tags", "note"} <= set(rows[0])


def test_picked_rows_only(people: dict[str, Any], manager: Someone) -> None:
    ids = [str(people[name].pk) for name in ("Ada", "Cem")]
    page = manager.client.post(URL, {"id": ids}).content.decode()
    assert "The 2 picked rows" in page and ids[0] in page and not Export.objects.exists()
    rows = rows_of(manager.client.post(URL, {"id": ids, "download": "1", "scope": "picked"}))
    assert {row["first_name"] for row in rows} == {"Ada", "Cem"}


def test_rows_of_another_store_stay_there(people: dict[str, Any], other_owner: Someone) -> None:
    asked = {"id": [str(people["Ada"].pk)], "download": "1", "scope": "picked"}
    assert other_owner.client.post("/desk/other/customers/export/", asked).status_code == 409
    assert not Export.objects.exists()


@pytest.mark.parametrize("where", ["country =", "nothing = 1", "spent > lots"])
def test_a_damaged_query_is_refused_before_anything_is_sent(
    people: dict[str, Any], manager: Someone, where: str
) -> None:
    assert manager.client.post(URL, {"where": where, "download": "1"}).status_code == 422


def test_marked_for_excel(people: dict[str, Any], manager: Someone) -> None:
    answer = manager.client.post(URL, {"download": "1", "excel": "1"})
    assert b"".join(answer.streaming_content).startswith(b"\xef\xbb\xbf")
