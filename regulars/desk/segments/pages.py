"""The list of segments and the page of one, as plain data."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.desk import cells, values
from regulars.desk.lists.counts import count_text
from regulars.desk.segments.words import (
    ago_text,
    counted_text,
    in_words,
    list_url,
    moment_cell,
    segment_url,
    segments_url,
    use_lines,
    where_of,
)
from regulars.jobs.queries import Run
from regulars.kit import charts
from regulars.kit.errors import Refused
from regulars.kit.ids import parse_id
from regulars.resources.context import Context
from regulars.resources.page import count_rows, fetch_page
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.segments import queries
from regulars.segments.choices import How, SegmentKind
from regulars.segments.queries import Segment
from regulars.segments.rules import EDIT, FILL

CHART_DAYS = 30
WEEK = 7
SHOWN_MOVES = 25
SHOWN_PEOPLE = 5


def segments_page(context: Context) -> dict[str, Any]:
    """Every segment with its size, the line of its last days, its age and how often it is used."""
    segments = queries.list_segments(store=context.store)
    style = values.style_of(context)
    lines = queries.trends(store=context.store, segment_ids=[one.pk for one in segments], today=context.today)
    used = queries.uses_by_name(store=context.store)
    return {
        "new_url": reverse("new_segment", kwargs={"store": context.store.slug})
        if context.actor.may(EDIT)
        else "",
        "rows": [
            {
                "name": segment.name,
                "url": segment_url(context, segment.pk),
                "kind": str(SegmentKind(segment.kind).label),
                "tone": "blue" if segment.kind == SegmentKind.DYNAMIC else "grey",
                "size": cells.format_whole(segment.size, style.language) if segment.counted_at else "–",
                "members_url": list_url(context, where_of(segment)),
                "trend": charts.spark(lines[segment.pk]) if len(lines[segment.pk]) > 1 else "",
                "counted": ago_text(segment.counted_at, context),
                "problem": segment.problem,
                "used": use_lines([*used.get(segment.name_key, ()), *used.get(str(segment.pk), ())], context),
            }
            for segment in segments
        ],
    }


def segment_page(
    segment: Segment, context: Context, *, show: str, who: str, before: tuple[datetime, UUID] | None
) -> dict[str, Any]:
    """One segment: what it is, how many are in it, who came and went, where it is used."""
    store, may, url = context.store, context.actor.may, segment_url(context, segment.pk)
    is_static = segment.kind == SegmentKind.STATIC
    days = queries.sizes_by_day(store=store, segment_id=segment.pk, today=context.today, days=CHART_DAYS)
    return {
        "id": str(segment.pk),
        "title": segment.name,
        "url": url,
        "list_url": segments_url(context),
        "is_static": is_static,
        "kind": str(SegmentKind(segment.kind).label),
        "tone": "grey" if is_static else "blue",
        "note": segment.note,
        "where": segment.where,
        "words": in_words(segment.where, context) if segment.where else None,
        "problem": segment.problem,
        "ask": where_of(segment),
        "members_url": list_url(context, where_of(segment)),
        "edit_url": f"{url}edit/" if may(EDIT) else "",
        "delete_url": f"{url}delete/" if may(EDIT) else "",
        "copy_url": f"{reverse('new_segment', kwargs={'store': store.slug})}?from={segment.pk}"
        if may(EDIT)
        else "",
        "fill_url": f"{url}members/" if is_static and may(FILL) else "",
        "refresh_url": f"{url}refresh/" if not is_static else "",
        "figures": _figures(segment, days, context),
        "run": _run(segment, context),
        "chart": _chart(days, context),
        "made": _("Made by %(name)s") % {"name": segment.created_by_name},
        "made_at": moment_cell(segment.created_at, context),
        "uses": use_lines(queries.uses_of(store=store, segment=segment), context),
        "show": show,
        "tabs": [
            {"label": _("Came in"), "url": f"{url}?show=entered", "current": show == "entered"},
            {"label": _("Went out"), "url": f"{url}?show=left", "current": show == "left"},
        ],
        **_moves(segment, context, url=url, show=show, before=before),
        "who": who,
        "found": _found(segment, who, context) if who else None,
    }


def progress_page(segment: Segment, context: Context) -> dict[str, Any]:
    """The part of the page that is drawn again while a refresh is at work."""
    days = queries.sizes_by_day(
        store=context.store, segment_id=segment.pk, today=context.today, days=CHART_DAYS
    )
    return {
        "url": segment_url(context, segment.pk),
        "figures": _figures(segment, days, context),
        "run": _run(segment, context),
        "problem": segment.problem,
    }


def _figures(segment: Segment, days: list[queries.DaySize], context: Context) -> list[dict[str, str]]:
    style = values.style_of(context)
    week = days[-WEEK:]
    came, went = sum(day.entered for day in week), sum(day.left for day in week)
    url, where = segment_url(context, segment.pk), where_of(segment)
    try:
        live = count_text(count_rows(queries.members_of(segment, context)), style.language)
    except Refused:
        live = "–"
    first = days[0].size if days else segment.size
    return [
        {
            "label": _("Members now"),
            "value": live,
            "url": list_url(context, where) if live != "–" else "",
            "note": counted_text(segment.counted_at, context),
        },
        {
            "label": _("Came in this week"),
            "value": cells.format_whole(came, style.language),
            "url": f"{url}?show=entered",
            "note": _("the last 7 days"),
        },
        {
            "label": _("Went out this week"),
            "value": cells.format_whole(went, style.language),
            "url": f"{url}?show=left",
            "note": _("the last 7 days"),
        },
        {
            "label": _("Change"),
            "value": f"{segment.size - first:+,}" if segment.size != first else "0",
            "note": _("since %(day)s") % {"day": cells.format_day(days[0].day, style.language)}
            if days
            else "",
        },
    ]


def _run(segment: Segment, context: Context) -> dict[str, Any] | None:
    """A refresh that waits or is at work."""
    run: Run | None = queries.open_refresh(
        store=context.store, segment_id=segment.pk, since=context.now - timedelta(hours=2)
    )
    if run is None:
        return None
    language = values.style_of(context).language
    return {
        "percent": min(run.done * 100 // run.total, 100) if run.total else None,
        "text": _("%(done)s of %(total)s changes written")
        % {
            "done": cells.format_whole(run.done, language),
            "total": cells.format_whole(run.total, language),
        }
        if run.total
        else _("Finding out who belongs to it"),
    }


def _chart(days: list[queries.DaySize], context: Context) -> dict[str, Any] | None:
    if len(days) < 2:
        return None
    language = values.style_of(context).language
    rows = [(cells.format_day(day.day, language), float(day.size)) for day in days]
    return {
        "svg": charts.line(
            rows, title=_("Members by day"), write=lambda value: cells.format_whole(round(value), language)
        ),
        "note": ngettext("the last %(count)s day", "the last %(count)s days", len(days))
        % {"count": len(days)},
    }


def _moves(
    segment: Segment, context: Context, *, url: str, show: str, before: tuple[datetime, UUID] | None
) -> dict[str, Any]:
    found = queries.movements(
        store=context.store,
        segment_id=segment.pk,
        entered=show == "entered",
        before=before,
        limit=SHOWN_MOVES + 1,
    )
    shown = found[:SHOWN_MOVES]
    more = ""
    if len(found) > SHOWN_MOVES:
        key, last = shown[-1]
        more = f"{url}?show={show}&before={last.at.isoformat().replace('+', '%2B')}&key={key}#moves"
    return {
        "moves": [
            {
                "name": one.name,
                "number": one.number,
                "url": reverse(
                    "customer", kwargs={"store": context.store.slug, "record_id": one.customer_id}
                ),
                "at": moment_cell(one.at, context),
                "how": str(How(one.how).label) if show == "entered" else "",
                "why_url": f"{url}why/{one.customer_id}/",
            }
            for _key, one in shown
        ],
        "moves_more_url": more,
        "moves_first_url": f"{url}?show={show}#moves" if before else "",
    }


def _found(segment: Segment, who: str, context: Context) -> list[dict[str, Any]]:
    """The first customers that a search finds, each with whether they are in."""
    resource = get_resource("customers")
    query = query_from_params(resource, {"q": who, "tab": "all", "size": str(SHOWN_PEOPLE)}, context)
    rows = fetch_page(query, context, []).rows
    ids = [row["id"] for row in rows]
    try:
        inside = set(queries.members_of(segment, context).filter(pk__in=ids).values_list("pk", flat=True))
    except Refused:
        inside = set()
    return [
        {
            "name": resource.title(row),
            "number": row["number"],
            "inside": row["id"] in inside,
            "why_url": f"{segment_url(context, segment.pk)}why/{row['id']}/",
        }
        for row in rows
    ]


def read_key(at: datetime | None, key: str) -> tuple[datetime, UUID] | None:
    """The place to go on from in a list of who came and went."""
    known = parse_id(key)
    return (at, known) if at is not None and known is not None else None
