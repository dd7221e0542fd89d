"""Flags, anonymising and deleting by API: rehearsed, by inputs, by role; `regulars records act` does the same."""

from typing import Any

import pytest
from django.core.management import call_command

from regulars.customers.models import Customer
from regulars.staff.choices import Role
from regulars.stores.models import Store
from tests.api.conftest import ApiClient
from tests.api.test_records import assert_problem, make

pytestmark = pytest.mark.django_db


def test_a_flag_is_set_found_and_read(api: ApiClient) -> None:
    ada, _other = make(api, first_name="Ada"), make(api, first_name="Bob")
    inputs = {"level": "monitor", "reason": "Two returns", "review": "2099-01-15"}
    assert api.post("/customers/actions/flag", {"ids": [ada["id"]], "inputs": inputs}).json()["done"] == 1
    found = api.get("/customers", where="flag = monitor and flag_review > 2098-12-31").json()["items"]
    assert [(one["first_name"], one["flag"], one["flag_reason"], one["flag_review"]) for one in found] == [
        ("Ada", "monitor", "Two returns", "2099-01-15")
    ]
    for wrong in ({"level": "odd", "reason": "x"}, {"level": "monitor"}, {"reason": "x"}):
        body = {"ids": [ada["id"]], "inputs": wrong}
        assert_problem(api.post("/customers/actions/flag", body), 422, "invalid")


def test_the_reason_is_for_those_who_may_flag(api: ApiClient, client_of: Any) -> None:
    made = make(api, first_name="Ada")
    inputs = {"level": "monitor", "reason": "Two returns", "review": ""}
    api.post("/customers/actions/flag", {"ids": [made["id"]], "inputs": inputs})
    seen = client_of(Role.VIEWER).get(f"/customers/{made['id']}").json()
    assert seen["flag"] == "monitor" and "flag_reason" not in seen


def test_anonymising_is_rehearsed_and_then_done(api: ApiClient) -> None:
    made = make(api, first_name="Zebulon", email="zeb@example.com")
    body: dict[str, Any] = {"where": 'email = "zeb@example.com"'}
    told = api.post("/customers/actions/anonymise", body | {"dry_run": True}).json()
    assert (told["matched"], told["irreversible"]) == (1, True)
    assert told["preview"][0].startswith("Zebulon: name, e-mail, phone")
    assert Customer.objects.get().first_name == "Zebulon"
    assert api.post("/customers/actions/anonymise", body).json()["done"] == 1
    left = api.get(f"/customers/{made['id']}").json()
    assert (left["state"], left["first_name"], left["email"]) == ("anonymised", "", "")
    assert_problem(api.patch(f"/customers/{made['id']}", {"first_name": "Zebulon"}), 409, "anonymised")


def test_a_store_that_never_deletes_says_so_by_row_and_in_the_rehearsal(api: ApiClient, store: Store) -> None:
    made = make(api, first_name="Ada")
    Store.objects.filter(pk=store.pk).update(delete_policy="never")
    body: dict[str, Any] = {"ids": [made["id"]]}
    assert_problem(api.post("/customers/actions/delete", body | {"dry_run": True}), 409, "not_deletable")
    done = api.post("/customers/actions/delete", body).json()
    assert (done["done"], done["skipped"]) == (0, 1)
    assert done["reasons"][0]["reason"].startswith("is kept, because this store never deletes")
    assert Customer.objects.count() == 1


@pytest.mark.parametrize("role", [Role.CLERK, Role.VIEWER])
@pytest.mark.parametrize("name", ["anonymise", "delete"])
def test_others_may_not(api: ApiClient, client_of: Any, role: Role, name: str) -> None:
    made = make(api, first_name="Ada")
    assert_problem(
        client_of(role).post(f"/customers/actions/{name}", {"ids": [made["id"]]}), 403, "not_allowed"
    )
    assert Customer.objects.get().state == "active"


def test_the_command_line_deletes_and_says_what_became_of_each(
    api: ApiClient, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    make(api, first_name="Ada")
    asked = ("records", "act", "customers", "delete", "--store", store.slug, "--where", "first_name = Ada")
    call_command(*asked, "--dry-run")
    told = capsys.readouterr()
    assert "Ada: deleted with everything personal" in told.out + told.err and Customer.objects.exists()
    call_command(*asked, "--yes")
    assert "take it back" not in capsys.readouterr().out
    assert not Customer.objects.exists()
