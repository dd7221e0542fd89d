"""Points from files: add or set, once by key, wrong rows beside right ones, taken back whole."""

import io
from datetime import datetime
from typing import Any

import pytest

from regulars.customers.models import Customer
from regulars.jobs.services import execute_run
from regulars.loyalty import queries
from regulars.loyalty.models import Entry, Programme
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.undoing import undo_change_set
from regulars.transfers.plan import Plan
from regulars.transfers.queries import get_import
from regulars.transfers.services import confirm_import, import_now, start_import
from tests.api.conftest import ApiClient, token_of
from tests.factories import NOW, make_customer
from tests.loyalty.giving import ME, change, points_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files")]


@pytest.fixture
def people(store: Store) -> list[Customer]:
    return [
        make_customer(store, first_name="Ada", email="ada@x.fr", external_id="A1"),
        make_customer(store, first_name="Bea", email="bea@x.fr"),
    ]


def bring(store: Store, text: str, **plan: Any) -> Any:
    return import_now(
        store=store,
        resource=get_resource("points"),
        file=io.BytesIO(text.encode()),
        filename="points.csv",
        plan=Plan(**plan) if plan else None,
        actor=ME,
        now=NOW,
    )


def test_a_file_adds_and_takes_and_a_wrong_row_stops_nothing(store: Store, people: list[Customer]) -> None:
    view = bring(
        store,
        "email,points,reason,note\nADA@x.fr,50,Sorry,Hi\nnobody@x.fr,5,x,\nbea@x.fr,many,x,\nbea@x.fr,-5,x,\n"
        "bea@x.fr,30,Ok,\nbea@x.fr,-10,Ok,\nada@x.fr,0,x,\n",
    )
    assert (view.counts["new"], view.counts["failed"]) == (3, 4), view.counts
    assert points_of(*people) == [50, 20] and queries.drift(store=store) == {}
    entry = Entry.objects.get(points=50)
    assert (entry.reason, entry.note, entry.source, entry.kind) == ("Sorry", "Hi", "file", "adjust")


def test_customers_are_named_by_number_and_external_id(store: Store, people: list[Customer]) -> None:
    bring(store, f"number,points\n{people[1].number},7\n")
    bring(store, "id,points\nA1,9\n")
    assert points_of(*people) == [9, 7]


def test_a_file_sets_what_customers_have(store: Store, people: list[Customer]) -> None:
    change(store, people[0], 80)
    view = bring(store, "email,points\nada@x.fr,50\nbea@x.fr,20\n", defaults={"mode": "set"})
    assert points_of(*people) == [50, 20] and view.counts["new"] == 2
    again = bring(store, "email,points,mode\nada@x.fr,50,set\nbea@x.fr,-1,set\n")
    assert points_of(*people) == [50, 20]
    assert (again.counts["same"], again.counts["failed"]) == (1, 1)


def test_a_key_is_written_once_however_often_it_comes(store: Store, people: list[Customer]) -> None:
    text = "email,points,key\nada@x.fr,50,t-1\nbea@x.fr,5,t-2\n"
    bring(store, text)
    again = bring(store, text)
    assert points_of(*people) == [50, 5] and again.counts["same"] == 2
    other = bring(store, "email,points,key\nbea@x.fr,50,t-1\n")
    assert other.counts["failed"] == 1 and points_of(*people) == [50, 5]


@pytest.mark.parametrize(("policy", "after", "failed"), [("refuse", 5, 1), ("clamp", 0, 0), ("debt", -5, 0)])
def test_who_has_fewer(store: Store, people: list[Customer], policy: str, after: int, failed: int) -> None:
    Programme.objects.create(store=store, below_zero=policy)
    change(store, people[0], 5)
    view = bring(store, "email,points\nada@x.fr,-10\n")
    assert points_of(people[0]) == [after] and view.counts["failed"] == failed
    assert queries.drift(store=store) == {}


def test_no_file_while_points_are_switched_off(store: Store, people: list[Customer]) -> None:
    Programme.objects.create(store=store, active=False)
    assert bring(store, "email,points\nada@x.fr,50\n").counts["failed"] == 1 and points_of(*people) == [0, 0]


