"""Trade-ins by API: taken down with their items, taken further, paid; nothing sealed comes out."""

import pytest

from regulars.customers.models import Customer
from regulars.staff.choices import Role
from regulars.stores.models import Store
from regulars.tradeins.models import CustomerPayout
from tests.api.conftest import ApiClient, token_of
from tests.factories import make_customer

pytestmark = pytest.mark.django_db
ITEMS = "iPhone 12 | good | 356938035643809 | 120.00"


def test_a_till_takes_one_down_and_pays_in_credit(store: Store) -> None:
    api, ada = ApiClient(token_of(store, Role.CLERK)), make_customer(store)
    new = {"customer": ada.number, "way": "in_store", "acceptance": "seller", "items": ITEMS}
    made = api.post("/tradeins", new)
    assert made.status_code == 201, made.content
    one = made.json()["id"]
    assert (made.json()["status"], made.json()["quoted"], made.json()["items"]) == ("lead", "120.00", ITEMS)

    def act(name: str, **inputs: str) -> None:
        answer = api.post(f"/tradeins/actions/{name}", {"ids": [one], "inputs": inputs})
        assert answer.status_code == 200 and answer.json()["done"] == 1, answer.content

    act("take-in")
    changed = api.patch(f"/tradeins/{one}", {"items": f"{ITEMS} | 90.00"})
    assert changed.status_code == 200 and changed.json()["final"] == "90.00", changed.content
    act("not-as-described", why="Scratched")
    act("accept-price", acceptance="seller")
    act("set-payout", kind="store_credit")
    act("pay")
    assert api.get(f"/tradeins/{one}").json()["status"] == "completed"
    assert Customer.objects.get(pk=ada.pk).credit_minor == 9_000


def test_a_customers_account_goes_in_and_only_its_mask_comes_out(store: Store) -> None:
    api, ada = ApiClient(token_of(store, Role.OWNER)), make_customer(store)
    inputs = {"kind": "paypal", "particulars": "email: ada@secret.test"}
    answer = api.post("/customers/actions/set-payout", {"ids": [str(ada.pk)], "inputs": inputs})
    assert answer.status_code == 200 and CustomerPayout.objects.get().payout_masked == "a•••@secret.test"
    shown = api.get(f"/customers/{ada.pk}").json()
    assert shown["payout_method"] == "paypal" and "secret" not in str(shown)
    wrong = {"kind": "paypal", "particulars": "iban: 1"}
    refused = api.post("/customers/actions/set-payout", {"ids": [str(ada.pk)], "inputs": wrong})
    assert refused.status_code == 422, refused.content
