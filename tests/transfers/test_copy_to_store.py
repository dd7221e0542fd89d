"""Copying customers into another store: rights, the diff and the undo there, and two stores that stay apart."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from regulars.customers.models import Customer
from regulars.customers.services import create_group, insert_customers
from regulars.jobs.models import Run
from regulars.jobs.services import execute_run
from regulars.kit.actor import Actor, system
from regulars.kit.errors import InvalidRecord, NotAllowed, NotFound
from regulars.kit.ids import new_id
from regulars.resources import execute
from regulars.resources.context import Context
from regulars.resources.execute import Performed, Selection, perform
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.staff.choices import Role
from regulars.staff.models import Membership
from regulars.stores.models import Store
from regulars.timeline.undoing import undo_change_set
from regulars.transfers import queries, services
from regulars.transfers.models import Export, Import
from tests import factories
from tests.factories import NOW
from tests.people import Someone

pytestmark = pytest.mark.django_db
SYSTEM = system("Tests")


@pytest.fixture
def both(owner: Someone, other_store: Store) -> Someone:
    """The owner here, who manages the other store too."""
    Membership.objects.create(store=other_store, user=owner.user, role=Role.MANAGER)
    return owner


@pytest.fixture
def people(store: Store, other_store: Store) -> list[Any]:
    """Three here; the other store knows one of them already, with another city."""
    group = create_group(store=store, name="Retail", actor=SYSTEM, now=NOW)
    ids = insert_customers(
        store=store,
        records=[
            {
                "first_name": f"N{n}",
                "last_name": "Doe",
                "email": f"n{n}@example.com",
                "phone": f"+3361234567{n}",
                "country": "FR",
                "city": "Lyon",
                "tags": ["vip"],
                "group_id": group.pk,
                "external_id": f"shop-{n}",
                "source": "till",
                "spent_minor": 5_000,
            }
            for n in range(3)
        ],
        now=NOW,
    )
    insert_customers(
        store=other_store,
        records=[
            {"first_name": "N0", "last_name": "Doe", "email": "n0@example.com", "city": "Paris"},
            {"first_name": "Else", "email": "else@example.com"},
        ],
        now=NOW,
    )
    return list(ids)


def copy(somebody: Someone, *, ids: Any = None, to: str = "other", wait: bool = False) -> Performed:
    context = Context(store=somebody.store, actor=somebody.actor, now=NOW)
    resource = get_resource("customers")
    selection = (
        Selection(ids=tuple(ids))
        if ids is not None
        else Selection(query=query_from_params(resource, {"tab": "all"}, context, strict=True))
    )
    return perform(
        resource=resource,
        name="copy-to-store",
        selection=selection,
        raw_inputs={"store": to},
        context=context,
        wait=wait,
    )


def check(other_store: Store, performed: Performed) -> queries.ImportView:
    """Do the check of the import there."""
    assert performed.change_set is not None
    view = queries.get_import(store=other_store, import_id=performed.change_set)
    assert view.run_id is not None
    execute_run(run_id=view.run_id)
    return queries.get_import(store=other_store, import_id=view.id)


def test_is_looked_at_there_run_and_taken_back_there(
    both: Someone, people: list[Any], other_store: Store
) -> None:
    here = list(Customer.objects.filter(store=both.store).order_by("pk").values())
    performed = copy(both, ids=people)
    assert (performed.done, performed.skipped) == (people, {})
    checked = check(other_store, performed)
    assert (checked.state, checked.counts["new"], checked.counts["changed"]) == ("checked", 2, 1)
    assert checked.file_name.startswith("From ") and checked.actor_name == both.actor.name
    (row,) = queries.rows_page(store=other_store, import_id=checked.id, verdict="changed")
    assert (row.before["city"], row.after["city"]) == ("Paris", "Lyon")
    assert Customer.objects.filter(store=other_store).count() == 2
    there = Context(store=other_store, actor=factories.actor_of(other_store, both.user), now=NOW)
    view = services.confirm_import(store=other_store, import_id=checked.id, actor=there.actor, now=NOW)
    execute_run(run_id=view.run_id)
    new = Customer.objects.select_related("group").get(store=other_store, email="n1@example.com")
    old = Customer.objects.get(store=both.store, email="n1@example.com")
    same = ("first_name", "last_name", "phone", "country", "city", "tags", "external_id", "source")
    assert [getattr(new, name) for name in same] == [getattr(old, name) for name in same]
    assert (
        new.group.name == "Retail" and new.group.store_id == other_store.pk and new.group_id != old.group_id
    )
    assert new.spent_minor == 0 and new.pk != old.pk
    assert list(Customer.objects.filter(store=both.store).order_by("pk").values()) == here
    done = queries.get_import(store=other_store, import_id=checked.id)
    undone = undo_change_set(
        store=other_store, change_set_id=done.change_set_id, actor=there.actor, now=NOW, wait=True
    )
    assert len(undone.done) == 3
    left = Customer.objects.filter(store=other_store).values_list("email", "city")
    assert sorted(left) == [("else@example.com", ""), ("n0@example.com", "Paris")]


def test_both_histories_tell_it(both: Someone, people: list[Any], other_store: Store) -> None:
    performed = copy(both, ids=people[:2])
    export = Export.objects.get(store=both.store)
    assert (export.row_count, export.format, export.actor_id) == (2, "csv", both.user.pk)
    assert other_store.name in export.reason and export.sha256
    assert "number" not in export.columns and "external_id" in export.columns
    imported = Import.objects.get(store=other_store)
    assert (imported.pk, imported.sha256) == (export.pk, export.sha256)
    assert services.copied_to(store=both.store, export_id=performed.change_set) == ("other", imported.pk)
    assert services.copied_to(store=other_store, export_id=performed.change_set) is None


def test_numbers_are_those_of_the_other_store(both: Someone, people: list[Any], other_store: Store) -> None:
    checked = check(other_store, copy(both, ids=people))
    view = services.confirm_import(store=other_store, import_id=checked.id, actor=SYSTEM, now=NOW)
    execute_run(run_id=view.run_id)
    numbers = list(
        Customer.objects.filter(store=other_store).order_by("number").values_list("number", flat=True)
    )
    assert numbers == [1, 2, 3, 4]


@pytest.mark.parametrize("role", [Role.CLERK, Role.VIEWER])
def test_needs_the_right_to_import_there(
    role: Role, owner: Someone, people: list[Any], other_store: Store
) -> None:
    Membership.objects.create(store=other_store, user=owner.user, role=role)
    with pytest.raises(InvalidRecord):
        copy(owner, ids=people)
    assert not Import.objects.exists() and not Export.objects.exists()


def test_a_second_factor_that_the_store_there_demands_is_asked_for_here_too(
    both: Someone, people: list[Any], other_store: Store
) -> None:
    Store.objects.filter(pk=other_store.pk).update(require_second_factor=True)
    with pytest.raises(InvalidRecord):
        copy(both, ids=people)
    assert not Import.objects.exists() and not Export.objects.exists()
    Authenticator.objects.create(user=both.user, type=Authenticator.Type.TOTP, data={})
    assert copy(both, ids=people).done == people


def test_is_not_offered_to_people_of_one_store(
    owner: Someone, people: list[Any], other_owner: Someone
) -> None:
    action = get_resource("customers").action("copy-to-store")
    assert not action.possible(Context(store=owner.store, actor=owner.actor, now=NOW))
    for slug in ("other", "shop", "nowhere", ""):
        with pytest.raises(InvalidRecord):
            copy(owner, ids=people, to=slug)
    assert not Import.objects.exists() and not Export.objects.exists()


def test_needs_the_right_to_export_here(clerk: Someone, people: list[Any], other_store: Store) -> None:
    Membership.objects.create(store=other_store, user=clerk.user, role=Role.OWNER)
    with pytest.raises(NotAllowed):
        copy(clerk, ids=people)
    assert not Import.objects.exists() and not Export.objects.exists()


def test_a_token_is_bound_to_its_store(store: Store, people: list[Any], other_store: Store) -> None:
    token = Actor(kind="api", name="t", id=new_id(), role="owner", permissions=frozenset({"*"}))
    context = Context(store=store, actor=token, now=NOW)
    assert services.stores_to_copy_to(resource=get_resource("customers"), context=context) == []


def test_other_peoples_customers_are_not_reached(
    both: Someone, people: list[Any], other_store: Store
) -> None:
    foreign = Customer.objects.filter(store=other_store).values_list("pk", flat=True)
    performed = copy(both, ids=foreign)
    assert performed.done == [] and len(performed.skipped) == 2
    assert not Import.objects.exists()


def test_a_right_that_was_lost_meanwhile_stops_the_worker(
    both: Someone, people: list[Any], other_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execute, "AT_ONCE", 1)
    performed = copy(both, wait=True)
    Membership.objects.filter(store=other_store, user=both.user).delete()
    run = execute_run(run_id=performed.run.pk)
    assert run.state == "failed" and not Import.objects.exists()


def test_a_right_that_was_lost_after_it_arrived_stops_the_check(
    both: Someone, people: list[Any], other_store: Store
) -> None:
    performed = copy(both, ids=people)
    Membership.objects.filter(store=other_store, user=both.user).delete()
    assert check(other_store, performed).state == "failed"
    assert Customer.objects.filter(store=other_store).count() == 2


def test_very_many_are_one_run_that_arrives_once(
    both: Someone, people: list[Any], other_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execute, "AT_ONCE", 1)
    performed = copy(both, wait=True)
    run = execute_run(run_id=performed.run.pk)
    assert (run.state, run.counts, run.kind) == ("done", {"done": 3}, "transfers.copy")
    Run.objects.filter(pk=run.pk).update(
        state="waiting", finished_at=None
    )  # as after a crash at its very end
    run = execute_run(run_id=run.pk)
    assert run.state == "done"
    assert Import.objects.filter(store=other_store).count() == Export.objects.count() == 1
    view = queries.get_import(store=other_store, import_id=Import.objects.get().pk)
    execute_run(run_id=view.run_id)
    assert queries.get_import(store=other_store, import_id=view.id).counts["new"] == 2


def test_the_desk_leads_to_the_import_there(
    both: Someone, people: list[Any], other_store: Store, clerk: Someone, other_owner: Someone
) -> None:
    page = both.client.get("/desk/shop/customers/", {"tab": "all"}).content.decode()
    assert "copy-to-store" in page
    answer = both.client.post(
        "/desk/shop/customers/actions/copy-to-store/",
        {"id": [str(one) for one in people], "store": "other", "confirmed": "1"},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 204, answer.content
    imported = Import.objects.get()
    link = f"/desk/shop/exports/{imported.pk}/there/"
    assert link in answer["HX-Trigger"] and "Download" not in answer["HX-Trigger"]
    there = both.client.get(link)
    assert there["Location"] == f"/desk/other/imports/{imported.pk}/"
    assert both.client.get(there["Location"]).status_code == 200
    assert clerk.client.get(link).status_code == 403
    assert other_owner.client.get(link).status_code in (403, 404)
    assert other_owner.client.get(f"/desk/other/exports/{imported.pk}/there/").status_code == 404


def test_nobody_with_one_store_sees_the_button(owner: Someone, people: list[Any]) -> None:
    assert "copy-to-store" not in owner.client.get("/desk/shop/customers/", {"tab": "all"}).content.decode()


def test_nothing_there_while_it_is_not_done(store: Store) -> None:
    assert services.copied_to(store=store, export_id=new_id()) is None
    with pytest.raises(NotFound):
        queries.get_import(store=store, import_id=new_id())
