"""Whatever the plan, the file and the store: the run does what the check announced, undo takes all of it back, and it
makes no difference whether a batch is decided before the one before it is written."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.blocklist.services.customers import block_customers
from regulars.customers.models import Customer
from regulars.stores.models import Store
from regulars.timeline.undoing import undo_change_set
from regulars.transfers import queries
from regulars.transfers.services import work
from tests.factories import NOW, make_customer
from tests.transfers.conftest import ACTOR
from tests.transfers.test_plan import checked, run, told

pytestmark = pytest.mark.django_db

MAILS = ("", "a@x.fr", "B@x.fr", "c@x.fr")
PHONES = ("", "+33612345671", "+33612345672")
NAMES = ("", "Ada", "Bea King", "Cleo")
HEADERS = ("Email", "Phone", "Name", "id", "City", "Tags", "Note", "Newsletter")
IGNORED = {"version", "updated_at"}

stored = st.fixed_dictionaries(
    {
        "email": st.sampled_from(MAILS),
        "phone": st.sampled_from(PHONES),
        "first_name": st.sampled_from(("Ada", "Bea", "Cleo")),
        "last_name": st.sampled_from(("", "King")),
        "external_id": st.sampled_from(("", "", "1", "2")),
        "city": st.sampled_from(("", "Paris")),
        "tags": st.sampled_from(([], ["old"], ["old", "VIP"])),
        "note": st.sampled_from(("", "first")),
        "accepts_marketing": st.booleans(),
        "state": st.sampled_from(("active", "active", "archived", "inactive")),
        "blocked": st.sampled_from((False, False, True)),
    }
)
row = st.tuples(
    st.sampled_from(MAILS),
    st.sampled_from(PHONES),
    st.sampled_from(NAMES),
    st.sampled_from(("", "", "1", "2", "3")),
    st.sampled_from(("", "Lyon", "Nice")),
    st.sampled_from(("", "new", "vip, new")),
    st.sampled_from(("", "first", "second")),
    st.sampled_from(("", "yes", "no")),
)
KEYS = ("external_id", "email", "phone", "name")
FOUND = {
    "archived": ("update", "restore", "skip", "refuse"),
    "inactive": ("update", "restore", "skip", "refuse"),
    "blocked": ("update", "skip", "refuse"),
}
ANY = ("overwrite", "fill", "ignore")
plan = st.fixed_dictionaries(
    {
        "mode": st.sampled_from(("both", "create", "update")),
        "match": st.lists(st.sampled_from(KEYS), unique=True, max_size=4),
        "twins": st.sampled_from(("refuse", "first", "last")),
        "shared_mail": st.sampled_from(("ask", "same", "apart")),
        "tags": st.sampled_from(("", "spring")),
        "policies": st.fixed_dictionaries(
            {},
            optional={
                "tags": st.sampled_from((*ANY, "append")),
                "note": st.sampled_from((*ANY, "append")),
                "city": st.sampled_from(ANY),
                "phone": st.sampled_from(ANY),
                "email": st.sampled_from(ANY),
                "name": st.sampled_from(ANY),
            },
        ),
        "found": st.fixed_dictionaries({}, optional={m: st.sampled_from(a) for m, a in FOUND.items()}),
    }
)


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def everything() -> dict[Any, dict[str, Any]]:
    return {
        one["id"]: {name: value for name, value in one.items() if name not in IGNORED}
        for one in Customer.objects.values()
    }


def put_in(store: Store, people: list[dict[str, Any]]) -> None:
    mails: set[str] = set()
    ids: set[str] = set()
    for facts in people:
        one = dict(facts)
        blocked = one.pop("blocked")
        if one["email"].lower() in mails:
            one["email"] = ""
        if one["external_id"] in ids:
            one["external_id"] = ""
        mails.add(one["email"].lower())
        ids.add(one["external_id"])
        made = make_customer(store, **one)
        if blocked:
            block_customers(store=store, ids=[made.pk], inputs={}, actor=ACTOR, now=NOW, change_set=None)


def text_of(rows: list[tuple[str, ...]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([HEADERS, *rows])
    return out.getvalue()


def expected(before: dict[Any, dict[str, Any]], rows: list[Any]) -> list[dict[str, Any]]:
    """Who is there when all that was announced has been done, in no order."""
    people = {key: dict(one) for key, one in before.items()}
    for one in rows:
        if one.verdict == "changed" and one.record_id:
            people[one.record_id] |= one.after
        elif one.verdict == "new":
            people[one.line] = one.after
    return list(people.values())


def shown(one: dict[str, Any]) -> tuple[Any, ...]:
    names = ("email", "phone", "first_name", "last_name", "external_id", "city", "tags", "note", "state")
    defaults = {"tags": [], "state": "active"}
    return tuple(str(one.get(name) or defaults.get(name, "")) for name in names)


def generated(examples: int = 25) -> Any:
    """Any people, rows and plan; each example on a store of its own."""
    return lambda test: settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )(
        given(
            people=st.lists(stored, max_size=4),
            rows=st.lists(row, min_size=1, max_size=5),
            data=plan,
            batch=st.sampled_from((work.BATCH_ROWS, 1, 2)),
        )(test)
    )


def check(
    store: Store, people: list[dict[str, Any]], rows: list[tuple[str, ...]], data: dict[str, Any]
) -> Any:
    """Who is there before, and the import once it is checked; the check must write nothing."""
    put_in(store, people)
    before = everything()
    rows = [("z@x.fr", "", "Zoe", "", "", "", "", ""), *rows]  # so that every file has somebody
    view = checked(store, text_of(rows), **data)
    assert everything() == before
    return before, view


@generated()
def test_undo_takes_back_whatever_the_run_did(
    store: Store, people: list[dict[str, Any]], rows: list[tuple[str, ...]], data: dict[str, Any], batch: int
) -> None:
    with rolled_back(), patch.object(work, "BATCH_ROWS", batch):
        before, view = check(store, people, rows, data)
        ran = run(store, view)
        assert ran.state == "done", ran.message
        assert ran.change_set_id
        if everything() != before:
            undo_change_set(store=store, change_set_id=ran.change_set_id, actor=ACTOR, now=NOW)
        assert everything() == before


@generated()
def test_the_run_does_what_was_announced(
    store: Store, people: list[dict[str, Any]], rows: list[tuple[str, ...]], data: dict[str, Any], batch: int
) -> None:
    with rolled_back(), patch.object(work, "BATCH_ROWS", batch):
        before, view = check(store, people, rows, data)
        announced = told(view)
        kept = queries.rows_page(store=store, import_id=view.id, verdict="", limit=100)
        ran = run(store, view)
        assert ran.state == "done", ran.message
        assert told(ran).get("new") == announced.get("new")
        if data["twins"] == "last" and batch < len(rows):
            return  # of rows of one person in three batches, the check writes only the first for the third
        assert told(ran) == announced
        if data["twins"] != "last":
            found = sorted(map(shown, everything().values()))
            assert found == sorted(map(shown, expected(before, kept)))


@contextmanager
def one_ahead(batches: Iterator[Any]) -> Iterator[Iterator[Any]]:
    """Each batch is read and decided before the one before it is worked on: the latest a thread can be, every time."""

    def items() -> Iterator[Any]:
        ahead = next(batches, None)
        while ahead is not None:
            item, ahead = ahead, next(batches, None)
            yield item

    yield items()


def outcome(
    store: Store, people: list[dict[str, Any]], rows: list[tuple[str, ...]], data: dict[str, Any]
) -> Any:
    """What is told of the check and the run, and who is there after it."""
    _before, view = check(store, people, rows, data)
    kept = queries.rows_page(store=store, import_id=view.id, verdict="", limit=100)
    ran = run(store, view)
    left = queries.rows_page(store=store, import_id=view.id, verdict="", limit=100)
    told_of = [
        [(one.line, one.verdict, [problem["sentence"] for problem in one.problems]) for one in page]
        for page in (kept, left)
    ]
    people_after = sorted((one["number"], *shown(one)) for one in everything().values())
    return told(view), told(ran), told_of, people_after


@generated(60)
def test_deciding_ahead_makes_no_difference(
    store: Store, people: list[dict[str, Any]], rows: list[tuple[str, ...]], data: dict[str, Any], batch: int
) -> None:
    # Only then is a batch decided ahead.
    data |= {
        "match": [],
        "twins": data["twins"].replace("last", "first"),
        "shared_mail": data["shared_mail"].replace("apart", "ask"),
    }
    with patch.object(work, "BATCH_ROWS", batch):
        with rolled_back():
            one_by_one = outcome(store, people, rows, data)
        with (
            rolled_back(),
            patch.object(work, "_others_see_it", lambda: True),
            patch.object(work, "made_ahead", one_ahead),
        ):
            assert outcome(store, people, rows, data) == one_by_one
