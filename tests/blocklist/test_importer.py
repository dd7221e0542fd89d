"""The block list comes in and goes out by its declaration alone: nothing in transfers knows it, and all of it works."""

import io
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import regulars.transfers
from regulars.blocklist.models import Rule
from regulars.jobs.services import execute_run
from regulars.kit.errors import Invalid
from regulars.resources.context import Context
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.undoing import undo_change_set
from regulars.transfers import queries, services
from regulars.transfers.models import Profile
from regulars.transfers.plan import Plan
from regulars.transfers.queries import ImportView
from regulars.transfers.told import RowTeller
from regulars.transfers.writing import FORMATS
from tests.blocklist.conftest import ME, make_rule
from tests.factories import NOW
from tests.transfers.conftest import _uploads  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db
FILE = "Who;Because;Until\nnew@spam.test;Chargebacks;31.12.2027\nold@spam.test;Again;\n*.bad host;;\n"
PLAN = {"columns": {"Who": "value", "Because": "reason", "Until": "expires"}}


def start(store: Store, content: str | bytes, plan: Any = None, *, asks: bool = False) -> ImportView:
    raw = content.encode() if isinstance(content, str) else content
    view = services.start_import(
        store=store,
        resource=get_resource("blocks"),
        file=io.BytesIO(raw),
        filename="rules",
        actor=ME,
        now=NOW,
        plan=None if plan is None else Plan.from_json(plan),
        asks=asks,
    )
    return view if asks else work(store, view)


def work(store: Store, view: ImportView) -> ImportView:
    assert view.run_id is not None
    execute_run(run_id=view.run_id)
    return queries.get_import(store=store, import_id=view.id)


def run(store: Store, view: ImportView) -> ImportView:
    return work(store, services.confirm_import(store=store, import_id=view.id, actor=ME, now=NOW))


def told(store: Store, view: ImportView) -> list[dict[str, Any]]:
    context = Context(store=store, actor=ME, now=NOW)
    teller = RowTeller(view, get_resource("blocks"), context)
    return [
        teller.tell(row) for row in queries.rows_page(store=store, import_id=view.id, verdict="", limit=100)
    ]


def counted(view: ImportView) -> dict[str, int]:
    return {name: count for name, count in view.counts.items() if count and name != "total"}


def test_nothing_in_transfers_names_it() -> None:
    root = Path(regulars.transfers.__file__).parent
    naming = [path.name for path in root.rglob("*.py") if "blocklist" in path.read_text()]
    assert naming == []


def test_is_mapped_looked_at_mended_run_and_taken_back(store: Store) -> None:
    old = make_rule(store, "email", "old@spam.test", reason="Once")
    waiting = start(store, FILE, asks=True)
    assert waiting.state == "mapping"
    services.plan_import(store=store, import_id=waiting.id, plan=Plan.from_json(PLAN), actor=ME, now=NOW)
    checked = work(store, services.check_import(store=store, import_id=waiting.id, actor=ME, now=NOW))
    assert counted(checked) == {"new": 1, "changed": 1, "failed": 1}
    new, changed, failed = told(store, checked)
    assert new["after"]["value"] == "new@spam.test" and new["after"]["reason"] == "Chargebacks"
    assert new["after"]["expires"].startswith("2028-01-01")
    assert (changed["before"], changed["after"]) == ({"reason": "Once"}, {"reason": "Again"})
    assert changed["record"] == str(old.pk)
    assert failed["problems"][0]["column"] == "Who"
    mended = services.mend_row(
        store=store, import_id=checked.id, line=4, cells={"Who": "*.bad.test"}, actor=ME, now=NOW
    )
    assert mended.verdict == "new"
    assert Rule.objects.count() == 1
    done = run(store, checked)
    assert counted(done) == {"new": 2, "changed": 1}
    assert Rule.objects.get(pk=old.pk).reason == "Again"
    undone = undo_change_set(store=store, change_set_id=done.change_set_id, actor=ME, now=NOW, wait=True)
    assert len(undone.done) == 3 and undone.left == {}
    assert Rule.objects.get(pk=old.pk).reason == "Once"
    assert list(Rule.objects.filter(removed_at=None).values_list("pk", flat=True)) == [old.pk]


def test_a_rule_that_was_changed_since_is_left_alone_by_undo(store: Store) -> None:
    done = run(store, start(store, "value,reason\na@spam.test,x\nb@spam.test,y\n"))
    resource, rule = get_resource("blocks"), Rule.objects.get(reason="x")
    resource.edit(
        store=store, record_id=rule.pk, values={"reason": "by hand"}, base_version=None, actor=ME, now=NOW
    )
    undone = undo_change_set(store=store, change_set_id=done.change_set_id, actor=ME, now=NOW, wait=True)
    assert list(undone.left) == [rule.pk] and len(undone.done) == 1


