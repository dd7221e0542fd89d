"""Each way to ask for invoices: by status, days, seller and parcel; and what is overdue, by the store's clock."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from regulars.invoices import queries, services
from regulars.resources.context import Context
from regulars.resources.page import matching
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from tests.factories import NOW, make_customer
from tests.invoices.conftest import ME, act, make_draft, make_issued, pay
from tests.orders.making import make_order

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def known(store: Store) -> dict[str, Any]:
    """One of each status, and what else one asks for."""
    ada = make_customer(store, first_name="Ada", email="ada@example.com")
    made = {
        "draft": make_draft(store, tracking_number="1Z999"),
        "open": make_issued(store, customer_id=ada.pk, salesperson_name="Nora Field"),
        "partly_paid": make_issued(store, bill_name="Partly"),
        "overdue": make_issued(store, due_on=store.day_of(NOW) - timedelta(days=3)),
        "paid": services.issue_invoice(
            store=store, invoice_id=make_draft(store).pk, actor=ME, now=NOW - timedelta(days=40)
        ),
        "void": make_issued(store),
    }
    pay(store, made["partly_paid"], 500)
    pay(store, made["paid"])
    act(services.void_invoices, store, made["void"], reason="Wrong")
    return {name: one.pk for name, one in made.items()} | {"ada": ada.number}


def found(store: Store, known: dict[str, Any], *, where: str = "", tab: str = "all") -> set[str]:
    asking = Context(store=store, actor=ME, now=NOW)
    params = {"where": where, "tab": tab}
    query = query_from_params(get_resource("invoices"), params, asking, strict=True)
    ids = set(matching(query, asking).values_list("pk", flat=True))
    return {name for name, one in known.items() if one in ids}


@pytest.mark.parametrize(
    ("tab", "which"),
    [
        ("outstanding", {"open", "partly_paid", "overdue"}),
        ("overdue", {"overdue"}),
        ("partly_paid", {"partly_paid"}),
        ("paid", {"paid"}),
        ("draft", {"draft"}),
        ("void", {"void"}),
        ("all", {"draft", "open", "partly_paid", "overdue", "paid", "void"}),
    ],
)
def test_each_tab_holds_its_status(store: Store, known: dict[str, Any], tab: str, which: set[str]) -> None:
    assert found(store, known, tab=tab) == which


@pytest.mark.parametrize(
    ("where", "which"),
    [
        *(
            (f"status = {name}", {name})
            for name in ("draft", "open", "partly_paid", "overdue", "paid", "void")
        ),
        ("status in (open, overdue)", {"open", "overdue"}),
        (
            f"issued between {TODAY - timedelta(days=50)} and {TODAY - timedelta(days=30)}",
            {"paid"},
        ),
        (f"due_date < {TODAY}", {"overdue", "paid"}),
        ("issued is empty", {"draft"}),
        ('salesperson = "Nora Field"', {"open"}),
        ('salesperson contains "nora"', {"open"}),
        ("tracking = 1Z999", {"draft"}),
        ("number = INV-00003", {"overdue"}),
        ("customer = {ada}", {"open"}),
        ("kind = invoice and due > 0 and due < 209.99", {"partly_paid"}),
        ('bill_name = "Partly"', {"partly_paid"}),
    ],
)
def test_each_filter_finds_its_own(store: Store, known: dict[str, Any], where: str, which: set[str]) -> None:
    assert found(store, known, where=where.format(ada=known["ada"])) == which


@pytest.mark.parametrize("asked", ["invoice = draft", 'invoice contains "dra"', "invoice is not empty"])
def test_orders_are_asked_for_their_invoice(store: Store, asked: str) -> None:
    order, _other = make_order(store, name="Nora"), make_order(store, name="Ada")
    act(services.invoice_orders, store, order)
    asking = Context(store=store, actor=ME, now=NOW)
    query = query_from_params(get_resource("orders"), {"where": asked}, asking, strict=True)
    assert list(matching(query, asking).values_list("pk", flat=True)) == [order.pk]


@pytest.mark.parametrize(
    ("zone", "hour", "is_late"),
    [
        ("Pacific/Auckland", 12, True),  # the 11th has begun there
        ("Pacific/Auckland", 10, False),
        ("America/Los_Angeles", 23, False),  # still the 10th
        ("UTC", 23, False),
    ],
)
def test_overdue_begins_with_the_day_after_in_the_stores_time_zone(
    store: Store, zone: str, hour: int, is_late: bool
) -> None:
    Store.objects.filter(pk=store.pk).update(time_zone=zone)
    store = Store.objects.get(pk=store.pk)
    now = datetime(2026, 3, 10, hour, 30, tzinfo=UTC)
    make_issued(store, due_on=datetime(2026, 3, 10, tzinfo=UTC).date())
    asking = Context(store=store, actor=ME, now=now)
    query = query_from_params(get_resource("invoices"), {"tab": "overdue"}, asking)
    assert matching(query, asking).exists() == is_late
    assert queries.outstanding(store=store, today=asking.today).overdue == int(is_late)
