"""Orders by API from somebody who means no good: refused in words, nothing of another store, nothing kept by Regulars
written."""

from collections.abc import Callable
from typing import Any

import pytest

from regulars.customers.models import Customer
from regulars.orders import services
from regulars.orders.models import Order, OrderLine
from regulars.staff.choices import Role
from regulars.stores.models import Store
from tests.api.conftest import ApiClient, token_of
from tests.factories import NOW, make_customer, make_store
from tests.orders.making import TESTS, make_order

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Role], ApiClient]
LINE = {"title": "Mug", "price": "15.00"}
BODY: dict[str, Any] = {"email": "nora@example.test", "lines": [LINE]}


@pytest.mark.parametrize(
    "change",
    [
        {"total": "1e400"},
        {"lines": [], "total": "99999999999999"},
        {"lines": [], "total": "10", "items": 3_000_000_000},
        {"lines": [], "total": "10", "items": "٣"},
        {"lines": [LINE | {"price": "100000000000", "quantity": 100_000}] * 10},
        {"lines": [LINE | {"quantity": 0}]},
        {"lines": [LINE | {"quantity": -1}]},
        {"lines": [LINE | {"quantity": 1.5}]},
        {"lines": [LINE | {"quantity": True}]},
        {"lines": [LINE | {"price": "NaN"}]},
        {"lines": [LINE | {"price": "-1"}]},
        {"lines": [LINE | {"price": "15.001"}]},
        {"lines": [LINE | {"discount": "15.01"}]},
        {"lines": [LINE | {"tax": "101"}]},
        {"lines": [LINE | {"tax": "-1"}]},
        {"lines": [LINE | {"title": "x" * 1_000_000}]},
        {"lines": [LINE | {"serial": "s" * 3000}]},
        {"lines": [LINE | {"id": 5}]},
        {"lines": [LINE | {"total": "0"}]},
        {"lines": [LINE | {"returned": 1}]},
        {"lines": [LINE] * 501},
        {"lines": {"0": LINE}},
        {"lines": [[LINE]]},
        {"lines": None},
        {"payments": [{"amount": "15.01"}]},
        {"payments": [{"amount": "-1"}]},
        {"payments": [{"amount": "1", "method": "shells"}]},
        {"payments": [{"amount": "1"}] * 51},
        {"discount": "15.01"},
        {"discount": "-1"},
        {"shipping": "-0.01"},
        {"tax": "100"},
        {"currency": "USD"},
        {"placed": "0001-01-01T00:00:00Z"},
        {"placed": "9999-12-31T23:59:59-12:00"},
        {"placed": "2026-02-30T00:00:00Z"},
        {"number": "x" * 61},
        {"external_id": "x" * 121},
        {"note": "x" * 1_000_000},
        {"channel": "pigeon"},
        {"status": "paid"},
        {"customer": 10**30},
        {"customer": "nora"},
        {"customer": 0},
        {"paid": "15.00"},
        {"returned": "1"},
        {"due": "0"},
        {"returned_items": 1},
        {"commission": "0"},
        {"commission_percent": "0"},
        {"customer_email": "x@example.test"},
        {"pays": "pickup"},
        {"created": "2020-01-01T00:00:00Z"},
        {"version": 9},
        {"store": "other"},
        {"store_id": "other"},
        {"customer_id": "00000000-0000-0000-0000-000000000000"},
        {"salesperson_id": "00000000-0000-0000-0000-000000000000"},
        {"paid_by": "cash"},
    ],
    ids=lambda change: str(change)[:70],
)
def test_what_cannot_be_is_refused_in_words(
    store: Store, client_of: ClientOf, change: dict[str, Any]
) -> None:
    api = client_of(Role.OWNER)
    answer = api.post("/orders", BODY | change)
    assert answer.status_code in (400, 409, 422), answer.content[:500]
    told = api.post("/orders/bulk", {"orders": [BODY | change, BODY]})
    assert told.status_code == 200, told.content[:500]
    assert [one["outcome"] for one in told.json()["items"]] == ["failed", "new"]
    assert Order.objects.get().total_minor == 1500


