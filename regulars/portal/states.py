"""What customers see when a page is not there, or something went wrong."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from regulars.kit.errors import Refused
from regulars.portal.frame import frame
from regulars.portal.requests import ShopRequest


def refuse(request: ShopRequest, refusal: Refused) -> HttpResponse:
    """Say why not, within the shop."""
    title = _("Not found") if refusal.status == 404 else _("Not possible")
    context = {"frame": frame(request, title=title, hidden=True), "text": refusal.sentence}
    return render(request, "portal/state.html", context, status=refusal.status)


def turned_away(request: ShopRequest, why: str) -> HttpResponse:
    """Whoever may not sign in any more is told why, in words that are meant for them; they are signed out by now."""
    context = {"frame": frame(request, title=_("You are signed out"), hidden=True), "text": why}
    return render(request, "portal/state.html", context, status=403)


def no_shop(request: HttpRequest) -> HttpResponse:
    """No store has an open shop here; whether there is such a store is not said."""
    return _outside(request, _("Not found"), _("There is no shop at this address."), 404)


def unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The request is damaged or too large."""
    return _outside(request, _("Not possible"), _("This could not be read. Nothing was ordered."), 400)


def expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was not sent from a page of this shop, or long ago, or the browser keeps no cookies."""
    text = _("This page has become old. Go back, reload it and try again; nothing was ordered.")
    return _outside(request, _("Not possible"), text, 403)


def broken(request: HttpRequest) -> HttpResponse:
    """A fault of ours. The page asks nothing of the database: that may be what failed."""
    text = _("Something broke on our side. Please go back and try again in a moment.")
    return _outside(request, _("Something broke"), text, 500)


def _outside(request: HttpRequest, title: str, text: str, status: int) -> HttpResponse:
    return render(request, "portal/outside.html", {"title": title, "text": text}, status=status)
