"""The money between a customer and the store: one line over the months, what it is made of, and each entry."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.desk import cells, values
from regulars.desk.figures import flow_url, rows_url
from regulars.kit import charts
from regulars.kit.ids import parse_id
from regulars.kit.moments import parse_moment
from regulars.kit.money import display_money, to_major
from regulars.kit.months import month_name
from regulars.kit.words import inside
from regulars.resources.context import Context
from regulars.resources.field import Row
from regulars.resources.flow import Entry, Flow, MonthOf, balances_after, latest_entries, months_of
from regulars.resources.resource import Resource, get_resource

ENTRIES_A_PAGE = 30
# Ten years of months; what was before is in the height the line begins at.
MOST_MONTHS = 120


def money_context(
    resource: Resource, row: Row, context: Context, *, url: str, position: str, earlier: str, of: str
) -> dict[str, Any]:
    """The line, the sums and the latest entries, or those before one of them; of one kind when `of` names it."""
    flows = resource.flows(context.actor)
    months = months_of(flows, row["id"], context)
    before = _read_key(earlier)
    chosen = [flow for flow in flows if flow.name == of] or flows
    entries = latest_entries(chosen, row["id"], context, limit=ENTRIES_A_PAGE + 1, before=before)
    shown = entries[:ENTRIES_A_PAGE]
    only = {"of": of} if chosen is not flows else {}
    asked = {"show": "money", **only}
    ending = f"&{position}" if position else ""
    older = f"{shown[-1].at.isoformat()}~{shown[-1].id}" if len(entries) > ENTRIES_A_PAGE else ""
    running = _running(shown, row["id"], context)
    return {
        "line": _line(months, context),
        "sums": _sums(flows, months, resource, row, context),
        "entries": [_entry(one, running, context) for one in shown],
        "runs": bool(running),
        "only": str(chosen[0].label) if only else "",
        "all_url": f"{url}?show=money{ending}" if only else "",
        "earlier_url": f"{url}?{urlencode(asked | {'earlier': older})}{ending}" if older else "",
        "latest_url": f"{url}?{urlencode(asked)}{ending}" if before else "",
    }


def _running(shown: Sequence[Entry], record_id: UUID, context: Context) -> dict[UUID, int]:
    """What the balances that run were after each of these entries."""
    found: dict[UUID, int] = {}
    for flow in dict.fromkeys(one.flow for one in shown if one.flow.runs):
        found |= balances_after(flow, record_id, context, [one.id for one in shown if one.flow is flow])
    return found


def _read_key(text: str) -> tuple[datetime, UUID] | None:
    """Where the entries go on; nothing for an address that somebody made up."""
    at, _mark, record_id = text.partition("~")
    moment, known = parse_moment(at), parse_id(record_id)
    return (moment, known) if moment and known else None


def _sums(
    flows: Sequence[Flow], months: list[MonthOf], resource: Resource, row: Row, context: Context
) -> list[dict[str, Any]]:
    """Each kind in full, with the list of its rows; those that never happened are left out."""
    sums = []
    for flow in flows:
        mine = [one for one in months if one.flow is flow]
        if not mine:
            continue
        count = sum(one.count for one in mine)
        sums.append(
            {
                "label": str(flow.label),
                "html": _money(sum(one.amount for one in mine) * (flow.sign or 1), context),
                "note": ngettext("%(count)s time", "%(count)s times", count)
                % {"count": cells.format_whole(count, values.style_of(context).language)},
                "url": rows_url(flow.rows, flow.where, row, context)
                or flow_url(flow.name, resource, row["id"], context),
            }
        )
    if len(sums) > 1:
        net = sum(one.amount * one.flow.sign for one in months)
        adds = " − ".join(inside(flow.label) for flow in flows if flow.sign and _any(flow, months))
        sums.insert(0, {"label": _("Net"), "html": _money(net, context), "note": adds, "url": ""})
    return sums


def _any(flow: Flow, months: list[MonthOf]) -> bool:
    return any(one.flow is flow for one in months)


def _line(months: list[MonthOf], context: Context) -> dict[str, Any] | None:
    """What the customer has brought the store by the end of each month."""
    counted = [one for one in months if one.flow.sign]
    if not counted:
        return None
    style = values.style_of(context)
    moved: dict[date, int] = {}
    for one in counted:
        moved[one.month] = moved.get(one.month, 0) + one.amount * one.flow.sign
    reached, points = 0, []
    for month in _every_month(min(moved), max(max(moved), context.today.replace(day=1))):
        reached += moved.get(month, 0)
        points.append(
            (month_name(month, style.language, with_year=True), float(to_major(reached, style.currency)))
        )
    return {
        "title": _("Money over time"),
        "note": _("Net so far %(total)s") % {"total": _money(reached, context)},
        "svg": charts.line(points[-MOST_MONTHS:], title=_("Net by month"), write=values.axis_writer(context)),
    }


def _every_month(first: date, last: date) -> list[date]:
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    found = []
    for ahead in range(count):
        year, month = divmod(first.year * 12 + first.month - 1 + ahead, 12)
        found.append(date(year, month + 1, 1))
    return found


def _entry(one: Entry, running: Mapping[UUID, int], context: Context) -> dict[str, Any]:
    style = values.style_of(context)
    local = one.at.astimezone(style.zone)
    amount = one.amount * (one.flow.sign or 1)
    return {
        "label": str(one.flow.label),
        "said": one.said,
        "url": _page_of(one, context),
        "iso": local.isoformat(),
        "day": cells.format_day(local.date(), style.language),
        "amount": _money(amount, context),
        "balance": _money(running[one.id], context) if one.id in running else "",
        "tone": "" if not one.flow.sign else "in" if amount > 0 else "out",
    }


def _page_of(one: Entry, context: Context) -> str:
    if one.flow.thing is None or one.thing_id is None:
        return ""
    resource = get_resource(one.flow.thing[0])
    if not context.actor.may(resource.permission("view")):
        return ""
    here = {"store": context.store.slug, "resource_name": resource.name}
    return f"{reverse('list', kwargs=here)}{one.thing_id}/"


def _money(minor: int, context: Context) -> str:
    style = values.style_of(context)
    return display_money(minor, style.currency, style.language)
