"""What a person plans for a file: modes, keys, values that are there, steps, special records, clashes, mended rows."""

import io
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.customers.models import Customer, Group
from regulars.jobs.services import execute_run
from regulars.kit.errors import Invalid, NotAllowed, NotFound
from regulars.resources.resource import get_resource
from regulars.segments.services import SegmentFacts, create_segment
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.timeline.undoing import undo_change_set
from regulars.transfers import queries, services
from regulars.transfers.models import Import, ImportRow, Profile
from regulars.transfers.plan import Plan
from regulars.transfers.queries import ImportView
from regulars.transfers.services.locking import WrongState
from regulars.transfers.steps import STEPS, changes_of
from tests.factories import NOW, make_customer
from tests.people import Someone
from tests.transfers.conftest import ACTOR, Importing

pytestmark = pytest.mark.django_db


def told(view: ImportView) -> dict[str, int]:
    return {name: count for name, count in view.counts.items() if count and name != "total"}


def start(store: Store, text: str, **options: Any) -> ImportView:
    return services.start_import(
        store=store,
        resource=get_resource("customers"),
        file=io.BytesIO(text.encode()),
        filename="people.csv",
        actor=options.pop("actor", ACTOR),
        now=NOW,
        **options,
    )


def work(store: Store, view: ImportView) -> ImportView:
    assert view.run_id
    execute_run(run_id=view.run_id)
    return queries.get_import(store=store, import_id=view.id)


def checked(store: Store, text: str, **plan: Any) -> ImportView:
    view = work(store, start(store, text, plan=Plan.from_json(plan)))
    assert view.state == "checked", view.message
    return view


def run(store: Store, view: ImportView) -> ImportView:
    return work(store, services.confirm_import(store=store, import_id=view.id, actor=ACTOR, now=NOW))


class TestModes:
    TEXT = "Email,City\na@x.fr,Lyon\nb@x.fr,Nice\n"

    @pytest.mark.parametrize(
        ("mode", "expected", "cities"),
        [
            ("both", {"new": 1, "changed": 1}, ["Lyon", "Nice"]),
            ("create", {"new": 1, "skipped": 1}, ["Nice", "Paris"]),
            ("update", {"changed": 1, "skipped": 1}, ["Lyon"]),
        ],
    )
    def test_what_is_written(
        self, store: Store, mode: str, expected: dict[str, int], cities: list[str]
    ) -> None:
        make_customer(store, email="a@x.fr", city="Paris")
        view = checked(store, self.TEXT, mode=mode)
        assert told(view) == expected
        assert told(run(store, view)) == expected
        assert sorted(Customer.objects.values_list("city", flat=True)) == cities

    def test_the_same_again_is_left_out_too_when_only_new_ones_are_added(self, store: Store) -> None:
        make_customer(store, email="a@x.fr", city="Lyon")
        view = checked(store, "Email,City\na@x.fr,Lyon\n", mode="create")
        assert told(view) == {"skipped": 1}
        (row,) = queries.rows_page(store=store, import_id=view.id, verdict="skipped")
        assert "only new ones" in row.problems[0]["sentence"]


