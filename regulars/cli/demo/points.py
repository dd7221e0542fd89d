"""Points of the demo: earned with what was bought, some spent, some pending, some about to expire."""

from datetime import datetime, timedelta
from random import Random

from regulars.customers.queries import customers_of
from regulars.kit.actor import Actor
from regulars.loyalty.choices import BelowZero, Kind, Source
from regulars.loyalty.services import PointChange, change_many
from regulars.stores.queries import Store

# How many of those who bought have points.
_SHARE = 0.4


def give_points(*, store: Store, random: Random, actor: Actor, now: datetime) -> None:
    """Let some of those who bought have a history of points."""
    people = customers_of(store).filter(spent_minor__gt=0, points=0, points_pending=0)
    rows = people.order_by("pk").values_list("pk", "spent_minor")
    buyers = [(one, spent // 100) for one, spent in rows if random.random() < _SHARE and spent >= 1000]
    earned = [
        PointChange(
            one, points, Kind.EARN, source=Source.ORDER, rule="amount", expires_at=now + timedelta(days=days)
        )
        for one, points in buyers
        for days in (random.choice((12, 40, 200)),)
    ]
    spent = [
        PointChange(one, -max(points // 3, 1), Kind.SPEND, source=Source.ORDER)
        for one, points in buyers
        if random.random() < 0.4
    ]
    sorry = [
        PointChange(one, 50, reason="Parcel came late", note="With our apologies")
        for one, _points in buyers
        if random.random() < 0.1
    ]
    pending = [
        PointChange(
            one, 40, Kind.EARN, source=Source.ORDER, rule="amount", available_at=now + timedelta(days=9)
        )
        for one, _points in buyers
        if random.random() < 0.15
    ]
    for days, changes in ((165, earned), (60, spent), (20, sorry), (5, pending)):
        change_many(
            store=store,
            changes=changes,
            policy=BelowZero.REFUSE,
            actor=actor,
            now=now - timedelta(days=days),
            change_set=None,
        )
