"""Bodies that say more than a client may: fields that nobody edits, columns that are no fields, other people's rows."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from regulars.accounts.models import Account
from regulars.customers.models import Customer
from regulars.kit.actor import Actor
from regulars.resources.context import Context
from regulars.resources.resource import Resource, all_resources, get_resource
from regulars.staff.choices import Role
from regulars.staff.permissions import permissions_of
from regulars.stores.models import Store
from tests.api.conftest import ApiClient, token_of
from tests.factories import NOW
from tests.portal.mine.having import Somebody, everything

pytestmark = pytest.mark.django_db
# Columns of tables that no field shows, ways into other tables, and what an ORM or a template would take for its own.
NO_FIELDS = (
    "id", "pk", "store", "store_id", "store__slug", "version", "search", "email_key", "created_at", "updated_at",
    "spent_minor", "credit_minor", "points_pending", "password", "accounts", "accounts__password", "account",
    "verified_at", "must_change", "mfa_phone", "totp_sealed", "payout_sealed", "is_staff", "role", "permissions",
    "__class__", "_state", "objects", "customer__store_id", "source_id", "sequence", "",
)  # fmt: skip
NOT_DONE = (400, 403, 404, 405, 409, 422)
RESOURCES = sorted(one.name for one in all_resources()) or ["customers"]


@pytest.fixture
def ada(store: Store) -> Somebody:
    return everything(store)


def tables() -> dict[str, Any]:
    """Every row of ours but what is written about requests themselves."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            name = model._meta.db_table
            if name in ("staff_apitoken", "staff_cache", "resources_idempotencykey"):
                continue
            cursor.execute(
                f'SELECT md5(string_agg(whole::text, $$|$$ ORDER BY whole::text)) FROM "{name}" AS whole'
            )
            row = cursor.fetchone()
            found[name] = row and row[0]
    return found


def somebody(store: Store) -> Context:
    actor = Actor(kind="staff", name="Tests", role=Role.OWNER, permissions=permissions_of(Role.OWNER))
    return Context(store=store, actor=actor, now=NOW)


def first_of(resource: Resource, store: Store) -> Any:
    return resource.rows(store).values_list("pk", flat=True).first()


@pytest.mark.parametrize("name", RESOURCES)
def test_nothing_is_taken_that_nobody_edits(ada: Somebody, name: str) -> None:
    """With the token of an owner, who may do everything that there is."""
    api = ApiClient(token_of(ada.store, Role.OWNER))
    resource = get_resource(name)
    closed = [one.name for one in resource.all_fields() if not one.editable]
    record = first_of(resource, ada.store)
    before = tables()
    for field in (*NO_FIELDS, *closed):
        for value in ("1", {"set": 1}):
            if record is not None:
                answer = api.patch(f"/{name}/{record}", {field: value})
                assert answer.status_code in NOT_DONE, (name, field, value, answer.content)
        answer = api.post(f"/{name}", {"first_name": "Eve", "title": "Eve", field: "1"})
        assert answer.status_code in NOT_DONE, (name, field, answer.content)
    assert tables() == before


def test_a_token_of_one_role_writes_no_field_of_a_higher_one(ada: Somebody) -> None:
    """Field by field, as the catalogue says who may write it."""
    resource = get_resource("customers")
    path = f"/customers/{ada.customer.pk}"
    for role in (Role.VIEWER, Role.CLERK):
        api, allowed = ApiClient(token_of(ada.store, role)), permissions_of(role)
        shut = [
            one.name for one in resource.all_fields()
            if one.editable and one.edit_permission and one.edit_permission not in allowed
        ]  # fmt: skip
        if role == Role.VIEWER:
            shut = [one.name for one in resource.all_fields() if one.editable]
        before = tables()
        for field in shut:
            assert api.patch(path, {field: "1"}).status_code in (403, 422), (role, field)
        assert tables() == before
    assert ApiClient(token_of(ada.store, Role.OWNER)).patch(path, {"first_name": "Adele"}).status_code == 200


def test_an_action_takes_its_own_inputs_alone(ada: Somebody) -> None:
    api = ApiClient(token_of(ada.store, Role.OWNER))
    hidden = {
        "store": "1",
        "actor": "1",
        "change_set": "1",
        "customer_id": "1",
        "password": "x",
        "default_password": "x",
    }
    before = Account.objects.filter(customer=ada.customer).values().get()
    ids = [str(ada.customer.pk)]
    for action in (
        "add-tag",
        "reset-password",
        "adjust-points",
        "archive",
        "anonymise",
        "send-password-link",
    ):
        answer = api.post(f"/customers/actions/{action}", {"ids": ids, "inputs": hidden})
        assert answer.status_code == 422, (action, answer.content)
    for action in ("add-tag", "archive"):
        for body in (
            {"ids": ids, "store": "other"},
            {"ids": ids, "actor": {"kind": "system"}},
            {"ids": ids, "now": "x"},
        ):
            assert api.post(f"/customers/actions/{action}", {**body, "inputs": {}}).status_code == 422, (
                action,
                body,
            )
    assert Account.objects.filter(customer=ada.customer).values().get() == before
    assert Customer.objects.get(pk=ada.customer.pk).tags == []
