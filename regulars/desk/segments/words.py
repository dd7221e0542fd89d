"""What the pages of segments say: conditions in words, ages of counts, links into the list."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_datetime, format_timedelta
from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.desk import cells, values
from regulars.kit.errors import Refused
from regulars.resources.context import Context
from regulars.resources.explain import Explained, explain
from regulars.resources.language import Condition, parse, write
from regulars.resources.resource import get_resource
from regulars.segments.queries import Segment, Use


def list_url(context: Context, where: str, **more: str) -> str:
    """The list of customers that these conditions find, in every tab."""
    base = reverse("list", kwargs={"store": context.store.slug, "resource_name": "customers"})
    return f"{base}?{urlencode({'tab': 'all', 'where': where, **more})}"


def where_of(segment: Segment) -> str:
    """The condition that asks for a segment by its name."""
    return write(Condition("segment", "in", (segment.name,)))


def segment_url(context: Context, segment_id: Any) -> str:
    """The page of a segment."""
    return reverse("segment", kwargs={"store": context.store.slug, "segment_id": segment_id})


def segments_url(context: Context) -> str:
    """The list of segments."""
    return reverse("segments", kwargs={"store": context.store.slug})


def use_lines(uses: Iterable[Use], context: Context) -> list[dict[str, str]]:
    """The places where a segment is used, with links."""
    found = []
    for use in uses:
        if use.kind == "segment":
            label, url = _("Segment"), segment_url(context, use.id)
        elif use.kind == "saved_export":
            label, url = _("Saved export"), reverse("saved_exports", kwargs={"store": context.store.slug})
        elif use.kind == "offer":
            here = {"store": context.store.slug, "record_id": use.id}
            label, url = _("Offer"), reverse("offer", kwargs=here)
        else:
            base = reverse("list", kwargs={"store": context.store.slug, "resource_name": "customers"})
            label, url = _("View"), f"{base}?{urlencode({'view': str(use.id)})}"
        found.append({"label": label, "name": use.name, "url": url})
    return found


def ago_text(moment: datetime | None, context: Context) -> str:
    """ "12 seconds ago"."""
    if moment is None:
        return _("not yet")
    if context.now - moment < timedelta(seconds=2):
        return _("just now")
    return format_timedelta(
        min(moment - context.now, timedelta()),
        granularity="second",
        add_direction=True,
        locale=values.style_of(context).language,
    )


def counted_text(moment: datetime | None, context: Context) -> str:
    """ "counted 12 seconds ago"."""
    return _("counted %(ago)s") % {"ago": ago_text(moment, context)} if moment else _("not counted yet")


def moment_cell(moment: datetime, context: Context) -> dict[str, str]:
    """A moment for a <time>: short, exact and for machines."""
    style = values.style_of(context)
    local = moment.astimezone(style.zone)
    return {
        "iso": local.isoformat(),
        "exact": format_datetime(local, "medium", locale=style.language),
        "when": cells.format_ago(local, style),
    }


def in_words(where: str, context: Context) -> dict[str, Any]:
    """Conditions as a tree of sentences; when the reader may not ask for something in it, the reason instead."""
    try:
        return {"tree": _line(explain(parse(where), get_resource("customers"), context)), "problem": ""}
    except Refused as refusal:
        return {"tree": None, "problem": refusal.sentence}


def _line(part: Explained) -> dict[str, Any]:
    joint = {"and": _("All of these"), "or": _("Any of these"), "not": _("Not")}.get(part.kind, "")
    inner = part.parts if joint and (part.kind != "not" or part.parts[0].parts) else ()
    return {"words": joint if inner else part.sentence, "parts": [_line(one) for one in inner]}