class TestKeys:
    def test_by_phone_although_the_mail_is_another(self, store: Store, bring: Importing) -> None:
        ada = make_customer(store, email="old@x.fr", phone="+33612345678")
        bring("Email,Phone\nnew@x.fr,06 12 34 56 78\n", plan=Plan(match=("phone",)))
        ada.refresh_from_db()
        assert ada.email == "new@x.fr" and Customer.objects.count() == 1

    def test_by_number(self, store: Store, bring: Importing) -> None:
        ada = make_customer(store, email="old@x.fr")
        view = bring(
            f"Number,City\n{ada.number},Lyon\n999999,Nice\n", plan=Plan(match=("number",), mode="update")
        )
        ada.refresh_from_db()
        assert ada.city == "Lyon" and told(view)["changed"] == 1

    def test_in_order_the_first_key_that_finds_somebody_decides(self, store: Store, bring: Importing) -> None:
        by_phone = make_customer(store, phone="+33612345678")
        by_mail = make_customer(store, email="a@x.fr")
        text = "Email,Phone,City\na@x.fr,+33612345678,Lyon\n"
        assert told(bring(text, plan=Plan(match=("phone", "email"), mode="update"))) == {"clash": 1}
        assert told(bring(text, plan=Plan(match=("email", "phone"), mode="update"))) == {"changed": 1}
        by_mail.refresh_from_db()
        by_phone.refresh_from_db()
        assert (by_mail.city, by_phone.city) == ("Lyon", "")

    def test_a_taken_mail_is_said_where_other_keys_are_chosen(self, store: Store) -> None:
        make_customer(store, email="a@x.fr", first_name="Ada")
        view = checked(store, "Email,Phone\na@x.fr,+33612345678\n", match=["phone"])
        (row,) = queries.rows_page(store=store, import_id=view.id, verdict="clash")
        assert "belongs to customer" in row.problems[0]["sentence"]
        services.settle_row(
            store=store, import_id=view.id, line=row.line, choice="apart", actor=ACTOR, now=NOW
        )
        assert told(run(store, view)) == {"new": 1}
        assert Customer.objects.get(phone="+33612345678").email == ""

    def test_two_rows_of_one_chosen_key_are_one_person(self, store: Store, bring: Importing) -> None:
        text = "Email,Phone\na@x.fr,+33612345678\nb@x.fr,+33612345678\n"
        assert told(bring(text, plan=Plan(match=("phone",)))) == {"new": 1, "clash": 1}

    def test_unknown_keys_are_refused(self, store: Store) -> None:
        with pytest.raises(Invalid, match="cannot be matched by “city”"):
            start(store, "Email\na@x.fr\n", plan=Plan(match=("city",)))


class TestPolicies:
    @pytest.mark.parametrize(
        ("policy", "city", "tags", "note"),
        [
            ("overwrite", "Lyon", ["new"], "second"),
            ("fill", "Paris", ["old"], "first"),
            ("append", "Paris\nLyon", ["old", "new"], "first\nsecond"),
            ("ignore", "Paris", ["old"], "first"),
        ],
    )
    def test_what_stays(
        self, store: Store, bring: Importing, policy: str, city: str, tags: list[str], note: str
    ) -> None:
        ada = make_customer(store, email="a@x.fr", city="Paris", tags=["old"], note="first")
        names = ("tags", "note") if policy == "append" else ("city", "tags", "note")
        bring(
            "Email,City,Tags,Note\na@x.fr,Lyon,new,second\n",
            plan=Plan(
                policies=dict.fromkeys(names, policy) | ({"city": "fill"} if policy == "append" else {})
            ),
        )
        ada.refresh_from_db()
        assert (ada.city, ada.tags, ada.note) == (city.partition("\n")[0], tags, note)

    def test_empty_ones_are_filled(self, store: Store, bring: Importing) -> None:
        ada = make_customer(store, email="a@x.fr")
        bring(
            "Email,City,Phone\na@x.fr,Lyon,0612345678\n",
            plan=Plan(policies={"city": "fill", "phone": "fill"}),
        )
        ada.refresh_from_db()
        assert (ada.city, ada.phone) == ("Lyon", "+33612345678")

    def test_appending_twice_adds_nothing(self, store: Store, bring: Importing) -> None:
        make_customer(store, email="a@x.fr", tags=["VIP"], note="first\nsecond")
        view = bring(
            "Email,Tags,Note\na@x.fr,vip,second\n", plan=Plan(policies={"tags": "append", "note": "append"})
        )
        assert told(view) == {"same": 1}

    def test_a_group_that_is_there_stays(self, store: Store, bring: Importing) -> None:
        group = Group.objects.create(store=store, name="Retail")
        ada = make_customer(store, email="a@x.fr", group_id=group.pk)
        bring("Email,Group\na@x.fr,Trade\n", plan=Plan(policies={"group": "fill"}))
        ada.refresh_from_db()
        assert ada.group_id == group.pk

    def test_a_group_that_the_file_made_gives_way_again(self, store: Store, bring: Importing) -> None:
        group = Group.objects.create(store=store, name="Retail")
        ada = make_customer(store, email="a@x.fr", group_id=group.pk)
        view = bring("Email,Group\na@x.fr,Trade\n")
        assert view.change_set_id
        undo_change_set(store=store, change_set_id=view.change_set_id, actor=ACTOR, now=NOW)
        ada.refresh_from_db()
        assert ada.group_id == group.pk

    def test_all_rows_get_a_tag_and_lose_none(self, store: Store, bring: Importing) -> None:
        ada = make_customer(store, email="a@x.fr", tags=["old"])
        bring("Email\na@x.fr\nb@x.fr\n", plan=Plan(tags="spring, fair"))
        ada.refresh_from_db()
        assert ada.tags == ["old", "spring", "fair"]
        assert Customer.objects.get(email="b@x.fr").tags == ["spring", "fair"]

    def test_defaults_fill_empty_cells(self, store: Store, bring: Importing) -> None:
        bring("Email,Country\na@x.fr,\nb@x.fr,DE\n", plan=Plan(defaults={"country": "IT", "group": "Fair"}))
        found = {one.email: (one.country, one.group.name) for one in Customer.objects.select_related("group")}
        assert found == {"a@x.fr": ("IT", "Fair"), "b@x.fr": ("DE", "Fair")}


