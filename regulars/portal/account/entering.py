"""Signing in: password, link or code by mail, second step, a password that has to be changed."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from regulars.accounts import queries
from regulars.accounts import services as accounts
from regulars.accounts.choices import Purpose, Stage
from regulars.kit.errors import Refused
from regulars.kit.forms import show_refusal
from regulars.kit.ids import new_id
from regulars.portal import visiting
from regulars.portal.access import client_ip, shop
from regulars.portal.account.forms import Asking, Code, NewPassword, SecondStep, SignIn
from regulars.portal.account.limits import hold, hold_store, note_failure
from regulars.portal.account.pages import masked_phone, show_form, show_text, url
from regulars.portal.account.steps import on_the_way, step_on
from regulars.portal.following import going_on, next_of
from regulars.portal.requests import ShopRequest


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@shop
def sign_in(request: ShopRequest) -> HttpResponse:
    """Address and password."""
    accounts.require_accounts(store=request.store)
    if request.visitor is not None and request.visitor.staff is None:
        return redirect(next_of(request) or url(request, "shop_account"))
    form = SignIn(request.POST or None)
    if request.method == "POST" and form.is_valid():
        value = form.cleaned_data
        hold(request, "shop_sign_in", email=value["email"])
        hold_store(request)
        browser = visiting.browser_of(request, client_ip(request), remember=value["remember"])
        try:
            begun = accounts.sign_in(
                store=request.store,
                email=value["email"],
                password=value["password"],
                browser=browser,
                now=timezone.now(),
            )
        except accounts.NotSignedIn as refusal:
            note_failure(request)
            show_refusal(form, refusal)
        else:
            return step_on(request, begun)
    return show_form(
        request,
        form,
        title=_("Sign in"),
        submit=_("Sign in"),
        links=[
            (going_on(request, "shop_ask_link"), _("Sign in without a password: get a link by mail")),
            (url(request, "shop_forgotten"), _("Forgot your password?")),
            (url(request, "shop_sign_up"), _("Create a login")),
        ],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@shop
def ask_for_link(request: ShopRequest) -> HttpResponse:
    """A link and a code by mail, for whoever has a login; the page says the same to all."""
    accounts.require_accounts(store=request.store)
    form = Asking(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        hold(request, "shop_mail", email=email)
        secret, challenge = visiting.asking(request), new_id()
        accounts.ask_for_link(
            store=request.store,
            email=email,
            challenge=challenge,
            browser_secret=secret,
            now=timezone.now(),
        )
        response = redirect(going_on(request, "shop_code", challenge=challenge))
        visiting.keep_asking(response, request.store, secret)
        return response
    return show_form(
        request,
        form,
        title=_("Sign in by mail"),
        text=_("We mail you a link and a code. They work once, for 10 minutes."),
        submit=_("Send the mail"),
        links=[(going_on(request, "shop_sign_in"), _("Sign in with a password"))],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@shop
def type_code(request: ShopRequest, challenge: UUID) -> HttpResponse:
    """The code of the mail, typed where it was asked for."""
    accounts.require_accounts(store=request.store)
    form = Code(request.POST or None)
    if request.method == "POST" and form.is_valid():
        hold(request, "shop_code")
        value = form.cleaned_data
        try:
            begun = accounts.sign_in_by_code(
                store=request.store,
                challenge=challenge,
                browser_secret=visiting.browser_secret(request),
                code=value["code"],
                browser=visiting.browser_of(request, client_ip(request), remember=value["remember"]),
                now=timezone.now(),
            )
        except accounts.NotSignedIn as refusal:
            show_refusal(form, refusal)
        else:
            return step_on(request, begun)
    return show_form(
        request,
        form,
        title=_("Look into your mail"),
        text=_(
            "We have sent you a mail. Open its link here, in this browser, or type the code that stands in it. "
            "Nothing there after some minutes? Look among the unwanted mail."
        ),
        submit=_("Sign in"),
        links=[(going_on(request, "shop_ask_link"), _("Ask for a new mail"))],
    )


@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
@shop
def follow_link(request: ShopRequest, token: str) -> HttpResponse:
    """The link of the mail: a page first, since machines open links; its button signs in."""
    accounts.require_accounts(store=request.store)
    secret = visiting.browser_secret(request)
    if request.method == "POST":
        hold(request, "shop_code")
        begun = accounts.sign_in_by_link(
            store=request.store,
            secret=token,
            browser_secret=secret,
            browser=visiting.browser_of(request, client_ip(request)),
            now=timezone.now(),
        )
        return step_on(request, begun)
    found = queries.find_token(store=request.store, secret=token, purpose=Purpose.SIGN_IN, now=timezone.now())
    if found is None:
        raise accounts.NotSignedIn(_("This link is wrong, too old or used already. Ask for a new one."))
    if not queries.is_from(found, secret):
        return show_text(
            request,
            title=_("Open this link where you asked for it"),
            text=_(
                "It works only in the browser in which you asked to sign in. There you can also type the code that "
                "stands in the mail."
            ),
            links=[(url(request, "shop_ask_link"), _("Sign in here instead"))],
            status=403,
        )
    return show_text(
        request,
        title=_("Sign in"),
        text=_("You sign in as %(email)s.") % {"email": found.email},
        button=_("Sign in"),
        button_url=request.path,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@shop
def second_step(request: ShopRequest) -> HttpResponse:
    """The code of the app, of a text message, or a recovery code."""
    session = on_the_way(request, Stage.SECOND)
    if session is None or session.account is None:
        return redirect(going_on(request, "shop_sign_in"))
    form = SecondStep(request.POST or None)
    if request.method == "POST" and form.is_valid():
        hold(request, "shop_code")
        try:
            begun = accounts.pass_second_step(
                store=request.store,
                session=session,
                code=form.cleaned_data["code"],
                remember_device=form.cleaned_data["remember_device"],
                now=timezone.now(),
            )
        except accounts.NotSignedIn as refusal:
            show_refusal(form, refusal)
        else:
            return step_on(request, begun)
    account, settings = session.account, queries.settings_of(store=request.store)
    by_phone = settings.sms and account.mfa_sms
    sent = session.code_until is not None and session.code_until > timezone.now()
    return show_form(
        request,
        form,
        title=_("Second step"),
        text=_("One more step, so that nobody signs in who only knows your password."),
        submit=_("Go on"),
        links=[(url(request, "shop_sign_in"), _("Begin again"))],
        send_url=going_on(request, "shop_text") if by_phone else "",
        send_label=_("Send a code to %(phone)s") % {"phone": masked_phone(account.mfa_phone)},
        sent=_("A text message is on its way. Its code holds for 10 minutes.") if sent else "",
    )


@require_POST
@shop
def send_text(request: ShopRequest) -> HttpResponse:
    """Have a code sent by text message."""
    session = on_the_way(request, Stage.SECOND)
    if session is None or session.account_id is None:
        return redirect(going_on(request, "shop_sign_in"))
    hold(request, "shop_text", key=str(session.account_id))
    accounts.ask_for_text(store=request.store, session=session, now=timezone.now())
    return redirect(going_on(request, "shop_second"))


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@shop
def replace_password(request: ShopRequest) -> HttpResponse:
    """A password of one's own in place of the one that the shop gave out."""
    session = on_the_way(request, Stage.PASSWORD)
    if session is None:
        return redirect(going_on(request, "shop_sign_in"))
    form = NewPassword(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            begun = accounts.replace_password(
                store=request.store,
                session=session,
                password=form.cleaned_data["password"],
                now=timezone.now(),
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            return step_on(request, begun)
    return show_form(
        request,
        form,
        title=_("Choose a new password"),
        text=_("The password that you were given works this once."),
        submit=_("Go on"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@shop
def forgotten(request: ShopRequest) -> HttpResponse:
    """A link for a new password, for whoever has a login; the page says the same to all."""
    accounts.require_accounts(store=request.store)
    form = Asking(request.POST or None)
    if request.method == "POST" and form.is_valid():
        hold(request, "shop_mail", email=form.cleaned_data["email"])
        accounts.ask_for_reset(store=request.store, email=form.cleaned_data["email"], now=timezone.now())
        return show_text(
            request,
            title=_("Look into your mail"),
            text=_(
                "We have sent you a mail that says how to go on. Its link works once, within an hour. "
                "Nothing there after some minutes? Look among the unwanted mail."
            ),
            links=[(url(request, "shop_sign_in"), _("Back to sign-in"))],
        )
    return show_form(
        request,
        form,
        title=_("Forgot your password?"),
        text=_("We mail you a link with which you choose a new one."),
        submit=_("Send the mail"),
        links=[(url(request, "shop_ask_link"), _("Sign in without a password: get a link by mail"))],
    )


@sensitive_post_parameters("password")
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
@shop
def new_password(request: ShopRequest, token: str) -> HttpResponse:
    """The link of a mail that lets one choose a password."""
    accounts.require_accounts(store=request.store)
    found = queries.find_token(
        store=request.store, secret=token, purpose=Purpose.PASSWORD, now=timezone.now()
    )
    if found is None:
        raise accounts.NotSignedIn(_("This link is wrong, too old or used already. Ask for a new one."))
    form = NewPassword(request.POST or None)
    if request.method == "POST" and form.is_valid():
        hold(request, "shop_code")
        try:
            accounts.set_password_by_link(
                store=request.store,
                secret=token,
                password=form.cleaned_data["password"],
                now=timezone.now(),
            )
        except accounts.NotLetIn:
            raise
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            return show_text(
                request,
                title=_("Your new password works"),
                text=_("You are signed out everywhere. Sign in with it now."),
                links=[(url(request, "shop_sign_in"), _("Sign in"))],
            )
    return show_form(
        request,
        form,
        title=_("Choose a password"),
        text=_("For %(email)s at %(store)s.") % {"email": found.email, "store": request.store.name},
        submit=_("Save the password"),
    )


@require_POST
@shop
def sign_out(request: ShopRequest) -> HttpResponse:
    """Sign out, in this browser."""
    accounts.sign_out(store=request.store, key=visiting.session_key(request))
    request.basket.forget_orders()
    response = redirect("shop", store=request.store.slug)
    visiting.drop_session(response, request.store)
    return response
