"""The record page of a customer as plain data."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from babel import Locale
from babel.dates import format_date, format_datetime
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from regulars.blocklist.queries import rules_blocking
from regulars.customers import queries
from regulars.customers.choices import State
from regulars.customers.queries import Likeness, Note
from regulars.desk import cells, values
from regulars.desk.blocklist.pages import blocked_banner
from regulars.desk.customers.facts import addresses_context, badges_of, fact_groups
from regulars.desk.customers.flag import flag_card
from regulars.desk.customers.membership import membership_context
from regulars.desk.customers.money import money_context
from regulars.desk.customers.tabs import tabs_of
from regulars.desk.customers.timeline import timeline_context
from regulars.desk.duplicates.pages import hints_of
from regulars.desk.figures import needs_of, tiles
from regulars.desk.lists.actions import verbs_for
from regulars.desk.lists.shortcuts import shortcuts_of
from regulars.desk.messages.stops import stop_hints
from regulars.desk.records.views import row_of
from regulars.desk.requests import StaffRequest
from regulars.desk.segments.rail import segments_rail
from regulars.kit import charts
from regulars.kit.moments import parse_moment
from regulars.kit.money import display_money, to_major
from regulars.kit.months import month_name
from regulars.kit.phone import display_phone
from regulars.kit.text import fold, initials
from regulars.orders import queries as order_queries
from regulars.resources.context import Context
from regulars.resources.field import Row
from regulars.resources.resource import Resource

# What the overview and its neighbours show; every other tab is the name of a list that belongs to the customer.
TABS = ("overview", "money", "membership", "addresses", "notes")


def customer_row(resource: Resource, record_id: UUID, context: Context) -> Row:
    """One customer with everything that the page tells. Raises `NotFound`."""
    return row_of(
        resource, record_id, context, resource.fields(context.actor), extra=needs_of(resource, context)
    )


def frame_context(
    request: StaffRequest,
    resource: Resource,
    row: Row,
    context: Context,
    *,
    base: str,
    position: str,
    tab: str,
) -> dict[str, Any]:
    """What stands around every tab: who it is, what can be done, the figures, the tabs."""
    url = f"{base}{row['id']}/"
    name = resource.title(row)
    verbs = verbs_for(resource, row, context, base, back=url)
    return {
        "title": name,
        "url": url,
        "initials": initials(name),
        "hue": cells.hue_of(str(row["id"])),
        "tab": tab,
        **_way_back(request, resource, base, position),
        "badges": badges_of(resource, row, context),
        "meta": _meta(resource, row, context),
        "actions": _main_actions(url) if _editable(resource, row, context) else [],
        "portal": next((verb for verb in verbs if verb["name"] == "open-portal"), None),
        "shortcuts": shortcuts_of(resource, url, context),
        "more_actions": verbs,
        "banner": _banner(row, verbs),
        "blocked": _blocked(row, verbs, context),
        "figures": tiles(resource, row, context),
        "tabs": tabs_of(resource, row, context, url=url, position=position, current=tab),
    }


def record_context(
    resource: Resource,
    row: Row,
    context: Context,
    verbs: list[dict[str, Any]],
    *,
    base: str,
    position: str,
    tab: str,
    earlier: str,
    of: str,
) -> dict[str, Any]:
    """What the overview, the money, the addresses and the notes of one customer show, and the rail beside them."""
    url = f"{base}{row['id']}/"
    told = _rail(resource, row, context, verbs, base=base)
    if tab == "money":
        found = money_context(resource, row, context, url=url, position=position, earlier=earlier, of=of)
        return told | {"money": found}
    if tab == "membership":
        return told | {"membership": membership_context(row, verbs, context)}
    notes = queries.notes_of(store=context.store, customer_id=row["id"])
    may_write = context.actor.may("notes.write") and row["state"] != State.ANONYMISED
    before = parse_moment(earlier)
    return told | {
        "chart": _chart(row, context) if tab == "overview" else None,
        "note_url": f"{url}notes/" if may_write else "",
        "pinned_notes": [_note(note, url, context) for note in notes if note.pinned],
        "notes": [_note(note, url, context) for note in notes if not note.pinned],
        **timeline_context(resource, row, context, url=url, position=position, before=before),
    }


def _rail(
    resource: Resource, row: Row, context: Context, verbs: list[dict[str, Any]], *, base: str
) -> dict[str, Any]:
    url = f"{base}{row['id']}/"
    editable = _editable(resource, row, context)
    addresses = queries.addresses_of(store=context.store, customer_id=row["id"])
    return {
        "flag": flag_card(resource, row, verbs, context),
        "hints": [*stop_hints(row["id"], context, base), *_hints(row, context, base)],
        "fact_groups": fact_groups(resource, row, context, url, editable),
        "edit_url": f"{url}edit/" if editable else "",
        "addresses": addresses_context(row, addresses, url, context, editable=bool(editable)),
        "address_new_url": f"{url}addresses/new/" if editable else "",
        **tags_context(row, url, editable="tags" in editable, context=context),
        "segments": segments_rail(row["id"], url, context),
    }


def _editable(resource: Resource, row: Row, context: Context) -> set[str]:
    """The fields that this person may change of this customer."""
    if row["state"] == State.ANONYMISED:
        return set()
    return {field.name for field in resource.editable_fields(context.actor)}


def _way_back(request: StaffRequest, resource: Resource, base: str, position: str) -> dict[str, str]:
    """The list one came from; who came from the counter scans on from here."""
    if request.GET.get("from") == "counter":
        counter = reverse("counter", kwargs={"store": request.store.slug})
        return {"list_url": counter, "list_label": _("Counter"), "counter_url": counter}
    return {"list_url": f"{base}?{position}" if position else base, "list_label": str(resource.label)}


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


def _meta(resource: Resource, row: Row, context: Context) -> list[dict[str, str]]:
    locale = values.style_of(context).language
    items = []
    if row["email"]:
        items.append({"icon": "mail", "text": row["email"], "copy": row["email"]})
    if row["phone"] or row["phone_typed"]:
        text = display_phone(row["phone"]) if row["phone"] else row["phone_typed"]
        items.append({"icon": "phone", "text": text, "copy": row["phone"] or text})
    country = Locale.parse(locale).territories.get(row["country"], "")
    if (age := resource.field("age", context.actor)) and (years := age.read(row, context)) is not None:
        text = ngettext("%(count)s year old", "%(count)s years old", years) % {"count": years}
        items.append({"icon": "user", "text": text})
    place = ", ".join(part for part in (row["city"], country) if part)
    if place:
        items.append({"icon": "map-pin", "text": place})
    since = format_date(row["created_at"].astimezone(context.store.zone), "MMMM y", locale=locale)
    items.append({"icon": "calendar", "text": _("Customer since %(month)s") % {"month": since}})
    items.append({"icon": "hash", "text": str(row["number"]), "copy": str(row["number"])})
    return items


def _main_actions(url: str) -> list[dict[str, Any]]:
    return [{"label": _("Edit"), "icon": "edit", "url": f"{url}edit/", "key": "e"}]


def _banner(row: Row, verbs: list[dict[str, Any]]) -> dict[str, Any] | None:
    """A customer who is not in the usual list says so, with the way back."""
    texts = {
        State.ARCHIVED: (_("Archived: out of the lists, everything is kept."), "archive", "restore"),
        State.INACTIVE: (
            _("Inactive: the data is kept, signing in is not possible."),
            "user-off",
            "activate",
        ),
        State.ANONYMISED: (
            _("Anonymised for good: nothing says any more who this was. Orders and figures stay."),
            "user-x",
            "",
        ),
    }
    if row["state"] not in texts:
        return None
    text, icon, way_back = texts[row["state"]]
    return {
        "text": text,
        "icon": icon,
        "action": next((verb for verb in verbs if verb["name"] == way_back), None),
    }


def _blocked(row: Row, verbs: list[dict[str, Any]], context: Context) -> dict[str, Any] | None:
    """Why a customer is blocked, with the way back where it is theirs alone."""
    if not row["blocked"] or not context.actor.may("blocks.view"):
        return None
    rules = rules_blocking(store=context.store, customer_id=row["id"], now=context.now)
    told = blocked_banner(rules, row["id"], context)
    if told is None:
        return None
    unblock = next((verb for verb in verbs if verb["name"] == "unblock"), None)
    return told | {"action": unblock if told["own"] else None}


def _chart(row: Row, context: Context) -> dict[str, Any] | None:
    if not row["orders_count"]:
        return None
    months = order_queries.monthly_spend(store=context.store, customer_id=row["id"], today=context.today)
    if not any(minor for _month, minor in months):
        return None
    style = values.style_of(context)

    bars = [
        (month_name(month, style.language), float(to_major(minor, style.currency))) for month, minor in months
    ]
    total = display_money(sum(minor for _month, minor in months), style.currency, style.language)
    return {
        "title": _("Spend"),
        "note": _("Last 12 months · %(total)s") % {"total": total},
        "svg": charts.bars(bars, title=_("Spend by month"), write=values.axis_writer(context)),
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
        "edit_url": f"{url}notes/{note.pk}/" if own and context.actor.may("notes.write") else "",
        "pin_url": f"{url}notes/{note.pk}/pin/" if context.actor.may("notes.write") else "",
        "remove_url": f"{url}notes/{note.pk}/remove/" if own and context.actor.may("notes.write") else "",
    }


def _hints(row: Row, context: Context, base: str) -> list[dict[str, str]]:
    """The likeliest pair that is known; of who was not looked at yet a twin, only when two things speak for it."""
    if (known := hints_of(row["id"], context)) is not None:
        return known
    typed = {name: row[name] for name in ("first_name", "last_name", "email", "phone", "company")}
    found = queries.find_likely_duplicates(store=context.store, values=typed, exclude=row["id"])
    name = fold(f"{row['first_name']} {row['last_name']}")
    twins = [
        one
        for one in found
        if one.certain
        or (name and fold(one.name) == name and (one.reason == "same phone" or _same_town(one, row)))
    ]
    return [
        {
            "tone": "amber",
            "icon": "users",
            "title": _("Possible duplicate."),
            "text": f"{one.name} (#{one.number}): {_(one.reason)}.",
            "url": f"{base}{one.id}/",
            "link": pgettext("verb", "Open"),
        }
        for one in twins[:1]
    ]


def _same_town(one: Likeness, row: Row) -> bool:
    return bool(one.city) and fold(one.city) == fold(row["city"])
