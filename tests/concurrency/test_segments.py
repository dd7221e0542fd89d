"""Two at once: refreshes of one segment, selections put in, and changes that would make a circle."""

import pytest
from django.db import IntegrityError, connection

from regulars.customers.models import Customer
from regulars.customers.services import insert_customers
from regulars.kit.errors import Refused
from regulars.segments import services
from regulars.segments.models import Segment, SegmentMembership
from regulars.segments.services import refresh as refreshing
from regulars.stores.models import Store
from tests.concurrency.together import refusals, together
from tests.factories import NOW, make_store
from tests.segments.conftest import ACTOR, edit, make_segment, put_in, refresh

pytestmark = pytest.mark.django_db(transaction=True)
COUNT = 400


@pytest.fixture
def shop(transactional_db: None) -> Store:
    store = make_store("shop")
    insert_customers(store=store, records=[{"first_name": f"P{at}"} for at in range(COUNT)], now=NOW)
    return store


def test_without_the_constraint_one_could_be_in_twice(shop: Store) -> None:
    """What the others prove: nothing but the constraint and the lock keeps a second open stay out."""
    segment = make_segment(shop, "VIPs")
    customer = Customer.objects.order_by("pk")[0]
    stay = {"store": shop, "segment": segment, "customer": customer, "entered_at": NOW, "how": "hand"}

    def enter() -> None:
        assert not SegmentMembership.objects.filter(segment=segment, left_at=None).exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.2)")
        SegmentMembership.objects.create(**stay)

    results = together(enter, enter)
    assert [type(one) for one in refusals(results)] == [IntegrityError]


def test_refreshes_of_one_segment_go_one_after_the_other(
    shop: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "BATCH", 50)
    segment = make_segment(shop, "Everybody", "number >= 1")
    results = together(*[lambda: refresh(segment)] * 3)
    assert refusals(results) == []
    assert sorted(one.entered for one in results) == [0, 0, COUNT]
    rows = SegmentMembership.objects.filter(segment=segment)
    assert rows.count() == COUNT == rows.values("customer").distinct().count()
    segment.refresh_from_db()
    assert segment.size == COUNT


def test_the_same_selection_put_in_twice_is_in_once(shop: Store) -> None:
    segment = make_segment(shop, "VIPs")
    people = list(Customer.objects.all())
    results = together(*[lambda: put_in(segment, *people)] * 2)
    assert refusals(results) == []
    segment.refresh_from_db()
    assert SegmentMembership.objects.count() == COUNT == segment.size


def test_two_segments_do_not_become_members_of_each_other(shop: Store) -> None:
    first = make_segment(shop, "First", "number = 1")
    second = make_segment(shop, "Second", "number = 2")
    results = together(
        lambda: edit(first, where="in segment Second"), lambda: edit(second, where="in segment First")
    )
    [refusal] = refusals(results)
    assert isinstance(refusal, Refused) and "made of itself" in refusal.sentence


def test_one_is_not_deleted_while_another_begins_to_use_it(shop: Store) -> None:
    first = make_segment(shop, "First", "number = 1")
    results = together(
        lambda: services.delete_segment(store=shop, segment_id=first.pk, actor=ACTOR, now=NOW),
        lambda: make_segment(shop, "Second", "in segment First"),
    )
    assert len(refusals(results)) == 1
    used = Segment.objects.filter(name="Second").exists()
    assert Segment.objects.filter(name="First", deleted_at=None).exists() == used
