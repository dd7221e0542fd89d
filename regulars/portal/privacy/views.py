"""What customers do about their own data: look, download, ask, erase, change their mind."""

from typing import Any, cast
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from regulars.kit.errors import Invalid, NotFound, Refused
from regulars.portal.access import customer_page, fresh_customer_page
from regulars.portal.account.page import around
from regulars.portal.account.pages import show_text, url
from regulars.portal.privacy import pages
from regulars.portal.requests import CustomerRequest
from regulars.privacy import services
from regulars.privacy.choices import Kind, Way
from regulars.privacy.services.mailing import read_token

_BY_FORM = (Kind.CORRECTION, Kind.OBJECTION, Kind.RESTRICTION)


@require_safe
@customer_page
def show(request: CustomerRequest) -> HttpResponse:
    """Everything about a customer's own data, on one page."""
    return _page(request)


def _page(request: CustomerRequest, refusal: Refused | None = None) -> HttpResponse:
    page = pages.data_page(request, timezone.now(), refusal.sentence if refusal else "")
    page = around(request, "data", _("Your data")) | page
    return render(request, "portal/privacy/data.html", page, status=refusal.status if refusal else 200)


@require_http_methods(["GET", "POST"])
@fresh_customer_page
def make_copy(request: CustomerRequest) -> HttpResponse:
    """Make a copy of everything, once the person has shown again who they are."""
    if request.method == "GET":  # back from showing it
        return show_text(
            request,
            title=_("A copy of everything"),
            text=_("We put everything we keep about you into one file, for people and for machines."),
            button=_("Make the copy"),
            button_url=request.path,
            links=[(url(request, "shop_data"), _("Back"))],
        )
    services.make_copy(
        store=request.store, tell=False, **_who(request), customer_id=request.visitor.customer_id
    )
    return redirect(url(request, "shop_data"))


@require_safe
@fresh_customer_page
def download(request: CustomerRequest, copy_id: UUID) -> HttpResponse:
    """The file, for its owner alone."""
    _copy, pieces = services.fetch_copy(
        store=request.store, copy_id=copy_id, customer_id=request.visitor.customer_id, **_who(request)
    )
    response = StreamingHttpResponse(pieces, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{request.store.slug}-data.zip"'
    response["X-Content-Type-Options"] = "nosniff"
    return cast(HttpResponse, response)


@require_POST
@customer_page
def ask(request: CustomerRequest) -> HttpResponse:
    """Ask for something that somebody of the shop has to do."""
    kind = request.POST.get("kind", "")
    try:
        if kind not in _BY_FORM:
            raise Invalid(_("Choose what you ask for."), field="kind")
        _ask(request, Kind(kind), request.POST.get("details", "")[:6000].replace("\0", ""))
    except Refused as refusal:
        return _page(request, refusal)
    return redirect(url(request, "shop_data"))


@require_http_methods(["GET", "POST"])
@fresh_customer_page
def ask_to_erase(request: CustomerRequest) -> HttpResponse:
    """Say first what goes and what is kept; then a mail asks for the last word."""
    if request.method == "GET":
        return render(request, "portal/privacy/erase.html", pages.erase_page(request))
    try:
        _ask(request, Kind.ERASURE, "")
    except Refused as refusal:
        return _page(request, refusal)
    return redirect(url(request, "shop_data"))


@require_http_methods(["GET", "POST"])
@fresh_customer_page
def confirm(request: CustomerRequest, token: str) -> HttpResponse:
    """The link of the mail: opening it does nothing, the button does."""
    read_token(store=request.store, token=token)
    links = [(url(request, "shop_data"), _("Your data"))]
    if request.method == "GET":
        return show_text(
            request,
            title=_("Erase your data"),
            text=_(
                "Once you press the button, your data is erased when the time to change your mind is over."
            ),
            button=_("Erase my data"),
            button_url=request.path,
            links=links,
        )
    services.confirm_erasure(
        store=request.store, customer_id=request.visitor.customer_id, token=token, **_who(request)
    )
    return redirect(url(request, "shop_data"))


@require_POST
@customer_page
def withdraw(request: CustomerRequest, request_id: UUID) -> HttpResponse:
    """Take a request back."""
    try:
        services.withdraw(
            store=request.store,
            request_id=request_id,
            customer_id=request.visitor.customer_id,
            **_who(request),
        )
    except NotFound:
        raise
    except Refused as refusal:
        return _page(request, refusal)
    return redirect(url(request, "shop_data"))


@require_POST
@customer_page
def end_agreements(request: CustomerRequest) -> HttpResponse:
    """End everything at once: newsletter, points summary, text messages."""
    services.withdraw_consents(
        store=request.store,
        customer_id=request.visitor.customer_id,
        wording=_("End all of them"),
        **_who(request),
    )
    return redirect(url(request, "shop_data"))


def _ask(request: CustomerRequest, kind: Kind, details: str) -> None:
    asking = services.Asking(
        customer_id=request.visitor.customer_id, kind=kind, way=Way.PORTAL, details=details
    )
    services.ask(store=request.store, asking=asking, **_who(request))


def _who(request: CustomerRequest) -> dict[str, Any]:
    return {"actor": request.visitor.actor, "now": timezone.now()}
