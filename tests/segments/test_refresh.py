"""Bringing memberships up to date: set-based, with history, sizes and drift; tried on every sequence of edits."""

from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.customers import services as customer_services
from regulars.customers.models import Customer
from regulars.jobs.services import execute_run
from regulars.kit.errors import Refused
from regulars.segments import queries, services
from regulars.segments.models import Segment, SegmentMembership, SegmentSize
from regulars.segments.services import refresh as refreshing
from regulars.stores.models import Store
from tests.factories import NOW, make_customer
from tests.segments.conftest import ACTOR, edit, found, inside, make_segment, put_in, refresh, take_out

People = dict[str, Customer]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def move(customer: Customer, country: str) -> None:
    customer_services.edit_customer(
        store=customer.store,
        customer_id=customer.pk,
        values={"country": country},
        base_version=None,
        actor=ACTOR,
        now=NOW,
    )


def test_who_comes_enters_and_who_goes_leaves(store: Store, people: People) -> None:
    segment = make_segment(store, "French", "country = FR")
    assert refresh(segment) == services.Refreshed(2, 2, 0)
    move(people["Ada"], "BE")
    move(people["Dot"], "FR")
    assert refresh(segment, NOW + HOUR) == services.Refreshed(2, 1, 1)
    assert inside(segment) == {"Bea", "Dot"}
    [stay] = queries.stays_in(store=store, segment_id=segment.pk, customer_id=people["Ada"].pk)
    assert (stay.entered_at, stay.left_at, stay.how) == (NOW, NOW + HOUR, "rule")
    move(people["Ada"], "FR")
    refresh(segment, NOW + DAY)
    stays = queries.stays_in(store=store, segment_id=segment.pk, customer_id=people["Ada"].pk)
    assert [(stay.entered_at, stay.left_at) for stay in stays] == [(NOW + DAY, None), (NOW, NOW + HOUR)]
    segment.refresh_from_db()
    assert (segment.size, segment.counted_at, segment.problem) == (3, NOW + DAY, "")


def test_each_day_has_its_size_and_who_moved(store: Store, people: People) -> None:
    segment = make_segment(store, "French", "country = FR")
    refresh(segment)
    move(people["Ada"], "BE")
    refresh(segment, NOW + HOUR)
    refresh(segment, NOW + 2 * DAY)
    found = queries.sizes_by_day(
        store=store, segment_id=segment.pk, today=store.day_of(NOW + 3 * DAY), days=5
    )
    assert [(one.size, one.entered, one.left) for one in found] == [
        (1, 2, 1),
        (1, 0, 0),
        (1, 0, 0),
        (1, 0, 0),
    ]
    assert SegmentSize.objects.filter(segment=segment).count() == 2


