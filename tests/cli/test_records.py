"""`regulars records`: what it prints, where, and with which exit code."""

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command

from regulars.cli.management.commands.records import Command
from regulars.customers.models import Customer
from regulars.customers.services import insert_customers
from regulars.kit.actor import system
from regulars.resources import execute
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline import undoing
from regulars.transfers import services
from regulars.transfers.plan import Plan
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(store: Store) -> Store:
    insert_customers(
        store=store,
        records=[
            {
                "first_name": f"N{n}",
                "email": f"n{n}@example.com",
                "country": "FR" if n % 2 else "DE",
                "spent_minor": n * 100,
            }
            for n in range(5)
        ],
        now=NOW,
    )
    return store


class Ran:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    def json(self) -> Any:
        assert len(self.out.splitlines()) == 1
        return json.loads(self.out)


@pytest.fixture
def records(shop: Store, capfd: pytest.CaptureFixture[str]):
    def run(verb: str, *words: str) -> Ran:
        code = 0
        try:
            call_command("records", verb, "customers", *words, "--store", shop.slug, stdout=io.StringIO())
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        out, err = capfd.readouterr()
        return Ran(code, out, err)

    return run


def test_lists_as_csv_when_nobody_watches(records) -> None:
    ran = records(
        "list", "--where", "country = FR", "--columns", "number,spent", "--sort=-spent", "--limit", "1"
    )
    assert (ran.code, ran.out.splitlines()) == (0, ["number,spent", "4,3.00"])


def test_lists_as_json(records) -> None:
    ran = records("list", "--json", "--columns", "number", "--limit", "2", "--sort=number")
    assert ran.json()["count"] == 5
    assert [row["number"] for row in ran.json()["rows"]] == [1, 2]


