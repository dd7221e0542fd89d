"""Points from files: add or set, once by key, wrong rows beside right ones, taken back whole."""

import io
from typing import Any

import pytest

from regulars.customers.models import Customer
from regulars.loyalty import queries
from regulars.loyalty.models import Entry, Programme
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.undoing import undo_change_set
from regulars.transfers.plan import Plan
from regulars.transfers.services import import_now
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
