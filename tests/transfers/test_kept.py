"""The export action: picked records as a file that is kept for a week."""

from datetime import timedelta
from typing import Any

import pytest

from regulars.customers.models import Customer
from regulars.jobs.services import execute_run
from regulars.kit.errors import Invalid, NotAllowed, NotFound
from regulars.resources import execute
from regulars.resources.context import Context
from regulars.resources.execute import Performed, Selection, perform
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.transfers import services
from regulars.transfers.models import Export, ExportPiece
from tests.factories import NOW, make_customer
from tests.people import Someone

pytestmark = pytest.mark.django_db


def take_out(who: Someone, columns: str = "number,first_name,city", **more: Any) -> Performed:
    context = Context(store=who.store, actor=who.actor, now=NOW)
    resource = get_resource("customers")
    chosen = more or {"query": query_from_params(resource, {"tab": "all"}, context)}
    return perform(
        resource=resource,
        name="export",
        selection=Selection(**chosen),
        raw_inputs={"columns": columns},
        context=context,
    )


def read(who: Someone, done: Performed, days: int = 0) -> str:
    made = done.change_set or done.run.cursor["change_set"]  # type: ignore[union-attr]
    _name, pieces = services.kept_export(
        store=who.store, export_id=made, actor=who.actor, now=NOW + timedelta(days=days)
    )
    return b"".join(pieces).decode()


def fill(store: Store) -> list[Customer]:
    return [make_customer(store, first_name=f"N{at}", city="=Rome") for at in range(5)]


def test_picked_records_with_chosen_columns_and_no_formula(manager: Someone) -> None:
    people = fill(manager.store)
    done = take_out(manager, ids=(people[0].pk, people[3].pk))
    assert read(manager, done).split() == ["number,first_name,city", "1,N0,'=Rome", "4,N3,'=Rome"]
    kept = Export.objects.get()
    assert (kept.row_count, len(kept.sha256), kept.actor_name) == (2, 64, manager.user.display_name)


def test_a_large_one_is_made_in_batches_each_row_once(
    manager: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execute, "AT_ONCE", 2)
    monkeypatch.setattr(execute, "BATCH", 2)
    fill(manager.store)
    done = take_out(manager, "first_name")
    assert done.run is not None
    done.run = execute_run(run_id=done.run.pk)
    assert read(manager, done).split() == ["first_name", "N0", "N1", "N2", "N3", "N4"]
    assert Export.objects.get().row_count == 5 and ExportPiece.objects.count() == 3


def test_kept_for_a_week_and_only_for_this_store_and_role(
    manager: Someone, clerk: Someone, other_owner: Someone
) -> None:
    fill(manager.store)
    done = take_out(manager)
    assert read(manager, done, days=7)
    with pytest.raises(NotFound):
        read(manager, done, days=8)
    with pytest.raises(NotFound):
        read(other_owner, done)
    with pytest.raises(NotAllowed):
        read(clerk, done)
    with pytest.raises(NotAllowed):
        take_out(clerk)
    with pytest.raises(Invalid):
        take_out(manager, "numbr")
    services.forget_old_exports(now=NOW + timedelta(days=8))
    assert not ExportPiece.objects.exists() and Export.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "status"), [("owner", 200), ("clerk", 403), ("viewer", 403), ("other_owner", 404)]
)
def test_the_file_is_fetched_from_the_desk(
    who: str, status: int, owner: Someone, request: pytest.FixtureRequest
) -> None:
    from django.utils import timezone

    fill(owner.store)
    context = Context(store=owner.store, actor=owner.actor, now=timezone.now())
    done = perform(
        resource=get_resource("customers"),
        name="export",
        selection=Selection(ids=tuple(Customer.objects.values_list("pk", flat=True))),
        raw_inputs={},
        context=context,
    )
    client = request.getfixturevalue(who).client
    assert client.get(f"/desk/shop/exports/{done.change_set}/").status_code == status