def test_bodies_without_end(client_of: ClientOf) -> None:
    api = client_of(Role.OWNER)
    assert api.post("/orders", BODY | {"lines": [LINE] * 100_000}).status_code in (400, 413, 422)
    deep: Any = "x"
    for _level in range(500):
        deep = [deep]
    assert api.post("/orders", BODY | {"lines": deep}).status_code in (400, 422)
    raw = b'{"email":"\xed\xa0\x80@example.test","lines":[{"title":"Mug","price":"1"}]}'
    answer = api.http.generic(
        "POST", "/api/v1/orders", raw, content_type="application/json", headers=api.headers()
    )
    assert answer.status_code == 400
    raw = rb'{"email":"x@example.test","lines":[{"title":"\ud800","price":"1"}]}'
    answer = api.http.generic(
        "POST", "/api/v1/orders", raw, content_type="application/json", headers=api.headers()
    )
    assert answer.status_code in (400, 422)
    assert not Order.objects.exists()


def test_nothing_of_another_store(store: Store, other_store: Store) -> None:
    mine, stranger = ApiClient(token_of(store, Role.OWNER)), ApiClient(token_of(other_store, Role.OWNER))
    order = make_order(store, email="nora@example.test")
    line = OrderLine.objects.filter(order=order).earliest("position")
    product = services.create_product(
        store=store, values={"title": "Teapot", "sku": "T-1"}, actor=TESTS, now=NOW
    )
    back = {"lines": [{"line": str(line.pk), "quantity": 1}]}
    for method, path, body in (
        ("GET", f"/orders/{order.pk}", None),
        ("GET", f"/orders/{order.pk}/parts", None),
        ("PATCH", f"/orders/{order.pk}", {"note": "Stolen"}),
        ("PUT", f"/orders/{order.pk}/lines", {"lines": [LINE]}),
        ("POST", f"/orders/{order.pk}/payments", {"amount": "1"}),
        ("POST", f"/orders/{order.pk}/returns", back),
        ("GET", f"/products/{product.pk}", None),
        ("PATCH", f"/products/{product.pk}", {"title": "Stolen"}),
    ):
        assert stranger.send(method, path, body).status_code == 404, (method, path)
    for action, inputs in (
        ("cancel", {}), ("complete", {}), ("move", {"customer": "1"}), ("return", {}), ("record-payment", {}),
    ):  # fmt: skip
        answer = stranger.post(f"/orders/actions/{action}", {"ids": [str(order.pk)], "inputs": inputs})
        assert answer.status_code in (404, 409, 422) or answer.json()["done"] == 0, action
    theirs = BODY | {"lines": [{"product": str(product.pk), "price": "1"}]}
    assert stranger.post("/orders", theirs).status_code == 422
    assert stranger.post("/orders", BODY | {"customer": order.customer.number}).status_code == 422
    assert stranger.post("/orders", BODY | {"lines": [LINE | {"id": str(line.pk)}]}).status_code in (201, 422)
    placed = stranger.post("/orders", BODY | {"lines": [{"sku": "T-1", "price": "1"}]}).json()
    parts = stranger.get(f"/orders/{placed['id']}/parts").json()
    assert [one["product"] for one in parts["lines"]] == [None]
    order.refresh_from_db()
    assert (order.version, order.status, order.note) == (1, "open", "")
    assert Customer.objects.filter(store=store).count() == 1
    assert mine.get(f"/orders/{order.pk}").status_code == 200


def test_what_regulars_keeps_is_not_changed_by_patch(store: Store, client_of: ClientOf) -> None:
    api = client_of(Role.OWNER)
    order = make_order(store, email="nora@example.test")
    for change in (
        {"total": "1"}, {"paid": "70"}, {"due": "0"}, {"returned": "70"}, {"commission": "0"}, {"items": 1},
        {"commission_percent": "0"}, {"customer": 1}, {"status": "completed"}, {"number": "9"}, {"currency": "USD"},
        {"tax": "0"}, {"customer_email": "x@example.test"}, {"version": "x"}, {"id": "x"}, {"lines": []},
        {"placed": "0001-01-01T00:00:00Z"}, {"placed": None}, {"discount": "70.01"}, {"channel": None},
    ):  # fmt: skip
        answer = api.patch(f"/orders/{order.pk}", change)
        assert answer.status_code in (400, 403, 422), (change, answer.content[:300])
    order.refresh_from_db()
    assert (order.version, order.total_minor, order.paid_minor) == (1, 7000, 0)


