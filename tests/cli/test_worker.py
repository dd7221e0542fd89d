"""What becomes of a run when its worker is asked to end in the middle."""

import pytest

from regulars.customers.models import Customer
from regulars.customers.services import insert_customers
from regulars.jobs import services as jobs
from regulars.kit.actor import system
from regulars.resources import execute
from regulars.resources.context import Context
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.models import ChangeSet
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_run_stops_at_a_batch_border_and_goes_on_there(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execute, "AT_ONCE", 1)
    monkeypatch.setattr(execute, "BATCH", 2)
    insert_customers(store=store, records=[{"first_name": f"N{n}"} for n in range(5)], now=NOW)
    customers = get_resource("customers")
    context = Context(store=store, actor=system("Tests"), now=NOW)
    started = execute.perform(
        resource=customers,
        name="archive",
        selection=execute.Selection(query=query_from_params(customers, {"tab": "all"}, context, strict=True)),
        raw_inputs={},
        context=context,
    )
    assert started.run is not None
    save = jobs.Progress.save

    def save_and_leave(self: jobs.Progress, **values: object) -> None:
        save(self, **values)  # type: ignore[arg-type]
        if values["done"] == 2:
            jobs.leave()

    monkeypatch.setattr(jobs.Progress, "save", save_and_leave)
    try:
        run = jobs.execute_run(run_id=started.run.pk)
    finally:
        jobs._leaving.clear()
    run.refresh_from_db()
    assert (run.state, run.done, Customer.objects.filter(state="archived").count()) == ("running", 2, 2)
    assert jobs.resume_open_runs() == 1
    finished = jobs.execute_run(run_id=run.pk)
    assert (finished.state, finished.done, finished.counts) == ("done", 5, {"done": 5, "skipped": 0})
    assert ChangeSet.objects.filter(run_id=run.pk).count() == 1
