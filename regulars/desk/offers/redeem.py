"""Redeeming an offer at the counter: type or scan the code, see whether it holds and if not why, redeem it."""

from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from regulars.desk import values
from regulars.desk.access import staff
from regulars.desk.customers.picking import customer_control
from regulars.desk.lists.views import context_of
from regulars.desk.records.forms import form_key
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell
from regulars.kit.errors import InvalidRecord, Refused
from regulars.kit.money import display_money
from regulars.kit.text import storable
from regulars.offers import queries, services
from regulars.offers.benefits import benefit_of
from regulars.offers.choices import Kind, Place
from regulars.offers.resource.asking import ASKED, read_asking
from regulars.offers.resource.permissions import REDEEM
from regulars.offers.resource.traces import REDEMPTIONS
from regulars.offers.services import Asking, Looked
from regulars.resources.context import Context

_TYPED = tuple(field.name for field in ASKED)
# What is typed below the offer that was found; what is wrong with anything else is told above.
_BESIDE_THE_OFFER = {"pin", "bill", "part", "order"}


class TooManyTries(Refused):
    """Somebody tries PINs. Nothing was redeemed."""

    code = "too_many_tries"
    status = 429


@require_http_methods(["GET", "POST"])
@sensitive_variables("pin")
@staff(REDEEM)
def show(request: StaffRequest) -> HttpResponse:
    """GET looks, POST redeems. Enter, which a scanner sends too, goes from the one to the other."""
    context = context_of(request)
    given = request.POST if request.method == "POST" else request.GET
    typed = {name: storable(given.get(name, "")).strip()[:200] for name in _TYPED}
    errors: dict[str, str] = {}
    looked: Looked | None = None
    status = 200
    try:
        asking = read_asking(typed, context) if typed["code"] or typed["customer"] else None
        if request.method == "POST" and asking is not None:
            said = _redeem(request, asking, context)
            messages.success(request, said)
            return redirect("redeem", store=request.store.slug)
        if asking is not None and asking.code:
            looked = services.look_at(store=request.store, asking=asking, now=context.now)
    except services.CannotRedeem as refusal:
        # What is wrong is told with the offer itself.
        looked = services.look_at(store=request.store, asking=read_asking(typed, context), now=context.now)
        status = refusal.status
        if not typed["bill"] and (missing := dict(refusal.whys).get("minimum")):
            errors = {"bill": missing}
    except Refused as refusal:
        told = refusal.errors if isinstance(refusal, InvalidRecord) else {refusal.field: refusal.sentence}
        errors, status = dict(told), refusal.status
        if typed["code"] and errors.keys() <= _BESIDE_THE_OFFER:
            looked = _look_again(typed, context)
    page = _page(request, typed, errors, looked, context)
    frame = {"redeem": page, "shell": shell(request, current="redeem")}
    return render(request, "desk/offers/redeem.html", frame, status=status)


def _look_again(typed: dict[str, str], context: Context) -> Looked | None:
    """The offer beside what is wrong with the form; nothing when the form cannot be understood at all."""
    try:
        asking = read_asking(typed | {"bill": "", "part": "", "order": ""}, context)
        return services.look_at(store=context.store, asking=asking, now=context.now)
    except Refused:
        return None


def _redeem(request: StaffRequest, asking: Asking, context: Context) -> str:
    """Redeem it and say so. Tries of the PIN are counted for the person and for the device, rightly typed or not."""
    if queries.settings_of(store=request.store).pin_hash:
        key = str(request.actor.id)
        if not ratelimit.consume(request, action="offer_pin", key=key):
            text = _("Too many tries with a wrong PIN. Wait a quarter of an hour, or ask a manager.")
            raise TooManyTries(text, field="pin")
        services.check_pin(store=request.store, typed=request.POST.get("pin", "")[:40])
        ratelimit.clear(request, action="offer_pin", key=key)
    done = services.redeem_offer(
        store=request.store,
        asking=asking,
        key=f"desk:{request.actor.id}:{form_key(request.POST)}",
        place=Place.COUNTER,
        actor=request.actor,
        now=timezone.now(),
    )
    offer = done.offer
    worth = benefit_of(offer.kind).say(offer, request.store)
    if done.amount_minor is not None:
        worth = _money(done.amount_minor, context)
    return _("Redeemed: %(offer)s, %(worth)s") % {"offer": offer.title, "worth": worth}


def _page(
    request: StaffRequest,
    typed: dict[str, str],
    errors: dict[str, str],
    looked: Looked | None,
    context: Context,
) -> dict[str, Any]:
    url = reverse("redeem", kwargs={"store": request.store.slug})
    return {
        "url": url,
        "list_url": _list_of(request),
        "typed": typed,
        "errors": errors,
        "problems": [text for name, text in errors.items() if not (looked and name in _BESIDE_THE_OFFER)],
        "once": form_key({}),
        "customer": customer_control(typed["customer"], context) | {"optional": True},
        "offer": _offer(looked, typed, errors, context) if looked is not None else None,
    }


def _list_of(request: StaffRequest) -> str:
    here = {"store": request.store.slug, "resource_name": REDEMPTIONS.name}
    return reverse("list", kwargs=here) if request.actor.may(REDEMPTIONS.permission("view")) else ""


def _offer(looked: Looked, typed: dict[str, str], errors: dict[str, str], context: Context) -> dict[str, Any]:
    offer, customer = looked.offer, looked.customer
    needs_bill = bool(offer.minimum_minor) or offer.kind == Kind.PERCENT
    asked = [("bill", _("Total of the bill"), "")] if needs_bill or offer.kind == Kind.AMOUNT else []
    if offer.partial:
        left = _("empty: all that is left")
        asked.append(("part", _("Amount used now"), left))
    asked.append(("order", _("Number of the order"), _("if there is one")))
    asks_pin = bool(queries.settings_of(store=context.store).pin_hash)
    # A bill that is missing is no reason to turn anybody away yet.
    whys = [why for name, why in looked.whys if name != "minimum" or typed["bill"]]
    return {
        "title": offer.title,
        "benefit": benefit_of(offer.kind).say(offer, context.store),
        "terms": offer.terms,
        "customer": f"{customer.name} (#{customer.number})" if customer is not None else "",
        "left": _money(looked.left_minor, context) if offer.partial and looked.left_minor is not None else "",
        "whys": whys,
        "asks_pin": asks_pin,
        "pin_problem": errors.get("pin", ""),
        "fields": [
            {
                "name": name,
                "id": f"id-{name}",
                "label": label,
                "kind": "text",
                "value": typed[name],
                "help": text,
                "problem": errors.get(name, ""),
                "autocomplete": "off",
            }
            for name, label, text in asked
        ],
    }


def _money(minor: int, context: Context) -> str:
    style = values.style_of(context)
    return display_money(minor, style.currency, style.language)