def test_lines_of_another_order_cannot_be_put_on_this_one(store: Store, client_of: ClientOf) -> None:
    api = client_of(Role.CLERK)
    mine, other = make_order(store, email="a@example.test"), make_order(store, email="b@example.test")
    line = OrderLine.objects.filter(order=other).earliest("position")
    own = OrderLine.objects.filter(order=mine).earliest("position")
    for lines in (
        [LINE | {"id": str(line.pk)}],
        [LINE | {"id": str(own.pk)}] * 2,
        [LINE | {"id": 5}],
        [LINE | {"id": "nonsense"}],
        [],
    ):
        answer = api.send("PUT", f"/orders/{mine.pk}/lines", {"lines": lines})
        assert answer.status_code == 422, (lines, answer.content)
    assert OrderLine.objects.filter(order=mine).count() == OrderLine.objects.filter(order=other).count() == 2


@pytest.mark.parametrize(("currency", "price", "minor"), [("KWD", "1.234", 1234), ("JPY", "1500", 1500)])
def test_money_has_the_decimals_of_the_currency(currency: str, price: str, minor: int) -> None:
    shop = make_store("money", currency=currency)
    api = ApiClient(token_of(shop, Role.OWNER))
    placed = api.post("/orders", BODY | {"lines": [LINE | {"price": price}], "payments": [{"amount": price}]})
    assert placed.status_code == 201, placed.content
    assert (placed.json()["total"], placed.json()["due"]) == (price, "0.000" if currency == "KWD" else "0")
    assert Order.objects.get().total_minor == minor
    too_fine = BODY | {"lines": [LINE | {"price": f"{price}.5" if "." not in price else f"{price}5"}]}
    assert api.post("/orders", too_fine).status_code == 422
    assert api.get("/orders", where=f"total = {price}").json()["count"]["value"] == 1


def test_who_may_not_pay_does_not_pay_with_the_order(store: Store, client_of: ClientOf) -> None:
    viewer = client_of(Role.VIEWER)
    order = make_order(store, email="nora@example.test")
    for method, path, body in (
        ("POST", "/orders", BODY),
        ("POST", "/orders/bulk", {"orders": [BODY]}),
        ("PATCH", f"/orders/{order.pk}", {"note": "x"}),
        ("PUT", f"/orders/{order.pk}/lines", {"lines": [LINE]}),
        ("POST", f"/orders/{order.pk}/payments", {"amount": "1"}),
        ("POST", f"/orders/{order.pk}/returns", {}),
        ("POST", "/orders/actions/cancel", {"ids": [str(order.pk)]}),
    ):
        assert viewer.send(method, path, body).status_code == 403, path
    clerk = client_of(Role.CLERK)
    told = clerk.get(f"/orders/{order.pk}").json()
    assert "commission" not in told and "commission_percent" not in told
    for params in ({"where": "commission > 0"}, {"sort": "-commission"}, {"columns": "number,commission"}):
        assert clerk.get("/orders", **params).status_code in (400, 403, 422), params
    order.refresh_from_db()
    assert order.version == 1 and Order.objects.count() == 1


def test_people_are_found_however_their_address_is_written(store: Store, client_of: ClientOf) -> None:
    api = client_of(Role.CLERK)
    nora = make_customer(store, first_name="Nora", email="Nora@Example.test")
    for email in ("nora@example.test", "NORA@EXAMPLE.TEST", " nora@example.test "):
        assert api.post("/orders", BODY | {"email": email}).json()["customer"] == nora.number
    Customer.objects.filter(pk=nora.pk).update(state="archived")
    assert api.post("/orders", BODY).json()["customer"] == nora.number
    shared = [make_customer(store, first_name=name, phone="+33612345678") for name in "AB"]
    placed = api.post("/orders", {"phone": "06 12 34 56 78", "lines": [LINE]}).json()
    assert placed["customer"] not in {one.number for one in shared}
    assert Customer.objects.count() == 4
