"""The ledger: void with a reason, transfers whole or not at all, what stands beside a customer's points."""

from datetime import timedelta
from typing import Any

import pytest

from regulars.customers.models import Customer
from regulars.duplicates.models import Merge
from regulars.duplicates.services import merge_customers, unmerge
from regulars.kit.errors import Invalid, InvalidRecord, NotAllowed
from regulars.loyalty import queries
from regulars.loyalty.choices import Kind
from regulars.loyalty.models import Entry, Programme
from regulars.loyalty.resource.on_customers import told_beside
from regulars.loyalty.rules import MOST
from regulars.loyalty.services import edit_programme, remove_points, void_entry
from regulars.resources.context import Context
from regulars.resources.execute import Performed, Selection, perform
from regulars.resources.flow import latest_entries
from regulars.resources.page import count_matching
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.timeline.undoing import undo_change_set
from tests.factories import NOW, make_customer
from tests.loyalty.giving import ME, change, points_of
from tests.people import Someone

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def people(store: Store) -> list[Customer]:
    return [make_customer(store, first_name=name, email=f"{name}@x.fr") for name in ("ada", "bea")]


def act(who: Someone, resource: str, name: str, ids: list[Any], **inputs: str) -> Performed:
    context = Context(store=who.store, actor=who.actor, now=NOW)
    selection = Selection(ids=tuple(ids))
    return perform(
        resource=get_resource(resource), name=name, selection=selection, raw_inputs=inputs, context=context
    )


def test_an_entry_is_voided_with_a_reason_once(manager: Someone, people: list[Customer]) -> None:
    given = change(manager.store, people[0], 50)
    change(manager.store, people[0], -30)
    done = act(manager, "points", "void-points", [given.pk], reason="Not theirs")
    assert done.done == [given.pk] and points_of(people[0]) == [-30]
    assert Entry.objects.get(kind=Kind.REVERSE).reason == "Not theirs"
    again = act(manager, "points", "void-points", [given.pk], reason="Once more")
    assert again.skipped == {given.pk: "was taken back already"} and again.change_set is None
    with pytest.raises(InvalidRecord):
        act(manager, "points", "void-points", [given.pk])
    assert queries.drift(store=manager.store) == {}


def test_one_of_two_who_were_one_is_deleted(store: Store, people: list[Customer]) -> None:
    """The entry that took another back stays with the one who stays."""
    ada, bea = people
    given = change(store, bea, 50)
    merge = {"store": store, "survivor_id": ada.pk, "loser_ids": [bea.pk], "choices": {}}
    merge_customers(**merge, actor=ME, now=NOW)
    back = void_entry(store=store, entry_id=given.pk, reason="Wrong", actor=ME, now=NOW)
    unmerge(store=store, merge_id=Merge.objects.get().pk, actor=ME, now=NOW)
    assert points_of(ada, bea) == [-50, 50] and queries.drift(store=store) == {}
    remove_points(store=store, ids=[bea.pk])
    assert list(Entry.objects.values_list("pk", "reverses")) == [(back.pk, None)]
    assert points_of(ada) == [-50]


def test_nothing_of_who_is_forgotten_stays_with_whom_they_gave_points_to(
    owner: Someone, people: list[Customer]
) -> None:
    """Both sides of a transfer, and of what took it back, say the same words."""
    ada, bea = people
    change(owner.store, ada, 50)
    change(owner.store, bea, 5, reason="For herself")
    words = {"customer": "bea@x.fr", "points": "25", "reason": "Ada is moving", "note": "From Ada"}
    act(owner, "customers", "transfer-points", [ada.pk], **words)
    sides = Entry.objects.filter(kind=Kind.TRANSFER, customer=bea).values_list("pk", flat=True)
    act(owner, "points", "void-points", list(sides), reason="Ada stays")
    act(owner, "customers", "anonymise", [ada.pk])
    assert set(Entry.objects.values_list("reason", "note")) == {("", ""), ("For herself", "")}
    told = str(list(Event.objects.filter(record_id=bea.pk).values_list("data", flat=True)))
    assert "Ada" not in told and "For herself" in told
    assert owner.client.get(f"/desk/shop/customers/{bea.pk}/").status_code == 200
    assert queries.drift(store=owner.store) == {}


def test_a_clerk_neither_voids_nor_transfers(clerk: Someone, people: list[Customer]) -> None:
    given = change(clerk.store, people[0], 50)
    with pytest.raises(NotAllowed):
        act(clerk, "points", "void-points", [given.pk], reason="x")
    with pytest.raises(NotAllowed):
        act(
            clerk, "customers", "transfer-points", [people[0].pk], customer="bea@x.fr", points="5", reason="x"
        )
    assert points_of(*people) == [50, 0]


def test_transferred_points_keep_their_time(manager: Someone, people: list[Customer]) -> None:
    store, (ada, bea) = manager.store, people
    change(store, ada, 10, expires_at=NOW + DAY)
    change(store, ada, 50)
    done = act(
        manager, "customers", "transfer-points", [ada.pk], customer="bea@x.fr", points="25", reason="Gift"
    )
    assert points_of(ada, bea) == [35, 25]
    got = Entry.objects.filter(customer=bea).values_list("points", "expires_at", "kind")
    assert set(got) == {(10, NOW + DAY, "transfer"), (15, None, "transfer")}
    undone = undo_change_set(store=store, change_set_id=done.change_set, actor=manager.actor, now=NOW)
    assert not undone.left and points_of(ada, bea) == [60, 0] and queries.drift(store=store) == {}


