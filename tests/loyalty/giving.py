"""Giving and taking points in tests."""

from datetime import timedelta
from typing import Any

from regulars.customers.models import Customer
from regulars.kit.actor import system
from regulars.loyalty import events
from regulars.loyalty.choices import BelowZero, Kind
from regulars.loyalty.models import Entry
from regulars.loyalty.services import PointChange, adjust_points, change_points
from regulars.stores.models import Store
from regulars.timeline.services import open_change_set
from tests.factories import NOW

ME = system("Tests")
DAY = timedelta(days=1)


def change(store: Store, customer: Customer, points: int, **facts: Any) -> Entry:
    """Points that were earned or spent."""
    facts.setdefault("kind", Kind.EARN if points > 0 else Kind.SPEND)
    return change_points(
        store=store,
        change=PointChange(customer.pk, points, **facts),
        policy=BelowZero.DEBT,
        actor=ME,
        now=NOW,
    )


def adjust(store: Store, people: list[Customer], points: int, *, many: bool, policy: str = "") -> Any:
    """Give or take points by hand; with `many` as a part of an act on very many."""
    opened = open_change_set(store=store, actor=ME, kind=events.GIVEN, now=NOW) if many else None
    return adjust_points(
        store=store,
        ids=[one.pk for one in people],
        inputs={"points": points, "reason": "All", "note": "Hi", "below_zero": policy},
        actor=ME,
        now=NOW,
        change_set=opened,
    )


def points_of(*people: Customer) -> list[int]:
    """What these customers have now."""
    found = Customer.objects.in_bulk([one.pk for one in people])
    return [found[one.pk].points for one in people]
