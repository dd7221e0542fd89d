"""Before and beside the desk: first run, sign-in, joining, profile and sessions, choosing a store."""

from typing import Any, cast

from allauth.account import views as allauth_views
from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.desk.access import go, own, signed_in
from regulars.desk.accounts.forms import NewPassword, Profile, Start
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell
from regulars.desk.words import shown
from regulars.kit.devices import device_name, is_phone
from regulars.kit.errors import Refused
from regulars.kit.forms import form_of, show_refusal
from regulars.staff import queries as staff_queries
from regulars.staff import services as staff_services
from regulars.staff.queries import User
from regulars.stores import queries as store_queries

_SECRET = "invitation"


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The address of the install: on to the desk, or to the first run."""
    return redirect("desk" if store_queries.any_store_exists() else "start")


@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in; on an install that nobody has set up, set it up first."""
    if not store_queries.any_store_exists():
        return redirect("start")
    return cast(HttpResponse, allauth_views.login(request))


@require_GET
@signed_in
def choose_store(request: HttpRequest) -> HttpResponse:
    """The stores a person works for; the only one opens at once."""
    stores = staff_queries.stores_of(user_id=cast(User, request.user).pk)
    if len(stores) == 1:
        return redirect("store_home", store=stores[0].store.slug)
    return render(request, "account/stores.html", {"stores": stores})


@never_cache
@sensitive_post_parameters("code", "password")
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """The first visitor with the code from the terminal makes the first store and its owner."""
    if store_queries.any_store_exists():
        return redirect("desk")
    form = Start(request.POST or None)
    if request.method == "POST":
        if not ratelimit.consume(request, action="start", key="start"):
            return ratelimit.respond_429(request)
        if form.is_valid():
            try:
                return _open_install(request, form)
            except Refused as refusal:
                show_refusal(form, refusal)
    page = form_of(
        form,
        url=reverse("start"),
        submit_label="",
        sections=[
            ("", "", dict.fromkeys(("code", "store_name", "slug"), "whole")),
            ("", "", dict.fromkeys(("country", "currency", "time_zone", "language"), "")),
            ("", "", dict.fromkeys(("name", "email", "password"), "whole")),
        ],
    )
    return render(request, "desk/states/first_run.html", {"form": page}, status=422 if form.errors else 200)


def _open_install(request: HttpRequest, form: Start) -> HttpResponse:
    value = form.cleaned_data
    store, owner = staff_services.start_install(
        code=value["code"],
        slug=value["slug"].lower() or slugify(value["store_name"])[:50] or "store",
        store_name=value["store_name"],
        settings={name: value[name] for name in ("currency", "country", "time_zone", "language")},
        owner_name=value["name"],
        email=value["email"],
        password=value["password"],
        now=timezone.now(),
    )
    url = reverse("store_home", kwargs={"store": store.slug})
    return cast(HttpResponse, perform_login(request, owner, redirect_url=url))


