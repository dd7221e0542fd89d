"""Imports by API: mapped by a plan, looked at row by row, mended, settled, run and taken back."""

import io
import zipfile
from typing import Any
from uuid import UUID

import openpyxl
import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from regulars.customers.models import Customer
from regulars.jobs.services import execute_run
from regulars.kit import fetch
from regulars.kit.actor import system
from regulars.staff import services as staff_services
from regulars.staff.choices import Role
from regulars.staff.models import ApiToken
from regulars.stores.models import Store
from regulars.transfers.models import Import, Profile
from tests.api.conftest import ApiClient
from tests.api.test_records import assert_problem, make
from tests.factories import NOW

pytestmark = pytest.mark.django_db
CSV = "Who,Mail,Where\nAda Martin,ada@example.com,FR\nBad,nope,FR\nBob Costa,bob@example.com,PT\n"
PLAN = {"columns": {"Who": "name", "Mail": "email", "Where": "country"}}


def bring(api: ApiClient, content: bytes | str = CSV, content_type: str = "text/csv", **params: str) -> Any:
    query = "&".join(f"{name}={value}" for name, value in params.items())
    return api.http.generic(
        "POST", f"/api/v1/imports?{query}", content, content_type=content_type, headers=api.headers()
    )


def bring_form(api: ApiClient, plan: Any, content: str = CSV, query: str = "", **headers: str) -> Any:
    file = SimpleUploadedFile("customers.csv", content.encode(), content_type="text/csv")
    text = plan if isinstance(plan, str) else orjson.dumps(plan).decode()
    sent = api.headers() | {name.replace("_", "-"): value for name, value in headers.items()}
    return api.http.post(f"/api/v1/imports?{query}", {"file": file, "plan": text}, headers=sent)


def work(answer: Any) -> str:
    """Do what the answer's run does, and give the address of the import."""
    assert answer.status_code in (200, 202), answer.content
    execute_run(run_id=UUID(answer.json()["run"].rpartition("/")[2]))
    return f"/imports/{answer.json()['id']}"


def put(api: ApiClient, path: str, body: Any) -> Any:
    return api.send("PUT", path, body)


def delete(api: ApiClient, path: str) -> Any:
    return api.send("DELETE", path)


def test_a_file_is_planned_checked_mended_run_and_taken_back(api: ApiClient) -> None:
    waiting = bring(api, wait="true").json()
    assert (waiting["state"], waiting["run"]) == ("mapping", None)
    path = f"/imports/{waiting['id']}"
    planned = put(api, f"{path}/plan", PLAN | {"tags": "spring", "defaults": {"city": "Lyon"}})
    assert planned.status_code == 200, planned.content
    assert [one["field"] for one in planned.json()["columns"]] == ["name", "email", "country"]
    assert planned.json()["plan"]["tags"] == "spring"
    work(api.post(f"{path}/check"))
    checked = api.get(path).json()
    assert checked["state"] == "checked"
    assert (checked["counts"]["new"], checked["counts"]["failed"]) == (2, 1)
    rows = api.get(f"{path}/rows").json()
    assert [(row["line"], row["verdict"]) for row in rows["items"]] == [(2, "new"), (3, "failed"), (4, "new")]
    first = rows["items"][0]
    assert first["after"]["first_name"] == "Ada" and first["after"]["tags"] == ["spring"]
    assert first["after"]["city"] == "Lyon" and first["before"] == {}
    assert first["cells"] == {"Who": "Ada Martin", "Mail": "ada@example.com", "Where": "FR"}
    mended = api.patch(f"{path}/rows/3", {"cells": {"Mail": "good@example.com"}})
    assert (mended.status_code, mended.json()["verdict"], mended.json()["edited"]) == (200, "new", True)
    assert api.patch(f"{path}/rows/4", {"choice": "skip"}).json()["verdict"] == "skipped"
    assert not Customer.objects.exists()
    work(api.post(f"{path}/run"))
    done = api.get(path).json()
    assert (done["state"], done["counts"]["new"], done["counts"]["skipped"]) == ("done", 2, 1)
    assert sorted(Customer.objects.values_list("email", flat=True)) == ["ada@example.com", "good@example.com"]
    undone = api.post(f"/changes/{done['change_set']}/undo")
    assert undone.status_code == 200 and undone.json()["done"] == 2


