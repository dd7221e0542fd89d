"""Points expire when their time is over: each once, whatever came back to them and whoever stopped the run."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from regulars.loyalty import events, queries
from regulars.loyalty.models import Entry, Expiry, Programme
from regulars.loyalty.services import PointChange, expire_points, mature_points, put_points_right, void_entry
from regulars.loyalty.services.plain import adjust_plainly
from regulars.stores.models import Store
from regulars.timeline.models import ChangeSet
from regulars.timeline.services import open_change_set
from regulars.timeline.undoing import undo_change_set
from tests.factories import NOW, make_customer
from tests.loyalty.giving import DAY, ME, adjust, change, points_of

pytestmark = pytest.mark.django_db


def due_at(store: Store, moment: Any) -> list[Any]:
    """The entries that a run at that moment would look at."""
    return list(queries.due_by(store=store, until=moment).values_list("pk", flat=True))


def test_what_was_spent_before_it_expires_is_not_looked_at_again(store: Store) -> None:
    ada = make_customer(store)
    entry = change(store, ada, 10, expires_at=NOW + DAY)
    change(store, ada, -10)
    assert expire_points(store=store, actor=ME, now=NOW + 5 * DAY) == 0
    entry.refresh_from_db()
    assert not entry.late and due_at(store, NOW + 5 * DAY) == []
    # A clock that was behind gives them back to it all the same: then they expire with the next run.
    spent = Entry.objects.get(customer=ada, points=-10)
    void_entry(store=store, entry_id=spent.pk, reason="Late", actor=ME, now=NOW)
    entry.refresh_from_db()
    assert entry.late and points_of(ada) == [10]
    assert due_at(store, NOW + 5 * DAY) == [entry.pk]
    assert expire_points(store=store, actor=ME, now=NOW + 5 * DAY) == 1
    assert points_of(ada) == [0] and queries.drift(store=store) == {}
    entry.refresh_from_db()
    assert not entry.late


def test_points_that_come_when_their_time_is_over_expire_with_the_next_run(store: Store) -> None:
    """From a file with old days; or they were pending for longer than they last."""
    ada, bob, eve = (make_customer(store) for _at in range(3))
    expire_points(store=store, actor=ME, now=NOW)
    change(store, ada, 10, expires_at=NOW - 9 * DAY)
    change(store, bob, 10, expires_at=NOW + DAY, available_at=NOW + 5 * DAY)
    opened = open_change_set(store=store, actor=ME, kind=events.GIVEN, now=NOW)
    old = PointChange(eve.pk, 10, expires_at=NOW - 9 * DAY)
    adjust_plainly(store=store, people=[eve.pk], change=old, change_set=opened, now=NOW)
    assert expire_points(store=store, actor=ME, now=NOW + 4 * DAY) == 2
    assert points_of(ada, bob, eve) == [0, 0, 0]
    later = NOW + 6 * DAY
    mature_points(store=store, now=later)
    assert points_of(bob) == [10]
    assert expire_points(store=store, actor=ME, now=later) == 1
    assert points_of(bob) == [0] and queries.drift(store=store) == {}


def test_late_points_that_are_spent_or_taken_back_are_late_no_more(store: Store) -> None:
    people = [make_customer(store) for _at in range(4)]
    expire_points(store=store, actor=ME, now=NOW)
    given = [change(store, one, 10, expires_at=NOW - 9 * DAY) for one in people]
    # All of one's, some of another's, in the plain way and one by one; one is taken back.
    adjust(store, people[:1], -10, many=True)
    adjust(store, people[1:2], -4, many=True)
    change(store, people[2], -10)
    void_entry(store=store, entry_id=given[3].pk, reason="Typo", actor=ME, now=NOW)
    assert due_at(store, NOW) == [given[1].pk]
    assert set(Entry.objects.filter(late=True).values_list("pk", flat=True)) == {given[1].pk}
    assert expire_points(store=store, actor=ME, now=NOW) == 1
    assert points_of(*people) == [0] * 4 and queries.drift(store=store) == {}


def test_what_was_being_written_while_the_run_looked_is_found_by_the_next(store: Store) -> None:
    """It was not there to see yet, and its time ended before the run's: no mark says so."""
    ada, bob = make_customer(store), make_customer(store)
    change(store, ada, 10, expires_at=NOW + 9 * DAY - timedelta(hours=1))
    late_one = change(store, bob, 10, expires_at=NOW + DAY)
    Expiry.objects.create(store=store, until=NOW + 9 * DAY)
    assert expire_points(store=store, actor=ME, now=NOW + 9 * DAY) == 1
    # Longer than that nothing takes; whatever the reason was, the check at night shows it to the next run.
    assert points_of(ada, bob) == [0, 10]
    put_points_right(store=store, actor=ME, now=NOW + 9 * DAY)
    late_one.refresh_from_db()
    assert late_one.late
    assert expire_points(store=store, actor=ME, now=NOW + 9 * DAY) == 1
    assert points_of(bob) == [0] and queries.drift(store=store) == {}


