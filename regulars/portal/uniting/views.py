"""Two accounts of one person: give the other address, prove it, look at what comes of it, join."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from regulars.accounts import queries
from regulars.accounts import services as accounts
from regulars.kit.errors import Refused
from regulars.kit.forms import show_refusal
from regulars.kit.ids import new_id
from regulars.portal import visiting
from regulars.portal.access import client_ip, fresh_customer_page
from regulars.portal.account.forms import Asking, Code
from regulars.portal.account.limits import hold
from regulars.portal.account.page import go
from regulars.portal.account.pages import Link, show_form, show_text, url
from regulars.portal.requests import CustomerRequest
from regulars.portal.uniting import pages
from regulars.uniting import services


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_customer_page
def ask(request: CustomerRequest) -> HttpResponse:
    """The other address. What follows is the same for every address."""
    form = Asking(request.POST or None)
    form.fields["email"].label = _("Your other e-mail")
    if request.method == "POST" and form.is_valid():
        hold(request, "shop_mail", key=str(request.visitor.customer_id))
        hold(request, "shop_mail", email=form.cleaned_data["email"])
        secret, challenge = visiting.asking(request), new_id()
        try:
            accounts.ask_proof(
                visitor=request.visitor,
                email=form.cleaned_data["email"],
                challenge=challenge,
                browser_secret=secret,
                now=timezone.now(),
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            response = redirect(url(request, "shop_join_code", challenge=challenge))
            visiting.keep_asking(response, request.store, secret)
            return response
    return show_form(
        request,
        form,
        title=_("Join another account of yours"),
        text=_(
            "Do you have a second login here, or did you order with another address? We mail that address, to see that "
            "it is yours. Then you see what would be joined; nothing happens before you say so."
        ),
        submit=_("Send the mail"),
        links=[_security(request)],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_customer_page
def type_code(request: CustomerRequest, challenge: UUID) -> HttpResponse:
    """The code of the mail."""
    form = Code(request.POST or None)
    del form.fields["remember"]
    if request.method == "POST" and form.is_valid():
        hold(request, "shop_code")
        try:
            accounts.check_proof_by_code(
                visitor=request.visitor,
                challenge=challenge,
                browser_secret=visiting.browser_secret(request),
                code=form.cleaned_data["code"],
                now=timezone.now(),
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            return redirect(url(request, "shop_join_confirm", proof=challenge))
    return show_form(
        request,
        form,
        title=_("Look into your mail"),
        text=_(
            "We have written to the other address. Open the link of that mail in this browser, or type its code here. "
            "Both work once, for 10 minutes."
        ),
        submit=_("Go on"),
        links=[(url(request, "shop_join"), _("Ask for another mail")), _security(request)],
    )


@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_customer_page
def follow_link(request: CustomerRequest, token: str) -> HttpResponse:
    """The link of the mail: a page first, since machines open links."""
    if request.method != "POST":
        return show_text(
            request,
            title=_("This address is mine"),
            text=_("Next you see what would be joined. Nothing is joined yet."),
            button=_("Go on"),
            button_url=request.path,
            links=[_security(request)],
        )
    hold(request, "shop_code")
    proof_id = accounts.check_proof(
        visitor=request.visitor,
        secret=token,
        browser_secret=visiting.browser_secret(request),
        now=timezone.now(),
    )
    return redirect(url(request, "shop_join_confirm", proof=proof_id))


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_customer_page
def confirm(request: CustomerRequest, proof: UUID) -> HttpResponse:
    """What would be joined; and the button that does it."""
    who: Any = {
        "visitor": request.visitor,
        "proof_id": proof,
        "browser_secret": visiting.browser_secret(request),
        "now": timezone.now(),
    }
    if request.method == "POST":
        begun = services.join(**who, browser=_browser(request))
        response = go(request, "shop_account", "joined")
        visiting.keep_session(request, response, request.store, begun)
        return response
    preview = services.preview_join(**who)
    if preview.other is None:
        return show_text(
            request,
            title=_("Nothing to join"),
            text=_("The address is yours, and there is nothing else under it in this shop."),
            links=[(url(request, "shop_join"), _("Try another address")), _security(request)],
        )
    return render(request, "portal/uniting/confirm.html", pages.confirm_page(request, preview))


def _browser(request: CustomerRequest) -> accounts.Browser:
    """This browser, which goes on being remembered if it is."""
    key = visiting.session_key(request)
    session = queries.find_session(store=request.store, key=key, now=timezone.now())
    remember = session is not None and session.remembered
    return visiting.browser_of(request, client_ip(request), remember=remember)


def _security(request: CustomerRequest) -> Link:
    return url(request, "shop_security"), _("Back")
