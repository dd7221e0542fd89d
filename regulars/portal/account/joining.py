"""Getting a login. What is on the screen is the same for every address."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from regulars.accounts import queries
from regulars.accounts import services as accounts
from regulars.accounts.rules import spaced
from regulars.kit.errors import Refused
from regulars.kit.forms import show_refusal
from regulars.portal import visiting
from regulars.portal.access import client_ip, shop
from regulars.portal.account.forms import Confirm, SignUp
from regulars.portal.account.limits import hold
from regulars.portal.account.pages import show_form, show_text, url
from regulars.portal.account.steps import step_on
from regulars.portal.requests import ShopRequest


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@shop
def sign_up(request: ShopRequest) -> HttpResponse:
    """Ask for a login."""
    accounts.require_accounts(store=request.store)
    if request.visitor is not None:
        return redirect("shop_account", store=request.store.slug)
    form = SignUp(request.POST or None, initial={"language": get_language()})
    if request.method == "POST" and form.is_valid():
        hold(request, "shop_mail", email=form.cleaned_data["email"])
        secret = visiting.asking(request)
        try:
            code = accounts.sign_up(
                store=request.store,
                browser_secret=secret,
                ip=client_ip(request),
                now=timezone.now(),
                **form.cleaned_data,
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            response = _asked(request, code)
            visiting.keep_asking(response, request.store, secret)
            return response
    return show_form(
        request,
        form,
        title=_("Create a login"),
        text=_(
            "You can always order without one. With it you see your orders, and need not type everything anew."
        ),
        submit=_("Create login"),
        halves=("first_name", "last_name"),
        links=[(url(request, "shop_sign_in"), _("I have a login: sign in"))],
    )


def _asked(request: ShopRequest, code: str) -> HttpResponse:
    return show_text(
        request,
        title=_("Look into your mail"),
        text=_(
            "We have sent you a mail that says how to go on. Your login works once you have opened its link. "
            "Nothing there after some minutes? Look among the unwanted mail."
        ),
        code=spaced(code),
        code_text=_("Are you in the shop? You can read out this code instead:"),
        links=[(url(request, "shop"), _("Back to the shop"))],
    )


@sensitive_post_parameters("password")
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
@shop
def confirm(request: ShopRequest, token: str) -> HttpResponse:
    """The link of the mail: a page first, since machines open links; its button makes the login."""
    accounts.require_accounts(store=request.store)
    secret = visiting.browser_secret(request)
    asked = queries.find_sign_up(store=request.store, secret=token, now=timezone.now())
    if asked is None:
        raise accounts.NotSignedIn(_("This link is wrong, too old or used already. Ask for a new login."))
    has_password = bool(asked.password) and queries.is_from(asked, secret)
    form = Confirm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        hold(request, "shop_code")
        try:
            confirmed = accounts.confirm_sign_up(
                store=request.store,
                secret=token,
                browser_secret=secret,
                password=form.cleaned_data["password"],
                browser=visiting.browser_of(request, client_ip(request)),
                now=timezone.now(),
            )
        except accounts.NotLetIn:
            raise
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            if confirmed.begun is not None:
                return step_on(request, confirmed.begun)
            return show_text(
                request,
                title=_("Your login is ready"),
                text=_("Sign in with your address from now on."),
                links=[(url(request, "shop_sign_in"), _("Sign in"))],
            )
    if has_password:
        del form.fields["password"]
    return show_form(
        request,
        form,
        title=_("Confirm your login"),
        text=_("%(email)s signs in to %(store)s from now on.")
        % {"email": asked.email, "store": request.store.name},
        submit=_("Confirm"),
    )
