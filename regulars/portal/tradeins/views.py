"""A customer's trade-ins: look, start one by post, answer the shop."""

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from regulars.kit.errors import Refused
from regulars.kit.forms import field_of, show_refusal
from regulars.kit.ids import parse_id
from regulars.kit.text import storable
from regulars.portal.access import customer_page
from regulars.portal.account.page import address, further_url, go, of_section, portal_page
from regulars.portal.requests import CustomerRequest
from regulars.portal.tradeins import pages
from regulars.portal.tradeins.forms import NoteForm, ThingForm, thing_forms
from regulars.tradeins import queries, services
from regulars.tradeins.rules import MOST_ITEMS

_LONGEST = 80


@require_safe
@customer_page
@of_section("tradeins")
def list_tradeins(request: CustomerRequest) -> HttpResponse:
    """Every trade-in, newest first."""
    store, after = request.store, parse_id(request.GET.get("after", ""))
    found = queries.own_tradeins(store=store, customer_id=request.visitor.customer_id, after=after)
    context = {
        "rows": pages.tradein_rows(store, found.rows),
        "further_url": further_url(request, found.further),
        "empty": _("Sell us what you no longer use: tell us what it is, and we name a price."),
        "icon": "package-import",
        "new_url": address(request, "shop_new_tradein"),
        "new_label": _("Start a trade-in"),
    }
    return portal_page(request, "tradeins", _("Trade-ins"), "rows", context)


@require_safe
@customer_page
@of_section("tradeins")
def show_tradein(request: CustomerRequest, tradein_id: UUID) -> HttpResponse:
    """One trade-in with what the customer can do."""
    return _shown(request, tradein_id)


@require_POST
@customer_page
@of_section("tradeins")
def answer(request: CustomerRequest, tradein_id: UUID) -> HttpResponse:
    """Take a step: accept, decline, say that it was sent, cancel."""
    version = request.POST.get("version", "")
    try:
        services.move_own_tradein(
            store=request.store,
            customer_id=request.visitor.customer_id,
            tradein_id=tradein_id,
            name=request.POST.get("do", ""),
            version=int(version) if version.isascii() and version.isdigit() and len(version) < 10 else -1,
            inputs={name: _one_line(request, name) for name in ("courier", "tracking_number")},
            actor=request.visitor.actor,
            now=timezone.now(),
        )
    except Refused as refusal:
        if refusal.status == 404:
            raise
        return _shown(request, tradein_id, refusal)
    return go(request, "shop_tradein", "answered", tradein_id=tradein_id)


@require_POST
@customer_page
@of_section("tradeins")
def tell_parcel(request: CustomerRequest, tradein_id: UUID) -> HttpResponse:
    """Courier and number of what is on its way."""
    services.tell_own_parcel(
        store=request.store,
        customer_id=request.visitor.customer_id,
        tradein_id=tradein_id,
        courier=_one_line(request, "courier"),
        tracking_number=_one_line(request, "tracking_number"),
        actor=request.visitor.actor,
        now=timezone.now(),
    )
    return go(request, "shop_tradein", "saved", tradein_id=tradein_id)


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
@of_section("tradeins")
def start(request: CustomerRequest) -> HttpResponse:
    """Offer the shop some things."""
    data = request.POST if request.method == "POST" else None
    things, note = thing_forms(data), NoteForm(data)
    problem, status = "", 200
    if data is not None and "more" not in data:
        try:
            if tradein := _started(request, things, note):
                return go(request, "shop_tradein", "started", tradein_id=tradein)
            problem = _("Look at what is marked below.") if _wrong(things) else _("Give at least one thing.")
        except Refused as refusal:
            show_refusal(note, refusal)
            problem = " ".join(map(str, note.non_field_errors()))
        status = 422
    context = {
        "things": pages.thing_rows(things),
        "lines": len(things),
        "may_add": len(things) < MOST_ITEMS,
        "note": field_of(note["note"], size="whole"),
        "problem": problem,
        "back_url": address(request, "shop_tradeins"),
        "url": request.path,
    }
    return portal_page(request, "tradeins", _("Start a trade-in"), "tradein_new", context, status=status)


def _started(request: CustomerRequest, things: Sequence[ThingForm], note: NoteForm) -> UUID | None:
    """Start it, unless something is missing."""
    if _wrong(things) or not note.is_valid():
        return None
    items = [found for one in things if (found := one.facts())]
    if not items:
        return None
    return services.start_own_tradein(
        store=request.store,
        customer_id=request.visitor.customer_id,
        items=items,
        note=note.cleaned_data["note"],
        actor=request.visitor.actor,
        now=timezone.now(),
    ).pk


def _wrong(things: Sequence[ThingForm]) -> bool:
    checked = [one.is_valid() for one in things]  # each, so that each says what is wrong with it
    return not all(checked)


def _shown(request: CustomerRequest, tradein_id: UUID, refusal: Refused | None = None) -> HttpResponse:
    store, customer_id = request.store, request.visitor.customer_id
    tradein = queries.own_tradein(store=store, customer_id=customer_id, tradein_id=tradein_id)
    page = pages.tradein_page(store, tradein)
    context = {
        "tradein": page,
        "problem": refusal.sentence if refusal else "",
        "url": address(request, "shop_tradein_answer", tradein_id=tradein_id),
        "parcel_url": address(request, "shop_tradein_parcel", tradein_id=tradein_id),
        "payout_url": "" if request.visitor.staff else address(request, "shop_payout"),
        "back_url": address(request, "shop_tradeins"),
    }
    status = refusal.status if refusal else 200
    return portal_page(request, "tradeins", page["title"], "tradein", context, status=status)


def _one_line(request: CustomerRequest, name: str) -> str:
    return " ".join(storable(request.POST.get(name, "")).split())[:_LONGEST]
