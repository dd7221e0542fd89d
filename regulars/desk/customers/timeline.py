"""What happened to a customer, by day, with the fields that changed before and after."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from babel.dates import format_datetime, format_time
from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.desk import cells, values
from regulars.duplicates.queries import former_selves
from regulars.kit.money import display_money
from regulars.kit.phone import display_phone
from regulars.resources.context import Context
from regulars.resources.field import Field, Row
from regulars.resources.resource import Resource
from regulars.staff.permissions import AUDIT_VIEW
from regulars.timeline.queries import Happening, happenings, way_of
from regulars.timeline.undoing import can_undo

EVENTS_A_PAGE = 30
TONES = {"customer.created": "good", "customer.imported": "good", "customer.noted": "amber"}
# These tell of a new record: everything in it is new, and the page shows it.
BEGINNINGS = frozenset(
    {
        "customer.created",
        "customer.imported",
        "block.added",
        "order.placed",
        "order.imported",
        "product.created",
        "tradein.created",
        "invoice.drafted",
        "privacy.made",
    }
)
# The typed form of a phone goes along with the phone, an id with the name it stands for.
SILENT = frozenset({"phone_typed", "removed", "salesperson_id", "customer_id"})


def timeline_context(
    resource: Resource, row: Row, context: Context, *, url: str, position: str, before: datetime | None
) -> dict[str, Any]:
    """The latest events, or those before a moment, and the links to what is earlier and later."""
    former = former_selves(store=context.store, customer_id=row["id"])
    happened = happenings(
        store=context.store, record_id=row["id"], limit=EVENTS_A_PAGE + 1, before=before, also=former
    )
    shown = happened[:EVENTS_A_PAGE]
    is_all = len(happened) <= EVENTS_A_PAGE
    # The survivor tells of the merge itself.
    told = [one for one in shown if one.kind.key != "customer.merged_away"]
    days = _days(told, resource, former, context)
    if is_all and not any(one.kind.key in BEGINNINGS for one in shown):
        _add_beginning(days, resource, row, context)
    ending = f"&{position}" if position else ""
    latest_url = f"{url}?{position}" if position else url
    return {
        "timeline": [{"label": label, "events": events} for label, events in days.items()],
        "timeline_more_url": ""
        if is_all
        else f"{url}?{urlencode({'earlier': shown[-1].at.isoformat()})}{ending}#timeline",
        "timeline_latest_url": latest_url if before else "",
    }


def _days(
    happened: Iterable[Happening], resource: Resource, former: Mapping[UUID, int], context: Context
) -> dict[str, list[dict[str, Any]]]:
    style = values.style_of(context)
    fields, seen = fields_by_name(resource, context), resource.seen_by(context.actor)
    days: dict[str, list[dict[str, Any]]] = {}
    for one in happened:
        local = one.at.astimezone(style.zone)
        days.setdefault(_day(local.date(), style), []).append(
            {
                "tone": TONES.get(one.kind.key, ""),
                "icon": one.kind.icon,
                "sentence": one.sentence,
                "detail": _by(one, former),
                "iso": local.isoformat(),
                "exact": format_datetime(local, "full", locale=style.language),
                "time": format_time(local, "short", locale=style.language),
                "note": one.after.get("body", "") if one.kind.key.startswith("customer.note") else "",
                "changes": changes_of(one.kind.key, seen(one.before), seen(one.after), fields, context),
                "erased": _erased(one, fields),
                "undo_url": "" if one.record_id in former else _undo_url(one, context),
                "change_url": _change_url(one, context),
                "record_id": one.record_id,
            }
        )
    return days


def _erased(one: Happening, fields: Mapping[str, Field]) -> str:
    """Which fields an event told of before the person was forgotten."""
    names = [name for name in one.data.get("erased", ()) if name in fields and name not in SILENT]
    return ", ".join(dict.fromkeys(str(fields[name].label) for name in names))


def _add_beginning(
    days: dict[str, list[dict[str, Any]]], resource: Resource, row: Row, context: Context
) -> None:
    """Records that came in bulk carry no event of their own; the day they were added is known all the same."""
    style = values.style_of(context)
    local = row["created_at"].astimezone(style.zone)
    days.setdefault(_day(local.date(), style), []).append(
        {
            "tone": "good",
            "icon": "user-plus" if resource.name == "customers" else "plus",
            "sentence": _("Added"),
            "detail": row["source"],
            "iso": local.isoformat(),
            "exact": format_datetime(local, "full", locale=style.language),
            "time": format_time(local, "short", locale=style.language),
        }
    )


def _day(day: date, style: cells.Style) -> str:
    ago = cells.format_ago(datetime.combine(day, datetime.min.time(), style.zone), style)
    exact = cells.format_day(day, style.language)
    return ago if ago == exact else f"{ago} · {exact}"


def _by(one: Happening, former: Mapping[UUID, int]) -> str:
    surfaces = {
        "api": _("by API"),
        "cli": _("from the command line"),
        "import": _("by import"),
        "worker": _("in bulk"),
        "portal": _("in the portal"),
        "on_behalf": _("on behalf of the customer"),
    }
    said = [one.actor_name, surfaces.get(way_of(one), "")]
    if one.record_id in former:
        said.append(_("before the merge, as #%(number)s") % {"number": former[one.record_id]})
    return " · ".join(part for part in said if part)


def _undo_url(one: Happening, context: Context) -> str:
    if not can_undo(one.kind.key, at=one.at, actor=context.actor, now=context.now):
        return ""
    return reverse("undo_change", kwargs={"store": context.store.slug, "change_set": one.change_set_id})


def _change_url(one: Happening, context: Context) -> str:
    if not context.actor.may(AUDIT_VIEW) and one.actor_id != context.actor.id:
        return ""
    return reverse("change", kwargs={"store": context.store.slug, "change_set": one.change_set_id})


def fields_by_name(resource: Resource, context: Context) -> dict[str, Field]:
    """The fields a person may see by the names that events know them by: their own, and those of their columns."""
    fields = resource.fields(context.actor)
    return {field.path: field for field in fields} | {field.name: field for field in fields}


def changes_of(
    key: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    fields: Mapping[str, Field],
    context: Context,
) -> list[dict[str, str]]:
    """Each field with its label and both values. A further address has names of its own for two of them."""
    if "body" in {**before, **after} or key in BEGINNINGS:
        return []
    own = {"label": _("Label"), "name": _("Name on the address")} if "address" in key else {}
    found = []
    for name in {**before, **after}:
        if name in SILENT:
            continue
        field = None if name in own else fields.get(name)
        found.append(
            {
                "label": own.get(name) or (str(field.label) if field else _plain_label(name)),
                "before": _said(before.get(name), field, context),
                "after": _said(after.get(name), field, context),
            }
        )
    return [change for change in found if change["before"] != change["after"]]


def _plain_label(name: str) -> str:
    """What no field of the catalogue is called by: mostly it is called as a field elsewhere is."""
    return _(name.removesuffix("_minor").removesuffix("_at").replace("_", " ").capitalize())


def _of_line(line: Mapping[str, Any]) -> str:
    """A line of an order in words."""
    return f"{line.get('quantity', 1)} × {line.get('title', '')}"


def _said(value: Any, field: Field | None, context: Context) -> str:
    """A stored value in words: labels of choices, days, phones as one dials them."""
    if value in (None, "", []):
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        if field is not None and field.kind.name == "text":  # a text for people that is kept as parts
            return field.kind.export(value, context)
        return ", ".join(_of_line(one) if isinstance(one, Mapping) else str(one) for one in value)
    if field is None:
        return str(value)
    style = values.style_of(context)
    if field.choices:
        return str(dict(field.choices_for(context)).get(str(value), value))
    if field.kind.name == "phone":
        return display_phone(str(value))
    if field.kind.name == "money":  # in minor units, as the history keeps it
        return display_money(int(value), style.currency, style.language)
    if field.kind.name == "date":
        return cells.format_day(date.fromisoformat(str(value)), style.language)
    if field.kind.name == "datetime":
        moment = datetime.fromisoformat(str(value)).astimezone(style.zone)
        return format_datetime(moment, "medium", locale=style.language)
    return str(value)
