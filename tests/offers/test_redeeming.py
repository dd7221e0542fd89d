"""What can be redeemed and what not, each with its sentence; parts, codes of one's own, guests, taking back."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from regulars.customers.models import Customer
from regulars.customers.services import edit_customer
from regulars.kit.errors import Invalid, InvalidRecord, NotFound, Refused
from regulars.loyalty.models import Entry
from regulars.loyalty.services import edit_programme, void_entry
from regulars.offers import services
from regulars.offers.models import Code, Offer, Redemption
from regulars.offers.queries import codes_of
from regulars.offers.services import Asking, CannotRedeem, KeyUsedOtherwise
from regulars.orders.facts import OrderFacts
from regulars.orders.services import place_order
from regulars.segments.services import SegmentFacts, create_segment, delete_segment, purge_deleted
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.timeline.undoing import undo_change_set
from tests.factories import NOW, make_customer
from tests.offers.making import ME, fresh, grant_of, make_offer, move, open_offer, redeem, send, void

pytestmark = pytest.mark.django_db
FRIDAY_LUNCH = datetime(2026, 3, 6, 11, 30, tzinfo=UTC)  # 12:30 in Paris


@pytest.fixture
def ada(store: Store) -> Customer:
    return make_customer(store, first_name="Ada", email="ada@example.com", accepts_marketing=True)


def why(offer: Offer, **asked: Any) -> list[str]:
    """The conditions that refuse; nothing is written then."""
    before = Redemption.objects.count(), Event.objects.count(), fresh(offer).redeemed
    with pytest.raises(CannotRedeem) as refused:
        redeem(offer, **asked)
    assert (Redemption.objects.count(), Event.objects.count(), fresh(offer).redeemed) == before
    assert all(sentence.endswith(".") for _name, sentence in refused.value.whys)
    return [name for name, _sentence in refused.value.whys]


class TestConditions:
    def test_all_that_do_not_hold_are_said_together(self, store: Store) -> None:
        offer = make_offer(store, ends_at=NOW - timedelta(1), windows=[[4, 720, 840]], minimum_minor=100)
        assert why(offer) == ["active", "period", "hours", "guests", "minimum"]

    def test_states(self, store: Store, ada: Customer) -> None:
        offer = make_offer(store)
        assert why(offer, customer=ada) == ["active"]
        move(offer, "start")
        redeem(offer, customer=ada)
        for step in ("pause", "end"):
            move(offer, step)
            assert why(offer, customer=ada)[0] == "active"

    def test_period_begins_with_its_first_moment_and_ends_before_its_last(
        self, store: Store, ada: Customer
    ) -> None:
        offer = open_offer(
            store, starts_at=NOW, ends_at=NOW + timedelta(hours=1), limit_per_customer=0, title="Hour"
        )
        assert why(offer, customer=ada, now=NOW - timedelta(microseconds=1)) == ["period"]
        assert why(offer, customer=ada, now=NOW + timedelta(hours=1)) == ["period"]
        redeem(offer, customer=ada, now=NOW)

    def test_hours_of_the_week(self, store: Store, ada: Customer) -> None:
        offer = open_offer(store, windows=[[4, 720, 840]])
        assert why(offer, customer=ada) == ["hours"]
        redeem(offer, customer=ada, now=FRIDAY_LUNCH)

    def test_who_is_blocked_or_archived(self, store: Store, ada: Customer) -> None:
        offer = open_offer(store)
        for fact in ({"blocked": True}, {"blocked": False, "state": "archived"}):
            Customer.objects.filter(pk=ada.pk).update(**fact)
            assert why(offer, customer=ada) == ["not_blocked"]

    def test_guests(self, store: Store) -> None:
        assert why(open_offer(store)) == ["guests"]
        offer = open_offer(store, guests=True, title="For guests")
        for _at in range(3):
            assert redeem(offer).customer_id is None
        assert fresh(offer).redeemed == 3

    def test_tier(self, store: Store, ada: Customer) -> None:
        offer = open_offer(store, audience="tier", tier="Gold")
        assert why(offer, customer=ada) == ["audience"]
        Customer.objects.filter(pk=ada.pk).update(tier="gold")
        redeem(offer, customer=ada)

    def test_segment(self, store: Store, ada: Customer) -> None:
        facts = SegmentFacts(name="Paris", kind="dynamic", where="city = Paris")
        segment = create_segment(store=store, facts=facts, actor=ME, now=NOW)
        offer = open_offer(store, audience="segment", segment_id=segment.pk)
        assert why(offer, customer=ada) == ["audience"]
        edit: dict[str, Any] = {"store": store, "customer_id": ada.pk, "base_version": None, "actor": ME}
        edit_customer(values={"city": "Paris"}, now=NOW, **edit)
        redeem(offer, customer=ada)
        with pytest.raises(Refused, match="Lunch"):
            delete_segment(store=store, segment_id=segment.pk, actor=ME, now=NOW)
        move(offer, "end")
        delete_segment(store=store, segment_id=segment.pk, actor=ME, now=NOW)
        assert purge_deleted(now=NOW + timedelta(days=99)) == 1 and fresh(offer).segment_id is None

    def test_who_it_was_sent_to(self, store: Store, ada: Customer) -> None:
        offer = open_offer(store, audience="chosen")
        assert why(offer, customer=ada) == ["audience"]
        assert send(offer, ada).done == [ada.pk]
        redeem(offer, customer=ada)

    def test_bill(self, store: Store, ada: Customer) -> None:
        offer = open_offer(store, minimum_minor=2000)
        assert why(offer, customer=ada) == ["minimum"]
        assert why(offer, customer=ada, bill_minor=1999) == ["minimum"]
        assert redeem(offer, customer=ada, bill_minor=2000).amount_minor == 400

    def test_how_often(self, store: Store, ada: Customer) -> None:
        bob, eve = make_customer(store), make_customer(store)
        offer = open_offer(store, limit_total=3, limit_per_customer=2)
        redeem(offer, customer=ada)
        redeem(offer, customer=ada)
        assert why(offer, customer=ada) == ["limit_per_customer"]
        redeem(offer, customer=bob)
        assert why(offer, customer=eve) == ["limit_total"]

    def test_code_of_another_store_is_nobodys(self, store: Store, other_store: Store) -> None:
        offer = open_offer(other_store, guests=True)
        with pytest.raises(NotFound):
            services.look_at(store=store, asking=Asking(code=offer.code), now=NOW)
        theirs = make_customer(other_store)
        ours = open_offer(store, guests=True)
        with pytest.raises(NotFound):
            redeem(ours, customer=theirs)


class TestBenefits:
    def test_percent_of_the_bill_with_halves_up(self, store: Store, ada: Customer) -> None:
        offer = open_offer(store, percent=Decimal("12.5"), limit_per_customer=0)
        assert redeem(offer, customer=ada, bill_minor=1004).amount_minor == 126  # 125.5
        assert redeem(offer, customer=ada).amount_minor is None

    def test_amount_is_never_more_than_the_bill(self, store: Store, ada: Customer) -> None:
        offer = open_offer(store, kind="amount", amount_minor=1000)
        assert why(offer, customer=ada, part_minor=5) == ["benefit"]
        assert redeem(offer, customer=ada, bill_minor=600).amount_minor == 600

    @pytest.mark.parametrize(
        "facts", [{}, {"kind": "amount", "percent": None, "amount_minor": 1000, "partial": True}]
    )
    def test_is_not_used_up_on_a_bill_of_nothing(
        self, store: Store, ada: Customer, facts: dict[str, Any]
    ) -> None:
        offer = open_offer(store, **facts)
        with pytest.raises(CannotRedeem, match="The bill is zero"):
            redeem(offer, customer=ada, bill_minor=0)
        assert not Redemption.objects.exists() and fresh(offer).redeemed == 0

    def test_points_go_to_the_ledger_and_come_back(self, store: Store, ada: Customer) -> None:
        offer = open_offer(store, kind="points", points=50, guests=True)
        assert why(offer) == ["benefit"]
        done = redeem(offer, customer=ada)
        assert Customer.objects.get(pk=ada.pk).points == 50
        void(done)
        assert Customer.objects.get(pk=ada.pk).points == 0 and Entry.objects.count() == 2
        redeem(offer, customer=ada)
        assert Customer.objects.get(pk=ada.pk).points == 50

    def test_points_that_were_taken_back_by_themselves_hold_up_nothing(
        self, store: Store, ada: Customer
    ) -> None:
        done = redeem(open_offer(store, kind="points", points=50), customer=ada)
        assert done.points_entry_id is not None
        void_entry(store=store, entry_id=done.points_entry_id, reason="x", actor=ME, now=NOW)
        assert void(done).done == [done.pk]
        assert Customer.objects.get(pk=ada.pk).points == 0 and Entry.objects.count() == 2

    def test_no_points_while_the_store_gives_none(self, store: Store, ada: Customer) -> None:
        offer = open_offer(store, kind="points", points=50)
        edit_programme(store=store, changes={"active": False}, actor=ME, now=NOW)
        assert why(offer, customer=ada) == ["benefit"]


class TestInParts:
    def test_an_amount_is_used_up_bit_by_bit_as_one_time(self, store: Store, ada: Customer) -> None:
        offer = open_offer(store, kind="amount", amount_minor=2000, partial=True, limit_total=1)
        first = redeem(offer, customer=ada, part_minor=500)
        assert why(offer, customer=ada, part_minor=1501) == ["benefit"]
        second = redeem(offer, customer=ada, bill_minor=700)
        last = redeem(offer, customer=ada)
        assert (second.amount_minor, last.amount_minor) == (700, 800)
        assert {second.part_of_id, last.part_of_id} == {first.pk} and fresh(offer).redeemed == 1
        assert set(why(offer, customer=ada)) == {"limit_per_customer", "limit_total"}

    def test_the_first_part_is_taken_back_after_the_others(self, store: Store, ada: Customer) -> None:
        offer = open_offer(store, kind="amount", amount_minor=2000, partial=True)
        first, second = (redeem(offer, customer=ada, part_minor=500) for _at in range(2))
        assert "further parts" in void(first).skipped[first.pk]
        assert set(void(first, second).done) == {first.pk, second.pk}
        assert fresh(offer).redeemed == 0 and grant_of(offer, ada).redeemed_at is None

    def test_nobody_in_particular_cannot(self, store: Store) -> None:
        offer = open_offer(store, kind="amount", amount_minor=2000, partial=True, guests=True)
        assert why(offer, part_minor=5) == ["part"]

    def test_whoever_has_the_code_can(self, store: Store) -> None:
        offer = open_offer(store, kind="amount", amount_minor=2000, partial=True, guests=True, codes="unique")
        services.make_codes(
            store=store, ids=[offer.pk], inputs={"count": 1}, actor=ME, now=NOW, change_set=None
        )
        code = Code.objects.get().code_key
        redeem(offer, code=code, part_minor=1500)
        assert redeem(offer, code=code).amount_minor == 500
        assert why(offer, code=code) == ["code"]


class TestCodesOfTheirOwn:
    def test_one_use_each(self, store: Store, ada: Customer) -> None:
        offer = open_offer(store, codes="unique", guests=True, limit_per_customer=0)
        outcome = services.make_codes(
            store=store, ids=[offer.pk], inputs={"count": 3}, actor=ME, now=NOW, change_set=None
        )
        assert outcome.done == [offer.pk] and Code.objects.count() == 3
        code, other, _third = Code.objects.values_list("code_key", flat=True)
        done = redeem(offer, code=code.lower())
        assert why(offer, code=code, customer=ada) == ["code"]
        redeem(offer, code=other, customer=ada)
        void(done)
        redeem(offer, code=code)
        listed = list(codes_of(store=store, offer_id=offer.pk))
        assert len(listed) == 3 and sum(at is not None for _code, _who, at in listed) == 2

    def test_somebodys_code_says_who_it_is(self, store: Store, ada: Customer) -> None:
        offer = open_offer(store, codes="unique")
        Code.objects.create(store=store, offer=offer, customer=ada, code_key="ADASOWN222")
        assert why(offer, code="ADASOWN222", customer=make_customer(store)) == ["own_code"]
        assert redeem(offer, code="adasown222").customer_id == ada.pk

    def test_brought_along(self, store: Store) -> None:
        offer, shared = open_offer(store, codes="unique"), open_offer(store, code="SUMMER20")
        text = "abc-123,x\nABC123\nSUMMER20\nzzz999\n"
        facts: dict[str, Any] = {"store": store, "actor": ME, "now": NOW, "change_set": None}
        done = services.add_codes(ids=[offer.pk], inputs={"codes": text}, **facts)
        assert done.done == [offer.pk]
        assert set(Code.objects.values_list("code_key", flat=True)) == {"ABC123", "ZZZ999"}
        again = services.add_codes(ids=[offer.pk, shared.pk], inputs={"codes": text}, **facts)
        assert set(again.skipped) == {offer.pk, shared.pk}
        with pytest.raises(InvalidRecord):
            services.add_codes(ids=[offer.pk], inputs={"codes": "abc"}, **facts)
        with pytest.raises(Refused):
            make_offer(store, code="zzz-999")

    def test_one_code_for_all_belongs_to_one_offer(self, store: Store, other_store: Store) -> None:
        make_offer(store, code="SUMMER-20")
        with pytest.raises(Refused) as refused:
            make_offer(store, code="summer20")
        assert refused.value.code == "code_taken"
        make_offer(other_store, code="SUMMER20")


class TestOnce:
    def test_the_same_key_is_one_redemption(self, store: Store, ada: Customer) -> None:
        offer = open_offer(store, limit_per_customer=0)
        assert redeem(offer, customer=ada, key="k").pk == redeem(offer, customer=ada, key="k").pk
        assert fresh(offer).redeemed == 1
        with pytest.raises(KeyUsedOtherwise):
            redeem(offer, customer=make_customer(store), key="k")

    def test_the_same_key_with_another_part_or_order_is_no_repetition(
        self, store: Store, ada: Customer
    ) -> None:
        """Whoever asks for 5.00 must not take what was done for 4.00 for theirs."""
        offer = open_offer(store, kind="amount", percent=None, amount_minor=1000, partial=True)
        first = redeem(offer, customer=ada, key="k", part_minor=400)
        with pytest.raises(KeyUsedOtherwise):
            redeem(offer, customer=ada, key="k", part_minor=500)
        order = place_order(
            store=store, order=OrderFacts(customer_id=ada.pk, total_minor=100), actor=ME, now=NOW
        )
        with pytest.raises(KeyUsedOtherwise):
            redeem(offer, customer=ada, key="k", part_minor=400, order=order.number)
        assert redeem(offer, customer=ada, key="k", part_minor=400).pk == first.pk
        small = redeem(offer, customer=ada, key="small", part_minor=500, bill_minor=300)
        assert redeem(offer, customer=ada, key="small", part_minor=500, bill_minor=300).pk == small.pk
        assert Redemption.objects.count() == 2

    def test_an_order_says_who_it_is(self, store: Store, ada: Customer) -> None:
        order = place_order(
            store=store, order=OrderFacts(customer_id=ada.pk, total_minor=100), actor=ME, now=NOW
        )
        offer = open_offer(store)
        done = redeem(offer, order=order.number)
        assert (done.customer_id, done.order_id, done.order_number) == (ada.pk, order.pk, order.number)
        with pytest.raises(Invalid):
            redeem(offer, order=order.number, customer=make_customer(store))
        with pytest.raises(Invalid):
            redeem(offer, order="nope")


class TestTakingBack:
    def test_twice_is_told(self, store: Store, ada: Customer) -> None:
        offer = open_offer(store)
        done = redeem(offer, customer=ada)
        assert void(done).done == [done.pk]
        assert void(done).skipped[done.pk] == "was taken back already"
        kept = Redemption.objects.get()
        assert (kept.void_reason, kept.voided_by) == ("mistake", "Tests")
        assert grant_of(offer, ada).redeemed_at is None and fresh(offer).redeemed == 0

    def test_undo_is_the_same(self, store: Store, ada: Customer) -> None:
        offer = open_offer(store)
        redeem(offer, customer=ada)
        act = Event.objects.get(key="offer.redeemed")
        done = undo_change_set(store=store, change_set_id=act.change_set_id, actor=ME, now=NOW)
        assert done.left == {} and Redemption.objects.get().voided_at == NOW

    def test_another_stores_is_not_there(self, store: Store, other_store: Store) -> None:
        done = redeem(open_offer(other_store, guests=True))
        facts: dict[str, Any] = {"ids": [done.pk], "actor": ME, "now": NOW, "change_set": None}
        outcome = services.void_redemptions(store=store, inputs={"reason": "x"}, **facts)
        assert outcome.done == [] and Redemption.objects.get().voided_at is None


class TestEditing:
    def test_what_it_gives_stays_once_redeemed(self, store: Store, ada: Customer) -> None:
        offer = open_offer(store, limit_total=5)
        for _at in range(2):
            redeem(offer, customer=make_customer(store))
        edit: dict[str, Any] = {"store": store, "offer_id": offer.pk, "base_version": None, "actor": ME}
        for values in ({"percent": Decimal(30)}, {"limit_total": 1}):
            with pytest.raises(InvalidRecord):
                services.edit_offer(values=values, now=NOW, **edit)
        assert services.edit_offer(values={"title": "Other"}, now=NOW, **edit).title == "Other"

    @pytest.mark.parametrize(
        ("facts", "name"),
        [
            ({"title": ""}, "title"),
            ({"percent": Decimal(0)}, "percent"),
            ({"percent": Decimal(101)}, "percent"),
            ({"kind": "amount"}, "amount"),
            ({"kind": "gift"}, "gift"),
            ({"kind": "points", "points": 0}, "points"),
            ({"kind": "free"}, "kind"),
            ({"partial": True}, "partial"),
            ({"hold_out": 91}, "hold_out"),
            ({"audience": "segment"}, "segment"),
            ({"audience": "tier"}, "tier"),
            ({"code": "a!"}, "code"),
            ({"starts_at": NOW, "ends_at": NOW}, "ends"),
            ({"minimum_minor": -1}, "minimum"),
            ({"limit_total": -1}, "limit_total"),
        ],
    )
    def test_what_makes_no_sense_is_named(self, store: Store, facts: dict[str, Any], name: str) -> None:
        with pytest.raises(InvalidRecord) as refused:
            make_offer(store, **facts)
        assert name in refused.value.errors and not Offer.objects.exists()

    def test_offers_end_by_themselves(self, store: Store) -> None:
        offer = open_offer(store, ends_at=NOW + timedelta(1))
        assert services.end_due(store=store, now=NOW) == 0
        assert services.end_due(store=store, now=NOW + timedelta(2)) == 1
        assert fresh(offer).state == "ended"
