"""What was stored comes out as it went in, and coming back it changes nothing."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.customers.models import Customer
from regulars.stores.models import Store
from regulars.transfers.models import Export
from tests.people import Someone
from tests.transfers.conftest import SHARED, Exporting, Importing, table

pytestmark = pytest.mark.django_db
COLUMNS = (
    "number,first_name,last_name,company,email,phone,birthdate,country,city,tags,note,accepts_marketing,"
    "external_id,created"
)
BLNS = SHARED / "adversarial" / "blns" / "blns_customers.csv"

texts = st.text(max_size=40)
people = st.lists(
    st.tuples(texts, texts, texts, st.lists(st.text(max_size=8), max_size=3)), min_size=1, max_size=12
)


def written(rows: list[list[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue()


@given(people)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_survives(
    store: Store, bring: Importing, take_out: Exporting, rows: list[tuple[str, str, str, list[str]]]
) -> None:
    Customer.objects.all().delete()
    found = [[f"p{n}@x.fr", a, b, c, ",".join(tags)] for n, (a, b, c, tags) in enumerate(rows)]
    bring(written([["email", "first name", "last name", "note", "tags"], *found]).encode("utf-8", "replace"))
    if not Customer.objects.exists():  # each of these texts made its row one that cannot be taken
        return
    before = list(Customer.objects.order_by("number").values())
    exported = take_out(columns=COLUMNS)
    again = bring(exported)
    assert (again.counts["new"], again.counts["changed"], again.not_taken) == (0, 0, 0)
    assert list(Customer.objects.order_by("number").values()) == before
    assert take_out(columns=COLUMNS) == exported


def test_people_who_share_a_name_are_told_apart_by_number(
    store: Store, other_store: Store, bring: Importing, take_out: Exporting
) -> None:
    bring("name,id\nBob,1\nBob,2\n")
    Customer.objects.update(external_id="")
    exported = take_out(columns="number,name,city")
    assert bring(exported).counts["same"] == 2
    assert bring(exported, into=other_store).counts["new"] == 2
    assert bring(exported, into=other_store).counts["same"] == 2


@pytest.mark.skipif(not BLNS.exists(), reason="the shared test data is not here")
def test_the_big_list_of_naughty_strings(store: Store, bring: Importing, take_out: Exporting) -> None:
    ran = bring(BLNS.read_bytes())
    stored = dict(Customer.objects.values_list("email", "first_name"))
    exported = take_out(columns=COLUMNS)
    assert len(table(exported)) == ran.counts["new"] > 490
    for row in table(exported):
        assert row["first_name"].removeprefix("'") in (
            stored[row["email"]],
            stored[row["email"]].removeprefix("'"),
        )
    again = bring(exported)
    assert (again.counts["same"], again.not_taken) == (ran.counts["new"], 0)


@pytest.mark.parametrize(
    "text", ["=1+1", "+1-555-EVIL", "-100", "@SUM(A1)", "＝1", "'s-Gravenhage", "'=1", "''"]
)
def test_formulas_leave_harmless_and_come_back(bring: Importing, take_out: Exporting, text: str) -> None:
    bring(written([["email", "company"], ["a@x.fr", text.replace("'", "''", 1) if text[0] == "'" else text]]))
    assert Customer.objects.get().company == text
    (row,) = table(take_out(columns="company"))
    assert row["company"] == "'" + text
    assert bring(take_out(columns="email,company")).counts["same"] == 1


def test_columns_and_order_as_asked_and_a_phone_stays_exact(bring: Importing, take_out: Exporting) -> None:
    bring("email,phone,name\na@x.fr,0612345678,Ada de Vries\n")
    assert take_out(columns="number,phone,name,spent,email") == (
        "number,phone,first_name,last_name,spent,email\r\n1,'+33612345678,Ada de,Vries,0.00,a@x.fr\r\n"
    )


def test_an_empty_result_is_a_header(store: Store, take_out: Exporting) -> None:
    assert take_out(columns="email") == "email\r\n"


def test_own_columns_that_are_never_imported_are_left_out(bring: Importing, take_out: Exporting) -> None:
    bring("email,region\na@x.fr,Rhône\n")
    view = bring(take_out(columns="email,state,region,orders_count,updated"))
    assert {column.header: column.field for column in view.columns} == {
        "email": "email",
        "state": "",
        "region": "region",
        "orders_count": "",
        "updated": "",
    }


def test_the_ledger_keeps_who_took_what(
    store: Store, manager: Someone, bring: Importing, take_out: Exporting
) -> None:
    bring("email,country\na@x.fr,FR\nb@x.fr,DE\n")
    take_out(actor=manager.actor, columns="email", where="country = FR")
    kept = Export.objects.get()
    assert (kept.actor_name, kept.columns, kept.row_count) == (manager.actor.name, ["email"], 1)
    assert kept.filter_text == "All · Country is France" and len(kept.sha256) == 64 and kept.finished_at
