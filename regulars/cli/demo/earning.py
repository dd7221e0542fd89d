"""What the demo gives points for, its tiers, and the points of the latest customers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from regulars.kit.actor import Actor
from regulars.loyalty import services, tier_queries
from regulars.orders import queries as order_queries
from regulars.stores.queries import Store

RULES: tuple[dict[str, Any], ...] = (
    {"name": "1 point per euro", "kind": "amount", "points": 1, "per_minor": 100},
    {"name": "Mugs and teapots", "kind": "products", "points": 15, "skus": ["MUG-01", "TEA-02"]},
    {"name": "Welcome", "kind": "joining", "points": 50},
    {"name": "Happy birthday", "kind": "birthday", "points": 100},
)
TIERS: tuple[dict[str, Any], ...] = (
    {"name": "Silver", "rank": 1, "threshold": 20_000, "colour": "grey", "benefits": "Free gift wrapping"},
    {
        "name": "Gold", "rank": 2, "threshold": 60_000, "colour": "amber", "percent": 125,
        "benefits": "Free gift wrapping\nSales a day before everybody else",
    },
    {
        "name": "Platinum", "rank": 3, "threshold": 150_000, "colour": "violet", "percent": 150,
        "benefits": "Free gift wrapping\nSales a day before everybody else\nFree delivery",
    },
)  # fmt: skip


def make_earning(*, store: Store, customer_ids: Sequence[UUID], actor: Actor, now: datetime) -> None:
    """Set earning and tiers up where nobody did, bring everybody into theirs, and let the orders of these customers
    earn."""
    if not tier_queries.tiers_of(store=store) and not tier_queries.rules_of(store=store):
        for tier in TIERS:
            values = {"by": "spend", "window_months": 12, **tier}
            services.save_tier(store=store, tier_id=None, values=values, actor=actor, now=now)
        for rule in RULES:
            services.save_rule(store=store, rule_id=None, values=rule, actor=actor, now=now)
    services.place_all(store=store, actor=actor, now=now)
    placed = order_queries.orders_of(store).filter(customer_id__in=list(customer_ids))
    ids = list(placed.values_list("pk", flat=True))
    services.earn_orders(store=store, ids=ids, inputs={}, actor=actor, now=now, change_set=None)