@pytest.mark.parametrize(
    ("plan", "counts", "reason"),
    [
        ({}, {"new": 1, "changed": 1}, "Again"),
        ({"mode": "create"}, {"new": 1, "skipped": 1}, "Once"),
        ({"mode": "update"}, {"changed": 1, "skipped": 1}, "Again"),
        ({"policies": {"reason": "fill"}}, {"new": 1, "same": 1}, "Once"),
        ({"policies": {"reason": "ignore"}}, {"new": 1, "same": 1}, "Once"),
        ({"defaults": {"reason_shown": "Sorry"}}, {"new": 1, "changed": 1}, "Again"),
    ],
)
def test_modes_and_policies(store: Store, plan: Any, counts: dict[str, int], reason: str) -> None:
    old = make_rule(store, "email", "old@spam.test", reason="Once")
    checked = start(store, "value,reason\nnew@spam.test,New\nold@spam.test,Again\n", plan)
    assert counted(checked) == counts
    assert counted(run(store, checked)) == counts
    assert Rule.objects.get(pk=old.pk).reason == reason


def test_an_end_is_filled_only_where_there_is_none(store: Store) -> None:
    content = "value,expires\na@spam.test,2027-01-01\nb@spam.test,2027-01-01\n"
    make_rule(store, "email", "a@spam.test")
    run(store, start(store, "value,expires\nb@spam.test,2026-12-31\n"))
    checked = start(store, content, {"policies": {"expires": "fill"}})
    assert counted(checked) == {"changed": 1, "same": 1}


@pytest.mark.parametrize(
    ("twins", "counts"),
    [
        ("refuse", {"new": 1, "clash": 1}),
        ("first", {"new": 1, "skipped": 1}),
        ("last", {"new": 1, "changed": 1}),
    ],
)
def test_the_same_one_twice(store: Store, twins: str, counts: dict[str, int]) -> None:
    checked = start(store, "value,reason\na@spam.test,one\nA@spam.test,two\n", {"twins": twins})
    assert counted(checked) == counts
    if twins == "refuse":
        settled = services.settle_row(
            store=store, import_id=checked.id, line=3, choice="last", actor=ME, now=NOW
        )
        assert settled.verdict in ("new", "changed")
        assert counted(run(store, checked)) == {"new": 1, "changed": 1}
        assert Rule.objects.get().reason == "two"


def test_keys_to_choose_are_those_that_are_declared(store: Store) -> None:
    with pytest.raises(Invalid) as refused:
        start(store, "value\na@spam.test\n", {"match": ["email"]})
    assert refused.value.field == "match"


def test_nothing_is_added_to_a_field_of_one_value(store: Store) -> None:
    for name in ("reason", "expires", "kind"):
        with pytest.raises(Invalid) as refused:
            start(store, "value,reason\na@spam.test,x\n", {"policies": {name: "append"}})
        assert refused.value.field == "policies"


def test_profiles_are_its_own(store: Store) -> None:
    view = start(store, FILE, PLAN)
    services.keep_profile(store=store, import_id=view.id, name="Till", actor=ME, now=NOW)
    assert Profile.objects.get().resource == "blocks"
    assert start(store, FILE).profile_name == "Till"
    assert queries.profiles_of(store=store, resource=get_resource("customers")) == []


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "pdf"])
def test_goes_out_and_comes_back_in_every_format(store: Store, name: str) -> None:
    make_rule(store, "email", "a@spam.test", reason="=1+1")
    make_rule(store, "domain", "*.spam.test", reason="two, words")
    make_rule(store, "ip", "203.0.113.0/24", mode="shadow")
    make_rule(store, "phone", "+33612345678", reason_shown="Nein – “süß”")
    context = Context(store=store, actor=ME, now=NOW)
    columns = ("value", "kind", "list", "mode", "reason", "reason_shown", "expires")
    query = query_from_params(get_resource("blocks"), {"tab": "all"}, context, strict=True)
    out = io.BytesIO()
    services.write_export(
        asked=services.Asked(query=query, columns=columns, format=name), context=context, out=out
    )
    assert counted(start(store, out.getvalue())) == {"same": 4}
    Rule.objects.all().delete()
    done = run(store, start(store, out.getvalue()))
    assert counted(done) == {"new": 4}
    assert set(Rule.objects.values_list("reason", "reason_shown", "mode")) == {
        ("=1+1", "", "active"),
        ("two, words", "", "active"),
        ("", "", "shadow"),
        ("", "Nein – “süß”", "active"),
    }
    assert isinstance(done.change_set_id, UUID)
