"""The money between a customer and the store on the customer's page."""

import html
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from regulars.customers.models import Customer
from regulars.orders.models import Order, Return
from tests.factories import NOW, make_customer
from tests.people import Someone

pytestmark = pytest.mark.django_db


def buy(customer: Customer, number: str, minor: int, days_ago: int = 0, **facts: Any) -> Order:
    """An order of so many days ago."""
    placed = NOW - timedelta(days=days_ago)
    return Order.objects.create(
        store=customer.store, customer=customer, number=number, placed_at=placed, total_minor=minor, currency="EUR",
        **facts,
    )  # fmt: skip


def give_back(order: Order, minor: int) -> None:
    Return.objects.create(store=order.store, order=order, made_at=NOW, refund_minor=minor)


def money(who: Someone, customer: Customer, query: str = "") -> str:
    answer = who.client.get(f"/desk/shop/customers/{customer.pk}/?show=money{query}")
    assert answer.status_code == 200
    return html.unescape(answer.content.decode()).replace("\xa0", " ")


def test_one_line_of_what_was_bought_less_what_came_back(viewer: Someone) -> None:
    customer = make_customer(viewer.store)
    first = buy(customer, "A-1", 10_000, days_ago=70)
    buy(customer, "A-2", 2_550)
    buy(customer, "A-3", 99_900, status="cancelled")
    give_back(first, 3_000)
    other = make_customer(viewer.store)
    buy(other, "B-1", 77_700)
    page = money(viewer, customer)
    for told in ("€125.50", "-€30.00", "€95.50", "bought − returned", "A-1", "A-2", "2 times", "1 time"):
        assert told in page, told
    assert "A-3" not in page and "B-1" not in page and "Net by month: Dec 2025 €100" in page


def test_a_customer_without_money_says_so(viewer: Someone) -> None:
    page = money(viewer, make_customer(viewer.store))
    assert "No money went either way yet." in page and "<chart-tip>" not in page


def test_earlier_entries_lose_none_of_the_same_moment(viewer: Someone) -> None:
    customer = make_customer(viewer.store)
    for at in range(65):
        buy(customer, f"N-{at:03}-", 100)
    seen: list[str] = []
    page = money(viewer, customer)
    while True:
        seen += [f"N-{part[:4]}" for part in page.split("<bdi>N-")[1:]]
        if "Show earlier" not in page:
            break
        query = page[: page.index("Show earlier")].rsplit('href="', 1)[1].split('"')[0].split("show=money")[1]
        page = money(viewer, customer, query)
    assert len(seen) == 65 and len(set(seen)) == 65 and "Back to the latest" in page


@pytest.mark.parametrize(
    "earlier", ["x", "~", "2024-01-01T00:00:00+00:00~x", "0001-01-01T00:00:00+14:00~0", "\x00~\x00"]
)
def test_odd_addresses_break_nothing(viewer: Someone, earlier: str) -> None:
    customer = make_customer(viewer.store)
    buy(customer, "A-1", 100)
    assert "A-1" in money(viewer, customer, f"&earlier={quote(earlier)}")


def test_the_same_number_of_queries_for_any_history(
    viewer: Someone, django_assert_max_num_queries: Any
) -> None:
    quiet, loud = make_customer(viewer.store), make_customer(viewer.store)
    buy(quiet, "Q-1", 100)
    for at in range(50):
        give_back(buy(loud, f"L-{at}", 100, days_ago=at * 20), 10)
    money(viewer, quiet)
    with django_assert_max_num_queries(36) as first:
        money(viewer, quiet)
    with django_assert_max_num_queries(len(first)):
        money(viewer, loud)
