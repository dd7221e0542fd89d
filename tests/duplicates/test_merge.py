"""Merging, and the way back."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from regulars.customers import services as customer_services
from regulars.customers.models import Address, Customer, Note
from regulars.duplicates import queries, services
from regulars.duplicates.models import Kept, Merge, Moved, Pair
from regulars.duplicates.services import CannotMerge
from regulars.duplicates.services.moving import references
from regulars.kit.errors import Invalid, NotAllowed, NotFound
from regulars.orders.models import Order
from regulars.resources.action import Outcome
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.timeline.undoing import undo_change_set
from tests.duplicates.conftest import ME, picture
from tests.factories import NOW, make_customer
from tests.people import Someone

pytestmark = pytest.mark.django_db
Make = Callable[..., Customer]


def merge(store: Store, survivor: Customer, *losers: Customer, **choices: Customer) -> Outcome:
    return services.merge_customers(
        store=store,
        survivor_id=survivor.pk,
        loser_ids=[one.pk for one in losers],
        choices={name: one.pk for name, one in choices.items()},
        actor=ME,
        now=NOW,
    )


def split(store: Store, loser: Customer) -> list[str]:
    return services.unmerge(store=store, merge_id=Merge.objects.get(loser_id=loser.pk).pk, actor=ME, now=NOW)


@pytest.fixture
def ada(make: Make) -> Customer:
    return make(
        first_name="Ada",
        last_name="Lovelace",
        email="ada@example.com",
        city="Paris",
        tags=["vip"],
        note="Likes red",
        accepts_marketing=True,
        external_id="S-1",
    )


@pytest.fixture
def double(make: Make) -> Customer:
    return make(
        first_name="Adah",
        last_name="Lovelace",
        email="ada.l@example.com",
        phone="+33612345678",
        phone_typed="06 12 34 56 78",
        city="Lyon",
        postcode="69003",
        tags=["repair", "vip"],
        note="Likes blue",
        external_id="S-2",
        company="Engines",
    )


def test_everything_of_the_loser_moves(store: Store, ada: Customer, double: Customer) -> None:
    outcome = merge(store, ada, double)
    assert outcome.done == [ada.pk, double.pk] and outcome.change_set
    kept = Customer.objects.get(store=store)
    assert kept.pk == ada.pk and kept.version == ada.version + 1
    assert (kept.first_name, kept.email, kept.company, kept.city) == (
        "Ada",
        "ada@example.com",
        "Engines",
        "Paris",
    )
    assert (kept.phone, kept.phone_typed) == ("+33612345678", "06 12 34 56 78")
    assert kept.tags == ["vip", "repair"] and kept.note == "Likes red\n\nLikes blue"
    assert not kept.accepts_marketing  # only one of them agreed
    assert (kept.orders_count, kept.spent_minor) == (4, ada.spent_minor + double.spent_minor)
    assert Order.objects.filter(customer=ada.pk).count() == 4
    assert Note.objects.filter(customer=ada.pk).count() == 2
    cities = set(Address.objects.filter(customer=ada.pk).values_list("city", flat=True))
    assert cities == {"Town 1-0", "Town 2-0", "Lyon"}
    assert "engines" in kept.search and "612345678" in kept.search


def test_merge_then_split_leaves_the_database_as_before(
    store: Store, ada: Customer, double: Customer
) -> None:
    other = make_customer(store, first_name="Eve")
    low, high = sorted((double.pk, other.pk))
    Pair.objects.create(store=store, first_id=low, second_id=high, score=80, verdict="different")
    low, high = sorted((ada.pk, double.pk))
    Pair.objects.create(store=store, first_id=low, second_id=high, score=90, reasons=["alike"])
    before = picture()
    merge(store, ada, double, email=double, address=double, note=ada)
    assert picture() != before
    inherited = Pair.objects.get()
    assert {inherited.first_id, inherited.second_id} == {ada.pk, other.pk}
    assert inherited.verdict == "different"
    assert split(store, double) == []
    assert picture() == before
    assert not Merge.objects.exists() and not Moved.objects.exists() and not Kept.objects.exists()


def test_choices_win_over_what_is_sensible(store: Store, ada: Customer, double: Customer) -> None:
    merge(
        store,
        ada,
        double,
        first_name=double,
        email=double,
        phone=ada,
        address=double,
        tags=double,
        note=double,
        accepts_marketing=ada,
        external_id=double,
    )
    kept = Customer.objects.get()
    assert (kept.first_name, kept.email, kept.phone) == ("Adah", "ada.l@example.com", "")
    assert (kept.city, kept.postcode) == ("Lyon", "69003") and kept.tags == ["repair", "vip"]
    assert kept.note == "Likes blue" and kept.accepts_marketing and kept.external_id == "S-2"
    assert Address.objects.filter(city="Paris", customer=ada.pk).exists()


def test_several_at_once_and_undone_together(
    store: Store, owner: Someone, ada: Customer, double: Customer, make: Make
) -> None:
    third = make(first_name="A.", last_name="Lovelace", phone="+33699999999", tags=["old"])
    before = picture()
    outcome = services.merge_customers(
        store=store,
        survivor_id=ada.pk,
        loser_ids=[double.pk, third.pk],
        choices={"phone": third.pk},
        actor=owner.actor,
        now=NOW,
    )
    kept = Customer.objects.get()
    assert kept.phone == "+33699999999" and kept.tags == ["vip", "repair", "old"]
    assert kept.orders_count == 6 and len(queries.former_selves(store=store, customer_id=ada.pk)) == 2
    assert outcome.change_set
    undone = undo_change_set(store=store, change_set_id=outcome.change_set, actor=owner.actor, now=NOW)
    assert undone.left == {} and set(undone.done) == {ada.pk, double.pk, third.pk}
    assert picture() == before


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (1, 2, 0)])
def test_splits_in_any_order_end_where_it_began(
    store: Store, make: Make, order: tuple[int, int, int]
) -> None:
    stays = make(first_name="Ada", email="a@example.com", tags=["a"], note="one")
    losers = [
        make(first_name="Ada", last_name=f"L{at}", email=f"l{at}@example.com", tags=[f"t{at}"], note=f"n{at}")
        for at in range(3)
    ]
    before = picture()
    for at, loser in enumerate(losers):
        merge(store, stays, loser, email=loser, **({"last_name": loser} if at else {}))
    for at in order:
        split(store, losers[at])
    assert picture() == before


def test_chains_redirect_and_split_from_the_end(store: Store, make: Make) -> None:
    a, b, c = (make(first_name=name, external_id=name, email=f"{name}@example.com") for name in "ABC")
    before = picture()
    merge(store, b, a)
    merge(store, c, b)
    assert queries.survivor_of(store=store, customer_id=a.pk) == c.pk
    assert queries.survivor_of(store=store, customer_id=b.pk) == c.pk
    assert queries.survivor_of(store=store, customer_id=c.pk) is None
    assert queries.survivor_by_number(store=store, number=a.number) == c.pk
    found = queries.survivors_by(store=store, column="external_id", keys=["A", "B", "X"])
    assert found == {"A": c.pk, "B": c.pk}
    assert queries.survivors_by(store=store, column="email_key", keys=["a@example.com"]) == {
        "a@example.com": c.pk
    }
    middle = picture(everything=True)
    with pytest.raises(CannotMerge, match="itself merged into #3"):
        split(store, a)
    assert picture(everything=True) == middle
    split(store, b)
    assert queries.survivor_of(store=store, customer_id=a.pk) == b.pk
    split(store, a)
    assert picture() == before


def test_what_came_later_stays_and_what_changed_since_is_left(
    store: Store, ada: Customer, double: Customer
) -> None:
    moved_note = Note.objects.get(customer=double.pk)
    merge(store, ada, double)
    customer_services.add_note(store=store, customer_id=ada.pk, body="Later", actor=ME, now=NOW)
    customer_services.remove_note(store=store, note_id=moved_note.pk, actor=ME, now=NOW)
    customer_services.edit_customer(
        store=store, customer_id=ada.pk, values={"company": "New"}, base_version=None, actor=ME, now=NOW
    )
    assert split(store, double) == ["Company"]
    ada.refresh_from_db()
    assert ada.company == "New" and ada.phone == "" and ada.tags == ["vip"]
    assert list(Note.objects.filter(customer=double.pk)) == []
    assert {note.body for note in Note.objects.filter(customer=ada.pk)} == {"Note 0", "Later"}
    assert Customer.objects.get(pk=double.pk).company == "Engines"


def test_a_made_address_that_was_changed_since_stays(store: Store, ada: Customer, double: Customer) -> None:
    merge(store, ada, double)
    made = Address.objects.get(city="Lyon")
    customer_services.edit_address(
        store=store, address_id=made.pk, values={"building": "B"}, actor=ME, now=NOW
    )
    split(store, double)
    assert Address.objects.filter(pk=made.pk, customer=ada.pk).exists()


def test_refuses_in_words_and_changes_nothing(
    store: Store, other_store: Store, ada: Customer, double: Customer, clerk: Someone
) -> None:
    stranger = make_customer(other_store)
    gone = make_customer(store, state="anonymised")
    many = [make_customer(store, first_name=str(at)) for at in range(10)]
    before = picture(everything=True)
    refusals: list[tuple[type[Exception], str, list[Customer], dict[str, Customer]]] = [
        (NotFound, "does not exist", [stranger], {}),
        (CannotMerge, "anonymised", [gone], {}),
        (CannotMerge, "twice", [ada], {}),
        (CannotMerge, "twice", [double, double], {}),
        (CannotMerge, "2 to 10", many, {}),
        (CannotMerge, "2 to 10", [], {}),
        (Invalid, "not one of", [double], {"email": stranger}),
    ]
    for kind, words, losers, choices in refusals:
        with pytest.raises(kind, match=words):
            merge(store, ada, *losers, **choices)
    with pytest.raises(NotFound):
        merge(other_store, ada, double)
    with pytest.raises(NotAllowed):
        services.merge_customers(
            store=store,
            survivor_id=ada.pk,
            loser_ids=[double.pk],
            choices={},
            actor=clerk.actor,
            now=NOW,
        )
    assert picture(everything=True) == before


def test_a_merged_customer_says_where_it_went(store: Store, ada: Customer, double: Customer) -> None:
    merge(store, ada, double)
    other = make_customer(store, first_name="Eve")
    with pytest.raises(CannotMerge, match="#2 was merged into #1 already"):
        merge(store, other, double)


def test_a_taken_email_stops_the_split(store: Store, ada: Customer, double: Customer) -> None:
    merge(store, ada, double)
    make_customer(store, email="Ada.L@example.com")
    before = picture(everything=True)
    with pytest.raises(customer_services.EmailTaken):
        split(store, double)
    assert picture(everything=True) == before


def test_the_timeline_tells_it_and_the_toast_takes_it_back_once(
    store: Store, owner: Someone, ada: Customer, double: Customer
) -> None:
    outcome = merge(store, ada, double)
    told = Event.objects.get(key="customer.merged")
    assert told.record_id == ada.pk and told.data["number"] == double.number
    assert told.after["company"] == "Engines" and told.before["company"] == ""
    assert Event.objects.get(key="customer.merged_away").record_id == double.pk
    assert outcome.change_set
    for expected in ({}, {ada.pk: "was split again already", double.pk: "was split again already"}):
        undone = undo_change_set(store=store, change_set_id=outcome.change_set, actor=owner.actor, now=NOW)
        assert undone.left == expected
    assert Event.objects.filter(key="customer.unmerged").count() == 2


def test_rows_that_clash_are_kept_and_come_back(store: Store, ada: Customer, double: Customer) -> None:
    """A note for each customer and text may exist once, for the time of this test."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("CREATE UNIQUE INDEX once ON customers_note (store_id, customer_id, body)")
    customer_services.add_note(store=store, customer_id=double.pk, body="Own", actor=ME, now=NOW)
    before = picture()
    merge(store, ada, double)
    assert sorted(Note.objects.values_list("body", flat=True)) == ["Note 0", "Own"]
    assert Kept.objects.filter(table="customers_note").count() == 1
    split(store, double)
    assert picture() == before


