"""The page on which a person says what the columns of a file become."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.customers.models import Customer
from regulars.jobs.models import Run
from regulars.transfers import queries
from regulars.transfers.choices import ImportState
from regulars.transfers.models import Import, Profile
from regulars.transfers.queries import ImportView
from tests.desk.importing import EVERYBODY, HTMX, bring, bring_and_check, carry_out, checked, text_of
from tests.people import Someone, client_of

CSV = (
    "Full,Mail,Born,Passwort\n"
    "Hopper Grace,grace@shop.test,09.12.1906,secret1\n"
    "Lovelace Ada,ada@shop.test,1.2.1815,x\n"
)


@pytest.fixture
def url(manager: Someone) -> str:
    """The address of the columns of a file that a manager brought."""
    return str(bring(manager, CSV).headers["Location"]) + "columns/"


def view_of(someone: Someone) -> ImportView:
    return queries.get_import(store=someone.store, import_id=Import.objects.latest("created_at").pk)


def post(someone: Someone, url: str, **sent: Any) -> Any:
    return someone.client.post(url, {name.replace("_", "-", 1): value for name, value in sent.items()})


@pytest.mark.parametrize(("who", "status"), EVERYBODY)
def test_who_may_map(url: str, who: str, status: int, request: pytest.FixtureRequest) -> None:
    client = client_of(who, request)
    assert client.get(url).status_code == status
    if status != 200:
        before = list(Import.objects.values()), Run.objects.count()
        for do in ("check", "keep", "use", "forget", "read", "add:0", "remove:0:0", "show:0", "try:0"):
            assert client.post(url, {"do": do, "name": "Mine", "mode": "create"}).status_code == status, do
        assert (list(Import.objects.values()), Run.objects.count()) == before
        assert not Profile.objects.exists()


def test_of_another_store(url: str, other_owner: Someone) -> None:
    there = url.replace("/desk/shop/", "/desk/other/")
    assert other_owner.client.get(there).status_code == 404
    assert other_owner.client.post(there, {"do": "check"}).status_code == 404


def test_the_way_leads_through_the_columns(url: str, manager: Someone) -> None:
    main = url.removesuffix("columns/")
    assert manager.client.get(main).headers["Location"] == url
    assert manager.client.get(main, headers=HTMX).headers["HX-Redirect"] == url
    page = text_of(manager.client, url)
    assert "secrets are never kept" in page and "secret1" not in page
    assert "grace@shop.test" in page and "nothing here is called that" in page
    assert "optgroup" in page and "Check the file" in page and "Nothing is written yet" in page
    assert Run.objects.count() == 0


def test_one_click_checks_what_was_proposed(manager: Someone) -> None:
    bring_and_check(manager, "E-mail,First name\nada@shop.test,Ada\n")
    carry_out()
    assert view_of(manager).counts["new"] == 1 and not Customer.objects.exists()


def test_columns_steps_and_rules_are_kept(url: str, manager: Someone) -> None:
    sent = {
        "do": "check",
        "column-0": "name",
        "step-0-0": "name_order",
        "step-0-0-order": "last first",
        "column-1": "email",
        "column-2": "birthdate",
        "policy-birthdate": "fill",
        "policy-email": "overwrite",
        "mode": "create",
        "match": ["email", "", "phone", "name", "number"],
        "tags": "fair",
        "phone_country": "BE",
        "twins": "last",
        "shared_mail": "apart",
        "found-blocked": "skip",
        "found-archived": "restore",
        "default-field": ["city", "", "country"],
        "default-text": ["Lyon", "x", "FR"],
    }
    assert manager.client.post(url, sent).status_code == 302
    plan = view_of(manager).plan
    assert plan.columns == {"Full": "name"}  # what the others become by themselves is not written down
    assert plan.steps == {"Full": [{"step": "name_order", "order": "last first"}]}
    assert (plan.mode, plan.match, plan.tags, plan.phone_country) == (
        "create",
        ("email", "phone"),
        "fair",
        "BE",
    )
    assert (plan.twins, plan.shared_mail) == ("last", "apart")
    assert plan.policies == {"birthdate": "fill"}
    assert plan.found == {"blocked": "skip", "archived": "restore"}
    assert plan.defaults == {"city": "Lyon", "country": "FR"}
    carry_out()
    page = text_of(manager.client, url.removesuffix("columns/"))
    assert "Grace Hopper" in page and "Lyon" in page and "Change columns" in page
    again = text_of(manager.client, url)
    assert re.search(r'<option value="last first" selected>', again) and "Only if empty" in again
    assert re.search(r'name="default-text" value="Lyon"', again)


def test_a_step_is_added_tried_and_taken_away_without_losing_anything(url: str, manager: Someone) -> None:
    typed = {"column-0": "name", "column-1": "email", "tags": "not yet kept"}
    added = manager.client.post(url, {**typed, "do": "add:0", "add-0": "case"})
    page = added.content.decode()
    assert 'name="step-0-0" value="case"' in page and "not yet kept" in page and "<html" in page
    part = manager.client.post(
        url, {**typed, "step-0-0": "case", "step-0-0-to": "upper", "do": "try:0"}, headers=HTMX
    ).content.decode()
    assert part.strip().startswith("<li") and "HOPPER GRACE" in part and "<html" not in part
    gone = manager.client.post(
        url, {**typed, "step-0-0": "case", "step-0-0-to": "upper", "do": "remove:0:0"}, headers=HTMX
    ).content.decode()
    assert "HOPPER" not in gone and "step-0-0" not in gone
    assert view_of(manager).plan.steps == {} and Run.objects.count() == 0


def test_a_step_that_is_not_finished_is_shown_at_its_column(url: str, manager: Someone) -> None:
    sent = {"column-0": "name", "column-1": "email", "step-1-0": "replace", "do": "check", "tags": "kept"}
    answer = manager.client.post(url, sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and "needs “Find”" in page and 'value="kept"' in page
    assert 'href="#columns"' in page and Run.objects.count() == 0


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"mode": "sideways"}, "is not known here"),
        ({"phone_country": "XX"}, "two-letter code"),
        ({"match": ["shoe size"]}, "cannot be matched by"),
        ({"default-field": ["birthdate"], "default-text": ["no day"]}, "no day"),
        ({"column-1": "password"}, "no field “password”"),
        ({"reading-header_row": "many", "do": "read"}, "as a number"),
        ({"reading-header_row": "99", "do": "read"}, "no row below"),
        ({"reading-encoding": "rot13", "do": "read"}, "is not known here"),
        ({"do": "keep", "name": " "}, "Give the profile a name"),
        ({"do": "use"}, "Choose a profile first"),
        ({"do": "forget", "profile": "x"}, "Choose a profile first"),
        ({"do": "read", "sheet": "Two"}, "no sheet “Two”"),
        ({"column-0": "", "column-1": ""}, "No column says who"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    url: str, manager: Someone, sent: dict[str, Any], says: str
) -> None:
    base = {"column-0": "name", "column-1": "email", "tags": "typed before", "do": "check"}
    answer = manager.client.post(url, base | sent)
    page = answer.content.decode()
    assert answer.status_code == 422, page
    assert says in page and 'value="typed before"' in page
    assert view_of(manager).state == ImportState.MAPPING and Run.objects.count() == 0


def test_two_columns_for_one_field_are_not_left_out_silently(url: str, manager: Someone) -> None:
    answer = manager.client.post(url, {"column-0": "email", "column-1": "email", "do": "check"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "E-mail comes from “Full”" in page
    assert Run.objects.count() == 0


@pytest.mark.parametrize("do", ["add:99", "add:-1", "add:x", "remove:7:0", "show:3", "try:"])
def test_made_up_columns(url: str, manager: Someone, do: str) -> None:
    assert manager.client.post(url, {"do": do}, headers=HTMX).status_code == 404


def test_the_header_stands_further_down(manager: Someone) -> None:
    url = (
        str(bring(manager, "x1,x2\nyes,no\nemail,city\nada@shop.test,Rome\n").headers["Location"])
        + "columns/"
    )
    manager.client.post(url, {"do": "read", "reading-header_row": "3"})
    view = view_of(manager)
    assert [one.field for one in view.columns] == ["email", "city"] and view.header_row == 3
    assert 'name="reading-header_row" value="3"' in text_of(manager.client, url)


def test_letters_and_delimiter_by_hand(manager: Someone) -> None:
    url = str(bring(manager, "email|city\nada@shop.test|Łódź\n").headers["Location"]) + "columns/"
    manager.client.post(url, {"do": "read", "reading-delimiter": ",", "reading-encoding": "cp1250"})
    assert [one.header for one in view_of(manager).columns] == ["email|city"]
    assert manager.client.post(url, {"do": "check"}).status_code == 422
    manager.client.post(url, {"do": "read", "reading-delimiter": "", "reading-encoding": ""})
    assert "ada@shop.test" in text_of(manager.client, url)


def test_profiles_are_kept_used_and_deleted(url: str, manager: Someone) -> None:
    sent = {"column-0": "name", "column-1": "email", "mode": "update", "name": "Till", "do": "keep"}
    assert manager.client.post(url, sent).headers["Location"] == url
    profile = Profile.objects.get()
    other = str(bring(manager, CSV, "next.csv").headers["Location"]) + "columns/"
    page = text_of(manager.client, other)
    assert "as kept under “Till”" in page and view_of(manager).plan.mode == "update"
    manager.client.post(other, {"do": "read", "mode": "both"})
    manager.client.post(other, {"do": "use", "profile": str(profile.pk)})
    assert view_of(manager).plan.mode == "update"
    manager.client.post(other, {"do": "forget", "profile": str(profile.pk)})
    assert not Profile.objects.exists() and "Kept so far" not in text_of(manager.client, other)
    assert manager.client.post(other, {"do": "use", "profile": str(profile.pk)}).status_code == 404


def test_columns_are_settled_once_it_runs(manager: Someone) -> None:
    url = checked(manager, "email\nada@shop.test\n")
    assert manager.client.get(f"{url}columns/").status_code == 200  # until then they can be changed
    manager.client.post(f"{url}run/")
    answer = manager.client.post(f"{url}columns/", {"do": "check"}, follow=True)
    assert "has gone on meanwhile" in answer.content.decode()
    assert manager.client.get(f"{url}columns/").headers["Location"] == url
    assert Run.objects.count() == 2


def test_hostile_headers_and_cells_are_text(manager: Someone) -> None:
    evil = '"><script>alert(1)</script>'
    url = str(bring(manager, f"email,{evil}\n{evil}@x,{evil}\n", f"{evil}.csv").headers["Location"])
    for do in ("add:1", "check"):
        page = manager.client.post(f"{url}columns/", {"do": do, "column-1": "city", "add-1": "join"})
        assert "<script>alert" not in page.content.decode()


def test_queries_do_not_grow_with_the_columns(manager: Someone) -> None:
    counts = []
    for wide in (3, 60):
        header = ",".join(["email", *(f"c{at}" for at in range(wide))])
        url = str(bring(manager, f"{header}\na@b.test{',x' * wide}\n").headers["Location"]) + "columns/"
        with CaptureQueriesContext(connection) as captured:
            assert manager.client.get(url).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 30
