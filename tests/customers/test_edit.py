"""Changing customers: only what changed is written, and two people who edit at once lose nothing."""

from typing import Any

import pytest

from regulars.customers import services
from regulars.customers.models import Customer
from regulars.customers.services import EmailTaken
from regulars.kit.errors import Invalid, InvalidRecord, NotFound, Refused
from regulars.kit.ids import new_id
from regulars.resources.conflicts import EditConflict, UnknownVersion
from regulars.stores.models import Store
from regulars.timeline.models import Event
from tests.factories import NOW, make_customer
from tests.people import Someone

pytestmark = pytest.mark.django_db


def edit(who: Someone, customer: Customer, base_version: int | None = None, **values: Any) -> Customer:
    return services.edit_customer(
        store=who.store,
        customer_id=customer.pk,
        values=values,
        base_version=base_version,
        actor=who.actor,
        now=NOW,
    )


def events_of(customer: Customer) -> list[Event]:
    return list(Event.objects.filter(record_id=customer.pk).exclude(key="customer.created").order_by("pk"))


@pytest.fixture
def ada(store: Store) -> Customer:
    return make_customer(
        store, first_name="Ada", last_name="Lovelace", email="ada@example.com", city="London", tags=["vip"]
    )


def test_one_event_says_what_changed(owner: Someone, ada: Customer) -> None:
    """P-13."""
    edit(owner, ada, city="Łódź", tags=["vip", "till"])
    (event,) = events_of(ada)
    assert (event.key, event.version) == ("customer.edited", 2)
    assert event.before == {"city": "London", "tags": ["vip"]}
    assert event.after == {"city": "Łódź", "tags": ["vip", "till"]}
    kept = Customer.objects.get(pk=ada.pk)
    assert (kept.version, kept.city_key) == (2, "lodz") and "lodz" in kept.search


def test_no_change_writes_nothing(owner: Someone, ada: Customer) -> None:
    """P-13."""
    edit(owner, ada, city="London", tags=["vip"], first_name="Ada", birthdate=None)
    kept = Customer.objects.get(pk=ada.pk)
    assert events_of(ada) == [] and (kept.version, kept.updated_at) == (1, ada.updated_at)


def test_the_same_phone_written_otherwise_is_no_change(owner: Someone, store: Store) -> None:
    customer = make_customer(store, phone="+33612345678", phone_typed="06 12 34 56 78")
    edit(owner, customer, phone="+33612345678", phone_typed="0612345678")
    assert events_of(customer) == []


def test_two_people_changing_different_fields_both_win(
    owner: Someone, manager: Someone, ada: Customer
) -> None:
    edit(owner, ada, 1, city="Paris", first_name="Ada", last_name="Lovelace")
    # The second form still holds the old city: it is not theirs to change.
    edit(manager, ada, 1, city="London", first_name="Augusta", last_name="Lovelace")
    kept = Customer.objects.get(pk=ada.pk)
    assert (kept.city, kept.first_name, kept.version) == ("Paris", "Augusta", 3)
    assert events_of(ada)[1].after == {"first_name": "Augusta"}


def test_two_people_changing_the_same_field_are_shown_both_values(
    owner: Someone, manager: Someone, ada: Customer
) -> None:
    edit(owner, ada, 1, city="Paris")
    with pytest.raises(EditConflict) as refusal:
        edit(manager, ada, 1, city="Rome", first_name="Augusta", last_name="Lovelace")
    (conflict,) = refusal.value.conflicts
    assert (conflict.field, conflict.theirs, conflict.by) == ("city", "Paris", owner.user.display_name)
    assert refusal.value.own == {"city", "first_name"} and refusal.value.version == 2
    kept = Customer.objects.get(pk=ada.pk)
    assert (kept.city, kept.first_name, kept.version) == ("Paris", "Ada", 2)
    edit(manager, ada, refusal.value.version, city="Rome")
    assert Customer.objects.get(pk=ada.pk).city == "Rome"


def test_two_people_making_the_same_change_agree(owner: Someone, manager: Someone, ada: Customer) -> None:
    edit(owner, ada, 1, city="Paris")
    edit(manager, ada, 1, city="Paris")
    assert len(events_of(ada)) == 1