def test_a_clock_that_was_ahead_hides_nothing_from_the_runs_after_it(store: Store) -> None:
    ada = make_customer(store)
    expire_points(store=store, actor=ME, now=NOW + 400 * DAY)
    change(store, ada, 10, expires_at=NOW + 3 * DAY + timedelta(hours=1))
    assert expire_points(store=store, actor=ME, now=NOW + 4 * DAY) == 1
    assert points_of(ada) == [0]


def test_a_run_that_is_stopped_begins_again_where_the_last_whole_one_ended(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [make_customer(store) for _at in range(3)]
    for one in people:
        change(store, one, 10, expires_at=NOW + DAY)
    expire_points(store=store, actor=ME, now=NOW)
    batches = iter([False, True])

    def stopped(works: Any) -> Any:
        for work in works:
            if next(batches):
                raise KeyboardInterrupt
            yield work()

    monkeypatch.setattr("regulars.loyalty.services.expire.BATCH", 1)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("regulars.loyalty.services.expire.in_lanes", stopped)
        expire_points(store=store, actor=ME, now=NOW + 30 * DAY)
    assert sorted(points_of(*people)) == [0, 0, 10]
    assert expire_points(store=store, actor=ME, now=NOW + 30 * DAY) == 1
    assert points_of(*people) == [0] * 3 and queries.drift(store=store) == {}


def test_points_that_expire_are_written_in_their_place(store: Store) -> None:
    people = [make_customer(store) for _at in range(20)]
    for one in people:
        for days in (1, 40, 80):
            change(store, one, 10, expires_at=NOW + days * DAY)
    with connection.cursor() as cursor:
        asked = (
            "SELECT pg_stat_get_xact_tuples_updated(oid), pg_stat_get_xact_tuples_hot_updated(oid) "
            "FROM pg_class WHERE relname = 'loyalty_entry'"
        )
        cursor.execute(asked)
        before = cursor.fetchone()
        assert expire_points(store=store, actor=ME, now=NOW + 2 * DAY) == 20
        cursor.execute(asked)
        after = cursor.fetchone()
    assert [one - other for one, other in zip(after, before, strict=True)] == [20, 20]


def test_points_that_were_given_to_many_expire_and_are_undone(store: Store) -> None:
    Programme.objects.create(store=store, expire_months=1)
    people = [make_customer(store) for _at in range(3)]
    adjust(store, people, 50, many=True)
    spent = adjust(store, people, -20, many=True)
    undo_change_set(store=store, change_set_id=spent.change_set, actor=ME, now=NOW)
    assert points_of(*people) == [50] * 3
    assert expire_points(store=store, actor=ME, now=NOW + 32 * DAY) == 3
    assert points_of(*people) == [0] * 3 and queries.drift(store=store) == {}


def test_what_another_worker_expired_first_leaves_no_empty_act(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    Programme.objects.create(store=store, expire_months=1)
    people = [make_customer(store) for _at in range(3)]
    adjust(store, people, 50, many=True)
    late, ids = NOW + 32 * DAY, [one.pk for one in people]
    assert expire_points(store=store, actor=ME, now=late) == 3
    acts, seen = ChangeSet.objects.count(), iter([ids, []])
    monkeypatch.setattr("regulars.loyalty.services.expire._whose_expire", lambda *asked: next(seen))
    assert expire_points(store=store, actor=ME, now=late) == 0
    assert ChangeSet.objects.count() == acts and queries.drift(store=store) == {}
