"""The record page of a customer as plain data."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from django.utils.translation import gettext as _

from regulars.customers import queries
from regulars.customers.queries import Address, Note
from regulars.desk import cells, values
from regulars.desk.requests import StaffRequest
from regulars.kit import charts
from regulars.kit.money import display_money, display_round_money, to_major, to_minor
from regulars.kit.phone import display_phone
from regulars.kit.text import initials
from regulars.orders import queries as order_queries
from regulars.resources.context import Context
from regulars.resources.field import Field, Row
from regulars.resources.resource import Resource
from regulars.timeline.queries import Happening, happenings

EVENTS_A_PAGE = 30
TABS = (("overview", _), ("addresses", _), ("notes", _), ("timeline", _))
TONES = {"customer.created": "good", "customer.imported": "good", "customer.noted": "amber"}
IN_HERO = frozenset({"name"})


def record_context(
    request: StaffRequest,
    resource: Resource,
    row: Row,
    context: Context,
    *,
    base: str,
    position: str,
    tab: str,
    before: datetime | None,
) -> dict[str, Any]:
    """Everything the record template needs about one customer."""
    store, may = context.store, context.actor.may
    url = f"{base}{row['id']}/"
    notes = queries.notes_of(store=store, customer_id=row["id"])
    addresses = queries.addresses_of(store=store, customer_id=row["id"])
    name = resource.title(row)
    editable = {field.name for field in resource.editable_fields(context.actor)}
    happened = happenings(store=store, record_id=row["id"], limit=EVENTS_A_PAGE + 1, before=before)
    return {
        "title": name,
        "initials": initials(name),
        "hue": cells.hue_of(str(row["id"])),
        "tab": tab,
        "list_url": f"{base}?{position}" if position else base,
        "list_label": str(resource.label),
        "badges": _badges(resource, row, context),
        "meta": _meta(row, context),
        "actions": _main_actions(url, context, resource),
        "more_actions": _more_actions(resource, row, context, base, url),
        "figures": _figures(row, context),
        "tabs": _tabs(url, position, tab, len(addresses) + bool(_lines(row)), len(notes)),
        "chart": _chart(row, context) if tab == "overview" else None,
        "note_url": f"{url}notes/" if may("notes.write") else "",
        "pinned_notes": [_note(note, url, context) for note in notes if note.pinned],
        "notes": [_note(note, url, context) for note in notes if not note.pinned],
        "timeline": _timeline(happened[:EVENTS_A_PAGE], resource, context),
        "timeline_more_url": _earlier(url, tab, happened),
        "hints": _hints(row, context, base),
        "fact_groups": _facts(resource, row, context, url, editable),
        "edit_url": f"{url}edit/" if editable else "",
        "addresses": _addresses(row, addresses, url, context, editable=bool(editable)),
        "address_new_url": f"{url}addresses/new/" if editable else "",
        **tags_context(row, url, editable="tags" in editable, context=context),
    }


def tags_context(row: Row, url: str, *, editable: bool, context: Context) -> dict[str, Any]:
    """The tags with their buttons."""
    return {
        "tags": [
            {"label": tag, "remove_url": f"{url}tags/remove/?{urlencode({'tag': tag})}" if editable else ""}
            for tag in row["tags"]
        ],
        "tag_add_url": f"{url}tags/add/" if editable else "",
        "known_tags": queries.known_tags(store=context.store, limit=50) if editable else [],
    }


def notes_context(
    request: StaffRequest, notes: list[Note], url: str, tab: str, context: Context
) -> dict[str, Any]:
    """The notes, for the part of the page that is drawn again after a change."""
    return {
        "tab": tab,
        "pinned_notes": [_note(note, url, context) for note in notes if note.pinned],
        "notes": [_note(note, url, context) for note in notes if not note.pinned],
    }


def _badges(resource: Resource, row: Row, context: Context) -> list[dict[str, str]]:
    found = []
    for name in ("life_stage", "state", "flag"):
        field = resource.field(name, context.actor)
        value = row.get(field.path) if field else None
        if field is None or not value or value in ("none",) or (name == "state" and value == "active"):
            continue
        label = str(dict(field.choices_for(context)).get(value, value))
        found.append({"label": label, "tone": field.tones.get(value, "grey")})
    if row["blocked"]:
        found.append({"label": _("Blocked"), "tone": "red"})
    return found


def _meta(row: Row, context: Context) -> list[dict[str, str]]:
    locale = values.style_of(context).language
    items = []
    if row["email"]:
        items.append({"icon": "mail", "text": row["email"], "copy": row["email"]})
    if row["phone"] or row["phone_typed"]:
        text = display_phone(row["phone"]) if row["phone"] else row["phone_typed"]
        items.append({"icon": "phone", "text": text, "copy": row["phone"] or text})
    country = Locale.parse(locale).territories.get(row["country"], "")
    place = ", ".join(part for part in (row["city"], country) if part)
    if place:
        items.append({"icon": "map-pin", "text": place})
    since = format_date(row["created_at"].astimezone(context.store.zone), "MMMM y", locale=locale)
    items.append({"icon": "calendar", "text": _("Customer since %(month)s") % {"month": since}})
    items.append({"icon": "hash", "text": str(row["number"]), "copy": str(row["number"])})
    return items


def _main_actions(url: str, context: Context, resource: Resource) -> list[dict[str, Any]]:
    if not context.actor.may(resource.permission("edit")):
        return []
    return [{"label": _("Edit"), "icon": "edit", "url": f"{url}edit/", "key": "e"}]


def _more_actions(
    resource: Resource, row: Row, context: Context, base: str, url: str
) -> list[dict[str, Any]]:
    back = urlencode({"id": row["id"], "back": url})
    return [
        {
            "label": str(action.label),
            "icon": action.icon,
            "danger": action.danger,
            "method": "post",
            "url": f"{base}actions/{action.name}/?{back}",
            "rule": action.danger,
        }
        for action in resource.actions(context.actor)
        if action.offered(row)
    ]


def _figures(row: Row, context: Context) -> list[dict[str, str]]:
    style = values.style_of(context)

    def money(minor: int) -> str:
        return display_money(minor, style.currency, style.language)

    orders, last = row["orders_count"], row["last_order_at"]
    average = money(row["average_order_minor"]) if row["average_order_minor"] is not None else "–"
    return [
        {
            "label": _("Total spent"),
            "value": money(row["spent_minor"]),
            "note": _("since the first order") if orders else _("No orders yet"),
        },
        {
            "label": _("Orders"),
            "value": cells.format_whole(orders, style.language),
            "note": _items_note(row, style),
        },
        {
            "label": _("Average order"),
            "value": average,
            "note": _("per order") if orders else _("No orders yet"),
        },
        {
            "label": _("Last order"),
            "value": cells.format_ago(last.astimezone(style.zone), style) if last else "–",
            "note": cells.format_day(last.astimezone(style.zone).date(), style.language)
            if last
            else _("No orders yet"),
        },
        {
            "label": _("Points"),
            "value": cells.format_whole(row["points"], style.language),
            "note": row["tier"] or _("No tier"),
        },
    ]


def _items_note(row: Row, style: cells.Style) -> str:
    count = cells.format_whole(row["items_count"], style.language)
    return _("%(count)s products") % {"count": count} if row["orders_count"] else _("No orders yet")


def _tabs(url: str, position: str, tab: str, addresses: int, notes: int) -> list[dict[str, Any]]:
    ending = f"&{position}" if position else ""
    first = f"{url}?{position}" if position else url
    return [
        {"label": _("Overview"), "url": first, "current": tab == "overview"},
        {
            "label": _("Addresses"),
            "url": f"{url}?show=addresses{ending}",
            "current": tab == "addresses",
            "count_text": str(addresses) if addresses else "",
        },
        {
            "label": _("Notes"),
            "url": f"{url}?show=notes{ending}",
            "current": tab == "notes",
            "count_text": str(notes) if notes else "",
        },
    ]


def _chart(row: Row, context: Context) -> dict[str, Any] | None:
    if not row["orders_count"]:
        return None
    months = order_queries.monthly_spend(store=context.store, customer_id=row["id"], today=context.today)
    style = values.style_of(context)

    def write(value: float) -> str:
        if value % 1:
            return display_money(to_minor(Decimal(str(value)), style.currency), style.currency, style.language)
        return display_round_money(int(value), style.currency, style.language)

    bars = [
        (format_date(month, "LLL", locale=style.language), float(to_major(minor, style.currency)))
        for month, minor in months
    ]
    total = display_money(sum(minor for _month, minor in months), style.currency, style.language)
    return {
        "title": _("Spend"),
        "note": _("Last 12 months · %(total)s") % {"total": total},
        "svg": charts.bars(bars, title=_("Spend by month"), write=write),
    }


def _note(note: Note, url: str, context: Context) -> dict[str, Any]:
    style = values.style_of(context)
    local = note.created_at.astimezone(style.zone)
    own = note.author_id == context.actor.id or context.actor.may("notes.manage")
    return {
        "text": note.body,
        "author": note.author_name,
        "iso": local.isoformat(),
        "exact": format_datetime(local, "medium", locale=style.language),
        "when": cells.format_ago(local, style) + (f" · {_('edited')}" if note.edited_at else ""),
        "pin_url": f"{url}notes/{note.pk}/pin/" if context.actor.may("notes.write") else "",
        "remove_url": f"{url}notes/{note.pk}/remove/" if own and context.actor.may("notes.write") else "",
    }


def _timeline(happened: Iterable[Happening], resource: Resource, context: Context) -> list[dict[str, Any]]:
    style = values.style_of(context)
    labels = {field.path: field for field in resource.fields(context.actor)} | {
        field.name: field for field in resource.fields(context.actor)
    }
    days: dict[date, list[dict[str, Any]]] = {}
    for one in happened:
        local = one.at.astimezone(style.zone)
        days.setdefault(local.date(), []).append(
            {
                "tone": TONES.get(one.kind.key, ""),
                "icon": one.kind.icon,
                "sentence": one.sentence,
                "detail": _by(one),
                "iso": local.isoformat(),
                "exact": format_datetime(local, "full", locale=style.language),
                "time": format_time(local, "short", locale=style.language),
                "note": one.after.get("body", "") if one.kind.key.startswith("customer.note") else "",
                "changes": []
                if "body" in one.after or one.kind.key == "customer.created"
                else _changes(one, labels, context),
            }
        )
    return [
        {
            "label": cells.format_ago(datetime.combine(day, datetime.min.time(), style.zone), style),
            "events": events,
        }
        for day, events in days.items()
    ]


def _by(one: Happening) -> str:
    surfaces = {
        "api": _("by API"),
        "cli": _("from the command line"),
        "import": _("by import"),
        "worker": _("in bulk"),
    }
    return " · ".join(part for part in (one.actor_name, surfaces.get(one.surface, "")) if part)


def _changes(one: Happening, labels: dict[str, Field], context: Context) -> list[dict[str, str]]:
    found = []
    for name in {**one.before, **one.after}:
        if name == "phone_typed":
            continue
        field = labels.get(name)
        label = str(field.label) if field else name.replace("_", " ").capitalize()
        found.append(
            {
                "label": label,
                "before": _said(one.before.get(name), field, context),
                "after": _said(one.after.get(name), field, context),
            }
        )
    return found


def _said(value: Any, field: Field | None, context: Context) -> str:
    if value in (None, "", []):
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if field is not None and field.choices:
        return str(dict(field.choices_for(context)).get(str(value), value))
    if field is not None and field.kind.name == "phone":
        return display_phone(str(value))
    return str(value)


def _earlier(url: str, tab: str, happened: list[Happening]) -> str:
    if len(happened) <= EVENTS_A_PAGE:
        return ""
    return f"{url}?{urlencode({'before': happened[EVENTS_A_PAGE - 1].at.isoformat()})}"


def _hints(row: Row, context: Context, base: str) -> list[dict[str, str]]:
    typed = {name: row[name] for name in ("first_name", "last_name", "email", "phone", "company")}
    found = queries.find_likely_duplicates(store=context.store, values=typed, exclude=row["id"], limit=1)
    return [
        {
            "tone": "amber",
            "icon": "users",
            "title": _("Possible duplicate."),
            "text": f"{one.name} (#{one.number}): {_(one.reason)}.",
            "url": f"{base}{one.id}/",
            "link": _("Open"),
        }
        for one in found
    ]


def _facts(
    resource: Resource, row: Row, context: Context, url: str, editable: set[str]
) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    address = {"address", "building", "city", "region", "postcode", "country"}
    in_strip = {"orders_count", "spent", "average_order", "last_order", "points", "tags", "tier"}
    for field in resource.fields(context.actor):
        if field.name in address | in_strip | IN_HERO or not field.column:
            continue
        can_edit = field.name in editable
        if not can_edit and not _is_told(field, row, context):
            continue
        copied = row[field.path] if field.kind.name in ("email", "phone") else ""
        groups.setdefault(str(field.section), []).append(
            {
                "label": str(field.label),
                "html": values.inner(field, row, context),
                "copy": copied,
                "edit_url": f"{url}edit/{field.name}/" if can_edit else "",
            }
        )
    return [{"label": label, "facts": facts} for label, facts in groups.items()]


def _is_told(field: Field, row: Row, context: Context) -> bool:
    """Facts nobody can change are shown only when there is something to say."""
    return field.read(row, context) not in (None, "", [], (), False, 0)


def _lines(holder: Any) -> list[str]:
    """An address as lines, for a row or an Address."""

    def get(name: str) -> str:
        return str(holder[name]) if isinstance(holder, dict) else str(getattr(holder, name))

    town = " ".join(part for part in (get("postcode"), get("city")) if part)
    country = get("country")
    lines = [*get("address").splitlines(), get("building"), town, get("region"), country]
    return [line for line in lines if line]


def _addresses(
    row: Row, others: list[Address], url: str, context: Context, *, editable: bool
) -> list[dict[str, Any]]:
    names = Locale.parse(values.style_of(context).language).territories
    found = []
    main = _lines(dict(row) | {"country": names.get(row["country"], row["country"])})
    if main:
        edit_url = f"{url}edit/#id-address" if editable else ""
        found.append({"label": _("Main address"), "is_default": True, "lines": main, "edit_url": edit_url})
    for one in others:
        held = {name: getattr(one, name) for name in ("address", "building", "city", "region", "postcode")}
        lines = [line for line in (one.name, one.company) if line]
        lines += _lines(held | {"country": names.get(one.country, one.country)})
        if one.phone:
            lines.append(display_phone(one.phone))
        found.append(
            {
                "label": one.label or _("Further address"),
                "lines": lines,
                "edit_url": f"{url}addresses/{one.pk}/" if editable else "",
            }
        )
    return found
