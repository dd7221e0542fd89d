"""What customers agreed to is kept, whoever changed it and however."""

from collections import Counter
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from regulars.customers import services as customers
from regulars.customers.models import Customer
from regulars.duplicates.models import Merge
from regulars.duplicates.services import merge_customers, unmerge
from regulars.kit.actor import Actor, system
from regulars.messaging.models import Consent
from regulars.resources.context import Context
from regulars.resources.execute import Selection, perform
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.models import ChangeSet, Event
from regulars.timeline.undoing import undo_change_set
from tests.factories import NOW, make_customer
from tests.people import Someone

pytestmark = pytest.mark.django_db
NORA = Actor(kind="staff", name="Nora", surface="desk", permissions=frozenset({"*"}))


def kept(customer: Customer) -> list[tuple[str, str, bool]]:
    rows = Consent.objects.filter(customer=customer).order_by("at", "pk")
    return list(rows.values_list("purpose", "channel", "granted"))


def act(verb: Any, *people: Customer, **inputs: Any) -> Any:
    return verb(
        store=people[0].store,
        ids=[one.pk for one in people],
        inputs=inputs,
        actor=NORA,
        now=NOW,
        change_set=None,
    )


def test_each_way_of_changing_it_leaves_one_row(store: Store) -> None:
    ada = make_customer(store, email="ada@example.test", phone="+33612345678", accepts_marketing=True)
    assert kept(ada) == [("marketing", "mail", True)]
    customers.edit_customer(
        store=store,
        customer_id=ada.pk,
        values={"accepts_marketing": False, "points_summary": True, "city": "Rome"},
        base_version=None,
        actor=NORA,
        now=NOW,
    )
    assert sorted(kept(ada)[1:]) == [("marketing", "mail", False), ("points", "mail", True)]
    act(customers.subscribe_to_sms, ada)
    assert kept(ada)[-1] == ("marketing", "sms", True)
    act(customers.subscribe_to_sms, ada)  # nothing changes
    act(customers.add_tags, ada, tags=["vip"])
    assert len(kept(ada)) == 4


def test_who_where_and_in_which_words(store: Store) -> None:
    ada = make_customer(store, email="ada@example.test")
    act(customers.subscribe_customers, ada, wording="Yes, send me news.")
    row = Consent.objects.get(customer=ada)
    assert (row.granted, row.place, row.wording) == (True, "desk", "Yes, send me news.")
    assert (row.author_kind, row.author_name) == ("staff", "Nora")


def test_a_box_that_a_colleague_ticks_is_not_evidence_without_words(store: Store, owner: Someone) -> None:
    """The action asks for the words; who only ticks the box in the form is said to have done that."""
    ada, bea = (make_customer(store, email=f"{name}@example.test") for name in ("ada", "bea"))
    customers.edit_customer(
        store=store,
        customer_id=ada.pk,
        values={"accepts_marketing": True},
        base_version=None,
        actor=NORA,
        now=NOW,
    )
    row = Consent.objects.get(customer=ada)
    assert row.wording == "Ticked by staff: “Newsletter”. No other words were noted."
    url = f"/desk/shop/customers/actions/subscribe/?id={bea.pk}"
    words = "Card at the till: “Yes, news by e-mail”, signed by Bea"
    assert owner.client.post(url, {"confirmed": "1", "wording": words}).status_code == 302
    row = Consent.objects.get(customer=bea)
    assert (row.wording, row.place, row.author_kind) == (words, "desk", "staff")
    anonymise(owner, bea)
    assert not Consent.objects.filter(customer=bea).exists()
    assert "signed by Bea" not in str(list(Event.objects.filter(record_id=bea.pk).values_list("data")))


def anonymise(who: Someone, customer: Customer) -> None:
    perform(
        resource=get_resource("customers"),
        name="anonymise",
        selection=Selection(ids=(customer.pk,)),
        raw_inputs={},
        context=Context(store=who.store, actor=who.actor, now=NOW),
    )


def test_an_undo_is_a_change_too(store: Store) -> None:
    ada = make_customer(store, email="ada@example.test")
    done = act(customers.subscribe_customers, ada)
    undo_change_set(store=store, change_set_id=done.change_set, actor=NORA, now=NOW)
    assert [granted for _what, _way, granted in kept(ada)] == [True, False]
    assert ChangeSet.objects.filter(undoes=done.change_set).exists()


def test_a_merge_that_ends_an_agreement_says_so_and_a_split_brings_it_back(store: Store) -> None:
    ada = make_customer(store, email="ada@example.test", accepts_marketing=True)
    twin = make_customer(store, email="twin@example.test", points_summary=True)
    merge_customers(store=store, survivor_id=ada.pk, loser_ids=[twin.pk], choices={}, actor=NORA, now=NOW)
    assert Counter(kept(ada)) == Counter(
        (purpose, "mail", granted) for purpose in ("marketing", "points") for granted in (True, False)
    )
    unmerge(store=store, merge_id=Merge.objects.get().pk, actor=NORA, now=NOW)
    assert kept(ada)[-1] == ("marketing", "mail", True) and kept(twin) == [("points", "mail", True)]


def test_what_was_agreed_to_is_only_ever_added_to(store: Store) -> None:
    make_customer(store, email="ada@example.test", accepts_marketing=True)
    with pytest.raises(DatabaseError), transaction.atomic():
        Consent.objects.update(granted=False)
    assert Consent.objects.get().granted


def test_anonymising_keeps_nothing(store: Store) -> None:
    ada = make_customer(store, email="ada@example.test", accepts_marketing=True)
    customers.anonymise_customers(
        store=store, ids=[ada.pk], inputs={}, actor=system("Tests"), now=NOW, change_set=None
    )
    assert not Consent.objects.exists()


def test_many_at_once_cost_one_statement(store: Store, django_assert_max_num_queries: Any) -> None:
    people = [make_customer(store, email=f"p{number}@example.test") for number in range(40)]
    with django_assert_max_num_queries(9):
        act(customers.subscribe_customers, *people)
    assert Consent.objects.count() == 40
