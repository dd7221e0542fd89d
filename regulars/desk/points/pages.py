"""The page of one entry of points as plain data."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.desk import cells, values
from regulars.desk.lists.actions import verbs_for
from regulars.desk.records.views import row_of
from regulars.loyalty import queries
from regulars.loyalty.choices import Kind, Source
from regulars.loyalty.queries import Beside
from regulars.loyalty.resource.entries import POINTS
from regulars.resources.context import Context
from regulars.resources.field import Row
from regulars.resources.resource import get_resource

_FACTS = ("made", "kind", "available", "expires", "reason", "note", "rule", "key", "author")
_PAGES = {Source.ORDER: "orders", Source.TRADE_IN: "tradeins"}


def entry_page(record_id: UUID, context: Context, base: str) -> dict[str, Any]:
    """Everything the page of an entry shows."""
    fields = {field.name: field for field in POINTS.fields(context.actor)}
    extra = ("customer_id", "source_id", "voided", "pending")
    row = row_of(POINTS, record_id, context, fields.values(), extra=extra)
    about: dict[str, Any] = {"store": context.store, "entry_id": record_id}
    beside = (
        (_("Taken from"), queries.taken_from(**about)),
        (_("Went into"), queries.went_into(**about)),
        (_("Belongs to it"), queries.other_side(**about)),
    )
    return {
        "title": POINTS.title(row),
        "list_url": base,
        "list_label": str(POINTS.label),
        "customer": fields["customer"].show(row, context),  # type: ignore[misc]
        "customer_url": _url("customers", row["customer_id"], context),
        "state": _("Taken back") if row["voided"] else _("Pending") if row["pending"] else "",
        "verbs": verbs_for(POINTS, row, context, base, back=f"{base}{record_id}/"),
        "tiles": [
            {"label": str(fields[name].label), "html": values.inner(fields[name], row, context)}
            for name in ("points", "left", "balance")
        ],
        "facts": [
            {"label": str(fields[name].label), "html": values.inner(fields[name], row, context), "url": ""}
            for name in _FACTS
            if row[fields[name].path] not in (None, "")
        ]
        + [_source(row, fields["source"].label, context)],
        "beside": [{"label": label, "rows": _rows(rows, context, base)} for label, rows in beside if rows],
    }


def _source(row: Row, label: Any, context: Context) -> dict[str, Any]:
    page = _PAGES.get(Source(row["source"]), "")
    url = _url(page, row["source_id"], context) if page and row["source_id"] else ""
    return {"label": str(label), "html": Source(row["source"]).label, "url": url}


def _rows(rows: Sequence[Beside], context: Context, base: str) -> list[dict[str, str]]:
    style = values.style_of(context)
    return [
        {
            "day": cells.format_day(one.made_at.astimezone(style.zone).date(), style.language),
            "kind": str(Kind(one.kind).label),
            "points": f"{one.points:,}",
            "url": f"{base}{one.id}/",
        }
        for one in rows
    ]


def _url(name: str, record_id: UUID, context: Context) -> str:
    """The page of a record, for those who may see it."""
    if not context.actor.may(get_resource(name).permission("view")):
        return ""
    here = {"store": context.store.slug, "resource_name": name}
    return f"{reverse('list', kwargs=here)}{record_id}/"
