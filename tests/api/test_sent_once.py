"""Other systems send again what they are not sure of: by external id each thing is there once, alone or in bulk."""

from collections.abc import Callable
from typing import Any

import pytest

from regulars.invoices.models import Invoice
from regulars.orders.models import Product, Return
from regulars.staff.choices import Role
from regulars.stores.models import Store
from regulars.tradeins.models import TradeIn
from tests.api.conftest import ApiClient
from tests.factories import make_customer, make_store
from tests.orders.making import make_order

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Role], ApiClient]
ITEMS = "iPhone 12 | good | 356938035643809 | 120.00"
MODELS = {"products": Product, "invoices": Invoice, "tradeins": TradeIn}


def body_of(resource: str, store: Store) -> dict[str, Any]:
    if resource == "products":
        return {"title": "Mug", "sku": "MUG", "price": "9.90"}
    if resource == "invoices":
        return {"customer": make_customer(store).number, "lines": [{"title": "Phone", "price": "200.00"}]}
    return {"customer": make_customer(store).number, "items": ITEMS}


@pytest.mark.parametrize("resource", MODELS)
def test_one_that_comes_twice_with_its_external_id_is_one(
    store: Store, api: ApiClient, resource: str
) -> None:
    body = body_of(resource, store) | {"external_id": "X-1"}
    first, again = api.post(f"/{resource}", body), api.post(f"/{resource}", body)
    assert (first.status_code, again.status_code) == (201, 200), (first.content, again.content)
    assert first.json()["id"] == again.json()["id"] and first.json()["external_id"] == "X-1"
    assert api.get(f"/{resource}", where="external_id = X-1").json()["count"]["value"] == 1
    assert MODELS[resource]._default_manager.count() == 1


@pytest.mark.parametrize("resource", MODELS)
def test_many_are_each_taken_by_themselves(store: Store, api: ApiClient, resource: str) -> None:
    body = body_of(resource, store)
    sent = [{**body, "external_id": "X-1"}, {**body, "external_id": "X-1"}, {"nonsense": 1}, "what"]
    told = api.post(f"/{resource}/bulk", {resource: sent}).json()
    assert [one["outcome"] for one in told["items"]] == ["new", "same", "failed", "failed"]
    assert (told["new"], told["same"], told["failed"]) == (1, 1, 2)
    assert told["items"][0]["id"] == told["items"][1]["id"] and set(told["items"][2]["errors"]) == {
        "nonsense"
    }
    again = api.post(f"/{resource}/bulk", {resource: sent[:1]}).json()
    assert (again["new"], again["same"], MODELS[resource]._default_manager.count()) == (0, 1, 1)


@pytest.mark.parametrize("resource", MODELS)
def test_another_stores_ids_mean_nothing_here(
    store: Store, api: ApiClient, other_api: ApiClient, other_store: Store, resource: str
) -> None:
    body = body_of(resource, store) | {"external_id": "X-1"}
    assert api.post(f"/{resource}", body).status_code == 201
    theirs = body_of(resource, other_store) | {"external_id": "X-1"}
    assert other_api.post(f"/{resource}", theirs).status_code == 201


@pytest.mark.parametrize("resource", [*MODELS, "orders", "orders/payments", "orders/returns"])
def test_who_may_not_write_sends_nothing_in_bulk(client_of: ClientOf, resource: str) -> None:
    name = resource.split("/")[-1]
    assert client_of(Role.VIEWER).post(f"/{resource}/bulk", {name: []}).status_code == 403
    too_many = client_of(Role.MANAGER).post(f"/{resource}/bulk", {name: [{}] * 501})
    assert too_many.status_code == 422 and too_many.json()["errors"][0]["field"] == name


def test_payments_of_many_orders_are_noted_once(store: Store, clerk_api: ApiClient) -> None:
    one = make_order(store, email="x@example.test", external_id="S-1")
    other = make_order(store, email="x@example.test")
    strange = make_order(make_store("else"), email="x@example.test", external_id="S-9")
    payments = [
        {"order": "S-1", "amount": "20.00", "external_id": "P-1"},
        {"order": "S-1", "amount": "20.00", "external_id": "P-1"},
        {"order": f"#{other.number}", "amount": "5.00", "external_id": "P-2"},
        {"order": str(other.pk), "amount": "5.00", "external_id": "P-1"},
        {"order": str(strange.pk), "amount": "5.00"},
        {"order": "S-9", "amount": "5.00"},
        {"order": "S-1", "amount": "10000.00"},
    ]
    told = clerk_api.post("/orders/payments/bulk", {"payments": payments}).json()
    outcomes = [one["outcome"] for one in told["items"]]
    assert outcomes == ["new", "same", "new", "failed", "failed", "failed", "failed"]
    assert told["items"][0]["id"] == str(one.pk)
    assert [set(item["errors"]) for item in told["items"][3:]] == [
        {"external_id"}, {"order"}, {"order"}, {"amount"},
    ]  # fmt: skip
    paid = [clerk_api.get(f"/orders/{pk}").json()["paid"] for pk in (one.pk, other.pk)]
    assert paid == ["20.00", "5.00"]


def test_a_return_that_comes_twice_is_one(store: Store, clerk_api: ApiClient) -> None:
    order = make_order(store, email="x@example.test", external_id="S-1")
    back = {"lines": [{"sku": "MUG"}], "reason": "Chipped", "external_id": "R-1"}
    for _time in range(2):
        told = clerk_api.post(f"/orders/{order.pk}/returns", back)
        assert (told.status_code, told.json()["returned"]) == (200, "15.00")
    more = [
        {"order": "S-1", **back},
        {"order": "S-1", **back, "external_id": "R-2"},
        {"order": "S-1", "lines": [{"sku": "VASE"}]},
    ]
    told = clerk_api.post("/orders/returns/bulk", {"returns": more}).json()
    assert [one["outcome"] for one in told["items"]] == ["same", "new", "failed"]
    assert sorted(Return.objects.values_list("external_id", flat=True)) == ["R-1", "R-2"]
