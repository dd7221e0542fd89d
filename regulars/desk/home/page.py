"""What the first page shows. Each count is bounded, so that a million customers do not hold the page up."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.desk import cells, values
from regulars.desk.home.attention import attention
from regulars.desk.lists.counts import count_text
from regulars.desk.lists.empty import first_steps
from regulars.desk.transfers.words import TONES
from regulars.kit.text import initials
from regulars.resources.context import Context
from regulars.resources.page import Count, count_each, fetch_page, matching
from regulars.resources.query import query_from_params
from regulars.resources.resource import Resource, get_resource
from regulars.staff.permissions import AUDIT_VIEW
from regulars.timeline import queries as timeline
from regulars.timeline.events import kind_of
from regulars.transfers import queries as transfers
from regulars.transfers.queries import ImportView

LATEST = 6
IMPORTS_LOOKED_AT = 20
COUNT_AT_MOST = 20
KEPT_FOR = timedelta(minutes=1)


def home_page(context: Context) -> dict[str, Any]:
    """The page as plain data; for a store without customers the ways to get some."""
    resource = get_resource("customers")
    base = reverse("list", kwargs={"store": context.store.slug, "resource_name": resource.name})
    (total,) = _counts(resource, [""], context)
    may = context.actor.may
    page: dict[str, Any] = {
        "title": context.store.name,
        "new_url": f"{base}new/" if may(resource.permission("create")) else "",
        "import_url": f"{base}imports/new/" if may(resource.permission("import")) else "",
        "empty": None,
    }
    if total.exact and not total.value:
        return page | {"empty": first_steps(resource, context, base)}
    panels = [
        _people(resource, context, base, _("Added lately"), "created"),
        _people(resource, context, base, _("Changed lately"), "updated"),
    ]
    if may(AUDIT_VIEW):
        panels.append(_activity(context))
    imports: list[ImportView] = []
    if may(resource.permission("import")):
        imports = transfers.list_imports(store=context.store, limit=IMPORTS_LOOKED_AT)
        panels.append(_imports(imports[:LATEST], context))
    return page | {
        "figures": _figures(resource, context, base, total),
        "attention": attention(context, imports),
        "panels": panels,
    }


def _figures(resource: Resource, context: Context, base: str, total: Count) -> list[dict[str, str]]:
    language = values.style_of(context).language
    month = context.today.replace(day=1)
    asked = (
        (_("Added this month"), f"created >= {month.isoformat()}", _("in any state")),
        (_("Bought in the last 30 days"), "last_order >= -30d", _("at least one order")),
        (_("Newsletter"), "accepts_marketing = yes", _("agreed to get mail")),
    )
    figures = [
        {
            "label": str(resource.label),
            "value": count_text(total, language),
            "url": f"{base}?tab=all",
            "note": _("in all states"),
        }
    ]
    counts = _counts(resource, [where for _label, where, _note in asked], context)
    for (label, where, note), count in zip(asked, counts, strict=True):
        params = urlencode({"tab": "all", "where": where})
        figures.append(
            {"label": label, "value": count_text(count, language), "url": f"{base}?{params}", "note": note}
        )
    return figures


_known: dict[tuple[UUID, str, str], tuple[datetime, Count]] = {}


def _counts(resource: Resource, wheres: list[str], context: Context) -> list[Count]:
    """Small counts are exact and fresh, and asked for together; large ones are looked up once a minute."""
    keys = {where: (context.store.pk, resource.name, where) for where in wheres}
    kept = {where: _known.get(key) for where, key in keys.items()}
    found = {where: one[1] for where, one in kept.items() if one and context.now < one[0]}
    missing = [where for where in wheres if where not in found]
    queries = [query_from_params(resource, {"tab": "all", "where": where}, context) for where in missing]
    counted = count_each([matching(query, context) for query in queries], milliseconds=COUNT_AT_MOST)
    for where, count in zip(missing, counted, strict=True):
        found[where] = count
        if not count.exact:
            if len(_known) > 1000:  # figures of months long past
                _known.clear()
            _known[keys[where]] = (context.now + KEPT_FOR, count)
    return [found[where] for where in wheres]


def _people(resource: Resource, context: Context, base: str, title: str, by: str) -> dict[str, Any]:
    """The latest customers by the day they were added or changed."""
    query = query_from_params(resource, {"tab": "all", "sort": f"-{by}", "size": str(LATEST)}, context)
    column = f"{by}_at"
    style = values.style_of(context)
    lines = []
    for row in fetch_page(query, context, [], extra=(column,)).rows:
        name = resource.title(row)
        at = row[column].astimezone(style.zone)
        lines.append(
            {
                "text": name,
                "url": f"{base}{row['id']}/",
                "initials": initials(name),
                "hue": cells.hue_of(str(row["id"])),
                "note": cells.format_ago(at, style),
            }
        )
    return {"title": title, "url": f"{base}?tab=all&sort=-{by}", "lines": lines}


def _activity(context: Context) -> dict[str, Any]:
    """The latest acts of everybody."""
    here = {"store": context.store.slug}
    style = values.style_of(context)
    found = timeline.acts(store=context.store, asked=timeline.Asked(), limit=LATEST)
    return {
        "title": _("Recent activity"),
        "url": reverse("audit", kwargs=here),
        "empty": _("Nothing happened yet."),
        "lines": [
            {
                "text": f"{act.sentence} · {act.actor_name}",
                "url": reverse("change", kwargs={**here, "change_set": act.id}),
                "icon": kind_of(act.key).icon,
                "note": cells.format_ago(act.at.astimezone(style.zone), style),
            }
            for act in found
        ],
    }


def _imports(imports: Sequence[ImportView], context: Context) -> dict[str, Any]:
    here = {"store": context.store.slug}
    style = values.style_of(context)
    return {
        "title": _("Imports"),
        "url": reverse("imports", kwargs=here),
        "empty": _("Nothing was imported yet."),
        "lines": [
            {
                "text": one.file_name,
                "url": reverse("import", kwargs={**here, "import_id": one.id}),
                "icon": "file-import",
                "badge": one.state.label,
                "tone": TONES[one.state],
                "note": f"{one.percent} %"
                if one.is_live
                else cells.format_ago(one.created_at.astimezone(style.zone), style),
            }
            for one in imports
        ],
    }