def test_every_reference_to_customers_is_known() -> None:
    tables = {(one.table, one.column) for one in references()}
    assert {
        ("customers_note", "customer_id"),
        ("customers_address", "customer_id"),
        ("orders_order", "customer_id"),
        ("duplicates_merge", "survivor_id"),
        ("duplicates_pair", "first_id"),
    } <= tables


def test_the_rehearsal_tells_and_writes_nothing(store: Store, ada: Customer, double: Customer) -> None:
    before = picture(everything=True)
    found = services.rehearse_merge(
        store=store, survivor_id=ada.pk, loser_ids=[double.pk], choices={}, actor=ME, now=NOW
    )
    assert found.result.company == "Engines" and found.result.orders_count == 4
    assert set(found.moved) == {"2 orders", "1 note", "1 address"} and found.clashes == []
    assert picture(everything=True) == before


def test_the_action_takes_numbers(store: Store, ada: Customer, double: Customer) -> None:
    action = get_resource("customers").action("merge")

    def act(ids: list[UUID], inputs: Mapping[str, str]) -> Outcome:
        return action.perform(store=store, ids=ids, inputs=dict(inputs), actor=ME, now=NOW, change_set=None)

    with pytest.raises(Invalid):
        act([ada.pk, double.pk], {"into": "#99"})
    with pytest.raises(NotFound):
        act([ada.pk], {"into": str(uuid4())})
    assert action.preview is not None
    told = action.preview(
        store=store,
        ids=[ada.pk, double.pk],
        count=2,
        inputs={"into": "2", "keep.email": "#1"},
        actor=ME,
        now=NOW,
    )
    assert told[0] == "#1 would go into #2." and "ada@example.com" in told[1]
    act([ada.pk, double.pk], {"into": "#2", "keep.email": "1"})
    kept: Any = Customer.objects.get()
    assert kept.pk == double.pk and kept.email == "ada@example.com"


def test_one_who_cannot_be_split_again_does_not_hold_up_the_others(
    owner: Someone, ada: Customer, double: Customer, make: Make
) -> None:
    third = make(first_name="Third", email="third@example.com")
    merged = merge(owner.store, ada, double, third)
    make(first_name="New", email=double.email)
    assert merged.change_set is not None
    undone = undo_change_set(store=owner.store, change_set_id=merged.change_set, actor=owner.actor, now=NOW)
    assert third.pk in undone.done and "has this e-mail" in undone.left[double.pk]
    assert set(Customer.objects.values_list("first_name", flat=True)) == {"Ada", "Third", "New"}
