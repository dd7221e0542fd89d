"""What a large bulk action may cost, and that saying a verb in SQL changes nothing about what it does."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.customers import services
from regulars.customers.models import Customer, Lookup
from regulars.customers.services import insert_customers, undo
from regulars.customers.services.verbs import Verb
from regulars.jobs import services as jobs
from regulars.kit.actor import system
from regulars.kit.ids import new_id
from regulars.resources import execute
from regulars.resources.action import Outcome
from regulars.resources.context import Context
from regulars.resources.execute import Selection, perform
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.timeline.services import OpenChangeSet
from regulars.timeline.undoing import Past
from tests.factories import NOW, make_customer

pytestmark = pytest.mark.django_db
ME = system("Tests")
TAGS: list[list[str]] = [
    [],
    ["vip"],
    ["vip", "new"],
    ["a", "new", "b"],
    ["Vip"],
    [f"t{at}" for at in range(250)],
]


def tagged_customers(store: Store) -> list[Customer]:
    found = [make_customer(store, tags=tags) for tags in TAGS]
    return [
        *found,
        make_customer(store, state="anonymised"),
        make_customer(store, state="archived", tags=["x"]),
    ]


def do(verb: Verb, store: Store, ids: list[Any], tags: list[str]) -> Outcome:
    change_set = OpenChangeSet(store=store, actor=ME)
    return verb(store=store, ids=ids, inputs={"tags": tags}, actor=ME, now=NOW, change_set=change_set)


def seen(store: Store, outcome: Outcome) -> Any:
    """All that a verb leaves behind, with numbers for ids."""
    numbers = dict(Customer.objects.filter(store=store).values_list("pk", "number"))
    first = min(numbers.values())
    rows = (
        Customer.objects.filter(store=store).order_by("number").values_list("tags", "version", "updated_at")
    )
    events = Event.objects.filter(store=store, change_set_id=outcome.change_set, key="customer.tagged")
    kept = events.values_list("record_id", "resource", "version", "before", "after", "at")
    return (
        list(rows),
        sorted((numbers[one] - first, *more) for one, *more in kept),
        sorted(numbers[one] - first for one in outcome.done),
        sorted((numbers.get(one, first - 1) - first, why) for one, why in outcome.skipped.items()),
    )


@pytest.mark.parametrize("verb", [services.add_tags, services.remove_tags])
@pytest.mark.parametrize("tags", [["vip"], ["new", "vip"], ["z"], ["b", "a", "b"]])
def test_said_in_sql_a_verb_does_the_same(
    store: Store, other_store: Store, monkeypatch: pytest.MonkeyPatch, verb: Verb, tags: list[str]
) -> None:
    assert verb.plainly is not None
    found = []
    for one in (store, other_store):
        ids = [customer.pk for customer in tagged_customers(one)]
        before = Customer.objects.filter(store=store).count()
        found.append(seen(one, do(verb, one, [*ids, ids[0], new_id()], tags)))
        assert Customer.objects.filter(store=store).count() == before
        monkeypatch.setattr(verb, "plainly", None)
    assert found[0] == found[1]


def test_a_batch_is_the_same_number_of_statements_however_large(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert_customers(store=store, records=[{"first_name": f"P{at}"} for at in range(600)], now=NOW)
    resource = get_resource("customers")
    context = Context(store=store, actor=ME, now=NOW)

    def statements(batch: int, tag: str) -> int:
        monkeypatch.setattr(execute, "BATCH", batch)
        monkeypatch.setattr(execute, "AT_ONCE", 100)
        selection = Selection(query=query_from_params(resource, {"tab": "active"}, context))
        run = perform(
            resource=resource, name="add-tag", selection=selection, raw_inputs={"tags": tag}, context=context,
            wait=True,
        ).run  # fmt: skip
        assert run is not None
        with CaptureQueriesContext(connection) as captured:
            jobs.execute_run(run_id=run.pk)
        assert Customer.objects.filter(store=store, tags__contains=[tag]).count() == 600
        return sum("SAVEPOINT" not in one["sql"] for one in captured)

    three, six = statements(200, "one"), statements(100, "two")
    assert six - three <= 3 * 5  # the batch, its write with its events, its progress, and whether to go on


def test_the_narrow_table_follows_every_way_of_writing(store: Store) -> None:
    customers = [make_customer(store, tags=["a"]) for _ in range(3)]
    Customer.objects.filter(pk=customers[0].pk).update(tags=["b"])
    customers[1].delete()
    insert_customers(store=store, records=[{"first_name": "New", "tags": ["c"]}], now=NOW)
    do(services.add_tags, store, [customers[2].pk], ["d"])

    kept = set(Lookup.objects.filter(store=store).values_list("customer_id", "updated_at"))
    assert kept == set(Customer.objects.filter(store=store).values_list("pk", "updated_at"))
    tags = sorted(Lookup.objects.filter(store=store).values_list("tags", flat=True))
    assert tags == sorted(Customer.objects.filter(store=store).values_list("tags", flat=True)) != []


def test_tags_points_and_tiers_write_no_index_of_the_customers(store: Store) -> None:
    """PostgreSQL writes a row in its place only while no index holds a column that changes."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.relname FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
            WHERE i.indrelid = 'customers_customer'::regclass
            AND pg_get_indexdef(i.indexrelid) ~ '\\m(tags|points|tier|updated_at|version)\\M'"""
        )
        assert cursor.fetchall() == []


def test_an_undo_said_in_sql_does_the_same(
    store: Store, other_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for one in (store, other_store):
        customers = tagged_customers(one)
        ids = [customer.pk for customer in customers]
        done = do(services.add_tags, one, ids, ["new"])
        assert done.change_set is not None
        do(services.add_tags, one, [customers[0].pk], ["since"])
        Customer.objects.filter(pk=customers[1].pk).update(state="anonymised")
        events = Event.objects.filter(store=one, change_set_id=done.change_set)
        pasts = [
            Past(past.pk, past.key, past.resource, past.record_id, past.version, past.before, past.after, {})
            for past in events.order_by("-pk")
        ]
        opened = OpenChangeSet(store=one, actor=ME)
        left = undo.restore_facts(store=one, pasts=pasts, actor=ME, now=NOW, change_set=opened)
        kept = Event.objects.filter(store=one, change_set_id=opened.id)
        places = {record_id: place for place, record_id in enumerate(ids)}
        found.append(
            (
                list(Customer.objects.filter(store=one).order_by("number").values_list("tags", "version")),
                sorted((places[record_id], why) for record_id, why in left.items()),
                sorted(
                    (places[record_id], *more)
                    for record_id, *more in kept.values_list(
                        "record_id", "key", "resource", "version", "before", "after", "data"
                    )
                ),
            )
        )
        monkeypatch.setattr(undo, "restore_plainly", lambda **_asked: set())
    assert found[0] == found[1]
    assert len(found[0][1]) == 2 and found[0][2]