def test_what_a_row_changes_is_told_by_field_as_the_role_sees_it(api: ApiClient) -> None:
    make(api, first_name="Ada", email="ada@example.com", city="Paris", tags=["vip"])
    content = "email,city,phone,group,tags\nada@example.com,Lyon,06 12 34 56 78,Retail,new\n"
    path = work(bring_form(api, {"policies": {"tags": "append"}, "phone_country": "FR"}, content))
    (row,) = api.get(f"{path}/rows", verdict="changed").json()["items"]
    assert row["before"] == {"city": "Paris", "phone": "", "tags": ["vip"]} | {
        name: value for name, value in row["before"].items() if name == "group"
    }
    assert row["after"] == {
        "city": "Lyon",
        "phone": "+33612345678",
        "group": "Retail",
        "tags": ["vip", "new"],
    }
    assert row["record"] == str(Customer.objects.get().pk)
    for name in ("new", "clash", "failed", "skipped", "same"):
        assert api.get(f"{path}/rows", verdict=name).json()["items"] == []


def test_parameters_of_the_address_plan_too(api: ApiClient) -> None:
    make(api, first_name="Ada", email="ada@example.com")
    content = "email,city\nada@example.com,Lyon\nnew@example.com,Nice\n"
    for mode, counts in (("create", (1, 0, 1)), ("update", (0, 1, 1))):
        path = work(bring(api, content, mode=mode, match="email", tags="a", phone_country="fr"))
        found = api.get(path).json()
        assert (found["counts"]["new"], found["counts"]["changed"], found["counts"]["skipped"]) == counts
        assert (found["plan"]["mode"], found["plan"]["match"]) == (mode, ["email"])
        assert found["plan"]["phone_country"] == "FR"


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        ({"mode": "everything"}, "mode"),
        ({"colums": {}}, "colums"),
        ({"columns": {"Nope": "email"}}, "columns"),
        ({"columns": {"Mail": "nope"}}, "columns"),
        ({"columns": []}, "columns"),
        ({"policies": {"city": "double"}}, "policies"),
        ({"policies": {"nope": "fill"}}, "policies"),
        ({"match": ["shoe_size"]}, "match"),
        ({"match": "email"}, "match"),
        ({"found": {"archived": "eat"}}, "found"),
        ({"twins": "x"}, "twins"),
        ({"steps": {"Who": [{"step": "dance"}]}}, "steps"),
        ({"steps": {"Who": "dance"}}, "steps"),
        ({"defaults": {"nope": "x"}}, "defaults"),
        ({"phone_country": "Narnia"}, "phone_country"),
        ({"mode": 5}, "mode"),
        ("[1]", "plan"),
        ("{", "plan"),
        ("5", "plan"),
    ],
)
def test_a_plan_that_means_nothing_is_refused_by_name(api: ApiClient, plan: Any, field: str) -> None:
    answer = bring_form(api, plan)
    assert assert_problem(answer, 422, "invalid")["errors"][0]["field"] == field
    if isinstance(plan, dict):
        path = f"/imports/{bring(api, 'name,Mail,Who' + chr(10) + 'Ada,a@example.com,x', wait='true').json()['id']}"
        assert assert_problem(put(api, f"{path}/plan", plan), 422, "invalid")["errors"][0]["field"] == field


def test_takes_every_format_as_a_body_and_as_a_form_part(api: ApiClient) -> None:
    book = openpyxl.Workbook()
    book.active.append(["email", "first_name"])
    book.active.append(["ada@example.com", "Ada"])
    other = book.create_sheet("Others")
    other.append(["email", "first_name"])
    other.append(["bob@example.com", "Bob"])
    xlsx, zipped = io.BytesIO(), io.BytesIO()
    book.save(xlsx)
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("people.csv", "email\nada@example.com\n")
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    for content, kind in (
        (xlsx.getvalue(), sheet),
        (zipped.getvalue(), "application/zip"),
        (b'{"email": "ada@example.com"}\n', "application/x-ndjson"),
        (b"email\tcity\nada@example.com\tLyon\n", "text/tab-separated-values"),
        (xlsx.getvalue(), "application/octet-stream"),
    ):
        path = work(bring(api, content, kind))
        assert api.get(path).json()["counts"]["new"] == 1, kind
    waiting = bring(api, xlsx.getvalue(), sheet, wait="true").json()
    assert (waiting["format"], waiting["sheets"], waiting["sheet"]) == ("xlsx", ["Sheet", "Others"], "Sheet")
    path = f"/imports/{waiting['id']}"
    assert_problem(api.post(f"{path}/sheet", {"sheet": "Nope"}), 422, "invalid")
    assert api.post(f"{path}/sheet", {"sheet": "Others"}).json()["columns"][0]["samples"] == [
        "bob@example.com"
    ]


