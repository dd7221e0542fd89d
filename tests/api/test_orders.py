"""Orders by API: once by external id, in bulk, with payments and returns; who may not gets no further."""

from collections.abc import Callable
from typing import Any

import pytest

from regulars.customers.models import Customer
from regulars.orders.models import Order, OrderLine, Payment
from regulars.staff.choices import Role
from regulars.stores.models import Store
from tests.api.conftest import ApiClient
from tests.factories import make_customer, make_store
from tests.orders.making import make_order

pytestmark = pytest.mark.django_db
BODY: dict[str, Any] = {
    "external_id": "S-1",
    "email": "nora@example.test",
    "name": "Nora Lind",
    "placed": "2026-03-01T10:00:00Z",
    "shipping": "4.90",
    "lines": [
        {"title": "Mug", "quantity": 2, "price": "15.00"},
        {"title": "Lamp", "price": "40", "serial": "SN-1"},
    ],
    "payments": [{"amount": "20.00", "method": "card", "external_id": "P-1"}],
}
ClientOf = Callable[[Role], ApiClient]


def test_an_order_is_written_down_once(store: Store, client_of: ClientOf) -> None:
    api = client_of(Role.CLERK)
    first, again = api.post("/orders", BODY), api.post("/orders", BODY)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    told = first.json()
    assert (told["total"], told["paid"], told["due"], told["items"]) == ("74.90", "20.00", "54.90", 3)
    assert told["customer"] == Customer.objects.get().number and told["customer_email"] == "nora@example.test"
    assert first.headers["Location"] == f"/api/v1/orders/{told['id']}"
    assert Order.objects.get().source == "api"
    assert (
        api.get("/orders", where=f"customer = {told['customer']} and serial = SN-1").json()["count"]["value"]
        == 1
    )


def test_the_key_of_a_request_makes_one_order_too(client_of: ClientOf) -> None:
    api = client_of(Role.CLERK)
    body = {name: value for name, value in BODY.items() if name not in ("external_id", "payments")}
    first = api.post("/orders", body, Idempotency_Key="k-1")
    again = api.post("/orders", body, Idempotency_Key="k-1")
    assert (first.status_code, again.status_code, Order.objects.count()) == (201, 200, 1)


def test_many_orders_each_by_itself(client_of: ClientOf) -> None:
    orders = [
        BODY,
        BODY,
        {"external_id": "S-2", "email": "nora@example.test", "total": "10.00", "items": 1},
        {"external_id": "S-3", "email": "nonsense", "total": "10"},
        {"external_id": "S-4", "total": "10"},
        "order",
    ]
    told = client_of(Role.CLERK).post("/orders/bulk", {"orders": orders}).json()
    assert [one["outcome"] for one in told["items"]] == ["new", "same", "new", "failed", "failed", "failed"]
    assert (told["new"], told["same"], told["failed"]) == (2, 1, 3)
    assert set(told["items"][3]["errors"]) == {"email"}
    customer = Customer.objects.get()
    assert (customer.orders_count, customer.spent_minor) == (2, 8490)


def test_lines_payments_and_returns(store: Store, client_of: ClientOf) -> None:
    api = client_of(Role.CLERK)
    order = make_order(store, email="x@example.test")
    url = f"/orders/{order.pk}"
    paid = {"amount": "70.00", "method": "cash", "external_id": "P-9"}
    for _time in range(2):
        parts = api.post(f"{url}/payments", paid).json()
    assert (parts["paid"], parts["due"], Payment.objects.count()) == ("70.00", "0.00", 1)
    mug = next(line for line in parts["lines"] if line["title"] == "Mug")
    back = api.post(
        f"{url}/returns", {"lines": [{"line": mug["id"], "quantity": 1}], "reason": "Chipped"}
    ).json()
    assert (back["returned"], back["paid"], back["due"]) == ("15.00", "55.00", "0.00")
    fixed = api.send("PUT", f"{url}/lines", {"lines": [{"title": "Vase", "price": "1"}]})
    assert (fixed.status_code, fixed.json()["code"]) == (409, "lines_are_fixed")
    other = make_order(store, email="x@example.test")
    lines = OrderLine.objects.filter(order=other).order_by("position")
    kept = {"id": str(lines[0].pk), "title": "Mug", "price": "15.00", "quantity": 1}
    changed = api.send("PUT", f"/orders/{other.pk}/lines", {"lines": [kept], "version": 1}).json()
    assert (changed["total"], [one["id"] for one in changed["lines"]]) == ("15.00", [kept["id"]])
    assert api.get(f"/orders/{other.pk}/parts").json()["lines"][0]["quantity"] == 1


