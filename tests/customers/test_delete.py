"""Deleting follows the store's policy, is complete where it is allowed, and says before what it will do."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.customers import services
from regulars.customers.models import Address, Customer, Note
from regulars.customers.services.delete import NEVER, NothingToDelete
from regulars.kit.actor import system
from regulars.kit.errors import Refused
from regulars.orders.models import Order
from regulars.orders.services import NewOrder, insert_orders, recount_figures
from regulars.resources.action import Outcome
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.timeline.undoing import undo_change_set
from tests.factories import NOW, make_customer, make_store

pytestmark = pytest.mark.django_db
ME = system("Tests")


def delete(store: Store, *customers: Customer) -> Outcome:
    ids = [one.pk for one in customers]
    return services.delete_customers(store=store, ids=ids, inputs={}, actor=ME, now=NOW, change_set=None)


def preview(store: Store, *customers: Customer) -> list[str]:
    ids = [one.pk for one in customers]
    return services.preview_delete(store=store, ids=ids, count=len(ids), inputs={}, actor=ME, now=NOW)


def buy(store: Store, customer: Customer, orders: int = 1) -> None:
    insert_orders(
        store=store,
        orders=[
            NewOrder(
                customer.pk,
                f"{customer.number}-{at}",
                NOW - timedelta(days=at),
                "completed",
                "online",
                1,
                1000,
            )
            for at in range(orders)
        ],
    )
    recount_figures(store=store)


def surround(store: Store, customer: Customer) -> None:
    """A note, an address, a tag and an edit."""
    asked: dict[str, Any] = {"store": store, "actor": ME, "now": NOW}
    services.add_note(customer_id=customer.pk, body="Met Zebulon at the fair", **asked)
    services.add_address(customer_id=customer.pk, values={"address": "12 rue des Lilas"}, **asked)
    services.edit_customer(
        customer_id=customer.pk,
        values={"last_name": "Quartermaine", "tags": ["fair"]},
        base_version=None,
        **asked,
    )


def test_a_customer_without_history_goes_completely(store: Store) -> None:
    zeb = make_customer(store, first_name="Zebulon", email="zeb@example.com", phone="+33612345678")
    other = make_customer(store, first_name="Nora", email="nora@example.com")
    surround(store, zeb)
    outcome = delete(store, zeb)
    assert (outcome.done, outcome.skipped) == ([zeb.pk], {})
    assert list(Customer.objects.all()) == [other]
    assert not Address.objects.exists() and not Note.objects.exists()
    events = Event.objects.filter(record_id=zeb.pk)
    assert set(events.values_list("key", flat=True)) >= {"customer.created", "customer.deleted"}
    tomb = events.get(key="customer.deleted")
    assert (tomb.before, tomb.after, tomb.data) == (None, None, {"number": zeb.number})
    told = str(list(events.values_list("before", "after", "data"))).lower()
    for trace in ("zeb", "quarter", "lilas", "fair", "612345678"):
        assert trace not in told
    again = make_customer(store, first_name="Zebulon", email="ZEB@example.com")
    assert again.pk != zeb.pk


def test_with_orders_it_is_refused_by_row_with_the_way_out(store: Store, other_store: Store) -> None:
    buyer, plain, foreign = make_customer(store), make_customer(store), make_customer(other_store)
    buy(store, buyer, orders=3)
    outcome = delete(store, buyer, plain, foreign)
    assert outcome.done == [plain.pk]
    assert outcome.skipped == {
        buyer.pk: "has 3 orders: anonymise or archive instead",
        foreign.pk: "does not exist in this store",
    }
    assert set(Customer.objects.all()) == {buyer, foreign}
    assert Order.objects.count() == 3


def test_where_the_store_always_deletes_the_orders_go_too() -> None:
    store = make_store("eraser", delete_policy="always")
    buyer, other = make_customer(store), make_customer(store)
    buy(store, buyer, orders=2)
    buy(store, other)
    assert delete(store, buyer).done == [buyer.pk]
    assert list(Order.objects.values_list("customer_id", flat=True)) == [other.pk]


def test_where_the_store_never_deletes_nobody_goes() -> None:
    store = make_store("keeper", delete_policy="never")
    plain = make_customer(store)
    assert delete(store, plain).skipped == {plain.pk: NEVER}
    assert Customer.objects.filter(pk=plain.pk).exists() and not Event.objects.filter(key="customer.deleted")
    with pytest.raises(NothingToDelete, match="Nora is kept, because this store never deletes customers"):
        preview(store, plain)


def test_the_preview_says_what_goes_and_who_stays(store: Store) -> None:
    ida, nora = make_customer(store, first_name="Ida"), make_customer(store, first_name="Nora")
    surround(store, ida)
    buy(store, nora)
    assert preview(store, ida, nora) == [
        "Ida Quartermaine: deleted with everything personal, also from the history, past filters, exports and "
        "imports. Who comes back begins anew.",
        "1 note: removed.",
        "1 further address: removed.",
        "Not deleted: Nora has 1 order: anonymise or archive instead.",
    ]
    with pytest.raises(NothingToDelete, match=r"^Nora has 1 order: anonymise or archive instead\.$"):
        preview(store, nora)
    assert Customer.objects.count() == 2


def test_the_preview_counts_orders_that_would_go() -> None:
    store = make_store("eraser", delete_policy="always")
    nora = make_customer(store)
    buy(store, nora, orders=2)
    assert "2 orders: deleted too, and gone from all sums." in preview(store, nora)


def test_it_cannot_be_undone(store: Store) -> None:
    outcome = delete(store, make_customer(store))
    assert outcome.change_set
    with pytest.raises(Refused, match="cannot be undone"):
        undo_change_set(store=store, change_set_id=outcome.change_set, actor=ME, now=NOW)


def test_archived_and_anonymised_ones_can_be_deleted(store: Store) -> None:
    archived, forgotten = make_customer(store, state="archived"), make_customer(store, state="anonymised")
    assert delete(store, archived, forgotten).done == [archived.pk, forgotten.pk]
    assert not Customer.objects.exists()


def test_many_cost_no_more_statements(store: Store) -> None:
    def cost(name: str, count: int) -> int:
        people = [make_customer(store, email=f"{name}{at}@example.com") for at in range(count)]
        with CaptureQueriesContext(connection) as asked:
            assert len(delete(store, *people).done) == count
        return len(asked)

    assert cost("many", 40) == cost("few", 2)
