"""A customer's points, what expires, and the tier."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from regulars.customers.queries import Customer
from regulars.kit.ids import parse_id
from regulars.loyalty import queries, tier_queries
from regulars.loyalty.choices import TierBy
from regulars.loyalty.rules import last_day, worth
from regulars.portal.access import customer_page
from regulars.portal.account.page import further_url, of_section, portal_page
from regulars.portal.account.words import day, money, number
from regulars.portal.requests import CustomerRequest
from regulars.stores.queries import Store


@require_safe
@customer_page
@of_section("points")
def show_points(request: CustomerRequest) -> HttpResponse:
    """What there is, what it is worth, where it came from and when it expires."""
    store, customer = request.store, request.visitor.customer
    after = parse_id(request.GET.get("after", ""))
    found = queries.own_entries(store=store, customer_id=customer.pk, after=after)
    expiring = queries.expiring(store=store, customer_id=customer.pk)
    context = {
        "points": points_box(store, customer),
        "entries": [
            {
                "day": day(one.created_at),
                # Why is for staff alone unless it was written for the customer.
                "text": one.note or one.rule or one.get_kind_display(),
                "points": f"{'+' if one.points > 0 else '−'}{number(abs(one.points))}",
                "tone": "good" if one.points > 0 else "",
                "pending": day(one.available_at) if one.pending and one.left else "",
            }
            for one in found.rows
        ],
        "expiring": [
            {"day": day(last_day(expires_at=when, zone=store.zone)), "points": number(left)}
            for when, left in expiring
        ],
        "further_url": further_url(request, found.further),
    }
    return portal_page(request, "points", _("Points"), "points", context)


def points_box(store: Store, customer: Customer) -> dict[str, Any]:
    """Points and tier as the overview and the page of points show them."""
    value = worth(customer.points, value_minor=queries.programme_of(store=store).value_minor)
    soonest = queries.next_expiry(store=store, customer_id=customer.pk)
    said = ""
    if soonest:
        when, left = soonest
        text = ngettext(
            "%(points)s point can be spent until %(day)s.",
            "%(points)s points can be spent until %(day)s.",
            left,
        )
        said = text % {"points": number(left), "day": day(last_day(expires_at=when, zone=store.zone))}
    return {
        "balance": number(customer.points),
        "owes": customer.points < 0,
        "worth": money(value, store.currency) if value else "",
        "pending": number(customer.points_pending) if customer.points_pending else "",
        "expires": said,
        **_tier(store, customer),
    }


def _tier(store: Store, customer: Customer) -> dict[str, Any]:
    """The tier in force, and how far it is to the next one."""
    progress = tier_queries.progress_of(store=store, customer_id=customer.pk, now=timezone.now())
    mine = tier_queries.in_force(store=store, ids=[customer.pk]).get(customer.pk)
    rank = mine.tier.rank if mine else 0
    further = next((one for one in progress if one.tier.rank > rank and one.tier.threshold), None)
    ahead: dict[str, Any] = {}
    if further is not None:
        by_points = further.tier.by == TierBy.POINTS
        missing = number(further.missing) if by_points else money(further.missing, store.currency)
        text = _("%(missing)s more points to %(tier)s") if by_points else _("%(missing)s more to %(tier)s")
        ahead = {
            "said": text % {"missing": missing, "tier": further.tier.name},
            "reached": min(further.reached, further.tier.threshold),
            "of": further.tier.threshold,
        }
    return {
        "tier": mine.tier.name if mine else "",
        "colour": mine.tier.colour if mine else "",
        "benefits": mine.tier.benefits if mine else "",
        "tier_until": day(mine.ends_at) if mine and mine.ends_at else "",
        "ahead": ahead,
    }
