"""Very many at once, in SQL, are changed exactly as each would be by itself."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.customers.models import Customer
from regulars.loyalty import queries
from regulars.loyalty.models import Entry, Use
from regulars.loyalty.services import expire_points, mature_points
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.timeline.undoing import undo_change_set
from tests.factories import NOW, make_customer, make_store
from tests.loyalty.giving import DAY, ME, adjust, change, points_of

pytestmark = pytest.mark.django_db
# What a customer got and spent before: points, and after how many days they expire and can be spent.
PAST = st.lists(
    st.tuples(
        st.integers(-30, 40).filter(bool), st.sampled_from([None, 1, 5, 9]), st.sampled_from([None, 3])
    ),
    max_size=5,
)


def state_of(store: Store, people: list[Customer]) -> list[Any]:
    """Everything that is known of the points of these customers, without ids."""
    entries = list(Entry.objects.filter(store=store).order_by("created_at", "pk"))
    number = {one.pk: at for at, one in enumerate(people)}
    place = {one.pk: (number[one.customer_id], one.points, one.left, one.expires_at) for one in entries}
    told = Event.objects.filter(store=store, key__startswith="points.", record_id__in=number)
    return [
        points_of(*people),
        sorted(map(repr, ((one.kind, one.reason, one.note, one.pending, *place[one.pk]) for one in entries))),
        sorted(
            repr((place[taker], place[giver], points))
            for taker, giver, points in Use.objects.filter(store=store).values_list(
                "taker", "giver", "points"
            )
        ),
        sorted(
            repr((number[one.record_id], one.key, one.before, one.after, {**one.data, "entry": ""}))
            for one in told
        ),
    ]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    pasts=st.lists(PAST, min_size=1, max_size=4),
    points=st.integers(-25, 25).filter(bool),
    policy=st.sampled_from(["refuse", "clamp", "debt"]),
)
def test_many_at_once_is_each_by_itself(pasts: list[Any], points: int, policy: str) -> None:
    found = []
    for many in (False, True):
        with transaction.atomic():
            store = make_store("any")
            people = [make_customer(store, first_name=f"P{at}") for at in range(len(pasts))]
            for one, past in zip(people, pasts, strict=True):
                for number, lasts, waits in past:
                    facts = {"expires_at": NOW + lasts * DAY if lasts else None}
                    facts["available_at"] = NOW + waits * DAY if waits else None
                    change(store, one, number, **facts if number > 0 else {})
            done = adjust(store, people, points, many=many, policy=policy)
            assert queries.drift(store=store) == {}
            numbers = {one.pk: at for at, one in enumerate(people)}
            outcome = (
                [numbers[one] for one in done.done],
                {numbers[one]: why for one, why in done.skipped.items()},
            )
            found.append((outcome, state_of(store, people)))
            transaction.set_rollback(True)
    assert found[0] == found[1]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    pasts=st.lists(PAST, min_size=1, max_size=4),
    points=st.integers(-25, 25).filter(bool),
    policy=st.sampled_from(["refuse", "clamp", "debt"]),
    since=st.integers(-30, 30),
    days=st.sampled_from([0, 4, 6]),
)
def test_taking_back_many_at_once_is_each_by_itself(
    pasts: list[Any], points: int, policy: str, since: int, days: int
) -> None:
    """An act on several, something with one of them since, some days, and then the undo and the undo of that."""
    found = []
    for many in (False, True):
        with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
            if not many:
                patch.setattr("regulars.loyalty.services.undo.take_back_plainly", lambda **_asked: set())
            store = make_store("any")
            people = [make_customer(store, first_name=f"P{at}") for at in range(len(pasts))]
            for one, past in zip(people, pasts, strict=True):
                for number, lasts, waits in past:
                    facts = {"expires_at": NOW + lasts * DAY if lasts else None}
                    facts["available_at"] = NOW + waits * DAY if waits else None
                    change(store, one, number, **facts if number > 0 else {})
            act = adjust(store, people, points, many=True, policy=policy).change_set
            if since:
                change(store, people[0], since)
            later = NOW + days * DAY
            mature_points(store=store, now=later)
            expire_points(store=store, actor=ME, now=later)
            numbers = {one.pk: at for at, one in enumerate(people)}
            left = []
            for _turn in range(2):
                if not Event.objects.filter(change_set_id=act).exists():
                    break
                undone = undo_change_set(store=store, change_set_id=act, actor=ME, now=later)
                left.append({numbers[one]: why for one, why in undone.left.items()})
                act = undone.change_set
                assert queries.drift(store=store) == {}
            found.append((left, state_of(store, people)))
            transaction.set_rollback(True)
    assert found[0] == found[1]


def test_a_gift_to_many_is_taken_back_without_a_second_look(
    store: Store, django_assert_max_num_queries: Any
) -> None:
    people = [make_customer(store) for _at in range(40)]
    given = adjust(store, people, 50, many=True).change_set
    taken = adjust(store, people, -20, many=True).change_set
    for act, points in ((taken, 50), (given, 0)):
        with django_assert_max_num_queries(25):
            undone = undo_change_set(store=store, change_set_id=act, actor=ME, now=NOW)
        assert len(undone.done) == 40 and undone.left == {}
        assert points_of(*people) == [points] * 40
    assert queries.drift(store=store) == {}
    # And what was undone can be given again.
    assert undone.change_set is not None
    undo_change_set(store=store, change_set_id=undone.change_set, actor=ME, now=NOW)
    assert points_of(*people) == [50] * 40 and queries.drift(store=store) == {}


def test_spending_writes_no_index_of_the_ledger() -> None:
    """PostgreSQL writes a row in its place only while no index looks at what changes."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT pg_get_indexdef(indexrelid) FROM pg_index
            WHERE indrelid = 'loyalty_entry'::regclass AND pg_get_indexdef(indexrelid) ~ '"left"'"""
        )
        assert cursor.fetchall() == []
        cursor.execute("SELECT reloptions FROM pg_class WHERE oid = 'loyalty_entry'::regclass")
        assert cursor.fetchone() == (["fillfactor=75"],)


def test_a_customer_with_entries_is_not_deleted_from_under_them(store: Store) -> None:
    ada = make_customer(store)
    change(store, ada, 10)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM customers_customer WHERE id = %s", [ada.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_plain_case_needs_no_second_look(store: Store, django_assert_max_num_queries: Any) -> None:
    people = [make_customer(store) for _at in range(30)]
    # Six of them may let the planner look how large the three tables are.
    with django_assert_max_num_queries(18):
        adjust(store, people, 50, many=True)
    with django_assert_max_num_queries(18):
        adjust(store, people, -20, many=True)
    assert points_of(*people) == [30] * 30
