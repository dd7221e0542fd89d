"""An import is taken back while somebody works with the customers it brought. The first test shows the race."""

import io
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from regulars.customers import services as customers
from regulars.customers.models import Customer, Note
from regulars.kit.actor import system
from regulars.kit.errors import NotFound
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.undoing import Undone, undo_change_set
from regulars.transfers.queries import ImportView
from regulars.transfers.services import import_now
from tests.concurrency.together import refusals, together
from tests.factories import NOW, make_store

pytestmark = pytest.mark.django_db(transaction=True)
ME = system("Tests")
PEOPLE = 30


@pytest.fixture
def shop(transactional_db: None, files: Path) -> Store:
    return make_store("shop")


@pytest.fixture
def brought(shop: Store) -> ImportView:
    text = "email\n" + "".join(f"{at}@x.fr\n" for at in range(PEOPLE))
    return import_now(
        store=shop,
        resource=get_resource("customers"),
        file=io.BytesIO(text.encode()),
        filename="a.csv",
        actor=ME,
        now=NOW,
    )


def taking_back(store: Store, view: ImportView) -> Callable[[], Undone]:
    assert view.change_set_id
    act = view.change_set_id
    return lambda: undo_change_set(store=store, change_set_id=act, actor=ME, now=NOW)


def editing(store: Store, one: Customer) -> Callable[[], Any]:
    return lambda: customers.edit_customer(
        store=store,
        customer_id=one.pk,
        values={"city": "Lyon"},
        base_version=None,
        actor=ME,
        now=NOW,
    )


def noting(store: Store, one: Customer) -> Callable[[], Any]:
    return lambda: customers.add_note(store=store, customer_id=one.pk, body="Hi", actor=ME, now=NOW)


def test_without_locks_an_edit_is_lost(shop: Store, brought: ImportView) -> None:
    """The control: who looks first and removes later removes what somebody edited in between."""
    one = Customer.objects.get(email="0@x.fr")
    looked, edited = threading.Barrier(2, timeout=20), threading.Barrier(2, timeout=20)

    def remove() -> int:
        with transaction.atomic():
            rows = Customer.objects.filter(pk=one.pk)
            assert rows.get().version == 1
            looked.wait()
            edited.wait()
            return rows.delete()[0]

    def edit() -> None:
        looked.wait()
        editing(shop, one)()
        edited.wait()

    assert together(remove, edit) == [1, None]
    assert not Customer.objects.filter(pk=one.pk).exists()


@pytest.mark.parametrize("doing", [editing, noting])
def test_nobody_loses_what_they_did(shop: Store, brought: ImportView, doing: Callable[..., Any]) -> None:
    people = list(Customer.objects.order_by("pk"))
    results = together(taking_back(shop, brought), *(doing(shop, one) for one in people[:12]))
    undone = results[0]
    assert isinstance(undone, Undone)
    worked = {
        one.pk
        for one, result in zip(people[:12], results[1:], strict=True)
        if not isinstance(result, Exception)
    }
    # Whoever was told that it was done finds it; whoever came too late was told that nobody is there.
    assert worked == set(undone.left) == set(Customer.objects.values_list("pk", flat=True))
    if doing is noting:
        assert set(Note.objects.values_list("customer_id", flat=True)) == worked
    else:
        assert set(Customer.objects.values_list("city", flat=True)) <= {"Lyon"}
    assert all(isinstance(one, NotFound) for one in refusals(results[1:]))


def test_two_who_take_it_back_at_once_remove_each_customer_once(shop: Store, brought: ImportView) -> None:
    results = together(taking_back(shop, brought), taking_back(shop, brought))
    assert not refusals(results) and not Customer.objects.exists()
    assert sorted(len(one.done) for one in results) == [0, PEOPLE]