def test_work_comes_in_batches_and_costs_the_same_number_of_statements(
    store: Store, people: People, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    segment = make_segment(store, "Everybody", "number >= 1")
    with django_assert_max_num_queries(25):
        refresh(segment)
    monkeypatch.setattr(refreshing, "BATCH", 2)
    edit(segment, where="country = FR")
    assert refresh(segment, NOW + HOUR) == services.Refreshed(2, 0, 2)
    for number in range(5):
        make_customer(store, first_name=f"New {number}", country="FR")
    assert refresh(segment, NOW + HOUR) == services.Refreshed(7, 5, 0)


def test_nothing_is_left_behind_in_the_session(store: Store, people: People) -> None:
    refresh(make_segment(store, "French", "country = FR"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_regclass('segment_change'), count(*) FROM pg_locks WHERE locktype = 'advisory'"
        )
        table, _locks = cursor.fetchone()
    assert table is None


def test_conditions_that_find_nobody_empty_it(store: Store, people: People) -> None:
    segment = make_segment(store, "French", "country = FR")
    refresh(segment)
    edit(segment, where='number = 0 or email = ""')
    assert refresh(segment, NOW + HOUR).size == 0


def test_a_large_one_is_refreshed_by_the_worker(
    store: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    segment = make_segment(store, "French", "country = FR")
    assert services.ask_for_refresh(store=store, segment_id=segment.pk, actor=ACTOR, now=NOW) is None
    assert inside(segment) == {"Ada", "Bea"}
    monkeypatch.setattr(refreshing, "EXACT_UP_TO", 1)
    move(people["Cem"], "FR")
    run = services.ask_for_refresh(store=store, segment_id=segment.pk, actor=ACTOR, now=NOW)
    assert run is not None
    done = execute_run(run_id=run.pk)
    assert (done.state, done.done, done.total, done.counts) == ("done", 1, 1, {"entered": 1, "left": 0})
    assert inside(segment) == {"Ada", "Bea", "Cem"}


def test_what_goes_wrong_is_kept_and_does_not_hold_up_the_others(store: Store, people: People) -> None:
    broken = make_segment(store, "Broken", "country = FR")
    fine = make_segment(store, "Fine", "country = FR")
    Segment.objects.filter(pk=broken.pk).update(where="planet = earth")
    assert services.refresh_due(now=NOW) == 2
    broken.refresh_from_db()
    assert "planet" in broken.problem and broken.counted_at is None
    assert inside(fine) == {"Ada", "Bea"}
    with pytest.raises(Refused):
        refresh(broken)
    edit(broken, where="country = TR")
    refresh(broken)
    broken.refresh_from_db()
    assert (broken.problem, broken.size) == ("", 1)


def test_segments_are_due_again_after_ten_minutes(store: Store, people: People) -> None:
    segment = make_segment(store, "French", "country = FR")
    assert services.refresh_due(now=NOW) == 1
    assert services.refresh_due(now=NOW + timedelta(minutes=9)) == 0
    move(people["Cem"], "FR")
    assert services.refresh_due(now=NOW + timedelta(minutes=11)) == 1
    assert inside(segment) == {"Ada", "Bea", "Cem"}


def test_an_older_clock_makes_no_stay_that_ends_before_it_began(store: Store, people: People) -> None:
    segment = make_segment(store, "French", "country = FR")
    refresh(segment, NOW + HOUR)
    move(people["Ada"], "BE")
    refresh(segment, NOW)
    [stay] = queries.stays_in(store=store, segment_id=segment.pk, customer_id=people["Ada"].pk)
    assert stay.entered_at == stay.left_at == NOW + HOUR


def test_a_sudden_change_is_told(store: Store) -> None:
    segment = make_segment(store, "French", "country = FR")
    steady = make_segment(store, "Everybody", "number >= 1")
    for number in range(20):
        make_customer(store, first_name=f"P{number}", country="FR" if number < 12 else "BE")
    services.refresh_due(now=NOW)
    edit(segment, where="country in (FR, BE)")
    services.refresh_due(now=NOW + DAY)
    assert queries.drifted(store=store, today=store.day_of(NOW + DAY)) == []  # 8 more are too few to matter
    for number in range(20):
        make_customer(store, first_name=f"Q{number}", country="FR")
    services.refresh_due(now=NOW + DAY + HOUR)
    drifts = queries.drifted(store=store, today=store.day_of(NOW + DAY))
    assert [(one.name, one.before, one.after, one.percent) for one in drifts] == [
        ("French", 12, 40, 233),
        ("Everybody", 20, 40, 100),
    ]
    assert steady.pk == drifts[1].segment_id
    assert queries.drifted(store=store, today=store.day_of(NOW + 2 * DAY)) == []


COUNTRIES = ("FR", "BE", "TR", "")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("move"), st.integers(0, 3), st.sampled_from(COUNTRIES)),
        st.tuples(
            st.just("rule"), st.sampled_from(("country = FR", "country in (BE, TR)", "not country = FR"))
        ),
        st.tuples(st.just("rule"), st.sampled_from(("in segment Friends", "not in segment Friends"))),
        st.tuples(st.sampled_from(("befriend", "part")), st.integers(0, 3)),
        st.tuples(st.just("refresh"), st.integers(-2, 5)),
        st.tuples(st.just("kind"), st.sampled_from(("static", "dynamic"))),
    ),
    max_size=12,
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(steps=STEPS)
def test_after_any_history_the_members_are_those_of_the_conditions(
    store: Store, people: People, steps: list[tuple[Any, ...]]
) -> None:
    Segment.objects.all().delete()
    friends = make_segment(store, "Friends")
    segment = make_segment(store, "Those", "country = FR")
    crowd, now = list(people.values()), NOW
    for step in steps:
        segment.refresh_from_db()
        match step:
            case ("move", number, country):
                move(crowd[number], country)
            case ("rule", where):
                segment = edit(segment, kind="dynamic", where=where, now=now)
            case ("kind", kind):
                segment = edit(segment, kind=kind, where="country = FR" if kind == "dynamic" else "", now=now)
            case ("befriend", number):
                put_in(friends, crowd[number], now=now)
            case ("part", number):
                take_out(friends, crowd[number], now=now)
            case ("refresh", hours):
                now += hours * HOUR
                refresh(segment, now)
    before = inside(segment)
    refresh(segment, now)
    segment.refresh_from_db()
    if segment.kind == "dynamic":
        assert inside(segment) == found(store, segment.where) == found(store, "in segment Those")
    else:
        assert inside(segment) == before == found(store, "in segment Those")
    assert segment.size == len(inside(segment))
    stays: dict[tuple[UUID, UUID], list[SegmentMembership]] = {}
    for stay in SegmentMembership.objects.order_by("entered_at", "left_at"):
        stays.setdefault((stay.segment_id, stay.customer_id), []).append(stay)
    for each in stays.values():
        assert all(stay.left_at is None or stay.entered_at <= stay.left_at for stay in each)
        assert sum(stay.left_at is None for stay in each) <= 1
        for earlier, later in pairwise(each):
            assert earlier.left_at is not None and earlier.left_at <= later.entered_at
