"""What customers say about their own sign-in: password, second step, browsers, address."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from regulars.accounts import queries
from regulars.accounts import services as accounts
from regulars.accounts.choices import Stage
from regulars.kit.errors import Refused
from regulars.kit.forms import show_refusal
from regulars.portal import visiting
from regulars.portal.access import CustomerView, customer_page, fresh_customer_page, own_page, shop
from regulars.portal.account import pages
from regulars.portal.account.forms import AppCode, Asking, NewPassword, Phone, PhoneCode
from regulars.portal.account.limits import hold
from regulars.portal.account.page import around
from regulars.portal.account.pages import show_form, show_text, url
from regulars.portal.account.steps import on_the_way, step_on
from regulars.portal.qr import qr_code
from regulars.portal.requests import CustomerRequest, ShopRequest


def _factor_page[**P](view: CustomerView[P]) -> Callable[..., Any]:
    """A page that sets a second step up: for whoever is signed in, and for whom the store lets in only with one."""
    usual = fresh_customer_page(view)

    @wraps(view)
    @shop
    def enrolling(request: ShopRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        session = on_the_way(request, Stage.ENROL)
        if session is None:
            return cast(HttpResponse, usual(request, *args, store=request.store.slug, **kwargs))
        known = cast(CustomerRequest, request)
        known.visitor = queries.visitor_of(session, request.store)
        return view(known, *args, **kwargs)

    return enrolling


@require_safe
@customer_page
def show(request: CustomerRequest) -> HttpResponse:
    """Everything about signing in, on one page."""
    page = pages.security_page(request, request.visitor, timezone.now())
    told = around(request, "security", _("Signing in and safety")) | page
    return render(request, "portal/account/security.html", told)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_customer_page
def change_password(request: CustomerRequest) -> HttpResponse:
    """Another password, or the first one."""
    form = NewPassword(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            accounts.change_password(
                visitor=request.visitor, password=form.cleaned_data["password"], now=timezone.now()
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            return _back(request)
    return show_form(
        request,
        form,
        title=_("Choose a password"),
        text=_("You are signed out everywhere else."),
        submit=_("Save the password"),
        links=[_security(request)],
    )


@sensitive_post_parameters("sealed")
@sensitive_variables("app", "codes")
@require_http_methods(["GET", "HEAD", "POST"])
@_factor_page
def set_up_app(request: CustomerRequest) -> HttpResponse:
    """An app on the phone: scan, type what it shows, keep the recovery codes."""
    settings = queries.settings_of(store=request.store)
    if not settings.totp:  # somebody who has to set up something, in a store that has text messages alone
        return redirect(url(request, "shop_phone"))
    sealed = request.POST.get("sealed", "")
    try:
        app = (
            accounts.shown_app(visitor=request.visitor, sealed=sealed)
            if sealed
            else accounts.new_app(visitor=request.visitor)
        )
    except accounts.NotOffered:
        raise
    except Refused:
        app = accounts.new_app(visitor=request.visitor)
    form = AppCode(request.POST or None)
    if request.method == "POST" and form.is_valid():
        hold(request, "shop_code")
        try:
            codes = accounts.turn_app_on(
                visitor=request.visitor, sealed=sealed, code=form.cleaned_data["code"], now=timezone.now()
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            return _turned_on(request, codes)
    links = [_security(request)]
    if settings.sms:
        links = [(url(request, "shop_phone"), _("Use text messages instead")), *links]
    return show_form(
        request,
        form,
        title=_("Set up an app"),
        text=_(
            "Open an authenticator app on your phone, add an account, and scan this picture. Then type the code that "
            "the app shows."
        ),
        submit=_("Turn on"),
        qr=qr_code(app.uri, label=_("Picture to scan with the app")),
        secret=" ".join(app.secret[start : start + 4] for start in range(0, len(app.secret), 4)),
        app_url=app.uri,
        sealed=app.sealed,
        links=links,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@_factor_page
def set_up_phone(request: CustomerRequest) -> HttpResponse:
    """The number that gets codes: it is sent one first."""
    form = Phone(request.POST or None)
    if request.method == "POST" and form.is_valid():
        hold(request, "shop_text", key=str(request.visitor.customer_id))
        try:
            number = accounts.ask_to_prove_phone(
                visitor=request.visitor, phone=form.cleaned_data["phone"], now=timezone.now()
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            return _ask_phone_code(request, PhoneCode(), number)
    return show_form(
        request,
        form,
        title=_("Codes by text message"),
        text=_("We send a code to this number now, to see that it is right, and then at each sign-in."),
        submit=_("Send a code"),
        links=[_security(request)],
    )


@require_POST
@_factor_page
def prove_phone(request: CustomerRequest) -> HttpResponse:
    """The code that was sent to the number."""
    form, phone = PhoneCode(request.POST), request.POST.get("phone", "")[:40]
    if form.is_valid():
        hold(request, "shop_code")
        try:
            codes = accounts.turn_texts_on(
                visitor=request.visitor, phone=phone, code=form.cleaned_data["code"], now=timezone.now()
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            return _turned_on(request, codes)
    return _ask_phone_code(request, form, phone)


def _ask_phone_code(request: CustomerRequest, form: PhoneCode, number: str) -> HttpResponse:
    return show_form(
        request,
        form,
        title=_("Codes by text message"),
        text=_("A text message is on its way. Its code holds for 10 minutes."),
        submit=_("Turn on"),
        form_url=url(request, "shop_phone_code"),
        phone=number,
        links=[(url(request, "shop_phone"), _("Have another one sent"))],
    )


@require_POST
@fresh_customer_page
def turn_off(request: CustomerRequest, factor: str) -> HttpResponse:
    """Take a second step away."""
    off = {"app": accounts.turn_app_off, "phone": accounts.turn_texts_off}.get(factor)
    if off is not None:
        off(visitor=request.visitor, now=timezone.now())
    return _back(request)


@sensitive_variables("codes")
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_customer_page
def renew_codes(request: CustomerRequest) -> HttpResponse:
    """Fresh recovery codes."""
    if request.method != "POST":
        return show_text(
            request,
            title=_("Recovery codes"),
            text=_(
                "Each lets you in once, on the day on which your phone is lost. Earlier ones stop working."
            ),
            button=_("Show me ten new codes"),
            button_url=request.path,
            links=[_security(request)],
        )
    return _show_codes(request, accounts.renew_codes(visitor=request.visitor, now=timezone.now()))


@require_POST
@own_page
def end_session(request: CustomerRequest, session_id: UUID) -> HttpResponse:
    """Sign another browser out, or this one."""
    account = request.visitor.account
    assert account is not None
    accounts.end_session(store=request.store, account_id=account.pk, session_id=session_id)
    return _back(request)


@require_POST
@own_page
def end_all(request: CustomerRequest) -> HttpResponse:
    """Sign out everywhere, here too."""
    accounts.sign_out_everywhere(visitor=request.visitor, keep=False, now=timezone.now())
    request.basket.forget_orders()
    response = redirect(url(request, "shop_sign_in"))
    visiting.drop_session(response, request.store)
    return response


@require_POST
@own_page
def forget_device(request: CustomerRequest, device_id: UUID) -> HttpResponse:
    """Ask a browser for the second step again."""
    account = request.visitor.account
    assert account is not None
    accounts.forget_device(store=request.store, account_id=account.pk, device_id=device_id)
    return _back(request)


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_customer_page
def change_email(request: CustomerRequest) -> HttpResponse:
    """Sign in with another address; its mailbox has to say yes first."""
    form = Asking(request.POST or None)
    if request.method == "POST" and form.is_valid():
        hold(request, "shop_mail", key=str(request.visitor.customer_id))
        secret = visiting.asking(request)
        accounts.change_email(
            visitor=request.visitor,
            email=form.cleaned_data["email"],
            browser_secret=secret,
            now=timezone.now(),
        )
        response = show_text(
            request,
            title=_("Look into your mail"),
            text=_(
                "Open the link that we sent to the new address, in this browser. Nothing changes before that."
            ),
            links=[_security(request)],
        )
        visiting.keep_asking(response, request.store, secret)
        return response
    return show_form(
        request,
        form,
        title=_("Sign in with another address"),
        text=_("We send it a mail, to see that it is yours."),
        submit=_("Send the mail"),
        links=[_security(request)],
    )


@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def confirm_email(request: CustomerRequest, token: str) -> HttpResponse:
    """The link that went to the new address."""
    if request.method != "POST":
        return show_text(
            request,
            title=_("Sign in with this address"),
            text=_("You sign in with the address that got this link from now on."),
            button=_("Confirm"),
            button_url=request.path,
        )
    accounts.confirm_email(
        visitor=request.visitor,
        secret=token,
        browser_secret=visiting.browser_secret(request),
        now=timezone.now(),
    )
    return _back(request)


def _turned_on(request: CustomerRequest, codes: list[str]) -> HttpResponse:
    """Show the recovery codes, and let somebody in who had to set this up first."""
    session = on_the_way(request, Stage.ENROL)
    begun = (
        accounts.finish_enrolment(store=request.store, session=session, now=timezone.now())
        if session
        else None
    )
    if begun is None:
        return _show_codes(request, codes) if codes else _back(request)
    if not codes:
        return step_on(request, begun)
    response = _show_codes(request, codes, "shop_account")
    visiting.keep_session(request, response, request.store, begun)
    return response


def _show_codes(request: CustomerRequest, codes: list[str], onward: str = "shop_security") -> HttpResponse:
    """The only time that they are shown, and the way on: back to where they were asked for, or in."""
    return show_text(
        request,
        title=_("Your recovery codes"),
        text=_(
            "Print these or write them down, and keep them apart from your phone. Each lets you in once, on the day on "
            "which the phone is lost. They are not shown again."
        ),
        codes=[f"{code[:5]}-{code[5:]}" for code in codes],
        links=[(url(request, onward), _("I have kept them: go on"))],
    )


def _back(request: CustomerRequest) -> HttpResponse:
    return cast(HttpResponse, redirect(url(request, "shop_security")))


def _security(request: CustomerRequest) -> pages.Link:
    return url(request, "shop_security"), _("Back")
