"""Somebody who is forgotten keeps their issued invoices, sealed."""

from typing import Any

import pytest

from regulars.customers import services as customer_services
from regulars.customers.models import Customer
from regulars.duplicates import services as duplicate_services
from regulars.invoices import queries
from regulars.invoices.models import Invoice
from regulars.invoices.paper import billed_to
from regulars.resources.context import Context
from regulars.resources.page import matching
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.timeline.undoing import undo_change_set
from tests.factories import NOW, make_customer
from tests.invoices.conftest import ME, make_draft, make_issued, pay

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(store: Store) -> Customer:
    return make_customer(
        store,
        first_name="Ada",
        last_name="Lovelace",
        email="ada@example.com",
        address="1 rue X",
        city="Paris",
    )


def forget(store: Store, customer: Customer) -> Any:
    return customer_services.anonymise_customers(
        store=store, ids=[customer.pk], inputs={}, actor=ME, now=NOW, change_set=None
    )


def test_anonymising_seals_what_is_issued_and_drops_drafts(store: Store, ada: Customer) -> None:
    issued = make_issued(
        store, customer_id=ada.pk, bill_name="", note="For Ada Lovelace", tracking_number="T1"
    )
    make_draft(store, customer_id=ada.pk, bill_name="")
    other = make_issued(store, bill_name="Bob")
    pay(store, issued, 100, reference="ada@example.com")
    forget(store, ada)
    assert set(Invoice.objects.all()) == {issued, other}
    issued.refresh_from_db()
    assert (issued.bill_name, issued.bill_address, issued.email, issued.tracking_number) == ("", "", "", "")
    assert billed_to(issued) == {"name": "Ada Lovelace", "address": "1 rue X\nParis", "tax_id": ""}
    assert "Ada" not in issued.note and "ada" not in issued.search and issued.paid_minor == 100
    assert "ada" not in queries.payments_of(store=store, invoice_id=issued.pk)[0].reference
    told = str(list(Event.objects.values_list("before", "after", "data")))
    assert "Lovelace" not in told and "ada@example.com" not in told
    other.refresh_from_db()
    assert other.bill_name == "Bob" and other.sealed is None


def test_nobody_finds_them_by_name_any_more(store: Store, ada: Customer) -> None:
    issued = make_issued(store, customer_id=ada.pk, bill_name="")
    context = Context(store=store, actor=ME, now=NOW)
    resource = get_resource("invoices")
    asked = [{"q": "lovelace"}, {"where": "bill_name contains ada"}, {"q": "INV-00001"}]

    def found() -> list[int]:
        return [
            matching(query_from_params(resource, {"tab": "all"} | params, context), context).count()
            for params in asked
        ]

    assert found() == [1, 1, 1]
    forget(store, ada)
    assert found() == [0, 0, 1]
    issued.refresh_from_db()
    assert issued.sealed


def test_deleting_where_the_store_allows_it_leaves_the_invoice(store: Store, ada: Customer) -> None:
    Store.objects.filter(pk=store.pk).update(delete_policy="always")
    store.refresh_from_db()
    issued = make_issued(store, customer_id=ada.pk, bill_name="")
    outcome = customer_services.delete_customers(
        store=store, ids=[ada.pk], inputs={}, actor=ME, now=NOW, change_set=None
    )
    assert outcome.done == [ada.pk] and not Customer.objects.filter(pk=ada.pk).exists()
    issued.refresh_from_db()
    assert issued.customer_id is None and billed_to(issued)["name"] == "Ada Lovelace"


def test_an_issued_invoice_speaks_against_deleting(store: Store, ada: Customer) -> None:
    make_issued(store, customer_id=ada.pk, bill_name="")
    outcome = customer_services.delete_customers(
        store=store, ids=[ada.pk], inputs={}, actor=ME, now=NOW, change_set=None
    )
    assert not outcome.done and Customer.objects.filter(pk=ada.pk).exists()


def test_a_merge_moves_them_and_an_unmerge_moves_them_back(store: Store, ada: Customer) -> None:
    twin = make_customer(store, first_name="Ada", email="ada2@example.com")
    issued = make_issued(store, customer_id=twin.pk, bill_name="Twin")
    duplicate_services.merge_customers(
        store=store, survivor_id=ada.pk, loser_ids=[twin.pk], choices={}, actor=ME, now=NOW
    )
    issued.refresh_from_db()
    assert issued.customer_id == ada.pk and issued.bill_name == "Twin"
    undo_change_set(
        store=store,
        change_set_id=Event.objects.filter(key="customer.merged").get().change_set_id,
        actor=ME,
        now=NOW,
    )
    issued.refresh_from_db()
    assert issued.customer_id == twin.pk


def test_what_was_written_by_hand_to_their_e_mail_is_theirs(store: Store, ada: Customer) -> None:
    other = make_customer(store, first_name="Bob")
    by_hand = make_issued(store, bill_name="Ada L.", email="ADA@example.com")
    of_bob = make_issued(store, customer_id=other.pk, bill_name="Bob", email="ada@example.com")
    forget(store, ada)
    for one in (by_hand, of_bob):
        one.refresh_from_db()
        assert one.email == "" and "ada" not in one.search
    assert billed_to(by_hand)["name"] == "Ada L." and by_hand.bill_name == ""
    assert of_bob.bill_name == "Bob" and of_bob.sealed is None
