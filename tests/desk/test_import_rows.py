"""The rows of a checked file: what would change, mending in place, settling, and what becomes of them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.customers.models import Customer
from regulars.jobs.models import Run
from regulars.transfers import queries
from regulars.transfers.models import Import, ImportRow
from tests.desk.importing import HISTORY, HTMX, NEW, carry_out, checked, file_of, text_of
from tests.factories import make_customer
from tests.people import Someone, client_of

CSV = (
    "email,first name,last name,phone,city\n"
    "ada@shop.test,Ada,Lovelace,+33612345678,London\n"
    "known@shop.test,Known,Person,+33612345679,Rome\n"
    "broken@,Bob,Brown,,Oslo\n"
    "shared@shop.test,Mary,Jones,,Leeds\n"
    "same@shop.test,Same,Same,,\n"
)


@pytest.fixture
def url(manager: Someone) -> str:
    """The address of a checked import with a row of each kind."""
    make_customer(
        manager.store, first_name="Known", last_name="Person", email="known@shop.test", city="Paris"
    )
    make_customer(manager.store, first_name="John", last_name="Smith", email="shared@shop.test")
    make_customer(manager.store, first_name="Same", last_name="Same", email="same@shop.test")
    return checked(manager, CSV)


def counts(someone: Someone) -> dict[str, int]:
    view = queries.get_import(store=someone.store, import_id=Import.objects.get().pk)
    return {name: count for name, count in view.counts.items() if count and name != "total"}


@pytest.mark.parametrize(
    ("who", "status"), [("clerk", 403), ("viewer", 403), ("other_owner", 404), ("anonymous", 302)]
)
def test_nobody_else_touches_rows(url: str, who: str, status: int, request: pytest.FixtureRequest) -> None:
    client = client_of(who, request)
    before = list(ImportRow.objects.order_by("line").values()), list(Run.objects.values("counts"))
    for path, sent in (
        ("rows/4/", {"cell-0": "bob@shop.test"}),
        ("rows/5/", {"choice": "skip"}),
        ("rows/", {"choice": "skip"}),
    ):
        assert client.post(f"{url}{path}", sent).status_code == status, path
        assert client.get(f"{url}{path}").status_code in (405, 302)
    after = list(ImportRow.objects.order_by("line").values()), list(Run.objects.values("counts"))
    assert after == before


def test_rows_of_another_store(url: str, other_owner: Someone) -> None:
    there = url.replace("/desk/shop/", "/desk/other/")
    assert other_owner.client.post(f"{there}rows/4/", {"cell-0": "a@b.test"}).status_code == 404
    assert other_owner.client.post(f"{there}rows/", {"choice": "skip"}).status_code == 404


def test_each_tab_shows_its_rows(url: str, manager: Someone) -> None:
    first = text_of(manager.client, url)
    assert "Is it the same person?" in first and "The same for all" in first  # what is to decide comes first
    assert "Mary" in first and "Leave this row out" in first
    new = text_of(manager.client, url, show="new")
    assert "Ada Lovelace" in new and "+33 6 12 34 56 78" in new and "email_key" not in new.lower()
    changed = text_of(manager.client, url, show="changed")
    assert "<del><bdi>Paris</bdi></del>" in changed and "<ins><bdi>Rome</bdi></ins>" in changed
    assert f"/desk/shop/customers/{Customer.objects.get(email='known@shop.test').pk}/" in changed
    wrong = text_of(manager.client, url, show="failed")
    assert 'value="broken@"' in wrong and 'aria-invalid="true"' in wrong and "failed.csv" in wrong
    assert "No row is like this" in text_of(manager.client, url, show="skipped")
    assert "Left out: 1 wrong row, 1 undecided row." in first and "Import 2 rows" in first
    for nonsense in ({"show": "<b>"}, {"after": "x"}, {"show": "new", "after": "99999999999999999999"}):
        assert manager.client.get(url, nonsense).status_code == 200


def test_a_wrong_row_is_mended_in_place(url: str, manager: Someone) -> None:
    still = manager.client.post(f"{url}rows/4/", {"cell-0": "bob@", "show": "failed"}, headers=HTMX)
    part = still.content.decode()
    assert 'value="bob@"' in part and "is not an e-mail address" in part and "<html" not in part
    done = manager.client.post(f"{url}rows/4/", {"cell-0": "bob@shop.test", "show": "failed"}, headers=HTMX)
    part = done.content.decode()
    assert 'id="line-4"' in part and "mended here" in part and "Bob Brown" in part
    assert part.count("hx-swap-oob") == 3 and "Import 3 rows" in part and "1 undecided row" in part
    assert counts(manager) == {"new": 2, "changed": 1, "same": 1, "clash": 1}
    assert not Customer.objects.filter(email="bob@shop.test").exists()
    manager.client.post(f"{url}run/")
    carry_out()
    assert Customer.objects.get(email="bob@shop.test").last_name == "Brown"


def test_mending_without_scripts(url: str, manager: Someone) -> None:
    answer = manager.client.post(f"{url}rows/4/", {"cell-0": "", "cell-1": "Rob", "show": "failed"})
    assert answer.headers["Location"] == f"{url}?show=failed&after=3#line-4"
    assert counts(manager)["new"] == 2
    page = text_of(manager.client, url, show="new")
    assert "Rob Brown" in page and "mended here" in page


def test_a_clash_is_settled_and_taken_back(url: str, manager: Someone) -> None:
    part = manager.client.post(
        f"{url}rows/5/", {"choice": "apart", "show": "clash"}, headers=HTMX
    ).content.decode()
    assert "Decide anew" in part and "Mary Jones" in part
    assert counts(manager) == {"new": 2, "changed": 1, "same": 1, "failed": 1}
    manager.client.post(f"{url}rows/5/", {"choice": ""})
    assert counts(manager)["clash"] == 1
    manager.client.post(f"{url}rows/5/", {"choice": "skip"})
    assert counts(manager)["skipped"] == 1
    assert "Left out by choice" in text_of(manager.client, url, show="skipped")


def test_the_same_answer_for_all(url: str, manager: Someone) -> None:
    answer = manager.client.post(f"{url}rows/", {"choice": "same"}, follow=True)
    assert "1 row is decided." in answer.content.decode()
    assert counts(manager) == {"new": 1, "changed": 2, "same": 1, "failed": 1}


@pytest.mark.parametrize(
    ("path", "sent", "status"),
    [
        ("rows/5/", {"choice": "is:nobody"}, 422),
        ("rows/99/", {"choice": "skip"}, 404),
        ("rows/2/", {"cell-0": "x" * 30_000}, 422),
    ],
)
def test_made_up_answers_change_nothing(
    url: str, manager: Someone, path: str, sent: dict[str, str], status: int
) -> None:
    before = list(ImportRow.objects.order_by("line").values())
    answer = manager.client.post(f"{url}{path}", sent, headers=HTMX)
    assert answer.status_code == status and "desk:toast" in answer.headers["HX-Trigger"]
    assert list(ImportRow.objects.order_by("line").values()) == before


def test_somebody_started_it_meanwhile(url: str, manager: Someone, owner: Someone) -> None:
    owner.client.post(f"{url}run/")
    answer = manager.client.post(f"{url}rows/4/", {"cell-0": "bob@shop.test"}, headers=HTMX)
    assert answer.status_code == 409 and "until the import runs" in answer.headers["HX-Trigger"]
    for path, sent in (("rows/4/", {"cell-0": "b@c.test"}), ("rows/", {"choice": "skip"})):
        page = manager.client.post(f"{url}{path}", sent, follow=True).content.decode()
        assert "until the import runs" in page and "Save and look again" not in page
    assert not ImportRow.objects.filter(edited=True).exists()


def test_what_was_not_taken_is_shown_after_the_run_and_brought_again(url: str, manager: Someone) -> None:
    manager.client.post(f"{url}run/")
    carry_out()
    page = text_of(manager.client, url)
    assert "Imported" in page and "Is it the same person?" in page and "Decide anew" not in page
    assert "Save and look again" not in text_of(manager.client, url, show="failed")
    like = Import.objects.get()
    assert f"{NEW}?like={like.pk}" in page and "What it changed" in page
    told = text_of(manager.client, NEW, like=str(like.pk))
    assert "It is brought in like “list.csv”" in told
    mended = file_of(manager.client, f"{url}failed.csv")
    answer = manager.client.post(
        NEW, {"like": str(like.pk), "pasted": mended.replace("broken@", "bob@shop.test")}
    )
    again = str(answer.headers["Location"])
    carry_out(Import.objects.latest("created_at").pk)
    page = text_of(manager.client, again)
    assert "Import 1 row<" in page and Import.objects.latest("created_at").file_name == "pasted.tsv"


def test_like_an_import_of_another_store(url: str, other_owner: Someone) -> None:
    there = "/desk/other/customers/imports/new/"
    like = Import.objects.get().pk
    assert other_owner.client.get(there, {"like": str(like)}).status_code == 404
    sent = {"like": str(like), "pasted": "email\na@b.test\n"}
    assert other_owner.client.post(there, sent).status_code == 404
    assert Import.objects.count() == 1


def test_pasted_rows_are_a_file(manager: Someone) -> None:
    pasted = "E-mail\tFirst name\tCity\nzoë@shop.test\tZoë\tŁódź\n"
    answer = manager.client.post(NEW, {"pasted": pasted})
    page = text_of(manager.client, str(answer.headers["Location"]) + "columns/")
    assert "tabs" in page and "Łódź" in page
    wrong = manager.client.post(NEW, {"pasted": "only one line"})
    assert wrong.status_code == 422 and "only one line</textarea>" in wrong.content.decode()


def test_an_address_that_cannot_be_fetched_is_said(manager: Someone) -> None:
    for address in ("http://127.0.0.1/x.csv", "ftp://example.com/x", "nonsense"):
        answer = manager.client.post(NEW, {"address": address})
        page = answer.content.decode()
        assert answer.status_code == 422 and f'value="{address}"' in page and 'role="alert"' in page
    assert not Import.objects.exists()


def test_pages_of_rows_follow_each_other(manager: Someone) -> None:
    text = "email\n" + "".join(f"p{at}@shop.test\n" for at in range(70))
    url = checked(manager, text)
    first = text_of(manager.client, url)
    assert first.count('class="file-row"') == 50 and "after=51" in first
    second = text_of(manager.client, url, show="new", after="51")
    assert second.count('class="file-row"') == 20 and "Back to the first" in second


def test_queries_do_not_grow_with_the_rows(manager: Someone) -> None:
    seen = []
    for size in (2, 40):
        for at in range(size):
            make_customer(manager.store, first_name=f"P{at}", email=f"s{size}-{at}@shop.test")
        rows = "".join(f"s{size}-{at}@shop.test,Rome\n" for at in range(size))
        url = checked(manager, f"email,city\n{rows}")
        with CaptureQueriesContext(connection) as captured:
            page = text_of(manager.client, url, show="changed")
        assert page.count('class="file-row"') == size
        seen.append(len(captured))
    assert seen[0] == seen[1] <= 35


def ask(someone: Someone, **params: str) -> str:
    return text_of(someone.client, HISTORY, **params)


def test_the_history_says_who_what_and_how_it_went(url: str, manager: Someone, owner: Someone) -> None:
    page = ask(manager)
    assert (
        "list.csv" in page
        and "fate-clash" in page
        and "by headers" in page
        and manager.user.display_name in page
    )
    assert "list.csv" in ask(manager, show="waiting") and "list.csv" not in ask(manager, show="done")
    assert "No imports match" in ask(manager, show="broken")
    assert "list.csv" not in ask(manager, who=str(owner.user.pk))
    assert "list.csv" in ask(manager, who=str(manager.user.pk), show="waiting")
    manager.client.post(f"{url}run/")
    assert "list.csv" in ask(manager, show="working")
    carry_out()
    assert "list.csv" in ask(manager, show="done") and "Undone" not in ask(manager)
    act = queries.get_import(store=manager.store, import_id=Import.objects.get().pk).change_set_id
    manager.client.post(f"/desk/shop/changes/{act}/undo/")
    assert "Undone" in ask(manager)
    for state in ("discarded", "nonsense", "mapping"):
        assert manager.client.get(HISTORY, {"show": state, "who": "x", "id": "y"}).status_code == 200


def test_the_history_pages_and_its_queries(manager: Someone) -> None:
    for at in range(3):
        checked(manager, "email\na@shop.test\n", f"f{at}.csv")
    with CaptureQueriesContext(connection) as few:
        ask(manager)
    for at in range(3, 33):
        manager.client.post(NEW, {"pasted": f"email\n{at}@shop.test\n"})
    with CaptureQueriesContext(connection) as many:
        page = ask(manager)
    assert len(few) == len(many) and page.count("pasted.tsv") == 30 and "f2.csv" not in page
    oldest = Import.objects.order_by("-created_at", "-id")[29]
    second = ask(manager, before=oldest.created_at.isoformat(), id=str(oldest.pk))
    assert second.count("pasted.tsv") == 0 and "f2.csv" in second and "Back to the latest" in second


def test_what_another_kind_of_record_declares_comes_in_through_the_same_pages(owner: Someone) -> None:
    base = "/desk/shop/blocks/imports/"
    sample = file_of(owner.client, f"{base}sample.csv")
    answer = owner.client.post(f"{base}new/", {"pasted": sample})
    url = str(answer.headers["Location"])
    page = text_of(owner.client, f"{url}columns/")
    assert "Check the file" in page and "An archived one" not in page and "another name" not in page
    assert owner.client.post(f"{url}columns/", {"do": "check"}).headers["Location"] == url
    carry_out()
    page = text_of(owner.client, url, show="new")
    assert page.count('class="file-row"') == len(sample.strip().splitlines()) - 1


def test_like_an_import_of_other_records(url: str, owner: Someone) -> None:
    like = Import.objects.get().pk
    assert owner.client.get("/desk/shop/blocks/imports/new/", {"like": str(like)}).status_code == 404


def test_moments_are_said_in_words(manager: Someone) -> None:
    page = text_of(manager.client, checked(manager, "E-mail,Added\nada@shop.test,2024-03-04T05:06:07Z\n"))
    assert "<bdi>Mar 4, 2024, 6:06:07\u202fAM</bdi>" in page