def test_a_file_is_taken_back_whole(store: Store, people: list[Customer]) -> None:
    change(store, people[0], 80)
    view = bring(store, "email,points,mode\nada@x.fr,50,set\nbea@x.fr,20,add\nbea@x.fr,5,add\n")
    assert points_of(*people) == [50, 25]
    undone = undo_change_set(store=store, change_set_id=view.change_set_id, actor=ME, now=NOW)
    assert not undone.left and points_of(*people) == [80, 0]
    assert queries.drift(store=store) == {}


def test_the_ledger_leaves_as_a_file(store: Store, people: list[Customer]) -> None:
    change(store, people[0], 80, reason="=1+1")
    rows = ApiClient(token_of(store, "manager")).get("/points", columns="email,points,balance,reason").json()
    assert [(one["email"], one["points"], one["balance"]) for one in rows["items"]] == [("ada@x.fr", 80, 80)]


def test_a_day_in_a_file_is_the_last_one(store: Store, people: list[Customer]) -> None:
    bring(store, "email,points,expires\nada@x.fr,50,31.12.2026\nbea@x.fr,5,2026-12-31 14:05\n")
    ends = dict(Entry.objects.values_list("customer__email", "expires_at"))
    assert ends == {
        "ada@x.fr": datetime(2027, 1, 1, tzinfo=store.zone),
        "bea@x.fr": datetime(2026, 12, 31, 14, 5, tzinfo=store.zone),
    }
    client = ApiClient(token_of(store, "manager"))
    for where, found in (
        ("expires = 2026-12-31", {"ada@x.fr", "bea@x.fr"}),
        ("expires > 2026-12-31", set()),
        ("expires <= 2026-12-31", {"ada@x.fr", "bea@x.fr"}),
        ("expires = 2027-01-01", set()),
    ):
        rows = client.get("/points", columns="email,expires", where=where).json()["items"]
        assert {one["email"] for one in rows} == found, where


def checked(store: Store, text: str) -> Any:
    """A file that was checked and not written yet."""
    view = start_import(
        store=store, resource=get_resource("points"), file=io.BytesIO(text.encode()), filename="points.csv",
        actor=ME, now=NOW,
    )  # fmt: skip
    execute_run(run_id=view.run_id)
    return get_import(store=store, import_id=view.id)


def written(store: Store, view: Any) -> Any:
    done = confirm_import(store=store, import_id=view.id, actor=ME, now=NOW)
    execute_run(run_id=done.run_id)
    return get_import(store=store, import_id=view.id)


def test_the_same_file_once_more_is_told_of_before_it_gives_twice(
    store: Store, people: list[Customer]
) -> None:
    text = "email,points\nada@x.fr,50\n"
    first = checked(store, text)
    assert not [one for one in first.effects if "same file" in one]
    # One that was only checked gave nothing.
    first = written(store, checked(store, text))
    again = checked(store, text)
    assert again.effects[0] == (
        "The same file was imported on 2026-03-02 by Tests. What is new in it is written once more."
    )
    assert not [one for one in checked(store, text + "bea@x.fr,1\n").effects if "same file" in one]
    assert points_of(*people) == [50, 0]
    undo_change_set(store=store, change_set_id=first.change_set_id, actor=ME, now=NOW)
    assert not [one for one in checked(store, text).effects if "same file" in one]


def test_nothing_is_told_of_a_file_that_would_write_nothing_new(store: Store, people: list[Customer]) -> None:
    text = "email,points,key\nada@x.fr,50,a\n"
    written(store, checked(store, text))
    assert not [one for one in checked(store, text).effects if "same file" in one]


def test_undo_of_a_file_leaves_who_has_spent_the_points(store: Store, people: list[Customer]) -> None:
    done = written(store, checked(store, "email,points\nada@x.fr,50\nbea@x.fr,30\n"))
    change(store, people[0], -20)
    undone = undo_change_set(store=store, change_set_id=done.change_set_id, actor=ME, now=NOW)
    assert undone.left == {people[0].pk: "has only 30 points"} and points_of(*people) == [30, 0]
    assert queries.drift(store=store) == {}
