"""The cards of the customers that were found at the counter."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.desk import cells
from regulars.desk.customers.facts import badges_of
from regulars.desk.figures import card_facts, card_figures, needs_of
from regulars.kit.phone import display_phone
from regulars.kit.text import initials
from regulars.offers.resource.permissions import REDEEM
from regulars.resources.context import Context
from regulars.resources.field import Row
from regulars.resources.finder import Find
from regulars.resources.page import annotate
from regulars.resources.resource import Resource, get_resource

CARDS = 12
_ON_CARD = ("number", "email", "phone", "phone_typed", "city", "state", "flag", "blocked")


def counter_page(text: str, found: list[Find], context: Context) -> dict[str, Any]:
    """The page as plain data."""
    resource = get_resource("customers")
    here = {"store": context.store.slug}
    base = reverse("list", kwargs={**here, "resource_name": resource.name})
    shown = found[:CARDS]
    return {
        "url": reverse("counter", kwargs=here),
        "q": text,
        "hint": hint(resource, context),
        "cards": _cards(resource, shown, context, base),
        "said": _said(text, found),
        "more_url": f"{base}?{urlencode({'tab': 'all', 'q': text})}" if len(found) > CARDS else "",
        "new_url": f"{base}new/" if context.actor.may(resource.permission("create")) else "",
    }


def hint(resource: Resource, context: Context) -> list[str]:
    """What one can type or scan."""
    return [str(finder.label) for finder in resource.finders(context.actor)]


def _said(text: str, found: list[Find]) -> str:
    """How many were found, for those who hear the page."""
    if not text:
        return ""
    if len(found) > CARDS:
        return _("More than %(count)s customers") % {"count": CARDS}
    return ngettext("%(count)s customer", "%(count)s customers", len(found)) % {"count": len(found)}


def _cards(resource: Resource, found: list[Find], context: Context, base: str) -> list[dict[str, Any]]:
    """One question for all of them, with everything a card tells."""
    fields = [field for _figure, field in card_figures(resource, context)]
    fields += [field for name in ("life_stage",) if (field := resource.field(name, context.actor))]
    wanted = {"id", *_ON_CARD, *resource.title_needs, *needs_of(resource, context)}
    wanted |= {need for field in fields for need in (*field.needs, field.path)}
    rows = annotate(
        resource.rows(context.store).filter(pk__in=[one.record_id for one in found]), fields, context
    )
    by_id = {row["id"]: row for row in rows.values(*wanted)} if found else {}
    return [
        _card(resource, by_id[one.record_id], one, context, base) for one in found if one.record_id in by_id
    ]


def _card(resource: Resource, row: Row, found: Find, context: Context, base: str) -> dict[str, Any]:
    name = resource.title(row)
    phone = display_phone(row["phone"]) if row["phone"] else row["phone_typed"]
    return {
        "url": f"{base}{row['id']}/?from=counter",
        "name": name,
        "initials": initials(name),
        "hue": cells.hue_of(str(row["id"])),
        "badges": badges_of(resource, row, context),
        "meta": [part for part in (f"#{row['number']}", phone, row["email"], row["city"]) if part],
        "by": found.by,
        "by_url": _page_of(found, context),
        "facts": card_facts(resource, row, context),
        "redeem_url": _redeem(row, context),
    }


def _redeem(row: Row, context: Context) -> str:
    """Where an offer is redeemed for this customer."""
    if not context.actor.may(REDEEM) or row["blocked"]:
        return ""
    return (
        f"{reverse('redeem', kwargs={'store': context.store.slug})}?{urlencode({'customer': row['number']})}"
    )


def _page_of(found: Find, context: Context) -> str:
    """Where the order or trade-in lives by which the customer was found."""
    if found.thing is None:
        return ""
    name, record_id = found.thing
    if not context.actor.may(get_resource(name).permission("view")):
        return ""
    here = {"store": context.store.slug, "resource_name": name}
    return f"{reverse('list', kwargs=here)}{record_id}/"
