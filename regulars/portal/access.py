"""Who may open a page of the shop: everybody, while the store keeps its shop page open; and who is there."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, cast

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from regulars.accounts import services as accounts
from regulars.accounts.rules import FRESH
from regulars.kit.errors import Refused
from regulars.kit.language import spoken
from regulars.portal import states, visiting
from regulars.portal.basket import keep_basket, read_basket
from regulars.portal.following import with_next
from regulars.portal.requests import CustomerRequest, ShopRequest
from regulars.stores import queries as store_queries

type ShopView[**P] = Callable[Concatenate[ShopRequest, P], HttpResponse]
type CustomerView[**P] = Callable[Concatenate[CustomerRequest, P], HttpResponse]

_SAFE = ("GET", "HEAD", "OPTIONS")


class OnlyLooking(Refused):
    """Staff who look at the portal change nothing in it."""

    code = "only_looking"
    status = 403


def shop[**P](view: ShopView[P]) -> Callable[..., HttpResponseBase]:
    """A page at /shop/<store>/…, in the visitor's language and the store's time zone, with basket and visitor.

    A store without an open shop page is answered like one that does not exist.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, store: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        found = store_queries.find_open_shop(slug=store)
        if found is None:
            return states.no_shop(request)
        known = cast(ShopRequest, request)
        known.store, known.basket, known.visitor = found, read_basket(request, found), None
        with spoken(found.language), timezone.override(found.zone):
            refusal = _look_in(known)
        language = _language(known)
        with spoken(language), timezone.override(found.zone):
            if refusal:
                response: HttpResponse = states.turned_away(known, refusal)
                visiting.drop_session(response, found)
            else:
                response = _answer(view, known, *args, **kwargs)
            response.headers["Content-Language"] = translation.get_language() or "en"
        keep_basket(response, known.basket, found)
        add_never_cache_headers(response)
        return response

    return guarded


def customer_page[**P](view: CustomerView[P]) -> Callable[..., HttpResponseBase]:
    """A page of somebody who is signed in; others sign in first, and come back."""

    @wraps(view)
    def guarded(request: ShopRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        accounts.require_accounts(store=request.store)
        if request.visitor is None:
            return redirect(with_next(request, "shop_sign_in"))
        return view(cast(CustomerRequest, request), *args, **kwargs)

    return shop(guarded)


def own_page[**P](view: CustomerView[P]) -> Callable[..., HttpResponseBase]:
    """A page about the sign-in itself: never for staff, who open the portal to help, not to take it over."""

    @wraps(view)
    def guarded(request: CustomerRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.visitor.staff is not None:
            raise OnlyLooking(_("Staff do not change how a customer signs in from here. Use the desk."))
        return view(request, *args, **kwargs)

    return customer_page(guarded)


def fresh_customer_page[**P](view: CustomerView[P]) -> Callable[..., HttpResponseBase]:
    """The same, for what must not be done at a browser that somebody left open: whoever signed in a while ago says
    password or code once more first."""

    @wraps(view)
    def guarded(request: CustomerRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if timezone.now() - request.visitor.proved_at > FRESH:
            return redirect(with_next(request, "shop_prove"))
        return view(request, *args, **kwargs)

    return own_page(guarded)


def for_looks[View: Callable[..., Any]](view: View) -> View:
    """Mark a view that staff who only look may send something to: the ways in and out."""
    view.for_looks = True  # type: ignore[attr-defined]
    return view


def _language(request: ShopRequest) -> str:
    """The customer's, where one is signed in themself; else the store's."""
    visitor = request.visitor
    own = visitor.customer.language if visitor is not None and visitor.staff is None else ""
    return own or request.store.language


def _look_in(request: ShopRequest) -> str:
    """Find out who is there; why somebody is there no longer, if so."""
    key = visiting.session_key(request)
    if not key:
        return ""
    seen = accounts.look_in(store=request.store, key=key, ip=client_ip(request), now=timezone.now())
    request.visitor = seen.visitor
    return seen.refusal


def _answer(
    view: Callable[..., HttpResponse], request: ShopRequest, *args: Any, **kwargs: Any
) -> HttpResponse:
    visitor = request.visitor
    try:
        if visitor and visitor.read_only and request.method not in _SAFE and not hasattr(view, "for_looks"):
            raise OnlyLooking(_("You only look at this portal: nothing can be changed here."))
        return view(request, *args, **kwargs)
    except Refused as refusal:
        return states.refuse(request, refusal)


def client_ip(request: HttpRequest) -> str:
    """The address of the browser, behind as many proxies as are trusted."""
    return str(get_adapter(request).get_client_ip(request))