class TestSpecialRecords:
    @pytest.mark.parametrize(
        ("answer", "expected", "state", "city"),
        [
            ("update", {"changed": 1}, "archived", "Lyon"),
            ("restore", {"changed": 1}, "active", "Lyon"),
            ("skip", {"skipped": 1}, "archived", ""),
            ("refuse", {"failed": 1}, "archived", ""),
        ],
    )
    def test_archived(
        self, store: Store, bring: Importing, answer: str, expected: dict[str, int], state: str, city: str
    ) -> None:
        ada = make_customer(store, email="a@x.fr", state="archived")
        view = bring("Email,City\na@x.fr,Lyon\n", plan=Plan(found={"archived": answer}))
        ada.refresh_from_db()
        assert (told(view), ada.state, ada.city) == (expected, state, city)
        if answer == "restore":
            assert view.change_set_id
            undo_change_set(store=store, change_set_id=view.change_set_id, actor=ACTOR, now=NOW)
            ada.refresh_from_db()
            assert (ada.state, ada.city) == ("archived", "")

    def test_blocked_ones_are_left_out(self, store: Store, bring: Importing) -> None:
        make_customer(store, email="a@x.fr")
        Customer.objects.update(blocked=True)
        assert told(bring("Email,City\na@x.fr,Lyon\n", plan=Plan(found={"blocked": "skip"}))) == {
            "skipped": 1
        }

    def test_a_blocked_one_cannot_be_made_active(self) -> None:
        with pytest.raises(Invalid, match="archived and inactive"):
            Plan.from_json({"found": {"blocked": "restore"}})


