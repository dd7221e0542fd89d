"""Points by hand: minus removes, who has fewer, the cap of a day, the second person, undo."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from regulars.customers.models import Customer
from regulars.jobs.choices import RunState
from regulars.jobs.services import Decided, execute_run
from regulars.kit.actor import system
from regulars.kit.errors import InvalidRecord
from regulars.loyalty import queries
from regulars.loyalty.models import Entry, Programme
from regulars.loyalty.services import CapReached, PointsOff, preview_points, transfer_points, void_entry
from regulars.resources.action import Outcome
from regulars.resources.agreeing import SamePerson, agree, turn_down
from regulars.resources.context import Context
from regulars.resources.execute import Performed, Selection, perform, rehearse
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.staff.queries import find_token
from regulars.staff.services import create_token
from regulars.stores.models import Store
from regulars.timeline.undoing import undo_change_set
from tests.factories import NOW, make_customer
from tests.loyalty.giving import change
from tests.people import Someone

pytestmark = pytest.mark.django_db


def adjust(who: Someone, people: list[Customer], points: str, **inputs: str) -> Performed:
    return perform(
        resource=get_resource("customers"),
        name="adjust-points",
        selection=Selection(ids=tuple(one.pk for one in people)),
        raw_inputs={"points": points, "reason": "Sorry", **inputs},
        context=Context(store=who.store, actor=who.actor, now=NOW),
    )


def shown(people: list[Customer]) -> list[int]:
    found = Customer.objects.in_bulk([one.pk for one in people])
    return [found[one.pk].points for one in people]


def with_key(who: Someone, name: str, role: str = "owner") -> Someone:
    """The same person, at work with an API key that they made."""
    _row, secret = create_token(store=who.store, name=name, actor=who.actor, now=NOW, role=role)
    found = find_token(secret=secret)
    assert found is not None
    return replace(who, actor=found[1])


def transfer(who: Someone, giver: Customer, other: Customer, points: int) -> Outcome:
    inputs = {"customer": other.pk, "points": points, "reason": "Asked for"}
    return transfer_points(
        store=who.store, ids=[giver.pk], inputs=inputs, actor=who.actor, now=NOW, change_set=None
    )


@pytest.fixture
def people(store: Store) -> list[Customer]:
    return [make_customer(store, first_name=name) for name in ("Ada", "Bea")]


def test_a_minus_removes_and_undo_gives_back(manager: Someone, people: list[Customer]) -> None:
    adjust(manager, people, "50")
    taken = adjust(manager, people, "-10", note="As agreed")
    assert shown(people) == [40, 40]
    undo_change_set(store=manager.store, change_set_id=taken.change_set, actor=manager.actor, now=NOW)
    assert shown(people) == [50, 50] and queries.drift(store=manager.store) == {}
    assert Entry.objects.filter(points=-10, note="As agreed", reason="Sorry").count() == 2


@pytest.mark.parametrize(
    ("policy", "after", "left"), [("refuse", [5, 10], 1), ("clamp", [0, 10], 0), ("debt", [-5, 10], 0)]
)
def test_who_has_fewer(
    manager: Someone, people: list[Customer], policy: str, after: list[int], left: int
) -> None:
    adjust(manager, people[:1], "5")
    adjust(manager, people[1:], "20")
    done = adjust(manager, people, "-10", below_zero=policy)
    assert (shown(people), len(done.skipped)) == (after, left)
    assert queries.drift(store=manager.store) == {}


def test_the_preview_names_who_has_fewer(manager: Someone, people: list[Customer]) -> None:
    adjust(manager, people[1:], "20")
    found = rehearse(
        resource=get_resource("customers"),
        name="adjust-points",
        selection=Selection(ids=tuple(one.pk for one in people)),
        raw_inputs={"points": "-10", "reason": "x", "below_zero": "debt"},
        context=Context(store=manager.store, actor=manager.actor, now=NOW),
    )
    assert "Ada" in found.sentences[-1] and "Would owe points" in found.sentences[-1]
    assert "Bea" not in found.sentences[-1]


def test_the_preview_of_very_many_says_no_half_sentence(manager: Someone, people: list[Customer]) -> None:
    adjust(manager, people, "20")
    asked: dict[str, Any] = {"store": manager.store, "actor": manager.actor, "now": NOW, "count": 1527}
    found = preview_points(ids=[one.pk for one in people], inputs={"points": -10}, **asked)
    assert found == ["Up to 15,270 points in all.", "Each of the first 2 of 1,527 has as many."]
    found = preview_points(ids=[one.pk for one in people], inputs={"points": -30}, **asked)
    assert found[1:] == [
        "About the first 2 of 1,527:",
        "Have fewer and are left as before: Ada (20), Bea (20).",
    ]


@pytest.mark.parametrize("points", ["0", "", "ten", "9" * 20])
def test_nonsense_is_named(manager: Someone, people: list[Customer], points: str) -> None:
    with pytest.raises(InvalidRecord) as caught:
        adjust(manager, people, points)
    assert "points" in caught.value.errors and not Entry.objects.exists()


def test_a_role_has_a_cap_for_the_day(manager: Someone, people: list[Customer]) -> None:
    Programme.objects.create(store=manager.store, daily_caps={"manager": 100})
    adjust(manager, people, "40")
    with pytest.raises(CapReached, match="20 are left today"):
        adjust(manager, people, "-11")
    adjust(manager, people, "-10")
    assert shown(people) == [30, 30]


def test_the_keys_of_a_person_are_under_their_cap(
    manager: Someone, owner: Someone, people: list[Customer]
) -> None:
    """Whoever makes another key has not another cap: three keys and the person give 100 points in all."""
    Programme.objects.create(store=manager.store, daily_caps={"owner": 100, "manager": 100})
    for name, points in (("Till", "40"), ("Site", "35")):
        adjust(with_key(owner, name), people[:1], points)
    adjust(owner, people[:1], "20")
    for someone in (owner, with_key(owner, "Third"), with_key(owner, "Fourth", role="manager")):
        with pytest.raises(CapReached, match="5 are left today"):
            adjust(someone, people[:1], "6")
    adjust(manager, people[:1], "100")
    assert shown(people) == [195, 0]


def test_a_transfer_counts_to_the_cap_once(manager: Someone, people: list[Customer]) -> None:
    Programme.objects.create(store=manager.store, daily_caps={"manager": 100})
    change(manager.store, people[0], 500)
    assert transfer(manager, people[0], people[1], 60).done == [people[0].pk]
    with pytest.raises(CapReached, match="40 are left today"):
        transfer(manager, people[0], people[1], 41)
    with pytest.raises(CapReached, match="40 are left today"):
        adjust(manager, people[1:], "41")
    adjust(manager, people[1:], "40")
    assert shown(people) == [440, 100]


def test_what_is_above_the_limit_waits_for_a_second_person(
    manager: Someone, owner: Someone, clerk: Someone, people: list[Customer]
) -> None:
    Programme.objects.create(store=manager.store, approval_above=99)
    held = adjust(manager, people, "50").run
    assert held is not None and held.state == RunState.HELD and shown(people) == [0, 0]
    assert execute_run(run_id=held.pk).state == RunState.HELD
    with pytest.raises(SamePerson):
        agree(store=manager.store, run_id=held.pk, actor=manager.actor)
    agree(store=manager.store, run_id=held.pk, actor=owner.actor, enqueue=False)
    assert execute_run(run_id=held.pk).state == RunState.DONE
    assert shown(people) == [50, 50]
    with pytest.raises(Decided):
        agree(store=manager.store, run_id=held.pk, actor=owner.actor)


def test_what_is_turned_down_never_happens(manager: Someone, owner: Someone, people: list[Customer]) -> None:
    Programme.objects.create(store=manager.store, approval_above=99)
    held = adjust(manager, people, "50").run
    assert held is not None
    turn_down(store=manager.store, run_id=held.pk, reason="Too many", actor=owner.actor)
    run = execute_run(run_id=held.pk)
    assert (run.state, shown(people)) == (RunState.CANCELLED, [0, 0]) and "Too many" in run.message


def test_what_was_turned_down_is_not_taken_up_again(
    manager: Someone, owner: Someone, people: list[Customer]
) -> None:
    Programme.objects.create(store=manager.store, approval_above=99)
    for decider in (owner.actor, system()):
        held = adjust(manager, people, "50").run
        assert held is not None
        turn_down(store=manager.store, run_id=held.pk, reason="", actor=decider)
        page = manager.client.get(f"/desk/shop/runs/{held.pk}/").content.decode()
        assert f"/runs/{held.pk}/go-on/" not in page
        assert manager.client.post(f"/desk/shop/runs/{held.pk}/go-on/").status_code == 409
        assert execute_run(run_id=held.pk).state == RunState.CANCELLED
    assert shown(people) == [0, 0]


def test_who_agreed_did_so_for_as_many_as_were_asked_for(
    manager: Someone, owner: Someone, people: list[Customer]
) -> None:
    Programme.objects.create(store=manager.store, approval_above=99)
    context = Context(store=manager.store, actor=manager.actor, now=NOW)
    customers = get_resource("customers")
    held = perform(
        resource=customers,
        name="adjust-points",
        selection=Selection(query=query_from_params(customers, {"tab": "all"}, context)),
        raw_inputs={"points": "50", "reason": "All"},
        context=context,
    ).run
    assert held is not None
    make_customer(manager.store)
    agree(store=manager.store, run_id=held.pk, actor=owner.actor, enqueue=False)
    run = execute_run(run_id=held.pk)
    assert run.state == RunState.FAILED and "agreed to for 2" in run.message and shown(people) == [0, 0]


def test_no_points_while_they_are_switched_off(manager: Someone, people: list[Customer]) -> None:
    given = change(manager.store, people[0], 50)
    Programme.objects.create(store=manager.store, active=False)
    with pytest.raises(PointsOff):
        adjust(manager, people, "50")
    with pytest.raises(PointsOff):
        transfer(manager, people[0], people[1], 10)
    assert shown(people) == [50, 0]
    void_entry(store=manager.store, entry_id=given.pk, reason="Wrong", actor=manager.actor, now=NOW)
    assert shown(people) == [0, 0]


@pytest.mark.parametrize("values", [{"points": 5}, {"key": "x"}, {"kind": "earn"}])
def test_the_database_refuses_to_change_an_entry(
    manager: Someone, people: list[Customer], values: dict[str, Any]
) -> None:
    adjust(manager, people, "50")
    with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic():
        Entry.objects.update(**values)
