"""Earning rules and tiers by API: set up, changed, refused, given by hand."""

from typing import Any

import pytest

from regulars.loyalty.models import EarnRule, Membership, Tier
from regulars.staff.choices import Role
from regulars.stores.models import Store
from tests.api.conftest import ApiClient, token_of
from tests.factories import make_customer

pytestmark = pytest.mark.django_db
EUROS = {"kind": "amount", "name": "Euros", "settings": {"points": 2, "per_minor": 150}}
GOLD = {"name": "Gold", "rank": 2, "by": "spend", "threshold": 50_000, "colour": "amber"}


@pytest.fixture
def owner_api(store: Store) -> ApiClient:
    return ApiClient(token_of(store, Role.OWNER))


def test_a_rule_is_added_changed_and_switched_off(owner_api: ApiClient) -> None:
    made = owner_api.post("/earn-rules", EUROS)
    assert made.status_code == 201 and made.json()["settings"] == {"points": 2, "per_minor": 150}
    path = f"/earn-rules/{made.json()['id']}"
    changed = owner_api.patch(path, {"ends": "2026-12-31", "settings": {"points": 3}, "active": False})
    assert (changed.status_code, changed.json()["ends"]) == (200, "2026-12-31")
    rule = EarnRule.objects.get()
    assert (rule.settings, rule.active) == ({"points": 3, "per_minor": 150}, False)
    assert [one["name"] for one in owner_api.get("/earn-rules").json()["items"]] == ["Euros"]


@pytest.mark.parametrize(
    "body",
    [
        {"name": 5},
        {"name": ""},
        {"starts": "tomorrow"},
        {"ends": 20261231},
        {"active": "yes"},
        {"settings": []},
        {"settings": {"points": "2"}},
        {"settings": {"per_minor": 1.5}},
        {"settings": {"colour": 1}},
        {"kind": "nothing"},
        {"kind": "products", "settings": {"skus": "A1"}},
        {"kind": "multiplier", "settings": {"tiers": [{}]}},
        {"nothing": 1},
    ],
)
def test_a_wrong_rule_is_refused(owner_api: ApiClient, body: dict[str, Any]) -> None:
    assert owner_api.post("/earn-rules", EUROS | body).status_code == 422
    assert not EarnRule.objects.exists()


def test_tiers_and_one_by_hand(store: Store, owner_api: ApiClient, api: ApiClient) -> None:
    made = owner_api.post("/tiers", GOLD)
    assert made.status_code == 201 and made.json()["members"] == 0
    path = f"/tiers/{made.json()['id']}"
    assert owner_api.patch(path, {"percent": 150, "benefits": "Coffee"}).json()["percent"] == 150
    assert owner_api.post("/tiers", GOLD).json()["errors"][0]["field"] == "name"
    for body in ({"threshold": "5"}, {"rank": True}, {"by": 1}, {"colour": "pink"}, {"nothing": 1}):
        assert owner_api.patch(path, body).status_code == 422, body
    ada = make_customer(store)
    asked = {"ids": [str(ada.pk)], "inputs": {"tier": "gold", "reason": "Friend", "until": "2999-12-31"}}
    assert api.post("/customers/actions/set-tier", asked).json()["done"] == 1
    assert Membership.objects.get().reason == "Friend"
    assert api.get(f"/customers/{ada.pk}").json()["tier"] == "Gold"
    assert owner_api.get("/tiers").json()["items"][0]["members"] == 1
    assert owner_api.send("DELETE", path).status_code == 409
    assert Tier.objects.exists()


def test_only_owners_set_it_up(store: Store, api: ApiClient, owner_api: ApiClient) -> None:
    rule, tier = (
        owner_api.post("/earn-rules", EUROS).json()["id"],
        owner_api.post("/tiers", GOLD).json()["id"],
    )
    assert api.get("/earn-rules").status_code == api.get("/tiers").status_code == 200
    asked = (
        ("POST", "/earn-rules"),
        ("PATCH", f"/earn-rules/{rule}"),
        ("POST", "/tiers"),
        ("PATCH", f"/tiers/{tier}"),
        ("DELETE", f"/tiers/{tier}"),
    )
    for method, path in asked:
        assert api.send(method, path, {}).status_code == 403, path
    for path in ("/earn-rules/nothing", f"/earn-rules/{tier}", f"/tiers/{rule}"):
        assert owner_api.patch(path, {}).status_code == 404, path
    assert EarnRule.objects.exists() and Tier.objects.exists()


def test_another_store_sees_none_of_it(owner_api: ApiClient, other_api: ApiClient) -> None:
    rule = owner_api.post("/earn-rules", EUROS).json()["id"]
    assert other_api.get("/earn-rules").json()["items"] == []
    assert other_api.patch(f"/earn-rules/{rule}", {"name": "Mine"}).status_code in (403, 404)
    assert EarnRule.objects.get().name == "Euros"
