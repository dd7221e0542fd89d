"""The tab with the tier of a customer: how they came in, what is missing to the next one, and the times before."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from regulars.desk import cells, values
from regulars.desk.settings.loyalty_pages import measure_in_words, threshold_in_words
from regulars.loyalty import services, tier_queries
from regulars.loyalty.choices import Origin
from regulars.loyalty.tier_queries import Membership, Progress
from regulars.resources.context import Context
from regulars.resources.field import Row

TAB = "membership"


def has_tiers(context: Context) -> bool:
    """Whether the store has any tiers."""
    return bool(tier_queries.tiers_of(store=context.store))


def membership_context(row: Row, verbs: list[dict[str, Any]], context: Context) -> dict[str, Any]:
    """Everything about the tier of one customer."""
    history = tier_queries.history_of(store=context.store, customer_id=row["id"])
    progress = tier_queries.progress_of(store=context.store, customer_id=row["id"], now=context.now)
    current = next((one for one in history if one.until is None), None)
    rank = current.tier.rank if current else -1
    following = next((one for one in progress if one.tier.rank > rank), None)
    subject, body = services.preview_summary(store=context.store, customer_id=row["id"], now=context.now)
    return {
        "current": _current(current, context) if current else None,
        "next": _next(following, context) if following else None,
        "set": next((verb for verb in verbs if verb["name"] == "set-tier"), None),
        "history": [_time(one, context) for one in history],
        "summary": {"subject": subject, "body": body, "wanted": row["points_summary"]},
    }


def _current(one: Membership, context: Context) -> dict[str, Any]:
    told = []
    if one.ends_at:
        ends = _day(one.ends_at - timedelta(seconds=1), context)
        told.append(_("Given by hand, until %(day)s.") % {"day": ends})
    elif one.origin == Origin.HAND:
        told.append(_("Given by hand, for good."))
    if one.below_since:
        told.append(
            _("Below the threshold since %(day)s; stays for %(count)s days of grace.")
            % {"day": _day(one.below_since, context), "count": one.tier.grace_days}
        )
    return {
        "name": one.tier.name,
        "tone": one.tier.colour,
        "since": _day(one.since, context),
        "told": told,
        "benefits": one.tier.benefits,
        "earns": f"× {one.tier.percent / 100:g}" if one.tier.percent != 100 else "",
    }


def _next(one: Progress, context: Context) -> dict[str, Any]:
    threshold = max(one.tier.threshold, 1)
    return {
        "name": one.tier.name,
        "tone": one.tier.colour,
        "percent": min(one.reached * 100 / threshold, 100),
        "text": _("%(missing)s to go: %(reached)s of %(threshold)s")
        % {
            "missing": measure_in_words(one.tier, one.missing, context),
            "reached": measure_in_words(one.tier, one.reached, context),
            "threshold": threshold_in_words(one.tier, context),
        }
        if one.missing
        else _("Reached; the coming night brings them in."),
    }


def _time(one: Membership, context: Context) -> dict[str, Any]:
    return {
        "name": one.tier.name,
        "tone": one.tier.colour,
        "since": _day(one.since, context),
        "until": _day(one.until, context) if one.until else "",
        "how": Origin(one.origin).label,
        "reason": one.reason,
        "author": one.author_name,
    }


def _day(moment: datetime, context: Context) -> str:
    return cells.format_day(context.store.day_of(moment), values.style_of(context).language)
