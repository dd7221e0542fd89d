"""Giving and taking points in tests."""

from typing import Any

from regulars.customers.models import Customer
from regulars.kit.actor import system
from regulars.loyalty.choices import BelowZero, Kind
from regulars.loyalty.models import Entry
from regulars.loyalty.services import PointChange, change_points
from regulars.stores.models import Store
from tests.factories import NOW

ME = system("Tests")


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


def points_of(*people: Customer) -> list[int]:
    """What these customers have now."""
    found = Customer.objects.in_bulk([one.pk for one in people])
    return [found[one.pk].points for one in people]
