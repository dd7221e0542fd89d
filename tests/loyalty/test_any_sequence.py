"""Whatever is done to points in whatever order, what is shown is what the ledger says."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import example, given, settings
from hypothesis import strategies as st

from regulars.customers.models import Customer
from regulars.duplicates.models import Merge
from regulars.duplicates.services import merge_customers, unmerge
from regulars.kit.actor import system
from regulars.kit.errors import Refused
from regulars.loyalty import events, queries, services
from regulars.loyalty.choices import BelowZero, Kind
from regulars.loyalty.models import Entry
from regulars.loyalty.services import NotEnoughPoints, PointChange
from regulars.timeline.models import ChangeSet
from regulars.timeline.services import open_change_set
from regulars.timeline.undoing import CannotUndo, undo_change_set
from tests.factories import NOW, make_customer, make_store

pytestmark = pytest.mark.django_db
ME = system("Tests")
DAY = timedelta(days=1)

_who = st.integers(0, 2)
_some = st.integers(1, 60)
_days = st.one_of(st.none(), st.integers(1, 12))
ACTS = st.one_of(
    st.tuples(st.just("give"), _who, _some, _days, _days),
    st.tuples(st.just("take"), _who, _some, st.sampled_from(BelowZero)),
    st.tuples(st.just("move"), _who, _who, _some),
    st.tuples(st.just("all"), st.integers(-60, 60).filter(bool), st.sampled_from(BelowZero)),
    st.tuples(st.just("set"), _who, _some),
    st.tuples(st.just("void"), st.integers(0, 30)),
    st.tuples(st.just("undo"), st.integers(0, 30)),
    st.tuples(st.just("pass"), st.integers(1, 5)),
    st.tuples(st.just("merge"), _who, _who),
    st.tuples(
        st.just("unmerge"),
    ),
)
# Points that were pending are taken back while they are somebody else's.
VOIDED_WHILE_MERGED = [
    *(("give", 0, 1, None, None), ("give", 0, 1, 1, None), ("give", 0, 1, None, None)),
    *(("merge", 1, 0), ("void", 1), ("unmerge",)),
]


class Shop:
    """A store with three customers, to which the acts are done."""

    def __init__(self) -> None:
        self.store, self.now = make_store("any"), NOW
        self.people = [make_customer(self.store, first_name=name) for name in ("Ada", "Bea", "Cem")]

    def do(self, act: tuple[Any, ...]) -> None:
        self.now += timedelta(minutes=1)
        try:
            getattr(self, f"do_{act[0]}")(*act[1:])
        except (NotEnoughPoints, CannotUndo):
            pass
        except Refused as refusal:
            assert act[0] in {"merge", "unmerge"}, refusal

    def do_give(self, who: int, points: int, wait: int | None, lasts: int | None) -> None:
        self._change(
            who,
            points,
            available_at=self.now + wait * DAY if wait else None,
            expires_at=self.now + lasts * DAY if lasts else None,
        )

    def do_take(self, who: int, points: int, policy: BelowZero) -> None:
        self._change(who, -points, policy=policy, kind=Kind.SPEND)

    def do_move(self, one: int, other: int, points: int) -> None:
        a, b = self.people[one].pk, self.people[other].pk
        if a != b and Customer.objects.filter(pk__in=(a, b)).count() == 2:
            services.transfer_points(
                store=self.store,
                ids=[a],
                inputs={"customer": b, "points": points},
                actor=ME,
                now=self.now,
                change_set=None,
            )

    def do_all(self, points: int, policy: BelowZero) -> None:
        """As a batch of very many."""
        services.adjust_points(
            store=self.store,
            ids=[one.pk for one in self.people],
            inputs={"points": points, "reason": "All", "below_zero": policy},
            actor=ME,
            now=self.now,
            change_set=open_change_set(store=self.store, actor=ME, kind=events.GIVEN, now=self.now),
        )

    def do_set(self, who: int, points: int) -> None:
        services.change_many(
            store=self.store,
            changes=[PointChange(self.people[who].pk, 0, to=points)],
            policy=BelowZero.REFUSE,
            actor=ME,
            now=self.now,
            change_set=None,
        )

    def do_void(self, which: int) -> None:
        ids = list(Entry.objects.filter(store=self.store).order_by("pk").values_list("pk", flat=True))
        if ids:
            services.void_entry(
                store=self.store, entry_id=ids[which % len(ids)], reason="", actor=ME, now=self.now
            )

    def do_undo(self, which: int) -> None:
        acts = list(ChangeSet.objects.filter(store=self.store, key__startswith="points.").order_by("pk"))
        if acts:
            act = acts[which % len(acts)]
            undo_change_set(store=self.store, change_set_id=act.pk, actor=ME, now=self.now)

    def do_pass(self, days: int) -> None:
        self.now += days * DAY
        services.mature_points(store=self.store, now=self.now)
        services.expire_points(store=self.store, actor=ME, now=self.now)
        able = Entry.objects.filter(store=self.store, left__gt=0, pending=False)
        assert not able.filter(expires_at__lte=self.now).exists()

    def do_merge(self, one: int, other: int) -> None:
        a, b = self.people[one].pk, self.people[other].pk
        if a != b:
            merge_customers(
                store=self.store, survivor_id=a, loser_ids=[b], choices={}, actor=ME, now=self.now
            )

    def do_unmerge(self) -> None:
        merge = Merge.objects.filter(store=self.store, is_final=False).order_by("pk").last()
        if merge is not None:
            unmerge(store=self.store, merge_id=merge.pk, actor=ME, now=self.now)

    def _change(self, who: int, points: int, policy: BelowZero = BelowZero.REFUSE, **facts: Any) -> None:
        pk = self.people[who].pk
        if Customer.objects.filter(pk=pk).exists():
            change = PointChange(pk, points, **facts)
            services.change_points(store=self.store, change=change, policy=policy, actor=ME, now=self.now)


@settings(max_examples=40, deadline=None)
@example(acts=VOIDED_WHILE_MERGED)
@given(acts=st.lists(ACTS, min_size=1, max_size=14))
def test_points_are_what_the_ledger_says(acts: list[tuple[Any, ...]]) -> None:
    with transaction.atomic():
        shop = Shop()
        for act in acts:
            shop.do(act)
            assert queries.drift(store=shop.store) == {}, act
            assert not queries.missed_by(store=shop.store, now=shop.now).exists(), act
        transaction.set_rollback(True)


@settings(max_examples=40, deadline=None)
@given(acts=st.lists(ACTS, max_size=8), points=_some)
def test_taking_and_taking_it_back_at_once_changes_nothing(acts: list[tuple[Any, ...]], points: int) -> None:
    with transaction.atomic():
        shop = Shop()
        for act in acts:
            shop.do(act)
        before = _rests(shop)
        ada = Customer.objects.filter(pk=shop.people[0].pk).first()
        if ada is not None and ada.points >= points:
            taken = services.change_points(
                store=shop.store,
                change=PointChange(ada.pk, -points, Kind.SPEND),
                policy=BelowZero.REFUSE,
                actor=ME,
                now=shop.now,
            )
            assert _rests(shop) != before
            services.void_entry(store=shop.store, entry_id=taken.pk, reason="", actor=ME, now=shop.now)
            assert _rests(shop) == before
        transaction.set_rollback(True)


def _rests(shop: Shop) -> dict[UUID, tuple[int, datetime | None]]:
    rows = Entry.objects.filter(store=shop.store, left__gt=0)
    return {pk: (left, expires) for pk, left, expires in rows.values_list("pk", "left", "expires_at")}
