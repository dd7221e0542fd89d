"""The flag of a customer as a card: the level and why, who set it, and the next look at it."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from regulars.customers.choices import Flag
from regulars.desk import cells, values
from regulars.resources.context import Context
from regulars.resources.field import Row
from regulars.resources.resource import Resource
from regulars.timeline.queries import happenings

TONES = {"green": "good", "amber": "", "red": "red"}
AGAIN_DAYS = 90


def flag_card(
    resource: Resource, row: Row, verbs: list[dict[str, Any]], context: Context
) -> dict[str, Any] | None:
    """The card, or nothing when there is no flag. The reason is for those who may see reasons."""
    field = resource.field("flag", context.actor)
    if field is None or row["flag"] == Flag.NONE:
        return None
    by_name = {verb["name"]: verb for verb in verbs}
    return {
        "tone": TONES.get(field.tones_for(context).get(row["flag"], ""), ""),
        "label": Flag(row["flag"]).label,
        "reason": row.get("flag_reason", ""),
        "set_by": _set_by(row, context),
        "review": _review(row, context),
        "is_due": bool(row["flag_review_on"] and row["flag_review_on"] <= context.today),
        "level": row["flag"],
        "review_on": row["flag_review_on"].isoformat() if row["flag_review_on"] else "",
        "change": by_name.get("flag"),
        "keep": by_name.get("mark-reviewed"),
        "again_on": (context.today + timedelta(days=AGAIN_DAYS)).isoformat(),
    }


def _set_by(row: Row, context: Context) -> str:
    latest = happenings(
        store=context.store, record_id=row["id"], keys=("customer.flagged", "customer.flag_reviewed"), limit=1
    )
    if not latest:
        return ""
    style = values.style_of(context)
    when = cells.format_ago(latest[0].at.astimezone(style.zone), style)
    said = _("Set by") if latest[0].kind.key == "customer.flagged" else _("Looked at by")
    return f"{said} {latest[0].actor_name} · {when}"


def _review(row: Row, context: Context) -> str:
    day = row["flag_review_on"]
    if day is None:
        return _("No day to look again")
    written = cells.format_day(day, values.style_of(context).language)
    return (_("Look again: due since %(day)s") if day < context.today else _("Look again on %(day)s")) % {
        "day": written
    }
