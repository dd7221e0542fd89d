"""Whatever the file and the store: the run does what the check announced, whatever the size of its batches, figures are
exact, and undo takes all of it back."""

import csv
import io
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.customers.models import Customer
from regulars.orders.models import Order, OrderLine, Payment, Return
from regulars.orders.services import recount_figures
from regulars.stores.models import Store
from regulars.timeline.undoing import undo_change_set
from regulars.transfers.services import work
from tests.factories import NOW, make_customer
from tests.orders.bringing import bring, told
from tests.orders.making import LAMP, MUG, TESTS, make_order
from tests.transfers.test_plan import run
from tests.transfers.test_plan_property import rolled_back

pytestmark = pytest.mark.django_db

HEADERS = (
    "number", "external id", "date", "customer external id", "customer email", "phone", "customer name", "status",
    "total", "paid", "returned", "lines",
)  # fmt: skip
LINES = '[{"title": "Tea", "quantity": 2, "price": "4.00"}, {"title": "Mug", "price": "2.00"}]'
IGNORED = {"version", "updated_at", "created_at", "store_id"}

stored = st.tuples(
    st.sampled_from(("", "7", "8")),
    st.sampled_from(("", "a@x.fr", "b@x.fr")),
    st.sampled_from(("", "+33612345671")),
)
order = st.tuples(st.sampled_from(("", "x", "y")), st.sampled_from(("1", "2")), st.booleans())
row = st.tuples(
    st.sampled_from(("", "1", "2", "9")),
    st.sampled_from(("", "x", "y")),
    st.sampled_from(("2026-01-02", "2026-02-03")),
    st.sampled_from(("", "7", "8", "9")),
    st.sampled_from(("", "a@x.fr", "B@x.fr", "c@x.fr")),
    st.sampled_from(("", "+33612345671")),
    st.sampled_from(("", "Ada", "Bea King")),
    st.sampled_from(("", "open", "completed", "cancelled", "refunded")),
    st.sampled_from(("", "10", "20.50")),
    st.sampled_from(("", "yes", "no", "5")),
    st.sampled_from(("", "3")),
    st.sampled_from(("", LINES)),
)


def put_in(store: Store, people: list[tuple[str, str, str]], orders: list[tuple[str, str, bool]]) -> None:
    seen: set[str] = set()
    for external_id, email, phone in people:
        keys = {key for key in (external_id, email) if key}
        if not keys & seen:
            seen |= keys
            make_customer(store, first_name="Ida", external_id=external_id, email=email, phone=phone)
    for at, (external_id, number, itemised) in enumerate(orders):
        facts: dict[str, Any] = {"lines": (MUG, LAMP)} if itemised else {"lines": (), "total_minor": 1000}
        if number not in seen and external_id not in seen:
            seen |= {one for one in (number, external_id) if one}
            make_order(store, number=number, external_id=external_id, name=f"Guest {at}", **facts)


def text_of(rows: list[tuple[str, ...]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([HEADERS, *rows])
    return out.getvalue()


def everything() -> list[dict[str, Any]]:
    return [
        {name: value for name, value in one.items() if name not in IGNORED}
        for model in (Customer, Order, OrderLine, Payment, Return)
        for one in model.objects.order_by("pk").values()
    ]


def what_came() -> list[tuple[Any, ...]]:
    """All orders with their customers, without what differs from one run to the next."""
    return sorted(
        Order.objects.values_list(
            "number", "external_id", "status", "total_minor", "paid_minor", "returned_minor", "items_count",
            "customer__external_id", "customer__email", "customer__phone", "customer__first_name",
            "customer__orders_count", "customer__spent_minor",
        )
    )  # fmt: skip


@pytest.fixture(autouse=True)
def _uploads(files: object) -> None:
    """Uploads land in a folder of the test."""


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=st.lists(stored, max_size=3),
    orders=st.lists(order, max_size=2),
    rows=st.lists(row, min_size=1, max_size=6),
    twins=st.sampled_from(("refuse", "first")),
)
def test_the_run_does_what_was_announced_and_undo_takes_it_back(
    store: Store,
    people: list[tuple[str, str, str]],
    orders: list[tuple[str, str, bool]],
    rows: list[tuple[str, ...]],
    twins: str,
) -> None:
    came = []
    with rolled_back():
        put_in(store, people, orders)
        before = everything()
        for batch in (work.BATCH_ROWS, 1, 2):
            with rolled_back(), patch.object(work, "BATCH_ROWS", batch):
                view = bring(store, text_of(rows), dry_run=True, twins=twins)
                assert everything() == before
                announced = told(view)
                ran = run(store, view)
                assert ran.state == "done", ran.message
                assert told(ran) == announced
                assert recount_figures(store=store) == 0
                came.append(what_came())
                assert ran.change_set_id
                if everything() != before:
                    undone = undo_change_set(
                        store=store, change_set_id=ran.change_set_id, actor=TESTS, now=NOW
                    )
                    assert not undone.left
                assert everything() == before
                assert recount_figures(store=store) == 0
    assert came[0] == came[1] == came[2]