@require_GET
def open_invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """The link of the mail: the secret moves to the session, out of the address bar and of every log."""
    if not ratelimit.consume(request, action="join"):
        return ratelimit.respond_429(request)
    request.session[_SECRET] = secret
    return redirect("join")


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Accept an invitation: somebody new gives a name and a password, somebody known signs in and joins."""
    secret = request.session.get(_SECRET, "")
    invitation = staff_queries.find_invitation(secret=secret, now=timezone.now())
    if invitation is None:
        return render(request, "account/join_gone.html", status=410)
    known = request.user if request.user.is_authenticated else None
    form = NewPassword(request.POST if request.method == "POST" and not known else None)
    if request.method == "POST" and known:
        accepted = staff_services.join_store(secret=secret, user_id=known.pk, now=timezone.now())
        request.session.pop(_SECRET)
        return redirect("store_home", store=accepted.store.slug)
    if request.method == "POST" and form.is_valid():
        try:
            accepted = staff_services.accept_invitation(
                secret=secret,
                name=form.cleaned_data["name"],
                password=form.cleaned_data["password"],
                now=timezone.now(),
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            request.session.pop(_SECRET)
            url = reverse("store_home", kwargs={"store": accepted.store.slug})
            return cast(HttpResponse, perform_login(request, accepted.user, redirect_url=url))
    context = {"form": form, "invitation": invitation, "known": known}
    return render(request, "account/join.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@own
def profile(request: StaffRequest) -> HttpResponse:
    """A person's own name and language."""
    user = request.user
    form = Profile(request.POST or None, initial={"name": user.name, "language": user.language})
    if request.method == "POST" and form.is_valid():
        staff_services.edit_profile(
            user_id=user.pk, name=form.cleaned_data["name"], language=form.cleaned_data["language"]
        )
        messages.success(request, _("Saved."))
        return redirect("profile")
    page = form_of(form, url=reverse("profile"), submit_label=_("Save"))
    context = {"form": page, "settings": _frame("profile", _("Profile")), "shell": shell(request, current="")}
    return render(request, "desk/settings/store.html", context, status=422 if form.errors else 200)


@require_GET
@own
def sessions(request: StaffRequest) -> HttpResponse:
    """Where a person is signed in, and the way to password and second step."""
    current_key = request.session.session_key or ""
    rows = staff_queries.sessions(user_id=request.user.pk, current_key=current_key)
    page = {
        "rows": [
            {
                "device": device_name(row.device),
                "is_phone": is_phone(row.device),
                "is_this": row.is_current,
                "since": _("Signed in %(when)s") % {"when": shown(row.started_at)},
                "address": row.ip,
                "last_seen": _("now") if row.is_current else shown(row.last_seen_at),
                "end_url": "" if row.is_current else reverse("end_session", kwargs={"session_id": row.id}),
            }
            for row in rows
        ],
        "end_all_url": reverse("end_other_sessions"),
        "links": _links(user=request.user),
    }
    frame = _frame("usersessions_list", _("Sign-in and sessions"))
    frame["text"] = _("Sign out what you do not know, then change your password.")
    context = {"sessions": page, "settings": frame, "shell": shell(request, current="")}
    return render(request, "desk/settings/sessions.html", context)


def _frame(current: str, title: str) -> dict[str, Any]:
    tabs = (("profile", _("Profile")), ("usersessions_list", _("Sign-in and sessions")))
    return {
        "title": title,
        "tabs": [{"label": label, "url": reverse(name), "current": name == current} for name, label in tabs],
    }


def _links(user: User) -> list[dict[str, str]]:
    has_factor = staff_queries.has_second_factor(user_id=user.pk)
    state = _("On: a stolen password alone lets nobody in.") if has_factor else _("Off")
    return [
        {
            "icon": "key",
            "label": _("Password"),
            "text": _("At least 10 characters."),
            "url": reverse("account_change_password"),
            "verb": _("Change"),
        },
        {
            "icon": "shield-check",
            "label": _("Second step: app, passkey, recovery codes"),
            "text": state,
            "url": reverse("mfa_index"),
            "verb": _("Look after it") if has_factor else _("Set up"),
        },
    ]


@require_POST
@signed_in
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """Sign out in one other place."""
    rows = staff_queries.sessions(
        user_id=cast(User, request.user).pk, current_key=request.session.session_key or ""
    )
    if any(row.id == session_id and row.is_current for row in rows):
        logout(request)
        return redirect("account_login")
    staff_services.end_session(user_id=cast(User, request.user).pk, session_id=session_id)
    messages.success(request, _("Signed out there."))
    return go(request, reverse("usersessions_list"))


@require_POST
@signed_in
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    ended = staff_services.end_other_sessions(
        user_id=cast(User, request.user).pk, keep=request.session.session_key or ""
    )
    messages.success(request, _("Signed out everywhere else (%(count)d).") % {"count": ended})
    return go(request, reverse("usersessions_list"))
