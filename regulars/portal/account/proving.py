"""Saying once more who one is, before something that must not be done at a browser that somebody left open."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from regulars.accounts import services as accounts
from regulars.kit.forms import show_refusal
from regulars.kit.ids import new_id
from regulars.portal import visiting
from regulars.portal.access import own_page
from regulars.portal.account.forms import AppCode, Prove
from regulars.portal.account.limits import hold, note_failure
from regulars.portal.account.pages import show_form, url
from regulars.portal.following import going_on, next_of
from regulars.portal.requests import CustomerRequest


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def prove(request: CustomerRequest) -> HttpResponse:
    """By the password; who has none gets a code by mail."""
    account = request.visitor.account
    assert account is not None
    form = Prove(request.POST or None)
    if request.method == "POST" and form.is_valid():
        hold(request, "shop_sign_in", email=account.email)
        try:
            accounts.prove_again(
                visitor=request.visitor, password=form.cleaned_data["password"], now=timezone.now()
            )
        except accounts.NotSignedIn as refusal:
            note_failure(request)
            show_refusal(form, refusal)
        else:
            return redirect(next_of(request) or url(request, "shop_security"))
    return show_form(
        request,
        form,
        title=_("Is it you?"),
        text=_("You signed in a while ago. Please say your password once more."),
        submit=_("Go on"),
        send_url=going_on(request, "shop_prove_mail"),
        send_label=_("Mail me a code instead"),
    )


@require_POST
@own_page
def send_code(request: CustomerRequest) -> HttpResponse:
    """Have a code mailed."""
    account = request.visitor.account
    assert account is not None
    hold(request, "shop_mail", email=account.email)
    secret, challenge = visiting.asking(request), new_id()
    accounts.ask_for_link(
        store=request.store,
        email=account.email,
        challenge=challenge,
        browser_secret=secret,
        now=timezone.now(),
    )
    response = redirect(going_on(request, "shop_prove_code", challenge=challenge))
    visiting.keep_asking(response, request.store, secret)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def type_code(request: CustomerRequest, challenge: UUID) -> HttpResponse:
    """The code of the mail."""
    form = AppCode(request.POST or None)
    form.fields["code"].label = _("Code from the mail")
    if request.method == "POST" and form.is_valid():
        hold(request, "shop_code")
        try:
            accounts.prove_again_by_code(
                visitor=request.visitor,
                challenge=challenge,
                browser_secret=visiting.browser_secret(request),
                code=form.cleaned_data["code"],
                now=timezone.now(),
            )
        except accounts.NotSignedIn as refusal:
            show_refusal(form, refusal)
        else:
            return redirect(next_of(request) or url(request, "shop_security"))
    return show_form(
        request,
        form,
        title=_("Look into your mail"),
        text=_("Type the code that stands in it."),
        submit=_("Go on"),
    )