def test_actions_take_back_and_pay_by_name(store: Store, client_of: ClientOf) -> None:
    api = client_of(Role.CLERK)
    order = make_order(store, email="x@example.test")
    body = {"ids": [str(order.pk)], "inputs": {"items": "MUG = 1, Lamp"}}
    assert api.post("/orders/actions/return", body).json()["done"] == 1
    order.refresh_from_db()
    assert (order.returned_items, order.returned_minor) == (2, 5500)
    assert api.post("/orders/actions/record-payment", {"ids": [str(order.pk)]}).json()["done"] == 1
    order.refresh_from_db()
    assert (order.paid_minor, order.due_minor) == (1500, 0)
    wrong = api.post("/orders/actions/return", {"ids": [str(order.pk)], "inputs": {"items": "Vase"}})
    assert wrong.status_code == 422


def test_customers_are_found_by_what_they_bought_and_brought_back(store: Store, client_of: ClientOf) -> None:
    api = client_of(Role.VIEWER)
    nora, max_, _nobody = (make_customer(store, first_name=name) for name in ("Nora", "Max", "Ida"))
    for _time in range(2):
        make_order(store, customer_id=nora.pk)
    once = make_order(store, customer_id=max_.pk)
    Order.objects.filter(pk=once.pk).update(returned_minor=100)

    def found(where: str) -> set[int]:
        return {one["number"] for one in api.get("/customers", where=where).json()["items"]}

    assert found('has >= 2 orders (product = "mug" and placed >= 2026-01-01)') == {nora.number}
    assert found("has no orders (returned > 0)") == {1, 3}
    assert found("has >= 2 purchases (sku = LAMP)") == {nora.number}
    assert found("has orders (product != mug)") == set()
    assert found("has >= 1 orders and has no orders (returned > 0)") == {nora.number}


@pytest.mark.parametrize("role", [Role.VIEWER])
def test_who_may_not_write_does_not(store: Store, client_of: ClientOf, role: Role) -> None:
    api, order = client_of(role), make_order(store, email="x@example.test")
    url = f"/orders/{order.pk}"
    assert api.get(f"{url}/parts").status_code == 200
    writes = {
        "/orders": BODY,
        "/orders/bulk": {"orders": [BODY]},
        f"{url}/payments": {"amount": "1"},
        f"{url}/returns": {"lines": []},
        "/orders/actions/cancel": {"ids": [str(order.pk)]},
    }
    for address, body in writes.items():
        assert api.post(address, body).status_code == 403, address
    assert api.send("PUT", f"{url}/lines", {"lines": []}).status_code == 403
    assert Order.objects.get().version == 1


def test_an_order_of_another_store_is_not_found(store: Store, client_of: ClientOf) -> None:
    api, strange = client_of(Role.OWNER), make_order(make_store("else"), email="x@example.test")
    url = f"/orders/{strange.pk}"
    for answer in (
        api.get(url),
        api.get(f"{url}/parts"),
        api.post(f"{url}/payments", {"amount": "1"}),
        api.post(f"{url}/returns", {}),
        api.send("PUT", f"{url}/lines", {"lines": []}),
    ):
        assert answer.status_code == 404
