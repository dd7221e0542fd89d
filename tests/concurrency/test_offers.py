"""Twenty tills redeem the same code, two sendings reach the same customer, a claim is clicked twice."""

import threading
from collections import Counter
from typing import Any

import pytest
from django.db import connection, transaction

from regulars.kit.errors import Refused
from regulars.messaging.models import Message
from regulars.offers import services
from regulars.offers.models import Code, Grant, Offer, Redemption
from regulars.stores.models import Store
from tests.concurrency.together import refusals, together
from tests.factories import NOW, make_customer, make_store
from tests.offers.making import ME, fresh, open_offer, redeem, send, token_of, void
from tests.offers.test_sending import reader

pytestmark = pytest.mark.django_db(transaction=True)
TILLS = 20


@pytest.fixture
def shop(transactional_db: None) -> Store:
    return make_store("shop")


def reasons(results: list[Any]) -> Counter[str]:
    """Why each was refused; anything that is no refusal is a bug and is raised."""
    for one in refusals(results):
        if not isinstance(one, Refused):
            raise one
    return Counter(one.sentence for one in refusals(results))


def test_a_look_before_the_write_lets_both_redeem(shop: Store) -> None:
    """The control: without the lock both see that one is left."""
    offer = open_offer(shop, guests=True, limit_total=1)
    looked = threading.Barrier(2, timeout=20)

    def redeem_unlocked() -> bool:
        with transaction.atomic():
            one = fresh(offer)
            is_left = one.redeemed < one.limit_total
            looked.wait()
            return is_left

    assert together(redeem_unlocked, redeem_unlocked) == [True, True]


@pytest.mark.parametrize("limit", [1, 7, 19])
def test_exactly_the_limit_succeeds(shop: Store, limit: int) -> None:
    offer = open_offer(shop, guests=True, limit_total=limit)
    results = together(*[lambda: redeem(offer)] * TILLS)
    said = "This offer was for one redemption, which is done."
    said = said if limit == 1 else f"All {limit} redemptions of this offer are done."
    assert reasons(results) == {said: TILLS - limit}
    assert Redemption.objects.count() == fresh(offer).redeemed == limit


def test_a_customer_redeems_no_oftener_than_allowed(shop: Store) -> None:
    ada, offer = make_customer(shop), open_offer(shop, limit_per_customer=2)
    results = together(*[lambda: redeem(offer, customer=ada)] * TILLS)
    said = "This customer has redeemed it 2 times, which is the most."
    assert reasons(results) == {said: TILLS - 2} and fresh(offer).redeemed == 2


def test_a_code_of_its_own_is_used_once(shop: Store) -> None:
    offer = open_offer(shop, guests=True, codes="unique")
    Code.objects.create(store=shop, offer=offer, code_key="ABCDEFGHJK")
    results = together(*[lambda: redeem(offer, code="ABCDE-FGHJK")] * TILLS)
    assert reasons(results) == {"This code was used already.": TILLS - 1}


def test_an_amount_in_parts_is_never_overdrawn(shop: Store) -> None:
    ada = make_customer(shop)
    offer = open_offer(shop, kind="amount", amount_minor=1000, partial=True)
    results = together(*[lambda: redeem(offer, customer=ada, part_minor=300)] * 8)
    assert sum(reasons(results).values()) == 5
    assert [one.amount_minor for one in Redemption.objects.all()] == [300] * 3
    assert fresh(offer).redeemed == 1


def test_one_key_is_one_redemption_also_at_the_same_moment(shop: Store) -> None:
    ada, offer = make_customer(shop), open_offer(shop, limit_per_customer=0)
    results = together(*[lambda: redeem(offer, customer=ada, key="till-1")] * 8)
    assert refusals(results) == [] and len({one.pk for one in results}) == 1


def test_one_key_for_two_offers_at_the_same_moment_is_told(shop: Store) -> None:
    ada = make_customer(shop)
    offers = [open_offer(shop, title=f"Offer {at}", guests=True) for at in range(6)]
    works = [lambda one=one: redeem(one, key="k") for one in offers[:3]]
    works += [lambda one=one: redeem(one, customer=ada, key="k") for one in offers[3:]]
    results = together(*works)
    assert all(isinstance(one, (Redemption, Refused)) for one in results), results
    assert Redemption.objects.count() == 1


def test_points_are_given_once_for_each(shop: Store) -> None:
    ada, offer = make_customer(shop), open_offer(shop, kind="points", points=10, limit_per_customer=3)
    together(*[lambda: redeem(offer, customer=ada)] * 8)
    ada.refresh_from_db()
    assert ada.points == 30


def test_taking_back_and_redeeming_cross(shop: Store) -> None:
    """Whoever comes first, what is counted is what is there, and nobody waits for ever."""
    ada = make_customer(shop)
    offer = open_offer(shop, kind="points", points=10, limit_per_customer=0, limit_total=6)
    done = [redeem(offer, customer=ada) for _at in range(4)]
    together(*[lambda one=one: void(one) for one in done], *[lambda: redeem(offer, customer=ada)] * 8)
    live = Redemption.objects.filter(voided_at__isnull=True).count()
    ada.refresh_from_db()
    assert fresh(offer).redeemed == live <= 6 and ada.points == 10 * live


def test_the_database_itself_holds_the_limit(shop: Store) -> None:
    """Whatever the services do: the last line."""
    offer = open_offer(shop, limit_total=1)
    with pytest.raises(Exception, match="offer_redeemed_within_limit"):
        Offer.objects.filter(pk=offer.pk).update(redeemed=2)
    connection.close()


def test_two_sendings_reach_a_customer_once(shop: Store) -> None:
    ada, offer = reader(shop, "Ada"), open_offer(shop)
    results = together(*[lambda: send(offer, ada)] * 6)
    assert refusals(results) == [] and sorted(len(one.done) for one in results) == [0] * 5 + [1]
    assert Grant.objects.count() == Message.objects.count() == 1


def test_two_offers_at_once_do_not_pass_the_cap(shop: Store) -> None:
    ada = reader(shop, "Ada")
    services.set_settings(store=shop, pin=None, most_offers=2, within_days=30, actor=ME, now=NOW)
    offers = [open_offer(shop, title=f"Offer {at}") for at in range(6)]
    assert refusals(together(*[lambda one=one: send(one, ada) for one in offers])) == []
    assert Grant.objects.filter(sent_at__isnull=False).count() == 2


def test_a_claim_that_is_clicked_often_makes_one_code(shop: Store) -> None:
    ada, offer = reader(shop, "Ada"), open_offer(shop, codes="unique")
    send(offer, ada)
    token = token_of(offer, ada)
    works = [lambda: services.claim_offer(store=shop, token=token, now=NOW)] * 6
    assert refusals(together(*works)) == [] and Code.objects.count() == 1