def test_an_address_is_fetched_and_a_private_one_refused(
    api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for url in ("http://127.0.0.1/a.csv", "http://169.254.169.254/latest/meta-data/", "http://[::1]:8080/"):
        found = assert_problem(api.post("/imports", {"url": url}), 422, "not_fetched")
        assert found["errors"][0]["field"] == "url" and "private" in found["detail"]
    for body in ({}, {"url": ""}, {"url": 5}, {"adress": "x"}, {"plan": {}}):
        assert_problem(api.post("/imports", body), 422, "invalid")

    def fetched(*, url: str, into: Any, limit: int) -> str:
        assert url == "https://files.example/people.csv"
        into.write(CSV.encode())
        return "people.csv"

    monkeypatch.setattr("regulars.transfers.services.fetching.fetch", fetched)
    answer = api.post("/imports", {"url": "https://files.example/people.csv", "plan": PLAN})
    assert answer.json()["file_name"] == "people.csv"
    assert api.get(work(answer)).json()["counts"]["new"] == 2


def test_nothing_is_fetched_for_who_may_not_import(
    clerk_api: ApiClient, viewer_api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "_asked", lambda *asked: pytest.fail("asked"))
    for somebody in (clerk_api, viewer_api):
        assert_problem(somebody.post("/imports", {"url": "https://files.example/a.csv"}), 403, "not_allowed")


def test_clashes_are_settled_one_by_one_or_all(api: ApiClient) -> None:
    make(api, first_name="Ada", last_name="Martin", email="one@example.com")
    make(api, first_name="Bob", last_name="Costa", email="two@example.com")
    content = (
        "email,name\none@example.com,Zoe Other\ntwo@example.com,Max Else\nx@example.com,X\nx@example.com,Y\n"
    )
    path = work(bring(api, content))
    found = api.get(f"{path}/rows", verdict="clash").json()["items"]
    assert [row["line"] for row in found] == [2, 3, 5]
    assert all(row["options"] and row["problems"] for row in found)
    option = found[0]["options"][0]["value"]
    assert api.patch(f"{path}/rows/2", {"choice": option}).json()["verdict"] in ("changed", "new")
    assert_problem(api.patch(f"{path}/rows/3", {"choice": "nonsense"}), 422, "invalid")
    assert api.post(f"{path}/settle", {"verdict": "clash", "choice": "skip"}).json() == {"settled": 2}
    assert api.get(path).json()["counts"]["clash"] == 0
    assert api.patch(f"{path}/rows/3", {"choice": ""}).json()["verdict"] == "clash"


def test_rows_are_paged_and_asked_for_by_verdict(api: ApiClient) -> None:
    content = "email\n" + "".join(f"p{number}@example.com\n" for number in range(25))
    path = work(bring(api, content))
    lines, following = [], f"{path}/rows?limit=10&verdict=new"
    while following:
        page = api.get(following.removeprefix("/api/v1")).json()
        lines += [row["line"] for row in page["items"]]
        following = page["next"]
    assert lines == list(range(2, 27))
    for params in ({"verdict": "good"}, {"after": "x"}, {"after": "-1"}, {"limit": "0"}, {"verdicts": "new"}):
        assert_problem(api.get(f"{path}/rows", **params), 422, "invalid")


@pytest.mark.parametrize(
    "body",
    [{}, {"cells": {"Mail": 5}}, {"cells": []}, {"cells": {"Nope": "x"}}, {"choice": 5}, {"line": 3},
     {"cells": {}, "choice": ""}, {"cells": {"Mail": "x" * 30_000}}],
    ids=repr,
)  # fmt: skip
def test_a_wrong_mend_is_refused_and_changes_nothing(api: ApiClient, body: dict[str, Any]) -> None:
    path = work(bring_form(api, PLAN))
    before = api.get(f"{path}/rows").json()
    assert_problem(api.patch(f"{path}/rows/3", body), 422, "invalid")
    assert api.get(f"{path}/rows").json() == before
    assert_problem(api.patch(f"{path}/rows/99", {"choice": "skip"}), 404, "not_found")
    assert_problem(api.patch(f"{path}/rows/{10**30}", {"choice": "skip"}), 422, "invalid")


def test_profiles_are_kept_used_listed_and_forgotten(api: ApiClient) -> None:
    path = work(bring_form(api, PLAN | {"tags": "kept"}))
    made = api.post(f"{path}/profile", {"name": " Supplier  list "})
    assert (made.status_code, made.json()["name"]) == (201, "Supplier list")
    assert_problem(api.post(f"{path}/profile", {"name": ""}), 422, "invalid")
    (listed,) = api.get("/import-profiles").json()["items"]
    assert listed["id"] == made.json()["id"] and listed["plan"]["tags"] == "kept"
    assert api.get("/import-profiles", resource="blocks").json()["items"] == []
    for wanted in ("supplier%20LIST", listed["id"]):
        again = bring(api, profile=wanted, mode="create").json()
        assert (again["plan"]["tags"], again["plan"]["mode"]) == ("kept", "create")
    assert bring(api).json()["profile"] == "Supplier list"  # proposed for the same headers
    assert_problem(bring(api, profile="other"), 404, "not_found")
    assert delete(api, f"/import-profiles/{listed['id']}").status_code == 204
    assert_problem(delete(api, f"/import-profiles/{listed['id']}"), 404, "not_found")


def test_a_repeated_request_brings_a_file_once(api: ApiClient) -> None:
    answers = [bring_form(api, PLAN, Idempotency_Key="one") for _ in range(2)]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert Import.objects.count() == 1
    assert_problem(bring_form(api, {}, Idempotency_Key="one"), 422, "idempotency_key_reused")
    assert_problem(bring_form(api, {"mode": "x"}, Idempotency_Key="two"), 422, "invalid")
    assert bring_form(api, PLAN, Idempotency_Key="two").status_code == 202  # nothing of the refused one stays


def test_lists_imports_page_by_page(api: ApiClient, other_api: ApiClient) -> None:
    made = [bring(api, wait="true").json()["id"] for _ in range(5)]
    seen, following = [], "/imports?limit=2"
    while following:
        page = api.get(following.removeprefix("/api/v1")).json()
        seen += [one["id"] for one in page["items"]]
        following = page["next"]
    assert seen == made[::-1]
    assert other_api.get("/imports").json()["items"] == []
    assert_problem(api.get("/imports", before="x"), 404, "not_found")
    assert_problem(api.get("/imports", limit="0"), 422, "invalid")


def test_steps_are_refused_where_they_cannot_be_taken(api: ApiClient) -> None:
    path = work(bring_form(api, PLAN))
    assert_problem(api.post(f"{path}/check"), 409, "wrong_state")
    assert_problem(api.post(f"{path}/retry"), 409, "wrong_state")
    assert_problem(api.post(f"{path}/cancel"), 409, "wrong_state")
    assert api.post(f"{path}/discard").json()["state"] == "discarded"
    for answer in (
        api.post(f"{path}/run"),
        put(api, f"{path}/plan", PLAN),
        api.patch(f"{path}/rows/2", {"choice": "skip"}),
    ):
        assert answer.status_code in (404, 409), answer.content


def test_strangers_and_roles_without_the_right_change_nothing(
    api: ApiClient,
    clerk_api: ApiClient,
    viewer_api: ApiClient,
    other_api: ApiClient,
    store: Store,
) -> None:
    path = work(bring_form(api, PLAN))
    profile = api.post(f"{path}/profile", {"name": "Mine"}).json()["id"]
    before = (api.get(path).json(), api.get(f"{path}/rows").json())
    nobody = ApiClient("reg_nonsense")
    for somebody, here, elsewhere in (
        (clerk_api, 403, 403),
        (viewer_api, 403, 403),
        (other_api, 404, 200),
        (nobody, 401, 401),
    ):
        for answer in (
            somebody.get(path),
            somebody.get(f"{path}/rows"),
            put(somebody, f"{path}/plan", PLAN),
            somebody.patch(f"{path}/rows/3", {"choice": "skip"}),
            somebody.post(f"{path}/settle", {"verdict": "failed", "choice": "skip"}),
            somebody.post(f"{path}/sheet", {"sheet": "x"}),
            somebody.post(f"{path}/profile", {"name": "Theirs"}),
            delete(somebody, f"/import-profiles/{profile}"),
            *(somebody.post(f"{path}/{step}") for step in ("check", "run", "cancel", "retry", "discard")),
        ):
            assert answer.status_code == here, (here, answer.content)
            assert answer["Content-Type"] == "application/problem+json"
        assert somebody.get("/imports").status_code == elsewhere
        assert somebody.get("/import-profiles").status_code == elsewhere
        if here in (403, 401):
            assert bring(somebody).status_code == here
    assert (api.get(path).json(), api.get(f"{path}/rows").json()) == before
    assert Profile.objects.get().name == "Mine"
    assert not Customer.objects.exists()


def test_an_owners_token_may_do_it_all(client_of: Any) -> None:
    path = work(bring_form(client_of(Role.OWNER), PLAN))
    assert path


def test_a_token_that_was_ended_does_not_run_what_it_began(api: ApiClient, store: Store) -> None:
    path = work(bring_form(api, PLAN))
    started = api.post(f"{path}/run").json()
    for token in ApiToken.objects.filter(store=store):
        staff_services.revoke_token(store=store, token_id=token.pk, actor=system("Tests"), now=NOW)
    execute_run(run_id=UUID(started["run"].rpartition("/")[2]))
    assert not Customer.objects.exists()
