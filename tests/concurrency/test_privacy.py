"""Somebody writes about a customer while another anonymises them. The first test shows the race."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from regulars.customers import services
from regulars.customers.choices import State
from regulars.customers.models import Address, Customer, Note
from regulars.customers.services.edit import Final
from regulars.kit.actor import system
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.timeline.undoing import undo_change_set
from tests.concurrency.together import together
from tests.factories import NOW, make_customer, make_store

pytestmark = pytest.mark.django_db(transaction=True)
ME = system("Tests")
ASKED: dict[str, Any] = {"actor": ME, "now": NOW}


@pytest.fixture
def shop(transactional_db: None) -> Store:
    return make_store("shop")


def anonymise(store: Store, customer: Customer) -> Any:
    return services.anonymise_customers(store=store, ids=[customer.pk], inputs={}, change_set=None, **ASKED)


def test_a_look_before_the_write_finds_the_customer_open(shop: Store) -> None:
    """The control: who only looks may write about somebody who is forgotten a moment later."""
    zeb = make_customer(shop, first_name="Zebulon")
    looked = threading.Barrier(2, timeout=20)

    def look() -> bool:
        with transaction.atomic():
            is_open = Customer.objects.exclude(state=State.ANONYMISED).filter(pk=zeb.pk).exists()
            looked.wait()
            looked.wait()
            return is_open

    def forget() -> str:
        looked.wait()
        anonymise(shop, zeb)
        looked.wait()
        return str(Customer.objects.get(pk=zeb.pk).state)

    assert together(look, forget) == [True, "anonymised"]


def edit(store: Store, zeb: Customer) -> Any:
    values = {"last_name": "Quartermaine"}
    return services.edit_customer(store=store, customer_id=zeb.pk, values=values, base_version=None, **ASKED)


def note(store: Store, zeb: Customer) -> Any:
    return services.add_note(store=store, customer_id=zeb.pk, body="Quartermaine called", **ASKED)


def address(store: Store, zeb: Customer) -> Any:
    return services.add_address(
        store=store, customer_id=zeb.pk, values={"address": "Quartermaine Lane"}, **ASKED
    )


def take_back(store: Store, zeb: Customer) -> Any:
    removed = Event.objects.get(key="customer.note_removed", record_id=zeb.pk)
    undone = undo_change_set(store=store, change_set_id=removed.change_set_id, **ASKED)
    if undone.left:
        raise Final(next(iter(undone.left.values())))
    return undone


@pytest.mark.parametrize("write", [edit, note, address, take_back])
@pytest.mark.parametrize("turn", range(3))
def test_nothing_is_written_back_about_who_is_forgotten(
    shop: Store, write: Callable[[Store, Customer], Any], turn: int
) -> None:
    zeb = make_customer(shop, first_name="Zebulon", email="zeb@example.com")
    earlier = services.add_note(store=shop, customer_id=zeb.pk, body="Quartermaine wrote", **ASKED)
    services.remove_note(store=shop, note_id=earlier.pk, **ASKED)
    written, forgotten = together(lambda: write(shop, zeb), lambda: anonymise(shop, zeb))
    assert forgotten.done == [zeb.pk]
    assert not isinstance(written, Exception) or isinstance(written, Final), written
    zeb.refresh_from_db()
    assert (zeb.state, zeb.last_name, zeb.search) == ("anonymised", "", "")
    assert not Note.objects.exists() and not Address.objects.exists()
    told = str(list(Event.objects.values_list("before", "after", "data"))).lower()
    assert "quartermaine" not in told and "zeb" not in told


def test_two_who_delete_the_same_customer_do_it_once(shop: Store) -> None:
    zeb = make_customer(shop, first_name="Zebulon")

    def delete() -> Any:
        return services.delete_customers(store=shop, ids=[zeb.pk], inputs={}, change_set=None, **ASKED)

    outcomes = together(delete, delete)
    assert sorted(len(one.done) for one in outcomes) == [0, 1]
    assert Event.objects.filter(key="customer.deleted").count() == 1
