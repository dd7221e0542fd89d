"""Whatever order tills, guests, parts and mistakes come in, what is counted is what was redeemed."""

from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.customers.models import Customer
from regulars.offers.models import Grant, Offer, Redemption
from regulars.offers.services import CannotRedeem
from tests.factories import make_customer, make_store
from tests.offers.making import fresh, open_offer, redeem, void

pytestmark = pytest.mark.django_db
TOTAL, EACH, AMOUNT = 4, 2, 1000
ACTS = st.one_of(
    st.tuples(st.just("use"), st.sampled_from([0, 1]), st.sampled_from([None, 1, 400, 600, 1000])),
    st.tuples(st.just("guest")),
    st.tuples(st.just("mistake"), st.integers(0, 2), st.integers(0, 3), st.integers(0, 3)),
)


class Tills:
    """Two customers and guests with a voucher of ten euros that is used in parts; four times in all, two for each."""

    def __init__(self) -> None:
        store = make_store("any")
        self.offer: Offer = open_offer(
            store,
            kind="amount",
            amount_minor=AMOUNT,
            partial=True,
            guests=True,
            limit_total=TOTAL,
            limit_per_customer=EACH,
        )
        self.people: list[Customer] = [make_customer(store) for _at in range(2)]
        # The times by person (guests: -1), each the parts that were used and not taken back.
        self.times: dict[int, list[list[Redemption]]] = {-1: [], 0: [], 1: []}

    def _count(self) -> int:
        return sum(len(times) for times in self.times.values())

    def use(self, who: int, part: int | None) -> None:
        times = self.times[who]
        left = AMOUNT - sum(one.amount_minor or 0 for one in times[-1]) if times else 0
        goes_on = left > 0
        can_begin = self._count() < TOTAL and len(times) < EACH
        room = left if goes_on else AMOUNT
        fits = (goes_on or can_begin) and (part is None or part <= room)
        asked: dict[str, Any] = {"customer": self.people[who], "part_minor": part}
        if not fits:
            with pytest.raises(CannotRedeem):
                redeem(self.offer, **asked)
            return
        done = redeem(self.offer, **asked)
        assert done.amount_minor == (room if part is None else part)
        if goes_on:
            times[-1].append(done)
        else:
            times.append([done])

    def guest(self) -> None:
        if self._count() >= TOTAL:
            with pytest.raises(CannotRedeem):
                redeem(self.offer)
        else:
            self.times[-1].append([redeem(self.offer)])

    def mistake(self, who: int, at: int, which: int) -> None:
        times = self.times[who - 1]
        if not times:
            return
        at %= len(times)
        parts = times[at]
        which %= len(parts)
        outcome = void(parts[which])
        if which == 0 and len(parts) > 1:
            assert outcome.done == []
            return
        assert outcome.done == [parts[which].pk]
        del parts[which]
        if not parts:
            del times[at]

    def what_is_counted_is_what_is_there(self) -> None:
        live = Redemption.objects.filter(offer=self.offer, voided_at__isnull=True)
        assert fresh(self.offer).redeemed == self._count() == live.filter(part_of__isnull=True).count()
        for at, one in enumerate(self.people):
            last = live.filter(customer=one).order_by("-at").first()
            grant = Grant.objects.filter(offer=self.offer, customer=one).first()
            assert (grant.redeemed_at if grant else None) == (last.at if last else None), at


@settings(max_examples=40, deadline=None)
@given(acts=st.lists(ACTS, min_size=1, max_size=16))
def test_what_is_counted_is_what_is_there(acts: list[tuple[Any, ...]]) -> None:
    with transaction.atomic():
        tills = Tills()
        for name, *arguments in acts:
            getattr(tills, name)(*arguments)
            tills.what_is_counted_is_what_is_there()
        transaction.set_rollback(True)
