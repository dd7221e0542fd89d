"""The page of an offer as plain data."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from babel.numbers import format_decimal, format_percent
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from regulars.desk import cells, values
from regulars.desk.customers.timeline import timeline_context
from regulars.desk.lists.actions import verbs_for
from regulars.desk.records.views import row_of
from regulars.kit.money import display_money
from regulars.offers import queries
from regulars.offers.benefits import benefit_of
from regulars.offers.choices import Codes, Kind, State
from regulars.offers.queries import Effect, Funnel, Offer
from regulars.offers.resource import OFFERS
from regulars.offers.resource.fields import STATE_TONES
from regulars.offers.resource.permissions import EDIT, MANAGE, REDEEM
from regulars.resources.context import Context
from regulars.resources.language import Condition, write

_FACTS = (
    (gettext_lazy("When"), ("starts", "ends", "hours")),
    (gettext_lazy("For whom"), ("audience", "segment", "tier", "guests", "hold_out")),
    (gettext_lazy("How often"), ("limit_total", "limit_per_customer", "minimum", "partial")),
    (gettext_lazy("Code"), ("codes", "code")),
    (gettext_lazy("Desk"), ("external_id", "author", "created")),
)
LATEST = 8
# Of fewer customers on one side nothing can be said but by luck.
FEW = 30


def offer_page(offer: Offer, context: Context, base: str, earlier: datetime | None) -> dict[str, Any]:
    """Everything the page of an offer shows."""
    url = f"{base}{offer.pk}/"
    fields = {field.name: field for field in OFFERS.fields(context.actor)}
    needs = {need for action in OFFERS.actions(context.actor) for need in action.needs}
    row = dict(row_of(OFFERS, offer.pk, context, list(fields.values()), extra=needs | {"created_at"}))
    verbs = verbs_for(OFFERS, row, context, base, back=url)
    funnel = queries.funnel_of(store=context.store, offer_id=offer.pk)
    here = {"store": context.store.slug}
    may = context.actor.may
    return {
        "title": offer.title,
        "url": url,
        "list_url": base,
        "list_label": str(OFFERS.label),
        "badges": [{"label": str(State(offer.state).label), "tone": STATE_TONES[offer.state]}],
        "benefit": benefit_of(offer.kind).say(offer, context.store),
        "code": offer.code if offer.codes == Codes.SHARED else "",
        "terms": offer.terms,
        "picture": _picture(offer, context, url),
        "may_edit": may(EDIT),
        "next": [verb for verb in verbs if verb["name"] in ("start", "send")],
        "more": [verb for verb in verbs if verb["name"] not in ("start", "send")],
        "edit_url": f"{url}edit/" if may(EDIT) else "",
        "redeem_url": reverse("redeem", kwargs=here) if may(REDEEM) and offer.state == State.ACTIVE else "",
        "settings_url": reverse("offer_settings", kwargs=here) if may(MANAGE) else "",
        "codes_url": f"{url}codes.csv" if may("offers.export") and offer.codes == Codes.UNIQUE else "",
        "codes": queries.count_codes(store=context.store, offer_id=offer.pk),
        "tiles": _tiles(offer, funnel, context),
        "funnel": _funnel(offer, funnel, context),
        "effect": _effect(queries.effect_of(store=context.store, offer=offer), context),
        "latest": _latest(offer, context),
        "all_url": _list_url("redemptions", {"tab": "all"}, offer, context),
        "facts": _facts(fields, row, context),
        **timeline_context(OFFERS, row | {"source": ""}, context, url=url, position="", before=earlier),
    }


def _picture(offer: Offer, context: Context, url: str) -> dict[str, Any]:
    """Where the picture is and is changed; its version is in the address, so that browsers notice a new one."""
    size = queries.size_of_picture(store=context.store, offer_id=offer.pk)
    address = f"{url}picture/"
    shown = {"src": f"{address}?v={offer.version}", "width": size[0], "height": size[1]} if size else {}
    return {"url": address} | shown


def _facts(fields: dict[str, Any], row: dict[str, Any], context: Context) -> list[dict[str, Any]]:
    groups = []
    for title, names in _FACTS:
        told = [
            {"label": str(fields[name].label), "html": values.inner(fields[name], row, context)}
            for name in names
            if name in fields and fields[name].read(row, context) not in (None, "", [], 0, False)
        ]
        if told:
            groups.append({"label": str(title), "facts": told})
    return groups


def _list_url(resource: str, asked: dict[str, str], offer: Offer, context: Context) -> str:
    base = reverse("list", kwargs={"store": context.store.slug, "resource_name": resource})
    where = write(Condition("offer", "=", (str(offer.pk),)))
    return f"{base}?{urlencode({'where': where} | asked)}"


def _tiles(offer: Offer, funnel: Funnel, context: Context) -> list[dict[str, str]]:
    style = values.style_of(context)
    tiles = [
        {"label": _("Sent"), "value": cells.format_whole(funnel.sent, style.language), "note": ""},
        {
            "label": _("Redeemed"),
            "value": cells.format_whole(offer.redeemed, style.language),
            "note": _("of %(most)s") % {"most": f"{offer.limit_total:,}"} if offer.limit_total else "",
        },
        {"label": _("By guests"), "value": cells.format_whole(funnel.guests, style.language), "note": ""},
    ]
    if offer.kind in (Kind.PERCENT, Kind.AMOUNT):
        money = display_money(funnel.worth_minor, style.currency, style.language)
        note = _("where the bill was typed") if offer.kind == Kind.PERCENT else ""
        tiles.append({"label": _("Given away"), "value": money, "note": note})
    return tiles


def _funnel(offer: Offer, funnel: Funnel, context: Context) -> list[dict[str, Any]]:
    """How far those went who were sent it, each step with its share and the list of them."""
    if not funnel.sent:
        return []
    style = values.style_of(context)
    steps = (
        ("", _("Sent"), funnel.sent),
        (" and seen is not empty", _("Seen"), funnel.seen),
        (" and favourited is not empty", _("Favourites"), funnel.favourited),
        (" and claimed is not empty", _("Claimed"), funnel.claimed),
        (" and redeemed is not empty", _("Redeemed"), funnel.redeemed),
    )
    sent = f"{write(Condition('offer', '=', (str(offer.pk),)))} and sent is not empty"
    base = reverse("list", kwargs={"store": context.store.slug, "resource_name": "sent_offers"})
    return [
        {
            "label": label,
            "count": cells.format_whole(count, style.language),
            "share": _share(count / funnel.sent, style.language),
            "url": f"{base}?{urlencode({'tab': 'all', 'where': sent + more})}",
        }
        for more, label, count in steps
    ]


def _effect(effect: Effect | None, context: Context) -> dict[str, Any] | None:
    """Who bought, of those who got it and of those who were held out, and how sure the difference is."""
    if effect is None:
        return None
    language = values.style_of(context).language
    said = _("In truth it lies between %(low)s and %(high)s.")
    return {
        "rows": [
            {
                "label": label,
                "count": cells.format_whole(share.all, language),
                "bought": cells.format_whole(share.some, language),
                "share": _share(share.part, language),
            }
            for label, share in ((_("Got it"), effect.got), (_("Held out"), effect.held_out))
        ],
        "difference": _points(effect.difference, language),
        "said": said % {"low": _points(effect.low, language), "high": _points(effect.high, language)},
        "verdict": _verdict(effect),
    }


def _verdict(effect: Effect) -> str:
    if effect.is_sure:
        return _("This is more than chance.")
    few = min(effect.got.all, effect.held_out.all)
    if few < FEW:
        return ngettext(
            "Too few to tell: there is only %(number)s customer to compare with.",
            "Too few to tell: there are only %(number)s customers to compare with.",
            few,
        ) % {"number": few}
    return _("This may be chance.")


def _latest(offer: Offer, context: Context) -> list[dict[str, str]]:
    style = values.style_of(context)
    found = queries.latest_redemptions(store=context.store, offer_id=offer.pk, limit=LATEST)
    sees = context.actor.may("customers.view")
    return [
        {
            "when": cells.format_ago(one.at.astimezone(style.zone), style),
            "who": (one.customer.name if sees else f"#{one.customer.number}") if one.customer else _("Guest"),
            "who_url": reverse("customer", kwargs={"store": context.store.slug, "record_id": one.customer_id})
            if one.customer and sees
            else "",
            "worth": "–"
            if one.amount_minor is None
            else display_money(one.amount_minor, style.currency, style.language),
            "by": one.author_name,
            "state": _("taken back: %(why)s") % {"why": one.void_reason} if one.voided_at else "",
        }
        for one in found
    ]


def _share(part: float, language: str) -> str:
    return format_percent(part, "#,##0.0 %", locale=language)


def _points(part: float, language: str) -> str:
    """A difference of two shares, in percentage points."""
    return format_decimal(100 * part, "+#,##0.0;-#,##0.0", locale=language)
