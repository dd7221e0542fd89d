"""Notes: written by anybody who may, changed by their author or a manager."""

import pytest

from regulars.customers import queries, services
from regulars.customers.models import Customer, Note
from regulars.kit.errors import Invalid, NotAllowed, NotFound
from regulars.stores.models import Store
from regulars.timeline.models import Event
from tests.factories import NOW, actor_of, make_customer, make_person
from tests.people import Someone

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(store: Store) -> Customer:
    return make_customer(store)


def write(who: Someone, customer: Customer, body: str = "Likes red", **more: bool) -> Note:
    return services.add_note(
        store=who.store, customer_id=customer.pk, body=body, actor=who.actor, now=NOW, **more
    )


def test_a_note_keeps_its_author_and_its_words(clerk: Someone, customer: Customer) -> None:
    """P-21."""
    note = write(clerk, customer, " <b>Likes</b>\r\nred \x00")
    assert (note.body, note.author_name) == ("<b>Likes</b>\r\nred", clerk.user.display_name)
    event = Event.objects.get(key="customer.noted")
    assert (event.record_id, event.after) == (customer.pk, {"body": note.body})


def test_the_author_and_a_manager_change_it_others_do_not(
    clerk: Someone, manager: Someone, customer: Customer
) -> None:
    note = write(clerk, customer)
    colleague = actor_of(clerk.store, make_person(clerk.store, "clerk", email="second@shop.test"))
    for attempt in (
        lambda: services.edit_note(store=clerk.store, note_id=note.pk, body="x", actor=colleague, now=NOW),
        lambda: services.remove_note(store=clerk.store, note_id=note.pk, actor=colleague, now=NOW),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert Note.objects.get().body == "Likes red"
    services.edit_note(store=clerk.store, note_id=note.pk, body="Likes blue", actor=clerk.actor, now=NOW)
    services.edit_note(store=clerk.store, note_id=note.pk, body="Likes blue", actor=clerk.actor, now=NOW)
    event = Event.objects.get(key="customer.note_edited")
    assert (event.before, event.after) == ({"body": "Likes red"}, {"body": "Likes blue"})
    services.remove_note(store=clerk.store, note_id=note.pk, actor=manager.actor, now=NOW)
    assert not Note.objects.exists()
    assert Event.objects.get(key="customer.note_removed").before["body"] == "Likes blue"


def test_pinned_notes_come_first(clerk: Someone, customer: Customer) -> None:
    first, second = write(clerk, customer, "one"), write(clerk, customer, "two")
    services.pin_note(store=clerk.store, note_id=first.pk, pinned=True, actor=clerk.actor, now=NOW)
    services.pin_note(store=clerk.store, note_id=first.pk, pinned=True, actor=clerk.actor, now=NOW)
    assert [note.pk for note in queries.notes_of(store=clerk.store, customer_id=customer.pk)] == [
        first.pk,
        second.pk,
    ]
    services.pin_note(store=clerk.store, note_id=first.pk, pinned=False, actor=clerk.actor, now=NOW)
    assert [note.pk for note in queries.notes_of(store=clerk.store, customer_id=customer.pk)] == [
        second.pk,
        first.pk,
    ]
    assert Event.objects.filter(key__startswith="customer.note_").count() == 2


@pytest.mark.parametrize("body", ["", "  \n ", "\x00", "x" * 10_001])
def test_refuses_empty_and_endless_notes(clerk: Someone, customer: Customer, body: str) -> None:
    with pytest.raises(Invalid):
        write(clerk, customer, body)
    assert not Note.objects.exists()


def test_notes_of_another_store_do_not_exist(
    clerk: Someone, other_owner: Someone, customer: Customer
) -> None:
    with pytest.raises(NotFound):
        services.add_note(
            store=other_owner.store, customer_id=customer.pk, body="x", actor=other_owner.actor, now=NOW
        )
    note = write(clerk, customer)
    for attempt in (services.pin_note, services.edit_note, services.remove_note):
        more = {services.pin_note: {"pinned": True}, services.edit_note: {"body": "x"}}.get(attempt, {})
        with pytest.raises(NotFound):
            attempt(store=other_owner.store, note_id=note.pk, actor=other_owner.actor, now=NOW, **more)
    assert Note.objects.get().body == "Likes red"