def test_a_minus_after_sort_is_a_direction(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[list[str]] = []
    monkeypatch.setattr(
        "django.core.management.base.BaseCommand.run_from_argv", lambda self, argv: taken.append(argv)
    )
    Command().run_from_argv(["regulars", "records", "list", "customers", "--sort", "-spent", "--json"])
    assert taken == [["regulars", "records", "list", "customers", "--sort=-spent", "--json"]]


def test_shows_by_number_and_id(records) -> None:
    by_number = records("show", "2", "--json").json()
    assert by_number["email"] == "n1@example.com"
    assert records("show", by_number["id"], "--json").json() == by_number
    assert "n1@example.com" in records("show", "#2").out
    for wanted in ("99", "nobody", "0" * 32):
        ran = records("show", wanted)
        assert ran.code == 2 and ran.err.startswith("regulars: ") and ran.err.count("\n") == 1


COUNTS = ("matched", "done", "skipped")


def counts(ran: Ran) -> tuple[int, ...]:
    found = ran.json()
    return tuple(found[name] for name in COUNTS)


def test_acts_and_counts(records) -> None:
    rehearsed = records("act", "archive", "--where", "country = FR", "--dry-run", "--json")
    assert counts(rehearsed) == (2, 0, 0) and rehearsed.json()["irreversible"] is False
    assert Customer.objects.filter(state="active").count() == 5
    assert counts(records("act", "archive", "--where", "number = 2", "--json")) == (1, 1, 0)
    again = records("act", "archive", "--where", "country = FR").out.splitlines()
    assert again[0] == "2 matched, 1 done, 1 skipped" and again[2] == "  skipped 1: is archived already"
    assert "records undo customers" in again[1]
    tagged = records("act", "add-tag", "--all", "--input", "tags=a, b", "--json")
    assert counts(tagged) == (5, 5, 0)
    assert Customer.objects.filter(tags=["a", "b"]).count() == 5


def test_waits_for_a_large_one_with_a_bar(records, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execute, "AT_ONCE", 2)
    ran = records("act", "archive", "--all", "--json")
    assert counts(ran) == (5, 5, 0) and ran.json()["change_set"]
    assert "Archive" in ran.err


@pytest.mark.parametrize("at_once", [500, 2])
def test_undo_takes_an_act_back_by_the_id_it_printed(
    records, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execute, "AT_ONCE", at_once)
    monkeypatch.setattr(undoing, "AT_ONCE", at_once)
    before = records("export", "--columns", "all").out
    act = records("act", "add-tag", "--all", "--input", "tags=a", "--json").json()["change_set"]
    records("act", "add-tag", "--where", "number = 1", "--input", "tags=b")
    undone = records("undo", act)
    assert undone.out.splitlines()[0] == "4 done, 1 skipped"
    assert "skipped 1: was changed since" in undone.out
    assert sorted(Customer.objects.values_list("tags", flat=True)) == [[], [], [], [], ["a", "b"]]
    after = records("export", "--columns", "all").out
    assert len(before.splitlines()) == len(after.splitlines())
    assert records("undo", "nonsense").code == 2


def test_a_mistyped_id_does_not_undo_the_whole_act(records) -> None:
    act = records("act", "add-tag", "--all", "--input", "tags=a", "--json").json()["change_set"]
    refused = records("undo", act, "--id", "0123")
    assert refused.code == 2 and "not an id" in refused.err
    assert not Customer.objects.filter(tags=[]).exists()


def test_creates_and_updates_one(records) -> None:
    made = records("create", "--set", "first_name=Ada", "--set", "phone=06 12 34 56 78").json()
    assert (made["first_name"], made["phone"], made["number"]) == ("Ada", "+33612345678", 6)
    changed = records("update", "6", "--set", "city=Łódź", "--set", "tags=a, b").json()
    assert (changed["city"], changed["tags"]) == ("Łódź", ["a", "b"])
    assert records("update", "6", "--set", "city=Oslo", "--version", "1").code == 2
    for words in (
        ("create", "--set", "first_nam=Ada"),
        ("create", "--set", "email=nonsense"),
        ("create", "--set", "first_name=Bo", "--set", "email=N1@EXAMPLE.com"),
        ("create",),
        ("update", "6", "--set", "spent=5"),
        ("update", "99", "--set", "city=Oslo"),
    ):
        ran = records(*words)
        assert ran.code == 2 and len(ran.err.splitlines()) == 1, words
    assert Customer.objects.count() == 6 and Customer.objects.get(number=6).city == "Łódź"


@pytest.mark.parametrize(
    "words",
    [
        ("list", "--where", "contry = FR"),
        ("list", "--where", "country ="),
        ("list", "--sort=nope"),
        ("list", "--columns", "nope"),
        ("list", "--tab", "nope"),
        ("act", "archive"),
        ("act", "archve", "--all"),
        ("act", "add-tag", "--all"),
        ("act", "add-tag", "--all", "--input", "tags"),
        ("act", "add-tag", "--all", "--input", "colour=red"),
        ("act", "archive", "--id", "x"),
        ("import", "/nowhere.csv"),
        ("export", "--where", "a b c"),
        ("export", "--where", "contry = FR"),
        ("export", "--format", "nope"),
        ("export", "-o", "/nowhere/out.csv"),
    ],
)
def test_refuses_in_one_line(records, words: tuple[str, ...]) -> None:
    ran = records(*words)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith("regulars: ") and ran.err.count("\n") == 1
    assert Customer.objects.filter(state="active", tags=[]).count() == 5


def test_points_at_the_word_of_the_query(records) -> None:
    ran = records("list", "--where", "city = Paris and contry = FR")
    assert "city = Paris and »contry« = FR" in ran.err and "country" in ran.err


def test_imports_with_counts_and_keeps_failed_rows(records, tmp_path: Path) -> None:
    file, failed = tmp_path / "in.csv", tmp_path / "failed.csv"
    file.write_text("First name,E-mail\nZoe,zoe@example.com\nBad,nope\nN1,n1@example.com\n")
    checked = records("import", str(file), "--dry-run", "--json").json()
    assert (checked["new"], checked["failed"], checked["total"]) == (1, 1, 3)
    assert Customer.objects.count() == 5
    ran = records("import", str(file), "--failed", str(failed), "--json")
    assert ran.code == 0
    found = ran.json()
    assert set(found) == {"new", "changed", "same", "failed", "total", "seconds", "change_set"}
    assert (found["new"], found["same"], found["failed"]) == (1, 1, 1)
    assert failed.read_text().splitlines()[1].startswith("Bad,nope,")
    again = records("import", str(file), "--json").json()
    assert (again["new"], again["changed"], again["same"], again["failed"]) == (0, 0, 2, 1)
    said = records("import", str(file))
    assert "0 new, 0 changed, 2 same, 1 failed of 3 rows" in said.out and "line 3" in said.out


def test_imports_as_the_options_say(records, tmp_path: Path, shop: Store) -> None:
    file, plan = tmp_path / "in.csv", tmp_path / "plan.json"
    file.write_text("Who,Mail,a=b,City\nZoe Rae,zoe@example.com,x,\nNoone,n1@example.com,y,Rome\n")
    plan.write_text(json.dumps({"columns": {"Who": "", "Mail": "email"}, "mode": "update"}))
    Customer.objects.filter(email="n1@example.com").update(city="Paris", tags=["old"], note="first")
    given = (
        "--map",
        "Who=name",
        "--map",
        "a=b=note",
        "--default",
        "city=Nice",
        "--tag",
        "one",
        "--tag",
        "two",
    )
    options = (*given, "--policy", "city=fill", "--policy", "note=append", "--shared-mail", "same")
    found = records("import", str(file), "--plan", str(plan), *options, "--json").json()
    assert (found["new"], found["changed"], found["skipped"]) == (0, 1, 1)
    found = records("import", str(file), "--plan", str(plan), "--mode", "both", *options, "--json").json()
    assert (found["new"], found["changed"], found["same"]) == (1, 0, 1) and "skipped" not in found
    known = Customer.objects.get(email="n1@example.com")
    assert (known.city, known.note, known.tags) == ("Paris", "first\ny", ["old", "one", "two"])
    new = Customer.objects.get(email="zoe@example.com")
    assert (new.first_name, new.city, new.note, new.tags) == ("Zoe", "Nice", "x", ["one", "two"])


def test_a_kept_profile_is_named_or_proposed(records, tmp_path: Path, shop: Store) -> None:
    file = tmp_path / "in.csv"
    file.write_text("Who,Mail\nZoe Rae,zoe@example.com\n")
    plan = Plan.from_json({"columns": {"Who": "name", "Mail": "email"}, "tags": "kept"})
    with file.open("rb") as raw:
        view = services.start_import(
            store=shop,
            resource=get_resource("customers"),
            file=raw,
            filename="in.csv",
            actor=system("Tests"),
            now=NOW,
            plan=plan,
            asks=True,
        )
    services.keep_profile(store=shop, import_id=view.id, name="Till", actor=system("Tests"), now=NOW)
    assert "“Till”" in records("import", str(file), "--dry-run").out
    assert records("import", str(file), "--profile", "till", "--json").json()["new"] == 1
    assert Customer.objects.get(email="zoe@example.com").tags == ["kept"]


def test_imports_a_sheet_of_a_workbook_and_what_comes_in(
    records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = openpyxl.Workbook()
    book.active.append(["email"])
    book.active.append(["one@example.com"])
    others = book.create_sheet("Others")
    for row in (["People of 2025"], ["email"], ["two@example.com"], ["three@example.com"]):
        others.append(row)
    book.save(tmp_path / "in.xlsx")
    assert records("import", str(tmp_path / "in.xlsx"), "--json").json()["new"] == 1
    sheet = ("--sheet", "Others", "--header-row", "2", "--json")
    assert records("import", str(tmp_path / "in.xlsx"), *sheet).json()["new"] == 2
    refused = records("import", str(tmp_path / "in.xlsx"), "--sheet", "Nobody")
    assert refused.code == 2 and "Others" in refused.err
    typed = io.TextIOWrapper(io.BytesIO(b'{"email": "four@example.com"}\n'))
    monkeypatch.setattr("sys.stdin", typed)
    assert records("import", "-", "--json").json()["new"] == 1


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--mode", "all"), "update"),
        (("--map", "Who"), "name=value"),
        (("--map", "Nobody=email"), "Nobody"),
        (("--policy", "email=eat"), "eat"),
        (("--found", "archived=eat"), "eat"),
        (("--default", "nope=1"), "nope"),
        (("--match", "shoe"), "shoe"),
        (("--profile", "none"), "profile"),
        (("--plan", "/nowhere.json"), "nowhere"),
        (("--header-row", "x"), "header"),
        (("--twins", "x"), "x"),
    ],
)
def test_refuses_options_that_mean_nothing(
    records, tmp_path: Path, options: tuple[str, str], word: str
) -> None:
    file = tmp_path / "in.csv"
    file.write_text("Who,email\nZoe Rae,zoe@example.com\n")
    ran = records("import", str(file), *options)
    assert ran.code == 2 and word in ran.err, ran.err
    assert Customer.objects.count() == 5


