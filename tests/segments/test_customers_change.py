"""What becomes of memberships when customers are archived, merged, split again, anonymised and deleted."""

from datetime import timedelta
from uuid import UUID

from django.db import connection

from regulars.customers import services as customer_services
from regulars.customers.models import Customer
from regulars.duplicates import services as duplicates
from regulars.duplicates.models import Merge
from regulars.segments.models import Segment, SegmentMembership
from regulars.stores.models import Store
from tests.factories import NOW
from tests.segments.conftest import ACTOR, found, inside, make_segment, put_in, refresh

People = dict[str, Customer]
LATER = NOW + timedelta(hours=1)


def act(name: str, *customers: Customer) -> None:
    getattr(customer_services, name)(
        store=customers[0].store,
        ids=[one.pk for one in customers],
        inputs={},
        actor=ACTOR,
        now=NOW,
        change_set=None,
    )


def merge(survivor: Customer, loser: Customer) -> None:
    duplicates.merge_customers(
        store=survivor.store,
        survivor_id=survivor.pk,
        loser_ids=[loser.pk],
        choices={},
        actor=ACTOR,
        now=NOW,
    )


def stays() -> list[tuple[UUID, UUID, object, object]]:
    rows = SegmentMembership.objects.order_by("segment", "customer", "entered_at")
    return list(rows.values_list("segment", "customer", "entered_at", "left_at"))


def test_archived_customers_stay_unless_the_conditions_say_otherwise(store: Store, people: People) -> None:
    vips = make_segment(store, "VIPs")
    put_in(vips, people["Ada"])
    everybody = make_segment(store, "French", "country = FR")
    active = make_segment(store, "Active French", "country = FR and state = active")
    act("archive_customers", people["Ada"])
    for segment in (everybody, active):
        refresh(segment, LATER)
    assert (inside(vips), inside(everybody), inside(active)) == ({"Ada"}, {"Ada", "Bea"}, {"Bea"})
    act("restore_customers", people["Ada"])
    refresh(active, LATER)
    assert inside(active) == {"Ada", "Bea"}


def test_merged_customers_are_in_once_and_split_as_before(store: Store, people: People) -> None:
    ada, bea, cem = people["Ada"], people["Bea"], people["Cem"]
    vips, friends = make_segment(store, "VIPs"), make_segment(store, "Friends")
    put_in(vips, ada, bea)
    put_in(friends, bea, cem)
    before = stays()
    merge(ada, bea)
    assert inside(vips) == {"Ada"} and inside(friends) == {"Ada", "Cem"}
    assert refresh(vips, LATER).size == 1
    duplicates.unmerge(store=store, merge_id=Merge.objects.get().pk, actor=ACTOR, now=NOW)
    assert stays() == before
    assert refresh(vips, LATER).size == 2


def test_dynamic_segments_follow_a_merge(store: Store, people: People) -> None:
    segment = make_segment(store, "Two of them", "country in (FR, TR)")
    refresh(segment)
    merge(people["Cem"], people["Ada"])
    refresh(segment, LATER)
    assert inside(segment) == found(store, "in segment Two_of_them".replace("Two_of_them", '"Two of them"'))
    assert SegmentMembership.objects.filter(segment=segment, left_at=None).count() == 2


def test_anonymised_and_deleted_customers_leave_without_a_trace(store: Store, people: People) -> None:
    ada, bea = people["Ada"], people["Bea"]
    vips = make_segment(store, "VIPs", note="Ask bea@example.test")
    french = make_segment(store, "French", "country = FR")
    put_in(vips, *people.values())
    refresh(french)
    act("anonymise_customers", ada)
    act("delete_customers", bea)
    gone = [ada.pk, bea.pk]
    assert not SegmentMembership.objects.filter(customer_id__in=gone, segment=vips).exists()
    vips.refresh_from_db()
    assert (vips.size, vips.note) == (2, "Ask …")
    refresh(french, LATER)
    assert not SegmentMembership.objects.filter(customer_id__in=gone, segment=french).exists()
    with connection.cursor() as cursor:
        for table in ("segments_segment", "segments_membership"):
            cursor.execute(f"SELECT count(*) FROM {table} AS whole WHERE whole::text ILIKE '%%bea@%%'")
            assert cursor.fetchone() == (0,)
    assert Segment.objects.count() == 2
