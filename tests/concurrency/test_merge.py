"""Merges and edits of the same customers at one moment. The first test shows the race."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from regulars.customers import services as customer_services
from regulars.customers.models import Customer, Note
from regulars.duplicates import services
from regulars.duplicates.models import Merge
from regulars.duplicates.services import CannotMerge
from regulars.kit.actor import system
from regulars.kit.errors import NotFound, Refused
from regulars.stores.models import Store
from tests.concurrency.together import refusals, together
from tests.factories import NOW, make_customer, make_store

pytestmark = pytest.mark.django_db(transaction=True)
ME = system("Tests")


@pytest.fixture
def shop(transactional_db: None) -> Store:
    return make_store("shop")


def merging(store: Store, survivor: Customer, *losers: Customer) -> Callable[[], Any]:
    return lambda: services.merge_customers(
        store=store,
        survivor_id=survivor.pk,
        loser_ids=[one.pk for one in losers],
        choices={},
        actor=ME,
        now=NOW,
    )


def test_without_locks_both_take_the_same_customer(shop: Store) -> None:
    """The control: both look first, both see the loser there."""
    a, b, loser = (make_customer(shop, first_name=name) for name in "ABC")
    looked = threading.Barrier(2, timeout=20)

    def take(survivor: Customer) -> Callable[[], int]:
        def work() -> int:
            with transaction.atomic():
                rows = Customer.objects.filter(store=shop, pk=loser.pk)
                assert rows.exists()
                looked.wait()
                return rows.update(note=f"went into {survivor.number}")

        return work

    assert together(take(a), take(b)) == [1, 1]


def test_one_of_two_merges_gets_the_customer(shop: Store) -> None:
    a, b, loser = (
        make_customer(shop, first_name=name, phone=f"+3361234567{at}") for at, name in enumerate("ABC")
    )
    results = together(merging(shop, a, loser), merging(shop, b, loser))
    (refusal,) = refusals(results)
    assert isinstance(refusal, CannotMerge) and "was merged into" in refusal.sentence
    assert Merge.objects.count() == 1 and Customer.objects.count() == 2


def test_merges_across_each_other_neither_lose_nor_wait_for_ever(shop: Store) -> None:
    people = [make_customer(shop, first_name=name) for name in "ABCD"]
    a, b, c, d = people
    for one in people:
        customer_services.add_note(store=shop, customer_id=one.pk, body=one.first_name, actor=ME, now=NOW)
    results = together(merging(shop, a, b), merging(shop, b, a), merging(shop, c, d, a), merging(shop, d, b))
    assert all(isinstance(one, Refused) for one in refusals(results))
    assert Customer.objects.count() + Merge.objects.count() == 4
    assert sorted(Note.objects.values_list("body", flat=True)) == list("ABCD")
    assert set(Note.objects.values_list("customer_id", flat=True)) <= set(
        Customer.objects.values_list("pk", flat=True)
    )


@pytest.mark.parametrize("_again", range(3))
def test_work_on_the_loser_is_either_in_the_merge_or_refused(shop: Store, _again: int) -> None:
    stays = make_customer(shop, first_name="Ada")
    loser = make_customer(shop, first_name="Ada")

    def edit() -> str:
        customer_services.edit_customer(
            store=shop, customer_id=loser.pk, values={"company": "X"}, base_version=None, actor=ME, now=NOW
        )
        return "edited"

    def note() -> str:
        customer_services.add_note(store=shop, customer_id=loser.pk, body="N", actor=ME, now=NOW)
        return "noted"

    results = together(merging(shop, stays, loser), edit, note)
    assert all(isinstance(one, NotFound) for one in refusals(results))
    kept = Customer.objects.get()
    assert kept.pk == stays.pk
    assert (kept.company == "X") == ("edited" in results)
    assert Note.objects.filter(customer=stays.pk).count() == ("noted" in results)


def test_one_of_two_splits(shop: Store) -> None:
    a, b = (make_customer(shop, first_name=name) for name in "AB")
    merging(shop, a, b)()
    merge = Merge.objects.get()

    def split() -> Any:
        return services.unmerge(store=shop, merge_id=merge.pk, actor=ME, now=NOW)

    results = together(split, split, split)
    assert [type(one) for one in refusals(results)] == [NotFound] * 2
    assert Customer.objects.count() == 2
