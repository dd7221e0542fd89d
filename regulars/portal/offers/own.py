"""The offers that were sent to a customer, for who is signed in: look, keep as a favourite, claim, show the code."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regulars.kit.errors import Invalid, NotFound
from regulars.kit.ids import parse_id
from regulars.kit.pictures import MEDIA_TYPE
from regulars.offers import queries, services
from regulars.offers.benefits import benefit_of
from regulars.offers.queries import Grant
from regulars.offers.services.answering import why_closed
from regulars.offers.words import valid_words
from regulars.portal.access import customer_page
from regulars.portal.account.page import address, further_url, of_section, portal_page
from regulars.portal.offers.pages import offer_page
from regulars.portal.requests import CustomerRequest
from regulars.stores.queries import Store


@require_safe
@customer_page
@of_section("offers")
def list_offers(request: CustomerRequest) -> HttpResponse:
    """Every offer that was sent, favourites first on each page."""
    store, after = request.store, parse_id(request.GET.get("after", ""))
    found = queries.own_grants(store=store, customer_id=request.visitor.customer_id, after=after)
    rows = sorted(found.rows, key=lambda one: one.favourited_at is None)
    context = {
        "rows": [offer_row(request, one) for one in rows],
        "further_url": further_url(request, found.further),
        "empty": _("There are no offers for you yet. What we send you stands here."),
        "icon": "gift",
    }
    return portal_page(request, "offers", _("Offers"), "rows", context)


@require_safe
@customer_page
@of_section("offers")
def show_offer(request: CustomerRequest, offer_id: UUID) -> HttpResponse:
    """One offer."""
    # Staff who look in a customer's place have not seen it for them.
    looked = request.method == "GET" and request.visitor.staff is None
    opened = _opened(request, offer_id, looked=looked)
    picture = address(request, "shop_own_offer_picture", offer_id=offer_id)
    page = offer_page(request.store, opened, picture)
    context = {
        "offer": page,
        "url": address(request, "shop_own_offer_answer", offer_id=offer_id),
        "back_url": address(request, "shop_offers"),
    }
    return portal_page(request, "offers", page["title"], "offer", context)


@require_POST
@customer_page
@of_section("offers")
def answer(request: CustomerRequest, offer_id: UUID) -> HttpResponse:
    """Claim it, keep it as a favourite, or no longer."""
    who: Any = {
        "store": request.store,
        "customer_id": request.visitor.customer_id,
        "offer_id": offer_id,
        "actor": request.visitor.actor,
        "now": timezone.now(),
    }
    match request.POST.get("do"):
        case "favourite":
            services.favourite_own_offer(**who, wanted=True)
        case "unfavourite":
            services.favourite_own_offer(**who, wanted=False)
        case "claim":
            services.claim_own_offer(**who)
        case _:
            raise Invalid(_("This could not be read. Nothing was changed."))
    return redirect(address(request, "shop_own_offer", offer_id=offer_id))


@require_safe
@customer_page
@of_section("offers")
def picture(request: CustomerRequest, offer_id: UUID) -> HttpResponse:
    """What the offer looks like."""
    _opened(request, offer_id, looked=False)
    shown = queries.find_picture(store=request.store, offer_id=offer_id)
    if shown is None:
        raise NotFound(_("This offer has no picture."))
    return HttpResponse(shown.data, content_type=MEDIA_TYPE, headers={"X-Content-Type-Options": "nosniff"})


def offer_row(request: CustomerRequest, grant: Grant) -> dict[str, Any]:
    """An offer in a list."""
    offer, store = grant.offer, request.store
    label, tone = _state(store, grant)
    return {
        "url": address(request, "shop_own_offer", offer_id=offer.pk),
        "title": offer.title,
        "text": valid_words(offer, store).removeprefix(", "),
        "amount": benefit_of(offer.kind).say(offer, store),
        "badge": label,
        "tone": tone,
        "star": grant.favourited_at is not None,
        "is_open": not why_closed(offer, timezone.now()) and grant.redeemed_at is None,
    }


def _state(store: Store, grant: Grant) -> tuple[str, str]:
    if grant.redeemed_at is not None:
        return _("Redeemed"), "green"
    if why_closed(grant.offer, timezone.now()):
        return _("Over"), ""
    return (_("Claimed"), "blue") if grant.claimed_at is not None else ("", "")


def _opened(request: CustomerRequest, offer_id: UUID, *, looked: bool) -> services.Opened:
    try:
        return services.open_own_offer(
            store=request.store,
            customer_id=request.visitor.customer_id,
            offer_id=offer_id,
            now=timezone.now(),
            looked=looked,
        )
    except NotFound as refusal:
        raise NotFound(_("There is no such offer among yours.")) from refusal
