"""Counting what a store owes in points."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, DateTimeField, ExpressionWrapper, F, Q, Sum
from django.db.models.functions import Greatest, TruncMonth

from regulars.customers.queries import customers_of
from regulars.loyalty import tier_queries
from regulars.loyalty.queries import entries_of, liability, programme_of
from regulars.resources.context import Context

Rows = list[list[Any]]


def points_owed(context: Context) -> dict[str, Any]:
    """The points that customers can spend: what 100 are worth, how many expire in which month if nobody spends any, how
    many never do, how many wait, how many are owed to the store, and how many the members of each tier have."""
    store = context.store
    able, owed = liability(store=store)
    rest = entries_of(store).filter(left__gt=0)
    by_month = (
        rest.filter(pending=False, expires_at__isnull=False)
        # By the last day on which they can be spent: most expire when the next one begins.
        .annotate(last=ExpressionWrapper(F("expires_at") - timedelta(microseconds=1), DateTimeField()))
        .annotate(month=TruncMonth("last", tzinfo=store.zone))
        .values("month")
        .annotate(points=Sum("left"))
        .order_by("month")
    )
    sums = rest.aggregate(
        never=Sum("left", filter=Q(pending=False, expires_at__isnull=True), default=0),
        pending=Sum("left", filter=Q(pending=True), default=0),
    )
    return {
        "value_minor": programme_of(store=store).value_minor,
        "able": able,
        "owed": owed,
        **sums,
        "months": [[one["month"].date().isoformat(), one["points"]] for one in by_month],
        "tiers": _by_tier(context),
    }


def _by_tier(context: Context) -> Rows:
    """The tiers, the best one first, then everybody else: name, colour, customers with points, and their points."""
    rows = customers_of(context.store).filter(points__gt=0).values("tier")
    found = {
        one["tier"]: [one["number"], one["points_sum"]]
        for one in rows.annotate(number=Count("pk"), points_sum=Sum(Greatest(F("points"), 0)))
    }
    tiers = tier_queries.tiers_of(store=context.store)
    known = [[one.name, one.colour, *found.pop(one.name, [0, 0])] for one in tiers]
    others = list(found.values())
    return [*known, ["", "grey", sum(one[0] for one in others), sum(one[1] for one in others)]]