class TestClashes:
    SHARED = "First name,Last name,Email\nBea,Martin,family@x.fr\n"

    def test_two_people_with_one_mail_are_not_made_one(self, store: Store) -> None:
        make_customer(store, first_name="Ada", last_name="Lovelace", email="family@x.fr")
        assert told(checked(store, self.SHARED)) == {"clash": 1}

    @pytest.mark.parametrize("name", ["Ada,King", "ada,lovelace", "Adá,Lovelace", ",Lovelace"])
    def test_a_new_surname_is_the_same_person(self, store: Store, name: str) -> None:
        make_customer(store, first_name="Ada", last_name="Lovelace", email="a@x.fr")
        view = checked(store, f"First name,Last name,Email\n{name},a@x.fr\n")
        assert "clash" not in told(view)

    def test_settled_one_by_one(self, store: Store) -> None:
        make_customer(store, first_name="Ada", last_name="Lovelace", email="family@x.fr")
        view = checked(store, self.SHARED)
        (row,) = queries.rows_page(store=store, import_id=view.id, verdict="clash")
        assert [value for value, _label in row.options] == ["same", "apart"]
        settle = {"store": store, "import_id": view.id, "line": 2, "actor": ACTOR, "now": NOW}
        assert services.settle_row(choice="same", **settle).verdict == "changed"
        assert services.settle_row(choice="skip", **settle).verdict == "skipped"
        assert services.settle_row(choice="apart", **settle).verdict == "new"
        with pytest.raises(Invalid, match="no answer"):
            services.settle_row(choice="everything", **settle)
        found = queries.get_import(store=store, import_id=view.id)
        assert told(found) == {"new": 1}
        assert told(run(store, found)) == {"new": 1}
        bea = Customer.objects.get(first_name="Bea")
        assert (bea.email, Customer.objects.count()) == ("", 2)

    def test_settled_for_the_whole_file(self, store: Store, bring: Importing) -> None:
        make_customer(store, first_name="Ada", last_name="Lovelace", email="family@x.fr")
        assert told(bring(self.SHARED, plan=Plan(shared_mail="apart"))) == {"new": 1}
        assert told(bring(self.SHARED, plan=Plan(shared_mail="same"))) == {"changed": 1}

    def test_who_has_a_phone_is_chosen(self, store: Store) -> None:
        make_customer(store, phone="+33612345678", first_name="Ada")
        bea = make_customer(store, phone="+33612345678", first_name="Bea")
        view = checked(store, "Phone,City\n+33612345678,Lyon\n")
        (row,) = queries.rows_page(store=store, import_id=view.id, verdict="clash")
        assert f"is:{bea.pk}" in [value for value, _label in row.options]
        services.settle_row(
            store=store, import_id=view.id, line=2, choice=f"is:{bea.pk}", actor=ACTOR, now=NOW
        )
        run(store, view)
        bea.refresh_from_db()
        assert bea.city == "Lyon"

    def test_all_of_a_kind_at_once(self, store: Store) -> None:
        for number in range(3):
            make_customer(store, first_name="Ada", email=f"f{number}@x.fr")
        view = checked(store, "First name,Email\n" + "".join(f"Bea,f{number}@x.fr\n" for number in range(3)))
        asked = {"store": store, "import_id": view.id, "verdict": "clash", "actor": ACTOR, "now": NOW}
        assert services.settle_rows(choice="same", **asked) == 3
        assert told(queries.get_import(store=store, import_id=view.id)) == {"changed": 3}

    @pytest.mark.parametrize(
        ("twins", "expected", "city"),
        [
            ("refuse", {"new": 1, "clash": 1}, "Lyon"),
            ("first", {"new": 1, "skipped": 1}, "Lyon"),
            ("last", {"new": 1, "changed": 1}, "Nice"),
        ],
    )
    def test_the_same_person_twice_in_the_file(
        self, store: Store, twins: str, expected: dict[str, int], city: str
    ) -> None:
        view = checked(store, "Email,City\na@x.fr,Lyon\na@x.fr,Nice\n", twins=twins)
        assert told(view) == expected
        assert told(run(store, view)) == expected
        assert Customer.objects.get().city == city


