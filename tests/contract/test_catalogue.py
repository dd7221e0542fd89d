"""Every field sorts and comes back from a file as it went; every field and action is known to API and CLI."""

from typing import Any

import pytest

from regulars.api.urls import openapi
from regulars.kit.actor import Actor
from regulars.resources.context import Context
from regulars.resources.page import annotate, every_row, fetch_page
from regulars.resources.query import Query
from regulars.resources.resource import all_resources, get_resource
from regulars.staff.choices import Role
from regulars.staff.permissions import all_permissions, permissions_of
from regulars.stores.models import Store
from tests.api.conftest import ApiClient, token_of

pytestmark = pytest.mark.django_db
RESOURCES = [resource.name for resource in all_resources()]
FIELDS = [(resource.name, field.name) for resource in all_resources() for field in resource.all_fields()]
SORTS = [
    (resource.name, field.name, descending)
    for resource in all_resources()
    for field in resource.all_fields()
    if field.sort
    for descending in (False, True)
]


@pytest.mark.parametrize(("resource_name", "name", "descending"), SORTS)
def test_each_order_pages_through_all_rows_once(
    resource_name: str, name: str, descending: bool, asking: Context
) -> None:
    resource = get_resource(resource_name)
    field = resource.field(name, asking.actor)
    assert field is not None
    query = Query(resource=resource, tab="all", sort=name, descending=descending, size=2)
    everything = set(resource.rows(asking.store).values_list("pk", flat=True))
    pages, after = [], ""
    while True:
        page = fetch_page(query.at(after=after), asking, [field])
        pages.append([row["id"] for row in page.rows])
        if not page.next:
            break
        after = page.next
        assert len(pages) < 20
    forwards = [record_id for page in pages for record_id in page]
    assert len(forwards) == len(set(forwards)) and set(forwards) == everything
    assert forwards == [row["id"] for row in every_row(query, asking, [field])]
    backwards, before = list(pages[-1]), fetch_page(query.at(after=after), asking, [field]).previous
    while before:
        page = fetch_page(query.at(before=before), asking, [field])
        backwards = [row["id"] for row in page.rows] + backwards
        before = page.previous
    assert backwards == forwards


@pytest.mark.parametrize(("resource_name", "name"), FIELDS)
def test_what_leaves_as_text_comes_back_as_it_was(resource_name: str, name: str, asking: Context) -> None:
    resource = get_resource(resource_name)
    field = resource.field(name, asking.actor)
    assert field is not None
    if not (field.editable or field.importable) or field.value or field.kind.name == "reference":
        return
    for row in annotate(resource.rows(asking.store), [field], asking).values("id", *field.needs):
        stored = row[field.path]
        again = field.clean(field.export(row, asking), asking)
        if isinstance(stored, str):
            assert again == stored.strip(), (
                field.name
            )  # spaces around a text are never stored by a form or a file
        else:
            assert again == stored, field.name


@pytest.mark.parametrize("resource_name", RESOURCES)
def test_the_api_description_knows_every_field_and_action(resource_name: str) -> None:
    resource = get_resource(resource_name)
    document = openapi()
    schemas = document["components"]["schemas"]
    known = schemas[str(resource.singular)]["properties"]
    assert {field.name for field in resource.all_fields()} <= set(known)
    assert all(known[field.name]["description"] for field in resource.all_fields())
    editable = {field.name for field in resource.all_fields() if field.editable}
    assert set(schemas[f"{resource.singular}Edit"]["properties"]) == editable | {"version"}
    described = document["paths"][f"/api/v1/{resource.name}/actions/{{name}}"]["post"]["description"]
    assert all(f"`{action.name}`" in described for action in resource.all_actions())


