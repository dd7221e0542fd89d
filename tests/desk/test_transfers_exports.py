"""Taking customers out: what is seen, what was picked, everybody; in which columns and format; and who may."""

import csv
import io
import json
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from regulars.customers import services
from regulars.resources.resource import get_resource
from regulars.transfers.models import Export, SavedExport
from regulars.transfers.services import kept
from tests.desk.importing import EVERYBODY
from tests.factories import NOW, make_customer
from tests.people import Someone, client_of

pytestmark = pytest.mark.usefixtures("files")
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


@pytest.mark.parametrize(("who", "status"), EVERYBODY)
def test_who_may(people: dict[str, Any], who: str, status: int, request: pytest.FixtureRequest) -> None:
    client = client_of(who, request)
    assert client.get(URL).status_code == status
    answer = client.post(URL, {"download": "1"})
    assert answer.status_code == status
    if status == 200:
        assert rows_of(answer)
    assert Export.objects.count() == (1 if status == 200 else 0)
    saving = client.post(f"{URL}save/", {"create": "1", "name": "Mine", "schedule": "none", "hour": "6",
                                         "weekday": "1", "month_day": "1"})  # fmt: skip
    assert saving.status_code == (302 if status == 200 else status)
    assert SavedExport.objects.count() == (1 if status == 200 else 0)


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
    assert Export.objects.get().scope == "all"


def test_picked_rows_only(people: dict[str, Any], manager: Someone) -> None:
    ids = [str(people[name].pk) for name in ("Ada", "Cem")]
    page = manager.client.post(URL, {"id": ids}).content.decode()
    assert "The 2 picked rows" in page and ids[0] in page and not Export.objects.exists()
    rows = rows_of(
        manager.client.post(URL, {"id": ids, "download": "1", "scope": "picked", "sort": "number"})
    )
    assert [row["first_name"] for row in rows] == ["Ada", "Cem"]


def test_rows_of_another_store_stay_there(people: dict[str, Any], other_owner: Someone) -> None:
    asked = {"id": [str(people["Ada"].pk)], "download": "1", "scope": "picked"}
    answer = other_owner.client.post("/desk/other/customers/export/", asked)
    assert answer.status_code == 409 and "do not exist any more" in answer.content.decode()
    assert not Export.objects.exists()


@pytest.mark.parametrize("where", ["country =", "nothing = 1", "spent > lots"])
def test_a_damaged_query_is_refused_before_anything_is_sent(
    people: dict[str, Any], manager: Someone, where: str
) -> None:
    assert manager.client.post(URL, {"where": where, "download": "1"}).status_code == 422


def test_marked_for_excel(people: dict[str, Any], manager: Someone) -> None:
    answer = manager.client.post(URL, {"download": "1", "excel": "1"})
    assert b"".join(answer.streaming_content).startswith(b"\xef\xbb\xbf")


def test_chosen_columns_in_their_order_also_without_scripts(people: dict[str, Any], manager: Someone) -> None:
    chosen = {"which": "chosen", "pick": ["city", "email", "number"], "scope": "query"}
    page = manager.client.post(URL, chosen | {"move": "number:up"}).content.decode()
    at = [page.index(f'name="pick" value="{name}"') for name in ("city", "number", "email")]
    assert at == sorted(at) and not Export.objects.exists()
    rows = rows_of(manager.client.post(URL, chosen | {"download": "1"}))
    assert list(rows[0]) == ["city", "email", "number"]
    none = manager.client.post(URL, {"which": "chosen", "download": "1"})
    assert none.status_code == 422 and "Tick at least one column" in none.content.decode()


def test_a_preset_and_json_lines(people: dict[str, Any], manager: Someone) -> None:
    answer = manager.client.post(
        URL, {"which": "preset", "preset": "mailchimp", "format": "jsonl", "download": "1", "reason": "News"}
    )
    first = json.loads(b"".join(answer.streaming_content).splitlines()[0])
    assert "Email Address" in first
    assert "mailchimp" in answer.headers["Content-Disposition"] and Export.objects.get().reason == "News"


def test_a_format_that_does_not_stream_is_kept(
    people: dict[str, Any], manager: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = manager.client.post(URL, {"format": "xlsx", "download": "1"})
    made = Export.objects.get()
    assert answer["Location"] == f"/desk/shop/exports/{made.pk}/file/"
    fetched = manager.client.get(answer["Location"])
    assert (
        b"".join(fetched.streaming_content).startswith(b"PK")
        and fetched["Content-Disposition"].count("xlsx") == 2
    )
    monkeypatch.setattr(kept, "AT_ONCE", 1)
    answer = manager.client.post(URL, {"format": "xlsx", "download": "1"})
    waiting = manager.client.get(answer["Location"]).content.decode()
    assert "The file is being made" in waiting and "/discard/" in waiting and "Download" not in waiting


def test_errors_keep_the_form(people: dict[str, Any], manager: Someone) -> None:
    answer = manager.client.post(
        URL,
        {"which": "preset", "preset": "nothing", "reason": "For the audit", "scope": "all", "download": "1"},
    )
    page = answer.content.decode()
    assert answer.status_code == 422 and "There is no preset" in page and "For the audit" in page
    assert manager.client.post(URL, {"format": "exe", "download": "1"}).status_code == 422
    assert not Export.objects.exists()


def test_the_preview_shows_the_first_rows_and_nothing_hidden(
    people: dict[str, Any], manager: Someone
) -> None:
    field = get_resource("customers")._fields["email"]
    part = {"HX-Request": "true"}
    asked = {"which": "chosen", "pick": ["first_name", "email"], "where": "country = FR"}
    shown = manager.client.post(URL, asked, headers=part).content.decode()
    assert "ada@shop.test" in shown and "2 rows, 2 columns" in shown and "<html" not in shown
    object.__setattr__(field, "permission", "store.manage")
    try:
        hidden = manager.client.post(URL, asked, headers=part).content.decode()
        assert "ada@shop.test" not in hidden and "Ada" in hidden
        rows = rows_of(manager.client.post(URL, asked | {"download": "1"}))
        assert list(rows[0]) == ["first_name"]
    finally:
        object.__setattr__(field, "permission", "")


def test_the_page_asks_no_more_when_there_are_more(
    people: dict[str, Any], manager: Someone, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    manager.client.get(URL)
    for _more in range(2):
        with django_assert_max_num_queries(40):
            manager.client.get(URL)
        for number in range(20):
            make_customer(manager.store, first_name=f"More{number}")
