"""Who is erased is in no kept file, no ledger and no saved export."""

from typing import Any

import pytest
from django.core.files.storage import default_storage

from regulars.customers.services import anonymise_customers
from regulars.resources.context import Context
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.transfers import services
from regulars.transfers.models import Export, SavedExport
from regulars.transfers.services import Asked, Plan
from tests.factories import NOW, make_customer
from tests.people import Someone

pytestmark = pytest.mark.django_db


def test_nothing_names_her_any_more(manager: Someone, django_capture_on_commit_callbacks: Any) -> None:
    store, context = manager.store, Context(store=manager.store, actor=manager.actor, now=NOW)
    zelda = make_customer(store, first_name="Zelda", last_name="Quint", email="zelda@quint.test", city="Nice")
    make_customer(store, first_name="Ada", city="Paris")

    def asked(where: str, format: str) -> Asked:
        query = query_from_params(
            get_resource("customers"), {"tab": "all", "where": where}, context, strict=True
        )
        return Asked(query=query, columns=("first_name", "city"), format=format, reason="Zelda asked")

    made = {
        name: services.keep_export(asked=asked(where, format), context=context)
        for name, where, format in (
            ("with her", "", "csv"),
            ("without her", "city = Paris", "csv"),
            ("nobody can tell", "city = Paris", "xlsx"),
            ("about her", "email = zelda@quint.test and last_name = Quint", "jsonl"),
        )
    }
    by_name = asked('last_name = "Quint"', "csv")
    plan = Plan(name="For Zelda Quint", schedule="daily")
    services.save_export(asked=by_name, plan=plan, context=context)
    with django_capture_on_commit_callbacks(execute=True):
        anonymise_customers(
            store=store, ids=[zelda.pk], inputs={}, actor=manager.actor, now=NOW, change_set=None
        )
    kept = {name for name, one in made.items() if default_storage.exists(one.stored_as)}
    assert kept == {"without her"}
    assert {name for name, one in made.items() if Export.objects.get(pk=one.pk).stored_as} == kept
    for row in [*Export.objects.values(), *SavedExport.objects.values()]:
        assert "elda" not in str(row) and "uint" not in str(row), row
    saved = SavedExport.objects.get()
    assert services.make_due_exports(now=saved.next_run_at) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("columns", "is_kept"),
    [(("number", "orders_count"), True), (("number", "birthdate", "address"), False), (("note", "city"), False),
     (("last_name", "birthdate"), True)],
)  # fmt: skip
def test_rows_without_a_name_are_thrown_away_whole(
    manager: Someone, columns: tuple[str, ...], is_kept: bool, django_capture_on_commit_callbacks: Any
) -> None:
    store, context = manager.store, Context(store=manager.store, actor=manager.actor, now=NOW)
    make_customer(store, first_name="Ada", last_name="Byron")
    query = query_from_params(get_resource("customers"), {"tab": "all"}, context, strict=True)
    made = services.keep_export(asked=Asked(query=query, columns=columns), context=context)
    zelda = make_customer(store, first_name="Zelda", last_name="Quint")
    with django_capture_on_commit_callbacks(execute=True):
        anonymise_customers(
            store=store, ids=[zelda.pk], inputs={}, actor=manager.actor, now=NOW, change_set=None
        )
    assert default_storage.exists(made.stored_as) is is_kept
