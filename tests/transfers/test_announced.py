"""What the check announces is what the run does, also where people mended, decided, and looked twice."""

import io
from typing import Any

import pytest

from regulars.customers.models import Customer
from regulars.kit.errors import Invalid
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.transfers import queries, services
from regulars.transfers.plan import Plan
from regulars.transfers.queries import ImportView
from tests.factories import NOW, make_customer
from tests.transfers.conftest import ACTOR, Importing
from tests.transfers.test_plan import checked, run, start, told, work

pytestmark = pytest.mark.django_db


def settle(store: Store, view: ImportView, line: int, choice: str) -> str:
    return str(
        services.settle_row(
            store=store, import_id=view.id, line=line, choice=choice, actor=ACTOR, now=NOW
        ).verdict
    )


def mend(store: Store, view: ImportView, line: int, **cells: str) -> str:
    return str(
        services.mend_row(
            store=store, import_id=view.id, line=line, cells=cells, actor=ACTOR, now=NOW
        ).verdict
    )


def again(store: Store, view: ImportView) -> dict[str, int]:
    return told(queries.get_import(store=store, import_id=view.id))


class TestTwins:
    TEXT = "Email,City\na@x.fr,Lyon\na@x.fr,Nice\n"

    def test_an_answer_that_is_taken_back_leaves_the_clash(self, store: Store) -> None:
        view = checked(store, self.TEXT)
        assert settle(store, view, 3, "last") == "changed"
        assert settle(store, view, 3, "") == "clash"
        announced = again(store, view)
        assert told(run(store, view)) == announced == {"new": 1, "clash": 1}

    def test_a_mended_twin_is_still_a_twin(self, store: Store) -> None:
        view = checked(store, self.TEXT)
        assert mend(store, view, 3, City="Metz") == "clash"
        announced = again(store, view)
        assert told(run(store, view)) == announced

    def test_a_row_that_is_mended_into_somebody_of_the_file(self, store: Store) -> None:
        view = checked(store, "Email,City\na@x.fr,Lyon\nb@,Nice\n")
        assert mend(store, view, 3, Email="a@x.fr") == "clash"
        announced = again(store, view)
        assert told(run(store, view)) == announced == {"new": 1, "clash": 1}

    def test_an_earlier_row_that_is_mended_into_a_later_one(self, store: Store) -> None:
        view = checked(store, "Email,City\na@,Lyon\na@x.fr,Nice\n")
        mend(store, view, 2, Email="a@x.fr")
        announced = again(store, view)
        kept = {
            row.line: row.verdict for row in queries.rows_page(store=store, import_id=view.id, verdict="")
        }
        assert told(run(store, view)) == announced == {"new": 1, "clash": 1}
        city = {2: "Lyon", 3: "Nice"}[next(line for line, verdict in kept.items() if verdict == "new")]
        assert Customer.objects.get().city == city

    def test_two_rows_that_find_one_customer_by_different_keys(self, store: Store) -> None:
        make_customer(store, first_name="Cleo")
        view = checked(
            store, "Name,City,id\nCleo,Lyon,\nCleo,,1\n", match=["external_id", "name"], twins="refuse"
        )
        announced = again(store, view)
        assert told(run(store, view)) == announced == {"changed": 1, "clash": 1}
        assert Customer.objects.get().city == "Lyon"

    def test_a_row_that_is_mended_away_lets_its_twin_in(self, store: Store) -> None:
        view = checked(store, self.TEXT)
        assert mend(store, view, 2, Email="b@x.fr") == "new"
        announced = again(store, view)
        assert told(run(store, view)) == announced == {"new": 2}

    def test_who_is_left_out_gives_no_place_to_a_twin(self, store: Store) -> None:
        view = checked(store, self.TEXT + "a@x.fr,Lyon\n")
        assert settle(store, view, 2, "skip") == "skipped"
        announced = again(store, view)
        assert told(run(store, view)) == announced == {"skipped": 1, "clash": 1, "same": 1}

    def test_a_row_that_is_mended_twice_is_no_twin_of_itself(self, store: Store) -> None:
        view = checked(store, "Email,City\na@,Lyon\n")
        assert mend(store, view, 2, Email="a@x.fr") == "new"
        assert mend(store, view, 2, City="Nice") == "new"
        assert told(run(store, view)) == {"new": 1}


class TestTakenBack:
    def test_a_row_whose_quotes_are_broken_stays_wrong(self, store: Store) -> None:
        view = checked(store, 'First name,Email\n"Ada,a@x.fr\nBea,b@x.fr\n')
        assert again(store, view) == {"new": 1, "failed": 1}
        assert settle(store, view, 2, "skip") == "skipped"
        assert settle(store, view, 2, "") == "failed"
        assert told(run(store, view)) == again(store, view) == {"new": 1, "failed": 1}

    def test_bytes_that_are_no_text_stay_wrong(self, store: Store) -> None:
        rows = b"".join(b"p%d@x.fr,N\xc3\xaemes\n" % number for number in range(9))
        view = work(
            store,
            services.start_import(
                store=store,
                resource=get_resource("customers"),
                file=io.BytesIO(b"email,city\n" + rows + b"z@x.fr,N\xeemes\n"),
                filename="a.csv",
                actor=ACTOR,
                now=NOW,
            ),
        )
        assert again(store, view) == {"new": 9, "failed": 1}
        assert settle(store, view, 11, "skip") == "skipped"
        assert settle(store, view, 11, "") == "failed"