def test_back_to_the_base_value_is_not_ours_to_change(
    owner: Someone, manager: Someone, ada: Customer
) -> None:
    edit(owner, ada, 1, city="Paris")
    edit(owner, ada, 2, city="Rome")
    edit(manager, ada, 1, city="London", last_name="King")
    kept = Customer.objects.get(pk=ada.pk)
    assert (kept.city, kept.last_name) == ("Rome", "King")


def test_bulk_acts_count_as_somebodys_change(owner: Someone, manager: Someone, ada: Customer) -> None:
    services.add_tags(
        store=owner.store, ids=[ada.pk], inputs={"tags": ["x"]}, actor=owner.actor, now=NOW, change_set=None
    )
    with pytest.raises(EditConflict):
        edit(manager, ada, 1, tags=["vip", "y"])
    edit(manager, ada, 1, tags=["vip"], city="Paris")
    kept = Customer.objects.get(pk=ada.pk)
    assert (kept.tags, kept.city) == (["vip", "x"], "Paris")


def test_an_email_of_somebody_else_is_refused_whole(owner: Someone, store: Store, ada: Customer) -> None:
    """P-11."""
    make_customer(store, email="bob@example.com")
    with pytest.raises(EmailTaken):
        edit(owner, ada, email="BOB@example.com", city="Paris")
    kept = Customer.objects.get(pk=ada.pk)
    assert (kept.email, kept.city, kept.version) == ("ada@example.com", "London", 1) and events_of(ada) == []


def test_ones_own_email_in_another_case_is_a_change(owner: Someone, ada: Customer) -> None:
    edit(owner, ada, email="Ada@Example.com")
    assert Customer.objects.get(pk=ada.pk).email == "Ada@Example.com"


def test_an_email_that_was_freed_can_be_used(owner: Someone, store: Store, ada: Customer) -> None:
    edit(owner, ada, email="")
    assert make_customer(store, email="ada@example.com").number == 2


def test_something_must_be_left_that_says_who_it_is(owner: Someone, ada: Customer) -> None:
    edit(owner, ada, email="", last_name="")
    with pytest.raises(InvalidRecord):
        edit(owner, ada, first_name="")
    assert Customer.objects.get(pk=ada.pk).first_name == "Ada"


@pytest.mark.parametrize("name", ["state", "number", "spent_minor", "search", "id", "store_id", "nonsense"])
def test_only_editable_facts_can_be_edited(owner: Someone, ada: Customer, name: str) -> None:
    with pytest.raises(InvalidRecord) as refusal:
        edit(owner, ada, **{name: "1"})
    assert name in refusal.value.errors


def test_strangers_and_the_forgotten_cannot_be_edited(
    owner: Someone, other_store: Store, ada: Customer
) -> None:
    foreign = make_customer(other_store)
    with pytest.raises(NotFound):
        edit(owner, foreign, city="Paris")
    foreign.pk = new_id()
    with pytest.raises(NotFound):
        edit(owner, foreign, city="Paris")
    Customer.objects.filter(pk=ada.pk).update(state="anonymised")
    with pytest.raises(Refused) as refusal:
        edit(owner, ada, city="Paris")
    assert refusal.value.code == "anonymised" and events_of(ada) == []


def test_a_foreign_group_is_refused(owner: Someone, other_owner: Someone, ada: Customer) -> None:
    group = services.create_group(store=other_owner.store, name="Trade", actor=other_owner.actor, now=NOW)
    with pytest.raises(Invalid):
        edit(owner, ada, group_id=group.pk)


def test_many_can_be_changed_at_once_each_by_its_own_facts(store: Store) -> None:
    one, two = (
        make_customer(store, first_name="A"),
        make_customer(store, first_name="B", city="Rome", tags=["x"]),
    )
    services.update_customers(
        store=store,
        changes=[(one.pk, {"city": "Łódź", "tags": ["a", "b"]}), (two.pk, {"first_name": "Bé"})],
        now=NOW,
    )
    first, second = Customer.objects.order_by("number")
    assert (first.city, first.city_key, first.tags, first.version) == ("Łódź", "lodz", ["a", "b"], 2)
    assert (second.first_name, second.name_key, second.city, second.tags) == ("Bé", "be", "Rome", ["x"])


def test_a_version_that_is_not_there_yet_is_refused(owner: Someone, ada: Customer) -> None:
    """After a restore a client may hold a later version than the record has."""
    with pytest.raises(UnknownVersion):
        edit(owner, ada, base_version=ada.version + 1, city="Paris")
    ada.refresh_from_db()
    assert (ada.city, events_of(ada)) == ("London", [])
