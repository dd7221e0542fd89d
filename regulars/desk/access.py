"""Who may open a page of the desk. Every desk view stands behind `staff` or `signed_in`."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, cast

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from regulars.desk.refusals import refuse
from regulars.desk.requests import MissingPermission, StaffRequest
from regulars.kit.actor import Actor
from regulars.kit.errors import NotFound, Refused
from regulars.kit.language import spoken
from regulars.staff import queries as staff_queries
from regulars.staff import services as staff_services
from regulars.staff.permissions import permissions_of
from regulars.staff.queries import User
from regulars.stores import queries as store_queries
from regulars.stores.queries import Store

_LAST_STORE = "store"

type StaffView[**P] = Callable[Concatenate[StaffRequest, P], HttpResponseBase]
type AnyView = Callable[..., HttpResponseBase]


def staff[**P](permission: str) -> Callable[[StaffView[P]], AnyView]:
    """A page at /desk/<store>/… for people of the store whose role includes the permission.

    A stranger gets "not found", a member without the permission a page that says who can do it, in
    the person's language and the store's time zone.
    """

    def wrap(view: StaffView[P]) -> AnyView:
        @wraps(view)
        def guarded(
            request: HttpRequest, /, store: str, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            user = request.user
            access = staff_queries.find_access(slug=store, user_id=user.pk)
            if access is None:
                raise NotFound(_("There is no such store, or you do not work for it."))
            known = cast(StaffRequest, request)
            known.store, known.actor = access.store, actor_of(user, access.role)
            if request.session.get(_LAST_STORE) != store:
                request.session[_LAST_STORE] = store
            with spoken(user.language or access.store.language), timezone.override(access.store.zone):
                if access.store.require_second_factor and not staff_queries.has_second_factor(
                    user_id=user.pk
                ):
                    return _to_second_factor(request, access.store)
                note_visit(request)
                try:
                    if not known.actor.may(permission):
                        raise MissingPermission(permission)
                    return _private(view(known, *args, **kwargs))
                except Refused as refusal:  # answered here, in the person's language
                    return _private(refuse(request, refusal))

        return guarded

    return wrap


def signed_in(view: AnyView) -> AnyView:
    """A page about the person, not about one store."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        note_visit(request)
        with spoken(request.user.language or translation.get_language() or "en"):
            return _private(view(request, *args, **kwargs))

    return guarded


def own(view: StaffView[[]] | AnyView) -> AnyView:
    """A page about the person's own sign-in, in the frame of the store they were in last."""

    @wraps(view)
    @signed_in
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = cast(User, request.user)
        stores = staff_queries.stores_of(user_id=user.pk)
        if not stores:
            return go(request, reverse("desk"))
        last = request.session.get(_LAST_STORE)
        access = next((access for access in stores if access.store.slug == last), stores[0])
        known = cast(StaffRequest, request)
        known.store, known.actor = access.store, actor_of(user, access.role)
        with timezone.override(access.store.zone):
            return view(known, *args, **kwargs)

    return guarded


def actor_of(user: User, role: str) -> Actor:
    """The person as services see them."""
    return Actor(
        kind="staff", id=user.pk, name=user.display_name, role=role, permissions=permissions_of(role)
    )


def note_visit(request: HttpRequest) -> None:
    """Remember where and when the session was last used, for the list of sessions."""
    if key := request.session.session_key:
        staff_services.note_session(session_key=key, ip=client_ip(request), now=timezone.now())


def client_ip(request: HttpRequest) -> str:
    """The address of the browser, behind as many proxies as are trusted."""
    return str(get_adapter(request).get_client_ip(request))


def _private(response: HttpResponseBase) -> HttpResponseBase:
    # The Back button after signing out must not show customers; views that stream files set their own header.
    if not response.has_header("Cache-Control"):
        add_never_cache_headers(response)
    response.headers.setdefault("Content-Language", translation.get_language() or "en")
    return response


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if not store_queries.any_store_exists():
        return go(request, reverse("start"))
    if request.headers.get("HX-Request"):
        return go(request, reverse("account_login"))
    return redirect_to_login(request.get_full_path() if request.method == "GET" else reverse("desk"))


def _to_second_factor(request: HttpRequest, store: Store) -> HttpResponse:
    text = _("%(store)s asks everybody for a second step at sign-in. Set one up to go on.") % {
        "store": store.name
    }
    messages.warning(request, text)
    return go(request, reverse("mfa_index"))


def go(request: HttpRequest, url: str) -> HttpResponse:
    """Send the person to another page; htmx is told to open it as a whole page."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)
