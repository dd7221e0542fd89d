"""The block list through the API: rules, their rehearsal, and the question of every door."""

from collections.abc import Callable
from typing import Any

import pytest

from regulars.blocklist.models import Hit, Rule
from regulars.customers.models import Customer
from regulars.staff.choices import Role
from regulars.stores.models import Store
from tests.api.conftest import ApiClient
from tests.factories import make_customer

pytestmark = pytest.mark.django_db
RULE = {"kind": "domain", "value": "spam.test", "reason": "Spam"}


def test_a_rule_is_rehearsed_added_changed_and_removed(store: Store, api: ApiClient) -> None:
    make_customer(store, email="ada@spam.test")
    told = api.post("/blocks", RULE | {"dry_run": True})
    assert told.status_code == 200 and told.json()["customers"] == 1 and not Rule.objects.exists()
    made = api.post("/blocks", RULE)
    assert made.status_code == 201 and made.json()["value"] == "spam.test"
    assert Customer.objects.get().blocked
    path = made["Location"].removeprefix("/api/v1")
    assert api.get(path).json()["status"] == "active"
    changed = api.patch(path, {"mode": "shadow"}, If_Match='"1"')
    assert changed.status_code == 200 and changed.json()["status"] == "shadow"
    assert api.patch(path, {"value": "other.test"}).status_code == 422
    assert api.get("/blocks", where="status = shadow").json()["count"]["value"] == 1
    assert api.send("DELETE", path).status_code == 204
    assert api.get(path).status_code == 404 and api.send("DELETE", path).status_code == 404


def test_a_repeated_key_makes_one_rule_and_a_twin_is_refused(api: ApiClient) -> None:
    statuses = [api.post("/blocks", RULE, Idempotency_Key="one").status_code for _ in range(2)]
    assert statuses == [201, 200]
    twin = api.post("/blocks", RULE)
    assert (twin.status_code, twin.json()["code"]) == (409, "rule_exists")
    assert Rule.objects.count() == 1


def test_a_whole_provider_wants_a_second_yes(api: ApiClient) -> None:
    wide = {"kind": "domain", "value": "gmail.com"}
    assert api.post("/blocks", wide | {"dry_run": True}).json()["needs_second_yes"]
    refused = api.post("/blocks", wide)
    assert (refused.status_code, refused.json()["code"]) == (409, "needs_second_yes")
    assert api.post("/blocks", wide | {"confirm": True}).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {}, {"value": ""}, {"value": 5}, {"value": "x", "kind": "moon"}, {"value": "0.0.0.0/0"}, {"valeu": "x"},
        RULE | {"expires": "2020-01-01"}, RULE | {"list": "trust", "mode": "shadow"}, RULE | {"dry_run": "yes"},
        RULE | {"reason": "x" * 1001}, {"value": "#999", "kind": "customer"},
    ],
)  # fmt: skip
def test_a_wrong_rule_is_refused_by_name(api: ApiClient, body: dict[str, Any]) -> None:
    answer = api.post("/blocks", body)
    assert answer.status_code == 422 and answer.json()["detail"]
    assert not Rule.objects.exists()


def test_the_question_of_every_door(store: Store, api: ApiClient) -> None:
    rule = api.post("/blocks", RULE | {"reason_shown": "Call us."}).json()
    customer = make_customer(store, email="ada@spam.test")
    for asked in ({"email": "X@Spam.test"}, {"customer": str(customer.pk), "door": "order"}):
        answer = api.post("/blocks/check", asked).json()
        assert answer == {"allowed": False, "trusted": False, "reason_shown": "Call us.", "rule": rule["id"]}
    assert Hit.objects.count() == 2
    assert api.post("/blocks/check", {"email": "a@fine.test"}).json()["allowed"]
    for wrong in ({"door": "window"}, {"customer": "x"}, {"e-mail": "x"}, {"email": 1}):
        assert api.post("/blocks/check", wrong).status_code == 422


@pytest.mark.parametrize(
    ("role", "add", "act", "check"),
    [
        (Role.OWNER, True, True, True),
        (Role.MANAGER, True, True, True),
        (Role.CLERK, False, True, True),
        (Role.VIEWER, False, False, False),
    ],
)
def test_each_role_may_what_it_includes(
    store: Store,
    client_of: Callable[[Role], ApiClient],
    api: ApiClient,
    role: Role,
    add: bool,
    act: bool,
    check: bool,
) -> None:
    customer = make_customer(store, email="ada@x.test")
    known = api.post("/blocks", {"kind": "email", "value": "jane.doe@spam.test"}).json()["id"]
    asker = client_of(role)
    assert asker.get("/blocks").status_code == 200
    seen = asker.get(f"/blocks/{known}").json()["value"]
    assert seen == ("jane.doe@spam.test" if check else "j…@spam.test")
    assert (asker.post("/blocks", RULE).status_code == 201) == add
    assert (asker.post("/blocks", RULE | {"dry_run": True}).status_code == 200) == add
    assert (asker.patch(f"/blocks/{known}", {"reason": "x"}).status_code == 200) == add
    assert (asker.send("DELETE", f"/blocks/{known}").status_code == 204) == add
    assert (asker.post("/blocks/check", {"email": "x@y.test"}).status_code == 200) == check
    done = asker.post("/customers/actions/block", {"ids": [str(customer.pk)]})
    assert (done.status_code == 200) == act and Customer.objects.get().blocked == act


def test_another_store_sees_and_changes_nothing(store: Store, api: ApiClient, other_api: ApiClient) -> None:
    known = api.post("/blocks", RULE).json()["id"]
    assert other_api.get("/blocks").json()["items"] == []
    assert other_api.get(f"/blocks/{known}").status_code == 404
    assert other_api.patch(f"/blocks/{known}", {"reason": "x"}).status_code == 404
    assert other_api.send("DELETE", f"/blocks/{known}").status_code == 404
    assert other_api.post("/blocks/check", {"email": "a@spam.test"}).json()["allowed"]
    assert Rule.objects.get().reason == "Spam"


def test_blocking_by_query_says_first_what_it_does(store: Store, api: ApiClient) -> None:
    for number in range(3):
        make_customer(store, email=f"p{number}@spam.test")
    body = {"where": 'email ends with "@spam.test"', "inputs": {"reason": "Spam", "expires": "2099-01-31"}}
    told = api.post("/customers/actions/block", body | {"dry_run": True}).json()
    assert told["matched"] == 3 and not Rule.objects.exists()
    assert api.post("/customers/actions/block", body).json()["done"] == 3
    assert api.get("/customers", where="blocked = yes").json()["count"]["value"] == 3
    assert api.post("/customers/actions/unblock", {"where": "blocked = yes"}).json()["done"] == 3