class TestRowsOfOneMail:
    FAMILY = "First name,Email,City\nAda,family@x.fr,Lyon\nBea,family@x.fr,Nice\n"

    def test_two_people_are_kept_apart_for_the_whole_file(self, store: Store) -> None:
        view = checked(store, self.FAMILY, shared_mail="apart")
        assert told(view) == {"new": 2}
        assert told(run(store, view)) == {"new": 2}
        assert dict(Customer.objects.values_list("first_name", "email")) == {"Ada": "family@x.fr", "Bea": ""}

    def test_one_person_twice_is_not_added_twice(self, store: Store) -> None:
        text = self.FAMILY.replace("Bea", "Ada King")
        view = checked(store, text, shared_mail="apart")
        assert told(view) == {"new": 1, "clash": 1}
        assert told(run(store, view)) == {"new": 1, "clash": 1}

    def test_a_person_may_say_it_of_one_row(self, store: Store) -> None:
        view = checked(store, self.FAMILY)
        (row,) = queries.rows_page(store=store, import_id=view.id, verdict="clash")
        assert [value for value, _label in row.options] == ["last", "apart"]
        settle = {"store": store, "import_id": view.id, "line": 3, "actor": ACTOR, "now": NOW}
        assert services.settle_row(choice="apart", **settle).verdict == "new"
        assert told(run(store, view)) == {"new": 2}
        assert Customer.objects.get(first_name="Bea").email == ""

    def test_the_last_word_is_shown_as_what_it_changes_of_the_earlier_row(self, store: Store) -> None:
        view = checked(store, "Email,City,Note\na@x.fr,Lyon,first\na@x.fr,Nice,\n", twins="last")
        (row,) = queries.rows_page(store=store, import_id=view.id, verdict="changed")
        assert (row.before, row.after, row.record_id) == ({"city": "Lyon"}, {"city": "Nice"}, None)

    def test_numbers_that_only_the_check_has_given_are_not_told(self, store: Store) -> None:
        text = "First name,Email,id\nAda,a@x.fr,1\nBea,b@x.fr,2\nCleo,b@x.fr,1\n"
        view = checked(store, text, twins="last")
        (row,) = queries.rows_page(store=store, import_id=view.id, verdict="clash")
        assert "customer" not in row.problems[0]["sentence"].lower() and not row.options
        assert told(run(store, view)) == {"new": 2, "clash": 1}


class TestMending:
    TEXT = "Email,City\nx@,Lyon\nb@x.fr,Nice\n"

    def test_a_wrong_row_is_mended_in_place(self, store: Store) -> None:
        view = checked(store, self.TEXT)
        assert told(view) == {"new": 1, "failed": 1}
        mend = {"store": store, "import_id": view.id, "line": 2, "actor": ACTOR, "now": NOW}
        assert services.mend_row(cells={"Email": "still wrong"}, **mend).verdict == "failed"
        assert services.mend_row(cells={"Email": "a@x.fr"}, **mend).verdict == "new"
        assert told(queries.get_import(store=store, import_id=view.id)) == {"new": 2}
        assert told(run(store, view)) == {"new": 2}
        assert Customer.objects.get(email="a@x.fr").city == "Lyon"
        assert not ImportRow.objects.exists()

    def test_a_row_left_out_by_choice(self, store: Store) -> None:
        view = checked(store, self.TEXT)
        services.settle_row(store=store, import_id=view.id, line=3, choice="skip", actor=ACTOR, now=NOW)
        assert told(run(store, view)) == {"skipped": 1, "failed": 1}

    def test_who_may_not_and_when(self, store: Store, clerk: Someone, other_store: Store) -> None:
        view = checked(store, self.TEXT)
        mend: dict[str, Any] = {"import_id": view.id, "line": 2, "cells": {"Email": "a@x.fr"}, "now": NOW}
        with pytest.raises(NotAllowed):
            services.mend_row(store=store, actor=clerk.actor, **mend)
        with pytest.raises(NotFound):
            services.mend_row(store=other_store, actor=ACTOR, **mend)
        with pytest.raises(NotFound, match="Line 99"):
            services.mend_row(store=store, actor=ACTOR, **mend | {"line": 99})
        with pytest.raises(Invalid, match="no column “Mail”"):
            services.mend_row(store=store, actor=ACTOR, **mend | {"cells": {"Mail": "a@x.fr"}})
        run(store, view)
        with pytest.raises(WrongState):
            services.mend_row(store=store, actor=ACTOR, **mend)


