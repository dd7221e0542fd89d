"""An offer, to the customer whom it was sent: look at it, keep it as a favourite, claim it.

The link alone says who it is: it was sent to nobody else. So no token of a form is asked for, and the page is there
while the shop page is closed, too.
"""

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from regulars.kit.errors import NotFound, Refused
from regulars.kit.language import spoken
from regulars.kit.pictures import MEDIA_TYPE
from regulars.offers import queries, services
from regulars.portal import states
from regulars.portal.offers.pages import offer_page
from regulars.stores.queries import Store, find_store


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, store: str, token: str) -> HttpResponse:
    """The page of the link; whoever has no right to it reads the same words as for a link that was never sent."""
    found = find_store(slug=store)
    if found is None:
        return states.no_shop(request)
    language = services.language_of(store=found, token=token)
    with spoken(language), timezone.override(found.zone):
        try:
            response = _answer(request, found, token)
        except NotFound as refusal:
            response = _said(request, refusal.sentence, 404)
        except Refused as refusal:
            response = _said(request, refusal.sentence, refusal.status)
        response.headers["Content-Language"] = translation.get_language() or "en"
    add_never_cache_headers(response)
    # The address opens the offer for whoever has it: no other site is told.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
def picture(request: HttpRequest, store: str, token: str) -> HttpResponse:
    """What the offer looks like, for whoever has its link."""
    found = find_store(slug=store)
    if found is None:
        return states.no_shop(request)
    now = timezone.now()
    try:
        opened = services.open_offer(store=found, token=token, now=now, looked=False)
    except NotFound as refusal:
        return _said(request, refusal.sentence, 404)
    shown = queries.find_picture(store=found, offer_id=opened.offer.pk)
    if shown is None:
        return _said(request, _("This offer has no picture."), 404)
    headers = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(shown.data, content_type=MEDIA_TYPE, headers=headers)


def _answer(request: HttpRequest, store: Store, token: str) -> HttpResponse:
    now = timezone.now()
    if request.method == "POST":
        if not ratelimit.consume(request, action="shop_offer"):
            return _said(request, _("Too many clicks in a short time. Please wait a moment."), 429)
        match request.POST.get("do"):
            case "favourite":
                services.favourite_offer(store=store, token=token, wanted=True, now=now)
            case "unfavourite":
                services.favourite_offer(store=store, token=token, wanted=False, now=now)
            case "claim":
                services.claim_offer(store=store, token=token, now=now)
            case _:
                return _said(request, _("This could not be read. Nothing was changed."), 400)
        return redirect("shop_offer", store=store.slug, token=token)
    opened = services.open_offer(store=store, token=token, now=now, looked=request.method == "GET")
    picture_url = reverse("shop_offer_picture", kwargs={"store": store.slug, "token": token})
    return render(request, "portal/offer.html", offer_page(store, opened, picture_url))


def _said(request: HttpRequest, text: str, status: int) -> HttpResponse:
    title = _("Not found") if status == 404 else _("Not possible")
    return render(request, "portal/outside.html", {"title": title, "text": text}, status=status)
