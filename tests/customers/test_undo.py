"""Undo: what an act changed is put back, for those who were not changed since, and can be done again."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.customers import services
from regulars.customers.models import Address, Customer, Note
from regulars.jobs.queries import skipped_of
from regulars.jobs.services import execute_run
from regulars.kit.errors import NotAllowed, NotFound
from regulars.stores.models import Store
from regulars.timeline import undoing
from regulars.timeline.models import ChangeSet, Event
from regulars.timeline.undoing import CannotUndo, rehearse_undo, undo_change_set
from tests.factories import NOW, make_customer
from tests.people import Someone

pytestmark = pytest.mark.django_db
COUNTERS = {"version", "updated_at"}


def last_act() -> UUID:
    return ChangeSet.objects.order_by("-pk")[0].pk


def undo(who: Someone, act: UUID | None = None, *, days: int = 0, only: Any = ()) -> undoing.Undone:
    return undo_change_set(
        store=who.store,
        change_set_id=act or last_act(),
        only=only,
        actor=who.actor,
        now=NOW + timedelta(days=days),
    )


def edit(who: Someone, customer: Customer, **values: Any) -> UUID:
    services.edit_customer(
        store=who.store, customer_id=customer.pk, values=values, base_version=None, actor=who.actor, now=NOW
    )
    return last_act()


def tag(who: Someone, people: list[Customer], *tags: str) -> UUID:
    made = services.add_tags(
        store=who.store,
        ids=[one.pk for one in people],
        inputs={"tags": list(tags)},
        actor=who.actor,
        now=NOW,
        change_set=None,
    ).change_set
    assert made is not None
    return made


def rows() -> list[dict[str, Any]]:
    return [
        {name: value for name, value in row.items() if name not in COUNTERS}
        for row in Customer.objects.order_by("pk").values()
    ]


def test_an_edit_is_undone_search_forms_and_all_and_can_be_done_again(clerk: Someone) -> None:
    customer = make_customer(clerk.store, first_name="Zoë", email="zoe@example.com", phone="+33612345678")
    before = rows()
    act = edit(
        clerk, customer, first_name="Ada", email="ada@example.com", phone="", birthdate=None, tags=["a"]
    )
    after = rows()
    undone = undo(clerk, act)
    assert (undone.done, undone.left) == ([customer.pk], {}) and rows() == before
    assert undone.change_set is not None
    undo(clerk, undone.change_set)
    assert rows() == after
    assert Customer.objects.get().version == 4


def test_who_was_changed_since_is_left_alone_and_named(clerk: Someone) -> None:
    people = [make_customer(clerk.store) for _ in range(3)]
    act = tag(clerk, people, "vip")
    tag(clerk, people[:1], "late")
    rehearsed = rehearse_undo(store=clerk.store, change_set_id=act, actor=clerk.actor, now=NOW)
    assert rehearsed.left == {people[0].pk: "was changed since"} and len(rehearsed.done) == 2
    assert not ChangeSet.objects.filter(undoes=act).exists()
    assert Customer.objects.filter(tags__contains=["vip"]).count() == 3
    undone = undo(clerk, act)
    assert undone.left == rehearsed.left and undone.done == rehearsed.done
    assert sorted(Customer.objects.values_list("tags", flat=True)) == [[], [], ["vip", "late"]]
    assert Event.objects.filter(change_set_id=undone.change_set).count() == 2


def test_other_facts_that_changed_since_do_not_matter(clerk: Someone) -> None:
    customer = make_customer(clerk.store)
    act = tag(clerk, [customer], "vip")
    edit(clerk, customer, city="Rome")
    assert undo(clerk, act).done == [customer.pk]
    assert Customer.objects.values_list("tags", "city").get() == ([], "Rome")


def test_in_part(clerk: Someone) -> None:
    people = [make_customer(clerk.store) for _ in range(3)]
    act = tag(clerk, people, "vip")
    assert undo(clerk, act, only=[people[1].pk]).done == [people[1].pk]
    assert Customer.objects.filter(tags=["vip"]).count() == 2
    rest = undo(clerk, act)
    assert set(rest.left) == {people[1].pk} and Customer.objects.filter(tags=["vip"]).count() == 0


def test_an_e_mail_that_somebody_else_has_by_now_stays_theirs(clerk: Someone) -> None:
    customer = make_customer(clerk.store, email="first@example.com")
    act = edit(clerk, customer, email="second@example.com")
    make_customer(clerk.store, email="FIRST@example.com")
    assert undo(clerk, act).left == {customer.pk: "another customer has this e-mail by now"}
    assert Customer.objects.get(pk=customer.pk).email == "second@example.com"


def test_after_thirty_days_by_strangers_and_without_the_right_it_is_refused(
    clerk: Someone, viewer: Someone, other_owner: Someone
) -> None:
    customer = make_customer(clerk.store)
    act = tag(clerk, [customer], "vip")
    with pytest.raises(CannotUndo, match="30 days"):
        undo(clerk, act, days=30)
    with pytest.raises(NotAllowed):
        undo(viewer, act)
    with pytest.raises(NotFound):
        undo(other_owner, act)
    assert Customer.objects.get().tags == ["vip"]
    assert undo(clerk, act, days=29).done == [customer.pk]


def test_what_a_role_may_not_change_it_may_not_put_back(owner: Someone, clerk: Someone) -> None:
    customer = make_customer(owner.store, commission_reduction=5)
    act = edit(owner, customer, commission_reduction=50)
    assert undo(clerk, act).left == {customer.pk: "your role may not change this"}
    assert Customer.objects.get().commission_reduction == 50
    services.deactivate_customers(
        store=owner.store, ids=[customer.pk], inputs={}, actor=owner.actor, now=NOW, change_set=None
    )
    assert undo(clerk).left == {customer.pk: "your role may not change this"}
    assert Customer.objects.get().state == "inactive"


def test_making_a_customer_has_no_undo(owner: Someone) -> None:
    make_customer(owner.store)
    with pytest.raises(CannotUndo):
        undo(owner)


def test_notes_and_addresses_come_back(clerk: Someone) -> None:
    customer = make_customer(clerk.store, city="Paris", country="FR")
    who: dict[str, Any] = {"store": clerk.store, "actor": clerk.actor, "now": NOW}
    note = services.add_note(customer_id=customer.pk, body="Likes red", **who)
    kept = Note.objects.values().get()
    services.edit_note(note_id=note.pk, body="Likes blue", **who)
    undo(clerk)
    assert Note.objects.get().body == "Likes red"
    services.pin_note(note_id=note.pk, pinned=True, **who)
    undo(clerk)
    services.remove_note(note_id=note.pk, **who)
    undo(clerk)
    assert Note.objects.values().get() | {"edited_at": None} == kept
    address = services.add_address(customer_id=customer.pk, values={"city": "Rome", "country": "IT"}, **who)
    home = Address.objects.values().get()
    services.edit_address(address_id=address.pk, values={"city": "Oslo"}, **who)
    undo(clerk)
    services.remove_address(address_id=address.pk, **who)
    undo(clerk)
    assert Address.objects.values().get() | {"created_at": 0} == home | {"created_at": 0}
    services.make_address_main(address_id=address.pk, **who)
    assert Customer.objects.get().city == "Rome"
    undo(clerk)
    assert (Customer.objects.get().city, Address.objects.get().city) == ("Paris", "Rome")


def test_a_clerk_does_not_take_back_what_others_wrote(clerk: Someone, owner: Someone) -> None:
    customer = make_customer(owner.store)
    services.add_note(store=owner.store, customer_id=customer.pk, body="Mine", actor=owner.actor, now=NOW)
    assert "only the author" in undo(clerk).left[customer.pk]
    assert Note.objects.get().body == "Mine"


def test_a_large_act_is_undone_by_the_worker_in_batches(
    clerk: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "AT_ONCE", 3)
    monkeypatch.setattr(undoing, "BATCH", 4)
    people = [make_customer(clerk.store) for _ in range(10)]
    act = tag(clerk, people, "vip")
    tag(clerk, people[:1], "late")
    undone = undo(clerk, act)
    assert undone.run is not None
    run = execute_run(run_id=undone.run.pk)
    assert (run.state, run.done, run.total, run.counts) == ("done", 10, 10, {"done": 9, "skipped": 1})
    assert skipped_of(run=run) == {people[0].pk: "was changed since"}
    assert Customer.objects.filter(tags=[]).count() == 9
    made = ChangeSet.objects.get(undoes=act)
    assert made.run_id == run.pk and Event.objects.filter(change_set_id=made.pk).count() == 9


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "first_name": st.sampled_from(["Ada", "Zoë", "王", "x" * 80]),
        "company": st.sampled_from(["", "ACME"]),
        "email": st.sampled_from(["a@example.com", "B@example.com", "c@example.com"]),
        "phone": st.sampled_from(["", "+33612345678"]),
        "city": st.sampled_from(["", "Paris", "Łódź"]),
        "tags": st.lists(st.sampled_from(["a", "b", "c d"]), unique=True),
        "accepts_marketing": st.booleans(),
        "points_summary": st.booleans(),
    },
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(CHANGES, min_size=1, max_size=6))
def test_undoing_every_act_backwards_leaves_everything_as_before(
    clerk: Someone, changes: list[dict[str, Any]]
) -> None:
    customer = make_customer(clerk.store, first_name="Nora")
    before = rows()
    known = set(ChangeSet.objects.values_list("pk", flat=True))
    for values in changes:
        edit(clerk, customer, **values)
    acts = [act for act in ChangeSet.objects.order_by("-pk").values_list("pk", flat=True) if act not in known]
    for act in acts:
        assert undo(clerk, act).left == {}
    assert rows() == before
    Customer.objects.all().delete()


def test_two_stores_do_not_meet(store: Store, clerk: Someone, other_owner: Someone) -> None:
    mine, theirs = make_customer(store), make_customer(other_owner.store)
    act = tag(clerk, [mine], "vip")
    assert undo(clerk, act, only=[theirs.pk]).done == []
    assert Customer.objects.get(pk=mine.pk).tags == ["vip"]


def test_undoing_the_undo_of_a_note_writes_it_again_or_removes_it_again(clerk: Someone) -> None:
    customer = make_customer(clerk.store)
    who: dict[str, Any] = {"store": clerk.store, "actor": clerk.actor, "now": NOW}
    note = services.add_note(customer_id=customer.pk, body="Likes red", **who)
    kept = Note.objects.values().get()
    undo(clerk)
    assert not Note.objects.exists()
    assert undo(clerk).done == [customer.pk] and Note.objects.values().get() == kept
    services.remove_note(note_id=note.pk, **who)
    undo(clerk)
    assert Note.objects.values().get() == kept
    assert undo(clerk).done == [customer.pk] and not Note.objects.exists()
