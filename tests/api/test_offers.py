"""Offers by API: add, open, send, redeem once for each key, look, take back; by every role and another store."""

from typing import Any

import jsonschema
import pytest

from regulars.api.urls import openapi
from regulars.offers.models import Grant, Offer, Redemption
from regulars.staff.choices import Role
from regulars.stores.models import Store
from tests.api.conftest import ApiClient, token_of
from tests.factories import make_customer
from tests.offers.making import open_offer, redeem
from tests.offers.test_sending import reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(store: Store) -> ApiClient:
    return ApiClient(token_of(store, Role.MANAGER))


def test_the_whole_way(api: ApiClient, store: Store) -> None:
    ada = reader(store, "Ada")
    body = {
        "title": "Lunch",
        "kind": "amount",
        "amount": "10.00",
        "partial": True,
        "hours": "",
        "code": "L-1x",
    }
    made = api.post("/offers", body)
    assert made.status_code == 201, made.content
    offer_id = made.json()["id"]
    assert api.post("/offers/actions/start", {"ids": [offer_id]}).json()["done"] == 1
    sent = api.post("/customers/actions/send-offer", {"ids": [str(ada.pk)], "inputs": {"offer": offer_id}})
    assert sent.json()["done"] == 1 and Grant.objects.get().sent_at is not None
    asked = {"code": "l1X", "customer": str(ada.number), "part": "2.50", "bill": "40"}
    looked = api.post("/redemptions/check", asked).json()
    assert looked == {"offer": offer_id, "redeemable": True, "left": "10.00", "reasons": []}
    first = api.post("/redemptions", asked, Idempotency_Key="a")
    again = api.post("/redemptions", asked, Idempotency_Key="a")
    assert (first.status_code, again.status_code) == (201, 201) and first.json()["id"] == again.json()["id"]
    assert first.json()["amount"] == "2.50" and Redemption.objects.count() == 1
    listed = api.get("/redemptions", where="offer = Lunch").json()["items"][0]
    assert (listed["customer"], listed["code"]) == (ada.number, "")
    described = openapi()["components"]
    schema = described["schemas"]["Redemption"] | {"components": described}
    jsonschema.Draft202012Validator(schema).validate(listed)
    done = api.post("/redemptions/actions/void", {"ids": [first.json()["id"]], "inputs": {"reason": "x"}})
    assert done.json()["done"] == 1 and Offer.objects.get().redeemed == 0
    listed = api.get("/sent_offers", where="redeemed is empty and sent = today")
    assert listed.status_code == 200, listed.content


def test_refusals_name_the_reason_and_change_nothing(api: ApiClient, store: Store) -> None:
    offer = open_offer(store, code="LUNCH", minimum_minor=1000)
    ada = make_customer(store)
    cases: list[tuple[dict[str, Any], int, str]] = [
        ({"code": "LUNCH"}, 409, "say who it is"),
        ({"code": "LUNCH", "customer": str(ada.number)}, 409, "type the total"),
        ({"code": "LUNCH", "customer": "999"}, 422, "no customer"),
        ({"code": "nope"}, 404, "No offer"),
        ({"code": ""}, 422, "Give the code"),
        ({"code": 7}, 422, "string"),
        ({"code": "LUNCH", "bill": "x"}, 422, "not a number"),
        ({"code": "LUNCH", "who": "x"}, 422, "nothing named"),
        ({"code": "\x00"}, 404, "No offer"),
    ]
    for body, status, said in cases:
        answer = api.post("/redemptions", body)
        assert (answer.status_code, said in answer.content.decode()) == (status, True), (body, answer.content)
    assert Redemption.objects.count() == 0 and Offer.objects.get(pk=offer.pk).redeemed == 0
    reasons = api.post("/redemptions/check", {"code": "LUNCH"}).json()["reasons"]
    assert [one["condition"] for one in reasons] == ["guests", "minimum"]


@pytest.mark.parametrize("role", list(Role))
def test_roles(store: Store, role: Role) -> None:
    offer = open_offer(store, guests=True, limit_per_customer=0)
    client = ApiClient(token_of(store, role))
    may = role != Role.VIEWER
    assert client.post("/redemptions", {"code": offer.code}).status_code == (201 if may else 403)
    assert client.post("/redemptions/check", {"code": offer.code}).status_code == (200 if may else 403)
    done = redeem(offer)
    body = {"ids": [str(done.pk)], "inputs": {"reason": "x"}}
    expected = 200 if role in (Role.OWNER, Role.MANAGER) else 403
    assert client.post("/redemptions/actions/void", body).status_code == expected
    assert client.patch(f"/redemptions/{done.pk}", {"amount": "1"}).status_code in (403, 422)
    assert client.post("/offers", {"title": "x", "kind": "free_shipping"}).status_code == (
        201 if expected == 200 else 403
    )


def test_another_store_sees_and_redeems_nothing(store: Store, other_store: Store) -> None:
    offer = open_offer(store, guests=True)
    done = redeem(offer)
    stranger = ApiClient(token_of(other_store, Role.OWNER))
    assert stranger.post("/redemptions", {"code": offer.code}).status_code == 404
    for path in (f"/offers/{offer.pk}", f"/redemptions/{done.pk}"):
        assert stranger.get(path).status_code == 404
    stranger.post("/redemptions/actions/void", {"ids": [str(done.pk)], "inputs": {"reason": "x"}})
    assert Redemption.objects.get().voided_at is None
    assert ApiClient("reg_nope").post("/redemptions", {"code": offer.code}).status_code == 401