def test_a_transfer_that_was_spent_is_taken_back_on_neither_side(
    manager: Someone, people: list[Customer]
) -> None:
    store, (ada, bea) = manager.store, people
    change(store, ada, 50)
    done = act(
        manager, "customers", "transfer-points", [ada.pk], customer="bea@x.fr", points="25", reason="Gift"
    )
    change(store, bea, -20)
    for only in ([ada.pk], [bea.pk], []):
        undone = undo_change_set(
            store=store, change_set_id=done.change_set, only=only, actor=manager.actor, now=NOW
        )
        assert undone.left and points_of(ada, bea) == [25, 5]
    side = Entry.objects.get(customer=ada, points=-25)
    act(manager, "points", "void-points", [side.pk], reason="By hand")
    assert points_of(ada, bea) == [50, -20] and queries.drift(store=store) == {}


@pytest.mark.parametrize(
    ("to", "points"), [("ada@x.fr", "5"), ("bea@x.fr", "0"), ("bea@x.fr", "-5"), ("x", "5")]
)
def test_nonsense_is_not_transferred(manager: Someone, people: list[Customer], to: str, points: str) -> None:
    change(manager.store, people[0], 50)
    with pytest.raises((Invalid, InvalidRecord)):
        act(manager, "customers", "transfer-points", [people[0].pk], customer=to, points=points, reason="x")
    assert points_of(*people) == [50, 0]


def test_what_stands_beside_the_points(store: Store, people: list[Customer]) -> None:
    context = Context(store=store, actor=ME, now=NOW)
    change(store, people[0], 30, expires_at=NOW + DAY)
    change(store, people[0], 200)
    change(store, people[0], 7, available_at=NOW + DAY)

    def told(customer: Customer) -> str:
        return told_beside(vars(Customer.objects.get(pk=customer.pk)), context)

    said = told(people[0])
    assert "worth €2.30" in said and "7 pending" in said and "30 only until" in said
    change(store, people[1], -20)
    assert told(people[1]) == "owes 20 points"
    [flow] = [one for one in get_resource("customers").flows(ME) if one.name == "points"]
    found = latest_entries([flow], people[0].pk, context, limit=5, before=None)
    assert sorted(one.amount for one in found) == [7, 30, 200]


def test_what_is_worth_more_than_a_column_holds_is_still_shown(
    owner: Someone, people: list[Customer]
) -> None:
    """As many points as one entry may have, at the highest value: the page of the money was an error."""
    store, ada = owner.store, people[0]
    edit_programme(store=store, changes={"value_minor": 10**9}, actor=owner.actor, now=NOW)
    change(store, ada, MOST)
    change(store, ada, -3)
    [flow] = [one for one in get_resource("customers").flows(ME) if one.name == "points"]
    context = Context(store=store, actor=ME, now=NOW)
    found = latest_entries([flow], ada.pk, context, limit=5, before=None)
    assert sorted(one.amount for one in found) == [-3 * 10**7, 10**15]
    assert owner.client.get(f"/desk/shop/customers/{ada.pk}/?show=money").status_code == 200
    edit_programme(store=store, changes={"value_minor": 50}, actor=owner.actor, now=NOW)
    found = latest_entries([flow], ada.pk, context, limit=5, before=None)
    assert sorted(one.amount for one in found) == [-1, 5 * 10**11]


@pytest.mark.parametrize(
    ("where", "count"),
    [
        ("points > 10", 1),
        ("points < 0", 1),
        ("points = 0", 0),
        ("has point_entries (kind = earn and made >= -30d)", 1),
        ("has no point_entries", 0),
    ],
)
def test_conditions(store: Store, people: list[Customer], where: str, count: int) -> None:
    change(store, people[0], 30)
    change(store, people[1], -5)
    context = Context(store=store, actor=ME, now=NOW)
    query = query_from_params(get_resource("customers"), {"tab": "all", "where": where}, context, strict=True)
    assert count_matching(query, context).value == count


def test_settings_are_checked_and_kept_in_the_history(owner: Someone, manager: Someone) -> None:
    def edit(who: Someone, **changes: Any) -> Programme:
        return edit_programme(store=who.store, changes=changes, actor=who.actor, now=NOW)

    edit(owner, value_minor=250, daily_caps={"manager": 500})
    assert Event.objects.get(key="points.programme_edited").after["value_minor"] == 250
    edit(owner, value_minor=250)
    assert Event.objects.filter(key="points.programme_edited").count() == 1
    with pytest.raises(NotAllowed):
        edit(manager, value_minor=1)
    wrong = {"expire_months": -1, "below_zero": "x", "daily_caps": {"boss": 1}, "active": "no", "nothing": 1}
    with pytest.raises(InvalidRecord) as caught:
        edit(owner, **wrong)
    assert set(caught.value.errors) == set(wrong)