def test_fetches_addresses_of_the_public_internet_only(records) -> None:
    ran = records("import", "http://127.0.0.1:5432/in.csv")
    assert ran.code == 2 and "private network" in ran.err


def test_an_import_is_taken_back(records, tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    file.write_text("First name,E-mail\nZoe,zoe@example.com\nYan,yan@example.com\n")
    said = records("import", str(file)).out
    assert Customer.objects.count() == 7
    command = said.split("to take it back: regulars records ")[1].split()
    assert command[:2] == ["undo", "customers"]
    undone = records("undo", command[2]).out
    assert "2 done, 0 skipped" in undone and Customer.objects.count() == 5
    assert "take it back" not in undone  # who was deleted does not come back; the file can be brought again


def test_says_1_when_no_row_could_be_taken(records, tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    file.write_text("First name,E-mail\nBad,nope\n")
    assert records("import", str(file), "--json").code == 1
    file.write_text("")
    ran = records("import", str(file))
    assert ran.code == 2 and ran.err.splitlines()[-1].startswith("regulars: ")


def test_exports_columns_in_order(records, tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    ran = records(
        "export",
        "--where",
        "country = FR",
        "--columns",
        "spent,number",
        "--sort=number",
        "-o",
        str(file),
        "--json",
    )
    told = ran.json()
    assert (told["rows"], told["file"], told["size"]) == (2, str(file), len(file.read_bytes()))
    assert file.read_bytes() == b"spent,number\r\n1.00,2\r\n3.00,4\r\n"
    assert records(
        "export", "--columns", "number", "--sort=number", "--tab", "archived"
    ).out.splitlines() == ["number"]
    assert "external_id" in records("export", "--columns", "all").out.splitlines()[0]
