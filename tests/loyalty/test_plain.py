"""Very many at once, in SQL, are changed exactly as each would be by itself."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.customers.models import Customer
from regulars.loyalty import events, queries
from regulars.loyalty.models import Entry, Programme, Use
from regulars.loyalty.services import adjust_points, expire_points
from regulars.stores.models import Store
from regulars.timeline.models import ChangeSet, Event
from regulars.timeline.services import open_change_set
from regulars.timeline.undoing import undo_change_set
from tests.factories import NOW, make_customer, make_store
from tests.loyalty.giving import ME, change, points_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
# What a customer got and spent before: points, and after how many days they expire and can be spent.
PAST = st.lists(
    st.tuples(
        st.integers(-30, 40).filter(bool), st.sampled_from([None, 1, 5, 9]), st.sampled_from([None, 3])
    ),
    max_size=5,
)


def adjust(store: Store, people: list[Customer], points: int, *, many: bool, policy: str = "") -> Any:
    opened = open_change_set(store=store, actor=ME, kind=events.GIVEN, now=NOW) if many else None
    return adjust_points(
        store=store,
        ids=[one.pk for one in people],
        inputs={"points": points, "reason": "All", "note": "Hi", "below_zero": policy},
        actor=ME,
        now=NOW,
        change_set=opened,
    )


def state_of(store: Store, people: list[Customer]) -> list[Any]:
    """Everything that is known of the points of these customers, without ids."""
    entries = list(Entry.objects.filter(store=store).order_by("created_at", "pk"))
    number = {one.pk: at for at, one in enumerate(people)}
    place = {one.pk: (number[one.customer_id], one.points, one.left, one.expires_at) for one in entries}
    told = Event.objects.filter(store=store, key__in=("points.given", "points.taken"), record_id__in=number)
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
            repr((number[one.record_id], one.before, one.after, {**one.data, "entry": ""})) for one in told
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


def test_the_plain_case_needs_no_second_look(store: Store, django_assert_max_num_queries: Any) -> None:
    people = [make_customer(store) for _at in range(30)]
    with django_assert_max_num_queries(12):
        adjust(store, people, 50, many=True)
    with django_assert_max_num_queries(12):
        adjust(store, people, -20, many=True)
    assert points_of(*people) == [30] * 30


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
