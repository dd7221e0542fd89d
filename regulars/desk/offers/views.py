"""The page of an offer, its codes as a file, and how a store redeems and sends."""

import csv
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods

from regulars.desk.access import staff
from regulars.desk.lists.views import base_of, context_of
from regulars.desk.offers.pages import offer_page
from regulars.desk.pulse.start import pulse_of
from regulars.desk.records.forms import problems_of
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell
from regulars.kit.errors import Invalid, InvalidRecord, NotFound
from regulars.kit.moments import parse_moment
from regulars.kit.pictures import MEDIA_TYPE, MOST_BYTES
from regulars.offers import queries, services
from regulars.offers.resource import OFFERS
from regulars.offers.resource.permissions import EDIT, MANAGE, VIEW


@require_GET
@staff(VIEW)
def show(request: StaffRequest, record_id: UUID) -> HttpResponse:
    """One offer: what it gives, how far customers went with it, what it brought, what happened."""
    pulse = pulse_of(request, OFFERS, record_id)
    offer = queries.get_offer(store=request.store, offer_id=record_id)
    earlier = parse_moment(request.GET.get("earlier", ""))
    told = offer_page(offer, context_of(request), base_of(request, OFFERS), earlier) | {"pulse": pulse}
    page = {"record": told, "shell": shell(request, current="offers")}
    return render(request, "desk/offers/offer.html", page)


@require_http_methods(["GET", "POST"])
@staff(VIEW)
def picture(request: StaffRequest, record_id: UUID) -> HttpResponse:
    """GET shows the picture; POST brings another one, or takes it away."""
    if request.method == "GET":
        found = queries.find_picture(store=request.store, offer_id=record_id)
        if found is None:
            raise NotFound(_("This offer has no picture."))
        headers = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}
        return HttpResponse(found.data, content_type=MEDIA_TYPE, headers=headers)
    request.actor.require(EDIT)
    here: dict[str, Any] = {
        "store": request.store, "offer_id": record_id, "actor": request.actor, "now": timezone.now(),
    }  # fmt: skip
    file = request.FILES.get("picture")
    try:
        if request.POST.get("remove"):
            services.remove_picture(**here)
        elif file is None:
            raise Invalid(_("Choose a picture first."))
        else:
            # One byte more than is allowed is enough to see that it is too large.
            services.set_picture(data=file.read(MOST_BYTES + 1), **here)
    except Invalid as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("Saved"))
    return redirect("offer", store=request.store.slug, record_id=record_id)


@require_GET
@staff("offers.export")
def codes_file(request: StaffRequest, record_id: UUID) -> HttpResponseBase:
    """The codes of their own that an offer has: code, number of the customer, when it was redeemed."""
    offer = queries.get_offer(store=request.store, offer_id=record_id)
    rows = queries.codes_of(store=request.store, offer_id=offer.pk)
    writer = csv.writer(_Line())

    def lines() -> Iterator[str]:
        yield writer.writerow(["code", "customer", "redeemed"])
        for code, number, at in rows:
            moment = at.astimezone(request.store.zone).isoformat(timespec="seconds") if at else ""
            yield writer.writerow([code, number or "", moment])

    headers = {"Content-Disposition": 'attachment; filename="codes.csv"', "X-Content-Type-Options": "nosniff"}
    return StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8", headers=headers)


class _Line:
    """Gives each line back in place of keeping it."""

    def write(self, line: str) -> str:
        return line


@require_GET
@staff("sent_offers.view")
def sent_offer(request: StaffRequest, record_id: UUID) -> HttpResponse:
    """What became of an offer with a customer is told on the page of the offer, held to that customer's list."""
    found = queries.grants_of(request.store).filter(pk=record_id).values_list("offer_id", flat=True).first()
    if found is None:
        raise NotFound(_("This does not exist in this store."))
    return redirect("offer", store=request.store.slug, record_id=found)


@require_GET
@staff("redemptions.view")
def redemption(request: StaffRequest, record_id: UUID) -> HttpResponse:
    """A redemption is told in the list of redemptions, where it can be taken back."""
    if not queries.redemptions_of(request.store).filter(pk=record_id).exists():
        raise NotFound(_("This redemption does not exist in this store."))
    answer = redirect("list", store=request.store.slug, resource_name="redemptions")
    answer["Location"] += f"?{urlencode({'tab': 'all', 'q': str(record_id)})}"
    return answer


@require_http_methods(["GET", "POST"])
@sensitive_variables("pin", "typed")
@staff(MANAGE)
def edit_settings(request: StaffRequest) -> HttpResponse:
    """The PIN of the counter, and how many offers a customer gets."""
    known = queries.settings_of(store=request.store)
    typed = {"most_offers": str(known.most_offers), "within_days": str(known.within_days), "pin": ""}
    errors: dict[str, str] = {}
    if request.method == "POST":
        typed = {name: request.POST.get(name, "").strip()[:20] for name in typed}
        pin = "" if request.POST.get("no_pin") else typed["pin"] or None
        try:
            services.set_settings(
                store=request.store,
                pin=pin,
                most_offers=_number(typed["most_offers"]),
                within_days=_number(typed["within_days"]),
                actor=request.actor,
                now=timezone.now(),
            )
        except InvalidRecord as refusal:
            errors = refusal.errors
        else:
            messages.success(request, _("Saved"))
            return redirect("list", store=request.store.slug, resource_name="offers")
    form = _settings_form(request, typed, errors, has_pin=bool(known.pin_hash))
    page = {"form": form, "shell": shell(request, current="offers")}
    return render(request, "desk/records/form.html", page, status=422 if errors else 200)


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


def _settings_form(
    request: StaffRequest, typed: dict[str, str], errors: dict[str, str], *, has_pin: bool
) -> dict[str, Any]:
    def field(name: str, label: str, kind: str, text: str) -> dict[str, Any]:
        return {
            "name": name,
            "id": f"id-{name}",
            "label": label,
            "kind": kind,
            "value": "" if name == "pin" else typed[name],
            "help": text,
            "problem": errors.get(name, ""),
            "autocomplete": "new-password" if name == "pin" else "off",
        }

    kept = _("There is one; empty leaves it.") if has_pin else _("There is none yet.")
    pins = [field("pin", _("PIN of the counter"), "password", _("4 to 12 digits.") + " " + kept)]
    if has_pin:
        pins.append(
            {"name": "no_pin", "id": "id-no_pin", "label": _("Ask for no PIN any more"), "kind": "boolean"}
        )
    return {
        "title": _("Settings of offers"),
        "crumbs": [{"label": str(OFFERS.label), "url": base_of(request, OFFERS)}],
        "url": request.path,
        "version": None,
        "submit_label": _("Save"),
        "back_url": base_of(request, OFFERS),
        "problems": problems_of(errors, ()),
        "problems_title": _("This was not saved yet"),
        "sections": [
            {
                "title": _("At the counter"),
                "text": _("Whoever redeems an offer in the desk types the PIN. It is kept as a hash alone."),
                "fields": pins,
            },
            {
                "title": _("Not too many"),
                "text": _("Who had as many offers as this lately is left out when one is sent."),
                "fields": [
                    field("most_offers", _("Offers at most"), "number", _("0: no limit.")),
                    field("within_days", _("Within days"), "number", ""),
                ],
            },
        ],
    }