class TestChosen:
    def test_an_answer_is_about_the_customer_that_was_shown(self, store: Store) -> None:
        ada = make_customer(store, first_name="Ada", email="f@x.fr")
        view = checked(store, "First name,Email,City\nBea,f@x.fr,Lyon\n")
        assert settle(store, view, 2, "same") == "changed"
        # Meanwhile the address goes to somebody else.
        Customer.objects.filter(pk=ada.pk).update(email="", email_key="")
        zoe = make_customer(store, first_name="Zoe", email="f@x.fr")
        assert told(run(store, view)) == {"clash": 1}
        zoe.refresh_from_db()
        assert zoe.first_name == "Zoe"

    def test_the_holder_of_the_id_is_chosen_and_the_mail_is_a_third_one_s(self, store: Store) -> None:
        make_customer(store, first_name="Ada", phone="+33612345678")
        bea = make_customer(store, first_name="Bea", email="b@x.fr", external_id="7")
        make_customer(store, first_name="Cleo", email="c@x.fr")
        view = checked(store, "Phone,id,Email,City\n+33612345678,7,c@x.fr,Lyon\n", match=["phone"])
        assert again(store, view) == {"clash": 1}
        verdict = settle(store, view, 2, f"is:{bea.pk}")
        assert told(run(store, view)) == {verdict: 1} == {"changed": 1}
        bea.refresh_from_db()
        assert (bea.city, bea.email) == ("Lyon", "b@x.fr")

    def test_one_is_chosen_and_then_another(self, store: Store) -> None:
        both = [make_customer(store, phone="+33612345678", first_name=name) for name in ("Ada", "Bea")]
        view = checked(store, "Phone,City\n+33612345678,Lyon\n")
        for one in both:
            assert settle(store, view, 2, f"is:{one.pk}") == "changed"
        assert told(run(store, view)) == {"changed": 1}
        assert Customer.objects.get(city="Lyon").pk == both[1].pk

    def test_the_same_answer_reaches_those_behind_others(self, store: Store) -> None:
        make_customer(store, first_name="Ada", email="f@x.fr")
        twins = "".join(f"Tea,t@x.fr,C{n}\n" for n in range(4))
        view = checked(store, f"First name,Email,City\n{twins}Bea,f@x.fr,Lyon\n")
        settled = services.settle_rows(
            store=store, import_id=view.id, verdict="clash", choice="same", actor=ACTOR, now=NOW, limit=2
        )
        assert settled == 1


class TestPolicies:
    def test_tagging_all_takes_no_tag_of_who_has_an_empty_cell(self, store: Store, bring: Importing) -> None:
        ada = make_customer(store, email="a@x.fr", tags=["old"])
        bring("Email,Tags\na@x.fr,\nb@x.fr,new\n", plan=Plan(columns={"Tags": "tags"}, tags="spring"))
        ada.refresh_from_db()
        assert ada.tags == ["old", "spring"]

    def test_a_phone_that_stays_is_shown_as_it_was(self, store: Store, bring: Importing) -> None:
        ada = make_customer(store, email="a@x.fr", phone="+33612345678")
        bring("Email,Phone\na@x.fr,06 99 99 99 99\n", plan=Plan(policies={"phone": "fill"}))
        ada.refresh_from_db()
        assert (ada.phone, ada.phone_typed) == ("+33612345678", "")

    def test_a_name_that_stays_stays_whole(self, store: Store, bring: Importing) -> None:
        ada = make_customer(store, email="a@x.fr", first_name="Ada")
        bring("Email,Name\na@x.fr,Ada King\n", plan=Plan(policies={"name": "fill"}))
        ada.refresh_from_db()
        assert (ada.first_name, ada.last_name) == ("Ada", "King")


@pytest.mark.parametrize(
    "data",
    [
        {"columns": {"A\x00": "email"}},
        {"columns": {"A": "\ud800"}},
        {"defaults": {"city": "\x00"}},
        {"reading": {"sheet": "\x00"}},
        {"reading": {"lost": "x"}},
        {"steps": {"A": [{"step": "replace", "find": "\x00"}]}},
        {"steps": {"\ud800": [{"step": "digits"}]}},
        {"tags": "\x00"},
        {"reading": {"header_row": "1" * 5000}},
        {"reading": {"header_row": "²"}},
    ],
)
def test_a_plan_that_cannot_be_kept_is_refused(store: Store, data: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        start(store, "A,B\na@x.fr,x\nb@x.fr,y\n", plan=Plan.from_json({"columns": {"A": "email"}} | data))


def test_steps_do_not_let_a_cell_grow_without_end(store: Store) -> None:
    steps = {"City": [{"step": "replace", "find": "a", "with": "a" * 100}] * 10}
    view = checked(store, "Email,City\na@x.fr,a\n", steps=steps)
    assert again(store, view) == {"failed": 1}


def test_a_join_with_itself_and_with_a_thousand_of_one(store: Store) -> None:
    steps = {"City": [{"step": "join", "columns": "City\n" + "B\n" * 100_000}]}
    view = checked(store, "Email,City,B\na@x.fr,Lyon,b\n", steps=steps)
    (row,) = queries.rows_page(store=store, import_id=view.id, verdict="new")
    assert row.after and row.after["city"] == "Lyon b"