class TestMapping:
    def test_waits_for_its_columns(self, store: Store) -> None:
        view = start(store, "Mail,Town\na@x.fr,Lyon\n", asks=True)
        assert view.state == "mapping" and view.run_id is None
        plan = Plan(
            columns={"Mail": "email", "Town": "city"}, steps={"Town": [{"step": "case", "to": "upper"}]}
        )
        services.plan_import(store=store, import_id=view.id, plan=plan, actor=ACTOR, now=NOW)
        view = services.check_import(store=store, import_id=view.id, actor=ACTOR, now=NOW)
        view = work(store, view)
        assert told(view) == {"new": 1}
        run(store, view)
        assert Customer.objects.get().city == "LYON"

    def test_planned_anew_after_the_check(self, store: Store) -> None:
        view = checked(store, "Email,Town\na@x.fr,Lyon\n")
        services.plan_import(
            store=store, import_id=view.id, plan=Plan(columns={"Town": "city"}), actor=ACTOR, now=NOW
        )
        assert queries.get_import(store=store, import_id=view.id).state == "mapping"
        view = work(store, services.check_import(store=store, import_id=view.id, actor=ACTOR, now=NOW))
        (row,) = queries.rows_page(store=store, import_id=view.id, verdict="new")
        assert row.after["city"] == "Lyon"
        run(store, view)
        with pytest.raises(WrongState):
            services.plan_import(store=store, import_id=view.id, plan=Plan(), actor=ACTOR, now=NOW)

    def test_a_profile_of_other_records_is_not_used(self, store: Store) -> None:
        view = start(store, "Email,City\na@x.fr,Lyon\n", asks=True)
        kept = services.keep_profile(store=store, import_id=view.id, name="Fair", actor=ACTOR, now=NOW)
        Profile.objects.filter(pk=kept.pk).update(resource="blocks")
        with pytest.raises(NotFound, match="another kind"):
            services.use_profile(store=store, import_id=view.id, profile_id=kept.pk, actor=ACTOR, now=NOW)

    def test_a_header_that_stands_lower(self, store: Store) -> None:
        view = start(
            store, "a,b\nx,y\nEmail,City\na@x.fr,Lyon\n", asks=True, plan=Plan(reading={"header_row": "3"})
        )
        assert [column.header for column in view.columns] == ["Email", "City"]

    def test_a_profile_is_kept_and_proposed(self, store: Store, clerk: Someone) -> None:
        text = "Mail,Town\na@x.fr,Lyon\n"
        view = start(
            store, text, asks=True, plan=Plan(columns={"Mail": "email", "Town": "region"}, mode="create")
        )
        services.keep_profile(store=store, import_id=view.id, name=" Fair  list ", actor=ACTOR, now=NOW)
        again = start(store, "TOWN,mail\nLyon,a@x.fr\n", asks=True)
        assert again.profile_name == "Fair list" and again.plan.mode == "create"
        assert [column.field for column in again.columns] == ["region", "email"]
        kept = Profile.objects.get()
        with pytest.raises(NotAllowed):
            services.delete_profile(store=store, profile_id=kept.pk, actor=clerk.actor, now=NOW)
        services.delete_profile(store=store, profile_id=kept.pk, actor=ACTOR, now=NOW)
        told = Event.objects.filter(resource="import_profiles").values_list("key", "data")
        assert list(told) == [
            ("import_profile.kept", {"name": "Fair list"}),
            ("import_profile.removed", {"name": "Fair list"}),
        ]
        assert start(store, text, asks=True).profile_name == ""

    def test_segments_and_the_newsletter_are_foretold(self, store: Store) -> None:
        create_segment(
            store=store,
            facts=SegmentFacts(name="Paris", kind="dynamic", where="city = Paris"),
            actor=ACTOR,
            now=NOW,
        )
        make_customer(store, email="a@x.fr", city="Paris")
        text = "Email,City,Newsletter\na@x.fr,Lyon,\nb@x.fr,Paris,yes\nc@x.fr,Paris,\n"
        view = checked(store, text)
        assert view.effects == (
            "Nobody is written to: an import sends no messages.",
            "Get the newsletter: 1 more.",
            "Segment “Paris”: 2 more, 1 fewer.",
        )
        assert Customer.objects.count() == 1  # nothing of it was written


