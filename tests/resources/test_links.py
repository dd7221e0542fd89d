"""What is linked: counted per customer, never across stores, along an index, and only by who may see it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Exists, Q

from regulars.customers import services
from regulars.customers.models import Customer
from regulars.kit.actor import Actor, system
from regulars.kit.ids import new_id
from regulars.orders import services as order_services
from regulars.orders.models import Order
from regulars.orders.resource.links import ORDERS
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.language import QueryError
from regulars.resources.page import fetch_page, matching
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from tests.factories import NOW, make_customer, make_store

pytestmark = pytest.mark.django_db
CUSTOMERS = get_resource("customers")


@pytest.fixture
def asking(db: None) -> Iterator[Context]:
    """Nine customers, the n-th with n orders of n × 10."""
    store = make_store("linked")
    for number in range(9):
        customer = make_customer(store, first_name=f"N{number}")
        order(store, customer.pk, number, amount=number * 1000)
    yield Context(store=store, actor=system("Tests"), now=NOW)


def order(store: Store, customer_id: Any, times: int, *, amount: int = 1000) -> None:
    placed = [
        order_services.NewOrder(customer_id, f"{new_id()}", NOW, "open", "online", 1, amount)
        for _ in range(times)
    ]
    order_services.insert_orders(store=store, orders=placed)


def found(where: str, context: Context) -> list[str]:
    query = query_from_params(CUSTOMERS, {"where": where, "tab": "all"}, context, strict=True)
    return sorted(matching(query, context).values_list("first_name", flat=True))


@pytest.mark.parametrize(
    ("where", "numbers"),
    [
        ("has orders", range(1, 9)),
        ("has no orders", [0]),
        ("not has orders", [0]),
        ("not has no orders", range(1, 9)),
        ("has >= 0 orders", range(9)),
        ("has < 0 orders", []),
        ("has >= 3 orders", range(3, 9)),
        ("has > 3 orders", range(4, 9)),
        ("has <= 3 orders", range(4)),
        ("has < 3 orders", range(3)),
        ("has = 3 orders", [3]),
        ("has != 3 orders", [0, 1, 2, 4, 5, 6, 7, 8]),
        ("not has = 3 orders", [0, 1, 2, 4, 5, 6, 7, 8]),
        ("has > 1000000 orders", []),
        ("has >= 3 orders (total >= 50)", range(5, 9)),
        ("has no orders (total >= 50)", range(5)),
        ("has orders (total = 20 or total = 40)", [2, 4]),
        ("has orders (not total = 20)", [1, 3, 4, 5, 6, 7, 8]),
        ("has orders (total > 20) and has < 5 orders or name = N8", [3, 4, 8]),
        ("has orders (placed is today and status = open and currency = EUR)", range(1, 9)),
    ],
)
def test_counts_what_is_linked(asking: Context, where: str, numbers: Any) -> None:
    assert found(where, asking) == [f"N{number}" for number in numbers]


def test_orders_of_another_store_never_count(asking: Context) -> None:
    """Not even a row that says it belongs to a customer here."""
    elsewhere = make_store("elsewhere")
    nobody = Customer.objects.get(store=asking.store, first_name="N0")
    order(elsewhere, nobody.pk, 3)
    assert "N0" not in found("has orders", asking)
    there = Context(store=elsewhere, actor=system("Tests"), now=NOW)
    assert found("has orders", there) == []


def test_the_store_is_compared_even_if_a_link_forgets_it(asking: Context) -> None:
    careless = replace(ORDERS, rows=lambda store: Order.objects.all())
    nobody = Customer.objects.get(store=asking.store, first_name="N0")
    order(make_store("elsewhere"), nobody.pk, 1)
    has_some = Exists(careless.of_record(asking.store, Q()))
    assert not Customer.objects.filter(has_some, pk=nobody.pk).exists()


def test_notes_and_addresses(asking: Context) -> None:
    known = dict(Customer.objects.filter(store=asking.store).values_list("first_name", "pk"))
    by = {"store": asking.store, "actor": asking.actor, "now": NOW}
    services.add_note(customer_id=known["N1"], body="Call back\nplease", **by)
    services.add_note(customer_id=known["N2"], body="Paid", pinned=True, **by)
    services.add_address(
        customer_id=known["N3"], values={"label": "Work", "city": "Łódź", "country": "PL"}, **by
    )
    assert found("has notes (text contains BACK)", asking) == ["N1"]
    assert found("has notes (pinned = yes)", asking) == ["N2"]
    assert found("has notes (author = tests and created is today)", asking) == ["N1", "N2"]
    assert found("has addresses (city = łódź and country = Poland)", asking) == ["N3"]
    assert found("has addresses (label is empty) or has = 2 notes", asking) == []


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        ("has order", "Did you mean “orders”?"),
        (
            "has parcels",
            "Known: addresses, notes, credit, messages, agreements, orders, purchases, point_entries, "
            "tier_memberships, invoices, tradeins, offers, privacy_requests.",
        ),
        ("has orders (has notes)", "cannot stand inside “has orders (…)”"),
        ("has orders (totl > 3)", "Did you mean “total”?"),
        ("has orders (xyzzy = FR)", "one can ask: placed, total"),
        ("has orders (total contains 3)", "cannot be asked with “contains”"),
        ("has orders (total > x)", "“x” is not a number"),
        (" or ".join(["has orders"] * 11), "more than 10 times"),
    ],
)
def test_mistakes_are_explained(asking: Context, where: str, sentence: str) -> None:
    with pytest.raises(QueryError) as caught:
        found(where, asking)
    assert sentence in caught.value.sentence
    place = slice(caught.value.position, caught.value.position + caught.value.length)
    assert where[place] in where and where[place]


def test_who_may_not_see_it_cannot_ask(asking: Context) -> None:
    clerk = Context(store=asking.store, actor=Actor(kind="staff", name="Clerk"), now=NOW)
    with pytest.raises(QueryError, match="Nothing linked is named"):
        found("has orders", clerk)


def test_pages_by_key_show_each_once(asking: Context) -> None:
    query = query_from_params(
        CUSTOMERS, {"where": "has >= 2 orders", "tab": "all", "sort": "-name", "size": "2"}, asking
    )
    seen, after = [], ""
    for _ in range(5):
        page = fetch_page(query.at(after=after), asking, [], extra=("first_name",))
        seen += [row["first_name"] for row in page.rows]
        after = page.next
        if not after:
            break
    assert seen == [f"N{number}" for number in range(8, 1, -1)]


def test_looks_along_the_index_of_the_customer(asking: Context) -> None:
    query = query_from_params(CUSTOMERS, {"where": "has >= 3 orders", "tab": "all"}, asking)
    crowd = services.insert_customers(
        store=asking.store, records=[{"first_name": "Crowd"} for _ in range(300)], now=asking.now
    )
    for one in crowd[:100]:
        order(asking.store, one, 3)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_customer, orders_order")
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = matching(query, asking).order_by().values("pk").explain()
    assert "order_store_customer" in plan and "Seq Scan" not in plan


def test_birthdays_are_found_along_an_index(asking: Context) -> None:
    query = query_from_params(
        CUSTOMERS, {"where": "anniversary(birthdate) between today and +7d", "tab": "all"}, asking
    )
    born = [date(1990, 1, 1) + timedelta(days=number) for number in range(300)]
    services.insert_customers(
        store=asking.store, records=[{"birthdate": day} for day in born], now=asking.now
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_customer")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("DROP INDEX customer_birthdate")
    plan = matching(query, asking).order_by().values("pk").explain()
    assert "customer_birthday" in plan


def test_a_linked_thing_has_no_computed_columns() -> None:
    field = Field(name="x", label="X", kind=kinds.Text(), expression=lambda context: None)  # type: ignore[arg-type, return-value]
    with pytest.raises(ValueError, match="computed"):
        replace(ORDERS, fields=(field,))
