"""Taking a whole import back: whom it made goes, what it changed is put back, whoever was touched since stays."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.blocklist.choices import RuleKind
from regulars.blocklist.services import NewRule, add_rule
from regulars.customers import services as customers
from regulars.customers.choices import State
from regulars.customers.models import Customer, Group, Lookup
from regulars.duplicates.models import Pair
from regulars.duplicates.services.scan import scan
from regulars.jobs.models import Run
from regulars.jobs.queries import skipped_of
from regulars.jobs.services import execute_run
from regulars.kit.actor import system
from regulars.kit.errors import NotAllowed
from regulars.orders.services import NewOrder, insert_orders
from regulars.segments.models import Segment, SegmentMembership
from regulars.segments.services import SegmentFacts, add_to_segment, create_segment, refresh_segment
from regulars.stores.models import Store
from regulars.timeline import undoing
from regulars.timeline.models import ChangeSet, Event
from regulars.timeline.undoing import CannotUndo, Undone, rehearse_undo, undo_change_set
from regulars.transfers.queries import ImportView
from tests.factories import NOW, make_customer
from tests.people import Someone
from tests.transfers.conftest import ACTOR, Importing

pytestmark = pytest.mark.django_db
ME = system("Tests")
# What only grows, and what is about the files themselves.
APART = (
    "timeline_",
    "procrastinate",
    "jobs_",
    "transfers_",
    "duplicates_scan",
    "django_",
    "segments_segmentsize",
)


def picture() -> dict[str, list[Any]]:
    """Every row of every table, without counters that go on."""
    found = {}
    less = {
        "customers_customer": " - 'version' - 'updated_at'",
        "customers_lookup": " - 'updated_at'",
        "stores_store": " - 'next_customer_number'",
        "segments_segment": " - 'counted_at' - 'tried_at'",
    }
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if table.startswith(APART):
                continue
            cursor.execute(f'SELECT (to_jsonb(t){less.get(table, "")})::text FROM "{table}" AS t ORDER BY 1')
            found[table] = [row[0] for row in cursor.fetchall()]
    return found


def take_back(view: ImportView, store: Store, **options: Any) -> Undone:
    assert view.change_set_id
    given = {"actor": ACTOR, "now": NOW} | options
    return undo_change_set(store=store, change_set_id=view.change_set_id, **given)


def named(email: str) -> Customer:
    return Customer.objects.get(email=email)


def tag(store: Store, *people: Customer) -> None:
    customers.add_tags(
        store=store,
        ids=[one.pk for one in people],
        inputs={"tags": ["by hand"]},
        actor=ME,
        now=NOW,
        change_set=None,
    )


def test_an_import_taken_back_leaves_everything_as_before(store: Store, bring: Importing) -> None:
    make_customer(store, first_name="Old", email="old@x.fr", phone="+33612345678", tags=["kept"])
    before = picture()
    view = bring("email,city,phone\nold@x.fr,Lyon,\na@x.fr,Nice,06 12 34 56 78\nb@x.fr,,\n")
    assert (view.counts["new"], view.counts["changed"]) == (2, 1)
    undone = take_back(view, store)
    assert len(undone.done) == 3 and not undone.left
    assert picture() == before
    assert Lookup.objects.count() == 1
    # It can come in anew; numbers go on counting.
    assert bring("email,first_name,phone\na@x.fr,Ada,\n").counts["new"] == 1
    assert named("a@x.fr").number > Customer.objects.get(email="old@x.fr").number


def test_rows_that_were_edited_by_hand_are_left_alone_and_named(store: Store, bring: Importing) -> None:
    known = make_customer(store, email="0@x.fr")
    lines = "".join(f"{at}@x.fr,Town {at}\n" for at in range(10))
    view = bring(f"email,city\n{lines}")
    edited = [named(f"{at}@x.fr") for at in (0, 3, 7)]
    for one in edited:
        customers.edit_customer(
            store=store,
            customer_id=one.pk,
            values={"city": "By hand"},
            base_version=None,
            actor=ME,
            now=NOW,
        )
    found = rehearse_undo(store=store, change_set_id=view.change_set_id, actor=ACTOR, now=NOW)  # type: ignore[arg-type]
    undone = take_back(view, store)
    assert undone.left == found.left == {one.pk: "was changed since" for one in edited}
    assert {one.pk for one in Customer.objects.all()} == {one.pk for one in edited} and known in edited
    assert set(Customer.objects.values_list("city", flat=True)) == {"By hand"}


def _note(store: Store, one: Customer) -> None:
    customers.add_note(store=store, customer_id=one.pk, body="Hello", actor=ME, now=NOW)


def _address(store: Store, one: Customer) -> None:
    customers.add_address(store=store, customer_id=one.pk, values={"city": "Rome"}, actor=ME, now=NOW)


def _order(store: Store, one: Customer) -> None:
    order = NewOrder(
        customer_id=one.pk,
        number="1",
        placed_at=NOW,
        status="completed",
        channel="online",
        items_count=1,
        total_minor=100,
    )
    insert_orders(store=store, orders=[order])


def _member(store: Store, one: Customer) -> None:
    add_to_segment(
        store=store, ids=[one.pk], inputs={"new_segment": "By hand"}, actor=ME, now=NOW, change_set=None
    )


def _rule(store: Store, one: Customer) -> None:
    rule = NewRule(kind=RuleKind.CUSTOMER, value=str(one.number), reason="Rude")
    add_rule(store=store, rule=rule, actor=ME, now=NOW)


def _anonymised(store: Store, one: Customer) -> None:
    customers.anonymise_customers(
        store=store, ids=[one.pk], inputs={"reason": "asked"}, actor=ME, now=NOW, change_set=None
    )


@pytest.mark.parametrize(
    ("do", "why"),
    [
        (_note, "has 1 note by now"),
        (_address, "has 1 further address by now"),
        (_order, "has 1 order by now"),
        (_member, "has 1 static segment by now"),
        (_rule, "has 1 block rule by now"),
        (_anonymised, "was changed since"),
        (tag, "was changed since"),
    ],
)
def test_who_has_something_by_now_stays(
    store: Store, bring: Importing, do: Callable[[Store, Customer], None], why: str
) -> None:
    view = bring("email\na@x.fr\nb@x.fr\n")
    one = named("a@x.fr")
    do(store, one)
    before = Customer.objects.values().get(pk=one.pk)
    undone = take_back(view, store)
    assert undone.left == {one.pk: why}
    assert Customer.objects.values().get() == before


def test_who_was_deleted_since_is_named_too(store: Store, bring: Importing) -> None:
    view = bring("email\na@x.fr\nb@x.fr\n")
    gone = named("a@x.fr")
    customers.delete_customers(store=store, ids=[gone.pk], inputs={}, actor=ME, now=NOW, change_set=None)
    assert take_back(view, store).left == {gone.pk: "no longer exists"}
    assert not Customer.objects.exists()


def test_block_marks_pairs_and_segments_follow(store: Store, bring: Importing) -> None:
    make_customer(store, first_name="Ada", last_name="Lovelace", email="ada@x.fr", phone="+33612345678")
    segment = create_segment(
        store=store, facts=SegmentFacts(name="Lyon", kind="dynamic", where="city = Lyon"), actor=ME, now=NOW
    )
    add_rule(store=store, rule=NewRule(kind=RuleKind.DOMAIN, value="bad.fr"), actor=ME, now=NOW)
    refresh_segment(store=store, segment_id=segment.pk, now=NOW)
    before = picture()
    view = bring("email,first_name,last_name,phone,city\nada@bad.fr,Ada,Lovelace,06 12 34 56 78,Lyon\n")
    assert named("ada@bad.fr").blocked
    scan(store=store, full=True, now=NOW)
    refresh_segment(store=store, segment_id=segment.pk, now=NOW)
    assert Pair.objects.count() == SegmentMembership.objects.count() == Segment.objects.get().size == 1
    assert not take_back(view, store).left
    assert picture() == before


def test_a_group_that_the_file_named_stays(store: Store, bring: Importing) -> None:
    take_back(bring("email,group\na@x.fr,Friends\n"), store)
    assert Group.objects.get().name == "Friends" and not Customer.objects.exists()


def test_the_undo_is_an_act_of_its_own_and_final(store: Store, bring: Importing) -> None:
    view = bring("email\na@x.fr\n")
    number = named("a@x.fr").number
    undone = take_back(view, store)
    event = Event.objects.get(change_set_id=undone.change_set)
    assert (event.key, event.before, event.after) == ("customer.import_undone", {"number": number}, {})
    assert ChangeSet.objects.get(pk=undone.change_set).undoes == view.change_set_id
    with pytest.raises(CannotUndo, match="bring the file again"):
        undo_change_set(store=store, change_set_id=undone.change_set, actor=ACTOR, now=NOW)  # type: ignore[arg-type]
    again = take_back(view, store)
    assert not again.done and set(again.left.values()) == {"no longer exists"}


def test_while_it_runs_it_is_not_taken_back(store: Store, bring: Importing) -> None:
    view = bring("email\na@x.fr\n")
    Run.objects.filter(pk=view.run_id).update(state="running")
    with pytest.raises(CannotUndo, match="still being done"):
        take_back(view, store)
    assert Customer.objects.count() == 1


def test_in_part(store: Store, bring: Importing) -> None:
    view = bring("email\na@x.fr\nb@x.fr\n")
    assert take_back(view, store, only=[named("a@x.fr").pk]).done
    assert Customer.objects.get().email == "b@x.fr"


def test_who_may_not_import_may_not_take_an_import_back(
    store: Store, bring: Importing, clerk: Someone, other_owner: Someone
) -> None:
    view = bring("email\na@x.fr\n")
    with pytest.raises(NotAllowed):
        take_back(view, store, actor=clerk.actor)
    with pytest.raises(CannotUndo, match="30 days"):
        take_back(view, store, now=ChangeSet.objects.get(pk=view.change_set_id).at + timedelta(days=30))
    assert Customer.objects.count() == 1


def test_a_large_import_is_taken_back_in_batches_and_taken_up_again(
    store: Store, bring: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "AT_ONCE", 3)
    monkeypatch.setattr(undoing, "BATCH", 4)
    view = bring("email\n" + "".join(f"{at}@x.fr\n" for at in range(10)))
    kept = named("5@x.fr")
    tag(store, kept)
    run = take_back(view, store).run
    assert run is not None
    batches = 0
    ask = undoing.Progress.stop_if_cancelled

    def killed_once(progress: Any) -> None:
        nonlocal batches
        batches += 1
        if batches == 2:
            raise KeyboardInterrupt
        ask(progress)

    monkeypatch.setattr(undoing.Progress, "stop_if_cancelled", killed_once)
    with pytest.raises(KeyboardInterrupt):
        execute_run(run_id=run.pk)
    assert Customer.objects.count() == 6
    run = execute_run(run_id=run.pk)
    assert (run.state, run.done, run.total, run.counts) == ("done", 10, 10, {"done": 9, "skipped": 1})
    assert skipped_of(run=run) == {kept.pk: "was changed since"}
    assert Customer.objects.get() == kept


FILES = st.lists(
    st.tuples(
        st.sampled_from([f"{at}@x.fr" for at in range(8)]),
        st.sampled_from(["", "Ada", "Zoë", "王", "=1+1", "a,b"]),
        st.sampled_from(["", "Lyon", "Łódź"]),
        st.sampled_from(["", "vip", "vip, new"]),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda row: row[0],
)
EDITS = st.dictionaries(st.integers(0, 7), st.sampled_from(["edit", "tag", "note"]), max_size=3)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=FILES, edits=EDITS, known=st.sets(st.integers(0, 7), max_size=4))
def test_any_file_and_any_edits(
    store: Store, bring: Importing, rows: list[tuple[str, ...]], edits: dict[int, str], known: set[int]
) -> None:
    """Whoever nobody touched is as before in every table; whoever was touched is as they were left, and named."""
    sid = transaction.savepoint_create()
    try:
        for at in known:
            make_customer(store, email=f"{at}@x.fr", tags=["old"])
        before = _by_email()
        out = io.StringIO()
        csv.writer(out).writerows([("email", "first_name", "city", "tags"), *rows])
        view = bring(out.getvalue())
        touched: dict[UUID, str] = {}
        for at, how in edits.items():
            one = Customer.objects.filter(email=f"{at}@x.fr").first()
            if (
                one is None
                or not Event.objects.filter(record_id=one.pk, change_set_id=view.change_set_id).exists()
            ):
                continue
            was_new = at not in known
            if how == "edit":
                customers.edit_customer(
                    store=store,
                    customer_id=one.pk,
                    values={"first_name": "Hand", "city": "Hand", "tags": ["hand"]},
                    base_version=None,
                    actor=ME,
                    now=NOW,
                )
                touched[one.pk] = one.email
            elif was_new:
                (tag if how == "tag" else _note)(store, one)
                touched[one.pk] = one.email
        middle = _by_email()
        if not Event.objects.filter(change_set_id=view.change_set_id).exists():
            with pytest.raises(CannotUndo):  # a file that changed nothing
                take_back(view, store)
            return
        undone = take_back(view, store)
        assert set(undone.left) == set(touched)
        after = _by_email()
        mails = set(touched.values())
        assert {mail: after[mail] for mail in mails} == {mail: middle[mail] for mail in mails}
        assert {mail: row for mail, row in after.items() if mail not in mails} == {
            mail: row for mail, row in before.items() if mail not in mails
        }
        assert Lookup.objects.count() == Customer.objects.exclude(state=State.ANONYMISED).count()
    finally:
        transaction.savepoint_rollback(sid)


def _by_email() -> dict[str, dict[str, Any]]:
    return {
        row["email"]: {name: value for name, value in row.items() if name not in ("version", "updated_at")}
        for row in Customer.objects.values()
    }