@pytest.mark.parametrize("resource_name", RESOURCES)
@pytest.mark.parametrize("role", list(Role))
def test_a_role_sees_and_changes_only_what_it_includes(role: Role, resource_name: str, seeded: Store) -> None:
    resource = get_resource(resource_name)
    api = ApiClient(token_of(seeded, role))
    granted = permissions_of(role)
    catalogue = api.get(f"/fields/{resource.name}").json()
    seen = {
        field.name for field in resource.all_fields() if not field.permission or field.permission in granted
    }
    assert {field["name"] for field in catalogue["fields"]} == seen
    may_edit = resource.permission("edit") in granted
    editable = {
        field.name
        for field in resource.all_fields()
        if may_edit
        and field.editable
        and field.name in seen
        and (not field.edit_permission or field.edit_permission in granted)
    }
    assert {field["name"] for field in catalogue["fields"] if field["editable"]} == editable
    actions = {action.name for action in resource.all_actions() if action.permission in granted}
    assert {action["name"] for action in catalogue["actions"]} == actions
    row = api.get(f"/{resource.name}", limit=1).json()["items"][0]
    assert set(row) <= seen | {"id", "version", "currency"}
    for action in resource.all_actions():
        answer = api.post(f"/{resource.name}/actions/{action.name}", {"ids": [], "dry_run": True})
        assert (answer.status_code == 403) == (action.name not in actions), action.name


def test_a_field_the_role_lacks_is_unknown_everywhere(seeded: Store) -> None:
    """A field with a permission of its own cannot be seen, asked, sorted by or written without it."""
    resource = get_resource("customers")
    field = resource._fields["note"]
    object.__setattr__(field, "permission", "customers.secret")
    try:
        api = ApiClient(token_of(seeded, Role.MANAGER))
        row = api.get("/customers").json()["items"][0]
        assert "note" not in row
        assert "note" not in api.get(f"/customers/{row['id']}").json()
        assert "note" not in {one["name"] for one in api.get("/fields/customers").json()["fields"]}
        for params in ({"where": "note is empty"}, {"columns": "note"}, {"sort": "note"}):
            assert api.get("/customers", **params).status_code == 422, params
        for answer in (
            api.post("/customers", {"first_name": "x", "note": "y"}),
            api.patch(f"/customers/{row['id']}", {"note": "y"}),
        ):
            assert answer.status_code == 422
            assert "There is no field" in answer.json()["errors"][0]["message"]
    finally:
        object.__setattr__(field, "permission", "")


def test_no_action_is_called_as_the_way_out_of_its_dialog() -> None:
    """Two buttons "Cancel" beside each other: one gives up the question, the other the order."""
    for resource in all_resources():
        assert "Cancel" not in {str(action.label) for action in resource.all_actions()}, resource.name


def test_every_permission_that_is_asked_for_is_declared() -> None:
    declared = {permission.name for permission in all_permissions()} | {""}
    asked: set[str] = set()
    for resource in all_resources():
        asked |= {resource.permission(verb) for verb in ("view", "create", "edit")}
        asked |= {action.permission for action in resource.all_actions()}
        for field in resource.all_fields():
            asked |= {field.permission, field.edit_permission}
    assert asked <= declared


@pytest.mark.parametrize("resource_name", RESOURCES)
def test_search_pages_through_what_it_matches(resource_name: str, asking: Context) -> None:
    resource = get_resource(resource_name)
    for words in ("ada", "a", "lovelace ada", "example.com", "5678", "1", "王", "lodz", "zzzz", "%"):
        query = Query(resource=resource, tab="all", text=words, size=2)
        shown: list[Any] = []
        after = ""
        while True:
            page = fetch_page(query.at(after=after), asking, [])
            shown += [row["id"] for row in page.rows]
            if not page.next:
                break
            after = page.next
        matched = set(
            resource.rows(asking.store)
            .filter(resource.search_filter(words, asking))
            .values_list("pk", flat=True)
        )
        assert len(shown) == len(set(shown)) and set(shown) == matched, words


def test_an_actor_without_rights_gets_nothing(asking: Context) -> None:
    nobody = Actor(kind="api", name="nobody")
    for resource in all_resources():
        assert resource.editable_fields(nobody) == []
        assert all(not action.permission for action in resource.actions(nobody))
