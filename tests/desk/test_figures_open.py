"""Every figure is a door to its rows, and behind the door are as many as it says."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db.models import QuerySet

from regulars.credit.choices import Source
from regulars.credit.services import change_credit
from regulars.customers import services as customers
from regulars.customers.models import Customer
from regulars.invoices import services as invoices
from regulars.invoices.choices import InvoiceKind
from regulars.invoices.sums import NewLine
from regulars.loyalty.choices import BelowZero
from regulars.loyalty.services import PointChange, change_points
from regulars.orders import services as orders
from regulars.orders.models import OrderLine
from regulars.reports import services as reports
from regulars.resources.context import Context
from regulars.resources.flow import months_of
from regulars.resources.page import count_matching, matching
from regulars.resources.query import query_from_params
from regulars.resources.record import fetch_record
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from tests.factories import NOW, make_customer
from tests.invoices.conftest import make_draft, make_issued, pay
from tests.orders.making import TESTS, make_order
from tests.people import Someone
from tests.reports.buying import at, buyer
from tests.tradeins.making import make_tradein, move, paid_in

pytestmark = pytest.mark.django_db


def total(*names: str) -> Callable[[list[dict[str, Any]]], int]:
    return lambda rows: sum(row[names[0]] - sum(row[one] for one in names[1:]) for row in rows)


# What each figure must come to over the rows it opens; new figures are told here how.
COME_TO: dict[str, Callable[[list[dict[str, Any]]], Any]] = {
    "spent": total("total_minor", "returned_minor"),
    "orders_count": len,
    "items_count": total("items_count", "returned_items"),
    "average_order": lambda rows: round(Decimal(total("total_minor", "returned_minor")(rows)) / len(rows)),
    "last_order": lambda rows: max(row["placed_at"] for row in rows),
    "days_between_orders": lambda rows: (
        (max(row["placed_at"] for row in rows) - min(row["placed_at"] for row in rows)).days / (len(rows) - 1)
    ),
    "returned": total("returned_minor"),
    "commission": total("commission_minor"),
    "outstanding": total("due_minor"),
    "open_tradeins": len,
    "points": total("points"),
}
FLOWS = {
    "bought": total("total_minor"),
    "returned": total("returned_minor"),
    "commission": total("commission_minor"),
    "sold": total("final_minor"),
}


def everything_of(store: Store) -> Customer:
    """A customer with orders, invoices, trade-ins and credit of every kind; somebody else has the same."""
    Store.objects.filter(pk=store.pk).update(commission_percent=10)
    store.refresh_from_db()
    for customer in (make_customer(store, email="b@x.fr"), make_customer(store, email="a@x.fr")):
        days = (NOW - timedelta(days=ago) for ago in (20, 10, 0))
        back, gone, _kept = (make_order(store, customer_id=customer.pk, placed_at=day) for day in days)
        line = OrderLine.objects.filter(order=back).order_by("position")[0]
        orders.return_items(store=store, order_id=back.pk, quantities={line.pk: 1}, actor=TESTS, now=NOW)
        let_off = {"quantities": {}, "refund_minor": 500, "actor": TESTS, "now": NOW}
        orders.return_items(store=store, order_id=gone.pk, **let_off)
        cancelled: dict[str, Any] = {
            "store": store,
            "ids": [gone.pk],
            "inputs": {},
            "actor": TESTS,
            "now": NOW,
        }
        assert orders.cancel_orders(**cancelled, change_set=None).done
        orders.complete_orders(**cancelled | {"ids": [back.pk]}, change_set=None)
        bill = {"customer_id": customer.pk}
        make_draft(store, **bill)
        half, whole = make_issued(store, **bill), make_issued(store, **bill)
        pay(store, half, 5_000)
        pay(store, whole)
        make_issued(store, **bill, kind=InvoiceKind.PURCHASE_NOTE)
        scratch = (NewLine(title="Scratch", price_minor=100),)
        credit = make_draft(store, kind=InvoiceKind.CREDIT_NOTE, credits_id=whole.pk, lines=scratch)
        invoices.issue_invoice(store=store, invoice_id=credit.pk, actor=TESTS, now=NOW)
        make_tradein(store, customer)
        sold = make_tradein(store, customer, acceptance="seller")
        for step in ("take-in", "as-described"):
            move(sold, step)
        paid_in(sold, "cash")
        move(sold, "pay")
        for amount in (5_000, -1_500):
            more = {"amount_minor": amount, "reason": "Goodwill", "source": Source.HAND, "key": ""}
            change_credit(store=store, customer_id=customer.pk, **more, actor=TESTS, now=NOW)
        for points in (50, -20):
            change_points(
                store=store,
                change=PointChange(customer.pk, points),
                policy=BelowZero.REFUSE,
                actor=TESTS,
                now=NOW,
            )
    return customer


def rows_of(name: str, where: str, context: Context) -> QuerySet[Any]:
    query = query_from_params(get_resource(name), {"tab": "all", "where": where}, context, strict=True)
    return matching(query, context)


def test_figures_and_sums_of_a_customer_are_those_of_the_rows_they_open(store: Store, owner: Someone) -> None:
    customer = everything_of(store)
    context, resource = Context(store=store, actor=TESTS, now=NOW), get_resource("customers")
    row = fetch_record(resource, customer.pk, resource.all_fields(), context)
    for figure, field in resource.figures(TESTS):
        assert figure.rows or figure.flow, f"{figure.field} is a figure that opens nothing"
        if figure.where is not None:
            rows = list(rows_of(figure.rows, figure.where(row), context).values())
            told = field.read(row, context)
            assert rows and told and COME_TO[figure.field](rows) == told, (figure.field, told, len(rows))
    months = months_of(resource.flows(TESTS), customer.pk, context)
    for flow in resource.flows(TESTS):
        if flow.where is not None:
            rows = list(rows_of(flow.rows, flow.where(row), context).values())
            moved = sum(one.amount for one in months if one.flow is flow)
            assert rows and moved and FLOWS[flow.name](rows) == moved, flow.name
    page = owner.client.get(f"/desk/shop/customers/{customer.pk}/").content.decode()
    assert "show=money&amp;of=credit" in page


def test_store_credit_is_a_ledger_with_its_balance_after_each_entry(store: Store, viewer: Someone) -> None:
    customer = make_customer(store)
    for amount, reason in ((5_000, "Goodwill"), (-1_500, "At the till"), (250, "Rounding")):
        more = {"amount_minor": amount, "reason": reason, "source": Source.HAND, "key": ""}
        change_credit(store=store, customer_id=customer.pk, **more, actor=TESTS, now=NOW)
    make_order(store, customer_id=customer.pk)
    url = f"/desk/shop/customers/{customer.pk}/?show=money"
    page = unescape(viewer.client.get(f"{url}&of=credit").content.decode())
    entries = page[page.index('id="entries"') :]
    told = re.findall(r'<td class="n ">([^<]+)</td><td class="n dim">([^<]+)</td>', entries)
    assert told == [("€2.50", "€37.50"), ("-€15.00", "€35.00"), ("€50.00", "€50.00")]
    assert "Goodwill" in entries and "Bought" not in entries and "All entries" in entries
    everything = unescape(viewer.client.get(url).content.decode())
    assert "Bought" in everything and "€37.50" in everything


@pytest.mark.parametrize("span", ["12m", "2025-12-15..2026-02-12", "all"])
def test_numbers_of_reports_are_those_of_the_lists_they_open(store: Store, owner: Someone, span: str) -> None:
    people = [
        buyer(store, "Ada", at("2025-12-20", total=2_050), at("2026-02-10", total=4_000), country="FR"),
        buyer(store, "Bo", at("2026-02-11", total=30_000), at("2026-02-13"), country="SG"),
        buyer(store, "Cy", at("2025-12-31T23:30"), at("2026-01-31T22:59", "cancelled"), country="FR"),
        buyer(
            store,
            "Di",
            at("2026-01-05"),
            at("2026-02-28"),
            created_at=datetime(2026, 1, 5, tzinfo=NOW.tzinfo),
        ),
        buyer(store, "Ed", at("2026-01-05", "cancelled"), country="FR"),
        buyer(store, "Flo", country="FR"),
    ]
    acted: dict[str, Any] = {"store": store, "inputs": {}, "actor": TESTS, "now": NOW, "change_set": None}
    customers.archive_customers(ids=[people[0]], **acted)
    customers.deactivate_customers(ids=[people[1]], **acted)
    reports.refresh_scale(store=store, now=NOW)
    page = owner.client.get("/desk/shop/reports/", {"span": span}).content.decode()
    doors = re.findall(r'<a[^>]*href="(/desk/shop/(customers|orders)/\?[^"]+)"[^>]*>\s*([\d,]+)\s*<', page)
    assert len({unescape(url) for url, _name, _text in doors}) > 12
    context = Context(store=store, actor=TESTS, now=NOW)
    for url, name, text in doors:
        asked = {key: value[0] for key, value in parse_qs(urlsplit(unescape(url)).query).items()}
        query = query_from_params(get_resource(name), asked, context, strict=True)
        assert count_matching(query, context).value == int(text.replace(",", "")), (url, text)
