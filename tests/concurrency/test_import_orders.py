"""Two order files come into one store at once, about the same orders and people. The first test shows the race."""

import io
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import OperationalError, transaction

from regulars.customers.models import Customer
from regulars.invoices.models import Invoice
from regulars.invoices.services import invoice_orders
from regulars.kit.actor import system
from regulars.orders.models import Order, Payment
from regulars.orders.services import late, recount_figures
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.undoing import Undone, undo_change_set
from regulars.transfers.queries import ImportView
from regulars.transfers.services import import_now, work
from tests.concurrency.together import refusals, together
from tests.factories import NOW, make_customer, make_store

pytestmark = pytest.mark.django_db(transaction=True)
ME = system("Tests")
HEAD = "number,date,customer email,total\n"
COUNT, BATCH = 120, 30


@pytest.fixture
def shop(transactional_db: None, files: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(work, "BATCH_ROWS", BATCH)
    return make_store("shop")


def bringing(store: Store, text: str) -> Callable[[], ImportView]:
    return lambda: import_now(
        store=store,
        resource=get_resource("orders"),
        file=io.BytesIO(text.encode()),
        filename="orders.csv",
        actor=ME,
        now=NOW,
    )


def rows(numbers: range, people: str) -> str:
    lines = (f"{number},2026-01-02,{people}{number % 7}@x.fr,{number}.00" for number in numbers)
    return HEAD + "\n".join(lines) + "\n"


def test_the_same_numbers_in_another_order_wait_for_each_other(shop: Store) -> None:
    """The control: each has written what the other writes next."""
    nora = make_customer(shop)
    written = threading.Barrier(2, timeout=20)

    def write(*numbers: str) -> None:
        with transaction.atomic():
            for at, number in enumerate(numbers):
                Order.objects.create(
                    store=shop, customer=nora, number=number, placed_at=NOW, total_minor=1, currency="EUR"
                )
                if not at:
                    written.wait()

    stopped = refusals(together(lambda: write("1", "2"), lambda: write("2", "1")))
    assert [type(one) for one in stopped] == [OperationalError]


@pytest.mark.parametrize("many", [5, 20_000])
@pytest.mark.parametrize("others", ["a", "b"])
def test_each_order_comes_in_once(
    shop: Store, monkeypatch: pytest.MonkeyPatch, many: int, others: str
) -> None:
    monkeypatch.setattr(late, "MANY", many)
    for people in ("a", "b"):
        for at in range(5):  # two of seven are guests
            make_customer(shop, first_name=f"{people}{at}", email=f"{people}{at}@x.fr")
    first = bringing(shop, rows(range(1, COUNT + 1), "a"))
    second = bringing(shop, rows(range(COUNT + BATCH, BATCH, -1), others))
    results = together(first, second)
    assert refusals(results) == []
    told = [view.counts for view in results]
    assert sum(one["new"] for one in told) == COUNT + BATCH
    # The same row again changes nothing; whose an order is no file changes.
    assert sum(one["same"] for one in told) == COUNT - BATCH
    assert sum(one["failed"] + one["changed"] for one in told) == 0
    found = Order.objects.values_list("number", "total_minor")
    assert sorted(found) == sorted((str(one), one * 100) for one in range(1, COUNT + BATCH + 1))
    assert Payment.objects.count() == COUNT + BATCH
    assert Customer.objects.count() == (12 if others == "a" else 14)
    assert recount_figures(store=shop) == 0


def test_an_order_that_is_invoiced_meanwhile_is_not_taken_back(shop: Store) -> None:
    view = bringing(shop, rows(range(1, 21), "a"))()
    assert view.change_set_id
    act, orders = view.change_set_id, list(Order.objects.order_by("pk").values_list("pk", flat=True))

    def invoice() -> None:
        for one in orders[:8]:
            invoice_orders(store=shop, ids=[one], inputs={}, actor=ME, now=NOW, change_set=None)

    undone, _nothing = together(
        lambda: undo_change_set(store=shop, change_set_id=act, actor=ME, now=NOW), invoice
    )
    assert isinstance(undone, Undone)
    invoiced = set(Invoice.objects.values_list("source_id", flat=True))
    assert invoiced == set(Order.objects.values_list("pk", flat=True)) == invoiced & set(undone.left)
    assert recount_figures(store=shop) == 0
