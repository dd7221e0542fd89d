"""The ledger of store credit: what it adds up to, what it refuses, how it is taken back."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction

from regulars.credit import queries, services
from regulars.credit.choices import Source
from regulars.credit.models import Entry
from regulars.credit.services import NotEnoughCredit
from regulars.customers import services as customers
from regulars.customers.models import Customer
from regulars.duplicates.models import Merge
from regulars.duplicates.services import merge_customers, unmerge
from regulars.kit.actor import system
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.ids import new_id
from regulars.resources.context import Context
from regulars.resources.execute import Selection, perform
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.timeline.undoing import undo_change_set
from tests.factories import NOW, make_customer, make_store
from tests.people import Someone

pytestmark = pytest.mark.django_db
ME = system("Tests")


def change(store: Store, customer: Customer, amount: int, key: str = "") -> Entry:
    return services.change_credit(
        store=store,
        customer_id=customer.pk,
        amount_minor=amount,
        reason="because",
        source=Source.HAND,
        key=key,
        actor=ME,
        now=NOW,
    )


def shown(customer: Customer) -> int:
    return Customer.objects.get(pk=customer.pk).credit_minor


def test_the_balance_is_the_sum_of_the_entries(store: Store) -> None:
    ada = make_customer(store)
    for amount in (1000, -250, 4):
        change(store, ada, amount)
    assert (shown(ada), queries.balance_of(store=store, customer_id=ada.pk)) == (754, 754)
    assert queries.drift(store=store) == {}
    events = Event.objects.filter(record_id=ada.pk, key__startswith="credit.").order_by("pk")
    told = [(one.key, one.before, one.after) for one in events]
    assert told[1] == ("credit.taken", {"credit_minor": 1000}, {"credit_minor": 750})


def test_a_balance_never_falls_below_zero(store: Store) -> None:
    ada = make_customer(store)
    change(store, ada, 100)
    with pytest.raises(NotEnoughCredit, match=r"has only €1\.00"):
        change(store, ada, -101)
    assert (shown(ada), Entry.objects.count()) == (100, 1)


def test_the_database_itself_refuses_a_balance_below_zero(store: Store) -> None:
    ada = make_customer(store)
    with pytest.raises(DatabaseError, match="customer_credit_not_negative"), transaction.atomic():
        Customer.objects.filter(pk=ada.pk).update(credit_minor=-1)


@pytest.mark.parametrize("values", [{"amount_minor": 5}, {"source": "order"}, {"key": "x"}])
def test_the_database_refuses_to_change_an_entry(store: Store, values: dict[str, Any]) -> None:
    entry = change(store, make_customer(store), 100)
    with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(**values)


def test_the_same_key_makes_one_entry(store: Store) -> None:
    ada = make_customer(store)
    first, again = change(store, ada, 500, "order:7"), change(store, ada, 500, "order:7")
    assert first.pk == again.pk and shown(ada) == 500


def test_nothing_is_no_amount_and_strangers_are_not_found(store: Store, other_store: Store) -> None:
    with pytest.raises(Invalid):
        change(store, make_customer(store), 0)
    with pytest.raises(NotFound):
        change(store, make_customer(other_store), 10)
    assert not Entry.objects.exists()


def act(who: Someone, name: str, ids: list[Any], **inputs: str) -> Any:
    return perform(
        resource=get_resource("customers"),
        name=name,
        selection=Selection(ids=tuple(ids)),
        raw_inputs=inputs,
        context=Context(store=who.store, actor=who.actor, now=NOW),
    )


def test_many_customers_at_once_and_undo_by_reversal(manager: Someone) -> None:
    rich, poor = make_customer(manager.store), make_customer(manager.store, first_name="Bea")
    given = act(manager, "add-credit", [rich.pk, poor.pk], amount="10", reason="Sorry")
    assert len(given.done) == 2
    change(manager.store, poor, -600)
    taken = act(manager, "take-credit", [rich.pk, poor.pk], amount="5,00", reason="Mistake")
    assert (taken.done, taken.skipped) == ([rich.pk], {poor.pk: "has only €4.00 of store credit"})
    undone = undo_change_set(
        store=manager.store, change_set_id=taken.change_set, actor=manager.actor, now=NOW
    )
    assert (undone.done, shown(rich)) == ([rich.pk], 1000)
    again = undo_change_set(store=manager.store, change_set_id=taken.change_set, actor=manager.actor, now=NOW)
    assert again.left == {rich.pk: "was taken back already"} and shown(rich) == 1000
    back = undo_change_set(store=manager.store, change_set_id=given.change_set, actor=manager.actor, now=NOW)
    assert (back.done, list(back.left)) == ([rich.pk], [poor.pk])
    assert (shown(rich), shown(poor)) == (0, 400)
    assert queries.drift(store=manager.store) == {}


def test_a_clerk_may_not(clerk: Someone) -> None:
    ada = make_customer(clerk.store)
    with pytest.raises(Exception, match=r"credit\.change"):
        act(clerk, "add-credit", [ada.pk], amount="10", reason="x")
    assert not Entry.objects.exists()


def merged(store: Store, keep: Customer, gone: Customer) -> Merge:
    merge_customers(store=store, survivor_id=keep.pk, loser_ids=[gone.pk], choices={}, actor=ME, now=NOW)
    return Merge.objects.get(store=store, loser_id=gone.pk)


def test_credit_goes_along_with_a_merge_and_back(store: Store) -> None:
    keep, gone = make_customer(store), make_customer(store, first_name="Nora2")
    change(store, keep, 300)
    change(store, gone, 200)
    merge = merged(store, keep, gone)
    assert shown(keep) == 500
    unmerge(store=store, merge_id=merge.pk, actor=ME, now=NOW)
    assert (shown(keep), shown(gone)) == (300, 200)


def test_what_was_spent_since_cannot_be_split_again(store: Store) -> None:
    keep, gone = make_customer(store), make_customer(store, first_name="Nora2")
    change(store, gone, 200)
    merge = merged(store, keep, gone)
    change(store, keep, -150)
    with pytest.raises(NotEnoughCredit):
        unmerge(store=store, merge_id=merge.pk, actor=ME, now=NOW)
    assert shown(keep) == 50 and not Customer.objects.filter(pk=gone.pk).exists()


def test_forgetting_keeps_the_amounts_and_no_words(store: Store) -> None:
    ada = make_customer(store, first_name="Ada", email="ada@x.test")
    change(store, ada, 100)
    customers.anonymise_customers(store=store, ids=[ada.pk], inputs={}, actor=ME, now=NOW, change_set=None)
    entry = Entry.objects.get()
    assert (entry.amount_minor, entry.reason) == (100, "")
    assert "because" not in str(list(Event.objects.filter(record_id=ada.pk).values("data", "after")))


def test_the_figure_can_be_asked_and_so_can_the_entries(store: Store) -> None:
    ada, _bea = make_customer(store), make_customer(store, first_name="Bea")
    change(store, ada, 1250)
    make_store("third")
    asking = Context(store=store, actor=ME, now=NOW)
    from regulars.resources.page import matching
    from regulars.resources.query import query_from_params

    for where in ("store_credit > 12", "has credit (amount = 12.50 and source = hand)"):
        query = query_from_params(get_resource("customers"), {"where": where}, asking, strict=True)
        assert list(matching(query, asking).values_list("pk", flat=True)) == [ada.pk], where
    assert new_id() not in queries.count_entries(store=store, ids=[ada.pk])