class TestSteps:
    @pytest.mark.parametrize(
        ("step", "cell", "expected"),
        [
            ({"step": "name_order", "order": "last, first"}, "Lovelace, Ada", "Ada Lovelace"),
            ({"step": "name_order", "order": "last first"}, "Lovelace Ada", "Ada Lovelace"),
            ({"step": "part", "which": "first", "separator": "/"}, "a / b / c", "a"),
            ({"step": "part", "which": "rest", "separator": ""}, "Ada King", "King"),
            ({"step": "case", "to": "name"}, "ADA O'NEILL-KING", "Ada O'Neill-King"),
            ({"step": "case", "to": "name"}, "Ada McNeill", "Ada McNeill"),
            ({"step": "replace", "find": "-", "with": ""}, "a-b-c", "abc"),
            ({"step": "digits"}, "+33 (0) 6", "3306"),
            ({"step": "yes", "yes": "J, x"}, " j ", "yes"),
            ({"step": "yes", "yes": "J"}, "N", "no"),
        ],
    )
    def test_each(self, step: dict[str, str], cell: str, expected: str) -> None:
        change = changes_of([step])
        assert change is not None and change(cell) == expected

    def test_columns_are_joined_and_dates_read(self, store: Store, bring: Importing) -> None:
        steps = {
            "Street": [{"step": "join", "columns": "No\nFloor", "separator": ", "}],
            "Born": [{"step": "date", "order": "month first"}],
            "Phone": [{"step": "phone", "country": "us"}],
        }
        plan = Plan.from_json({"columns": {"Street": "address", "Born": "birthdate"}, "steps": steps})
        bring("Email,Street,No,Floor,Born,Phone\na@x.fr,Main St,7,,03/04/1985,757 555 0101\n", plan=plan)
        found = Customer.objects.get()
        assert found.address == "Main St, 7" and found.phone == "+17575550101"
        assert str(found.birthdate) == "1985-03-04"

    @given(st.sampled_from(sorted(STEPS)), st.text(max_size=40))
    def test_no_step_breaks_on_any_text(self, name: str, cell: str) -> None:
        step = STEPS[name]
        inputs = {one.name: next(iter(one.choices)) if one.choices else "x" for one in step.inputs}
        change = changes_of([{"step": name, **inputs}])
        assert change is None or isinstance(change(cell), str)


@pytest.mark.parametrize(
    ("data", "match"),
    [
        ({"moed": "both"}, "Did you mean “mode”"),
        ({"mode": "everything"}, "choose one of both"),
        ({"policies": {"city": "merge"}}, "not known here"),
        ({"steps": {"A": [{"step": "cas"}]}}, "Did you mean “case”"),
        ({"steps": {"A": [{"step": "case"}]}}, "needs"),
        ({"steps": {"A": [{"step": "case", "to": "loud"}]}}, "none of"),
        ({"steps": {"A": [{"step": "digits"}] * 11}}, "up to 10"),
        ({"columns": ["email"]}, "object of texts"),
        ({"match": "email"}, "list of names"),
        ({"phone_country": "XX"}, "two-letter code"),
        ({"found": {"lost": "skip"}}, "not known here"),
    ],
)
def test_a_plan_that_means_nothing_is_refused(data: dict[str, Any], match: str) -> None:
    with pytest.raises(Invalid, match=match):
        Plan.from_json(data)


def test_a_plan_comes_back_as_it_was_kept(store: Store) -> None:
    plan = replace(Plan(), columns={"A": "email"}, match=("phone",), tags="x", found={"archived": "skip"})
    assert Plan.from_json(plan.as_json()) == plan
    assert Import._meta.get_field("plan").default is dict
