"""A few segments for the demo: what shops ask for first, one made of another, and one by hand."""

from datetime import datetime
from uuid import UUID

from regulars.kit.actor import Actor
from regulars.segments import queries, services
from regulars.segments.choices import SegmentKind
from regulars.segments.services import SegmentFacts
from regulars.stores.queries import Store

BY_HAND = "Summer fair"
RULES = (
    ("Newsletter in France", "country = FR and accepts_marketing = true and state = active", ""),
    ("Big spenders", "spent >= 500", "Whoever bought for 500 and more, ever."),
    ("Not seen for 90 days", "last_order < -90d and orders_count >= 2", ""),
    ("Win back by mail", 'in segment "Not seen for 90 days" and accepts_marketing = true', "Twice a year."),
)


def make_segments(*, store: Store, guests: list[UUID], actor: Actor, now: datetime) -> None:
    """Make the segments, unless the store has some already; `guests` are put into the one by hand."""
    if queries.list_segments(store=store):
        return
    for name, where, note in RULES:
        facts = SegmentFacts(name=name, kind=SegmentKind.DYNAMIC, where=where, note=note)
        made = services.create_segment(store=store, facts=facts, actor=actor, now=now)
        services.refresh_segment(store=store, segment_id=made.pk, now=now)
    services.add_to_segment(
        store=store, ids=guests, inputs={"new_segment": BY_HAND}, actor=actor, now=now, change_set=None
    )
