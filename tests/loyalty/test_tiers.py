"""Customers come into tiers and out of them: by what they buy and earn, by hand, by merges."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from regulars.customers.models import Customer
from regulars.duplicates.models import Merge
from regulars.duplicates.services import merge_customers, unmerge
from regulars.kit.actor import Actor, system
from regulars.kit.errors import InvalidRecord, NotAllowed
from regulars.loyalty import services, tier_queries
from regulars.loyalty.choices import Origin
from regulars.loyalty.models import Membership, Programme, Tier
from regulars.loyalty.services import TierInUse, members
from regulars.orders import services as orders
from regulars.orders.choices import OrderStatus
from regulars.orders.facts import LineFacts, OrderFacts
from regulars.resources.action import Outcome
from regulars.resources.context import Context
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.segments.queries import get_segment, members_of
from regulars.segments.services import SegmentFacts, create_segment
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.timeline.undoing import undo_change_set
from regulars.views.models import View
from regulars.views.services import save_view
from tests.factories import NOW, actor_of, make_customer, make_person, make_store
from tests.offers.making import make_offer, open_offer, redeem

pytestmark = pytest.mark.django_db
ME = system("Tests")
NOBODY = Actor(kind="staff", name="Clerk")
DAY = timedelta(days=1)


@pytest.fixture
def shop() -> Store:
    store = make_store("shop")
    tier(store, "Silver", 1, "spend", 10_000)
    tier(store, "Gold", 2, "spend", 50_000, percent=200)
    return store


def tier(store: Store, name: str, rank: int, by: str, threshold: int, **values: Any) -> Tier:
    asked = {"name": name, "rank": rank, "by": by, "threshold": threshold, "colour": "amber", **values}
    return services.save_tier(store=store, tier_id=None, values=asked, actor=ME, now=NOW)


def buy(store: Store, customer: Customer, minor: int, *, now: datetime = NOW) -> None:
    facts = OrderFacts(
        lines=(LineFacts(title="Thing", quantity=1, price_minor=minor),),
        customer_id=customer.pk,
        status=OrderStatus.COMPLETED,
    )
    orders.place_order(store=store, order=facts, actor=ME, now=now)


def tier_of(customer: Customer) -> str:
    """The tier beside the customer, which is always the membership in force."""
    customer.refresh_from_db()
    one = Membership.objects.filter(customer=customer, until=None).select_related("tier").first()
    assert customer.tier == (one.tier.name if one else "")
    return one.tier.name if one else ""


def put(store: Store, *people: Customer, tier: str = "", now: datetime = NOW, **inputs: Any) -> Outcome:
    found = Tier.objects.filter(store=store, name=tier).first()
    asked = {"tier": str(found.pk) if found else "auto", "reason": "Friend of the house", **inputs}
    ids = [one.pk for one in people]
    return members.set_tier(store=store, ids=ids, inputs=asked, actor=ME, now=now, change_set=None)


def test_an_order_that_reaches_a_tier_brings_in_at_once(shop: Store) -> None:
    ada = make_customer(shop)
    buy(shop, ada, 9_999)
    assert tier_of(ada) == ""
    buy(shop, ada, 1)
    assert tier_of(ada) == "Silver"
    buy(shop, ada, 60_000)
    assert tier_of(ada) == "Gold"
    assert Event.objects.filter(record_id=ada.pk, key="tier.reached").count() == 2
    progress = tier_queries.progress_of(store=shop, customer_id=ada.pk, now=NOW)
    assert [(one.tier.name, one.reached, one.missing) for one in progress] == [
        ("Silver", 70_000, 0),
        ("Gold", 70_000, 0),
    ]


def test_members_earn_more_from_the_next_order_on(shop: Store) -> None:
    rule = {"name": "1 per euro", "kind": "amount", "points": 1, "per_minor": 100}
    services.save_rule(store=shop, rule_id=None, values=rule, actor=ME, now=NOW)
    ada = make_customer(shop)
    buy(shop, ada, 60_000)
    ada.refresh_from_db()
    assert (ada.points, tier_of(ada)) == (600, "Gold")
    buy(shop, ada, 10_000)
    ada.refresh_from_db()
    assert ada.points == 800


def test_falls_out_when_the_window_has_passed_and_the_grace_too(shop: Store) -> None:
    ada = make_customer(shop)
    buy(shop, ada, 20_000)
    buy(shop, ada, 40_000, now=NOW + 300 * DAY)
    assert tier_of(ada) == "Gold"
    window = datetime(2027, 3, 2, 23, 0, tzinfo=NOW.tzinfo)  # midnight in Paris: 3 March 2027
    services.place_all(store=shop, actor=ME, now=window - timedelta(minutes=1))
    assert Membership.objects.get(until=None).below_since is None
    services.place_all(store=shop, actor=ME, now=window)
    assert Membership.objects.get(until=None).below_since == window
    services.place_all(store=shop, actor=ME, now=window + 29 * DAY)
    assert tier_of(ada) == "Gold"
    services.place_all(store=shop, actor=ME, now=window + 30 * DAY)
    assert tier_of(ada) == "Silver"
    assert Event.objects.filter(record_id=ada.pk, key="tier.lost").count() == 1


def test_a_return_within_the_grace_that_is_made_up_for_changes_nothing(shop: Store) -> None:
    ada = make_customer(shop)
    buy(shop, ada, 60_000)
    Membership.objects.update(below_since=NOW)
    buy(shop, ada, 100, now=NOW + DAY)
    services.place_all(store=shop, actor=ME, now=NOW + 2 * DAY)
    assert Membership.objects.get(until=None).below_since is None


def test_by_points_counts_what_was_earned_and_not_what_was_given(shop: Store) -> None:
    tier(shop, "Star", 3, "points", 100, window_months=0)
    rule = {"name": "1 per euro", "kind": "amount", "points": 1, "per_minor": 100}
    services.save_rule(store=shop, rule_id=None, values=rule, actor=ME, now=NOW)
    Programme.objects.create(store=shop, pending_days=30)
    ada = make_customer(shop)
    services.adjust_points(
        store=shop, ids=[ada.pk], inputs={"points": 500, "reason": "x"}, actor=ME, now=NOW, change_set=None
    )
    services.place_all(store=shop, actor=ME, now=NOW)
    assert tier_of(ada) == ""
    buy(shop, ada, 10_000)
    assert tier_of(ada) == "Star"


def test_a_tier_from_nothing_is_everybodys(shop: Store) -> None:
    tier(shop, "Bronze", 3, "points", 0)
    people = [make_customer(shop) for _ in range(3)]
    placed = services.place_all(store=shop, actor=ME, now=NOW)
    assert placed.up == 3
    assert {tier_of(one) for one in people} == {"Bronze"}
    assert services.place_all(store=shop, actor=ME, now=NOW + DAY).up == 0


def test_by_hand_until_a_day_and_then_what_was_reached(shop: Store) -> None:
    ada = make_customer(shop)
    last = shop.day_of(NOW) + 9 * DAY
    assert put(shop, ada, tier="Gold", until=last).done == [ada.pk]
    buy(shop, ada, 10_000)
    assert tier_of(ada) == "Gold"
    end = datetime(2026, 3, 11, 23, 0, tzinfo=NOW.tzinfo)  # midnight in Paris
    services.place_all(store=shop, actor=ME, now=end - timedelta(seconds=1))
    assert tier_of(ada) == "Gold"
    services.place_all(store=shop, actor=ME, now=end)
    assert tier_of(ada) == "Silver"
    history = tier_queries.history_of(store=shop, customer_id=ada.pk)
    assert [(one.tier.name, one.origin, one.reason) for one in history] == [
        ("Silver", Origin.AUTO, ""),
        ("Gold", Origin.HAND, "Friend of the house"),
    ]


def test_setting_a_tier_can_be_undone_for_many(shop: Store) -> None:
    ada, bea = make_customer(shop), make_customer(shop)
    buy(shop, ada, 10_000)
    done = put(shop, ada, bea, tier="Gold")
    assert put(shop, ada, tier="Gold").skipped == {ada.pk: "is in this tier by hand already"}
    assert done.change_set
    undo_change_set(store=shop, change_set_id=done.change_set, actor=ME, now=NOW + DAY)
    assert (tier_of(ada), tier_of(bea)) == ("Silver", "")
    again = put(shop, ada, tier="Gold", now=NOW + DAY)
    put(shop, ada, now=NOW + 2 * DAY)  # what was reached
    assert tier_of(ada) == "Silver"
    assert again.change_set
    left = undo_change_set(store=shop, change_set_id=again.change_set, actor=ME, now=NOW + 3 * DAY).left
    assert list(left) == [ada.pk]
    assert tier_of(ada) == "Silver"


def test_a_wrong_wish_changes_nobody(shop: Store) -> None:
    ada = make_customer(shop)
    for inputs, field in (
        ({"tier": "nothing"}, "tier"),
        ({"reason": " "}, "reason"),
        ({"until": shop.day_of(NOW) - DAY}, "until"),
    ):
        with pytest.raises(InvalidRecord) as refused:
            put(shop, ada, **{"tier": "Gold"} | inputs) if "tier" not in inputs else members.set_tier(
                store=shop,
                ids=[ada.pk],
                inputs={"reason": "x", **inputs},
                actor=ME,
                now=NOW,
                change_set=None,
            )
        assert set(refused.value.errors) == {field}
    assert tier_of(ada) == ""


@pytest.mark.parametrize("survivor_is_better", [True, False])
def test_a_merge_keeps_the_better_tier_and_splitting_gives_each_their_own(
    shop: Store, survivor_is_better: bool
) -> None:
    ada, bea = make_customer(shop, first_name="Ada"), make_customer(shop, first_name="Bea")
    better, worse = (ada, bea) if survivor_is_better else (bea, ada)
    put(shop, better, tier="Gold")
    put(shop, worse, tier="Silver")
    merge_customers(store=shop, survivor_id=ada.pk, loser_ids=[bea.pk], choices={}, actor=ME, now=NOW + DAY)
    assert tier_of(ada) == "Gold"
    unmerge(store=shop, merge_id=Merge.objects.get().pk, actor=ME, now=NOW + 2 * DAY)
    assert (tier_of(better), tier_of(worse)) == ("Gold", "Silver")


def test_a_new_name_is_written_wherever_the_tier_is_named(shop: Store) -> None:
    gold, ada = Tier.objects.get(store=shop, name="Gold"), make_customer(shop)
    put(shop, ada, tier="Gold")
    here: dict[str, Any] = {"store": shop, "actor": actor_of(shop, make_person(shop)), "now": NOW}
    context = Context(**here)
    made = [
        create_segment(facts=SegmentFacts(name=name, kind="dynamic", where=where), **here)
        for name, where in (
            ("Best", "tier = gold and (not tier in (Gold, Silver) or has tier_memberships (tier = Gold))"),
            ("Called so", "last_name = Gold"),
        )
    ]
    customers = get_resource("customers")
    params = {"tab": "all", "where": "tier != Gold"}
    view = save_view(query=query_from_params(customers, params, context, strict=True), name="Others", **here)
    offer = open_offer(shop, audience="tier", tier="Gold")
    services.save_tier(tier_id=gold.pk, values={"name": "Très or"}, **here)
    assert [get_segment(store=shop, segment_id=one.pk).where for one in made] == [
        'tier = "Très or" and (not tier in ("Très or", Silver) or has tier_memberships (tier = "Très or"))',
        "last_name = Gold",
    ]
    assert View.objects.get(pk=view.pk).where == 'tier != "Très or"'
    assert redeem(offer, customer=ada).customer_id == ada.pk
    assert [one.pk for one in members_of(get_segment(store=shop, segment_id=made[0].pk), context)] == [ada.pk]


def test_a_tier_that_is_asked_for_is_not_removed(shop: Store) -> None:
    gold = Tier.objects.get(store=shop, name="Gold")
    offer = make_offer(shop, audience="tier", tier="Gold")
    with pytest.raises(TierInUse, match=offer.title):
        services.remove_tier(store=shop, tier_id=gold.pk, actor=ME, now=NOW)
    assert Tier.objects.filter(pk=gold.pk).exists()


def test_a_tier_somebody_was_in_stays(shop: Store) -> None:
    ada = make_customer(shop)
    put(shop, ada, tier="Gold")
    gold, silver = Tier.objects.get(store=shop, name="Gold"), Tier.objects.get(store=shop, name="Silver")
    with pytest.raises(TierInUse):
        services.remove_tier(store=shop, tier_id=gold.pk, actor=ME, now=NOW)
    with pytest.raises(NotAllowed):
        services.remove_tier(store=shop, tier_id=silver.pk, actor=NOBODY, now=NOW)
    services.remove_tier(store=shop, tier_id=silver.pk, actor=ME, now=NOW)
    assert [one.name for one in tier_queries.tiers_of(store=shop)] == ["Gold"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "Gold"}, "name"),
        ({"name": "\u202e\u200b"}, "name"),
        ({"rank": 2}, "rank"),
        ({"rank": 0}, "rank"),
        ({"threshold": -1}, "threshold"),
        ({"percent": 99}, "percent"),
        ({"by": "love"}, "by"),
        ({"colour": "pink"}, "colour"),
        ({"grace_days": 99999}, "grace_days"),
    ],
)
def test_a_wrong_tier_is_refused(shop: Store, values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRecord) as refused:
        tier(shop, **{"name": "New", "rank": 9, "by": "spend", "threshold": 5} | values)
    assert set(refused.value.errors) == {field}
    assert Tier.objects.count() == 2
