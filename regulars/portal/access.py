"""Who may open a page of the shop: everybody, while the store keeps its shop page open."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, cast

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers

from regulars.kit.errors import Refused
from regulars.kit.language import spoken
from regulars.portal import states
from regulars.portal.basket import keep_basket, read_basket
from regulars.portal.requests import ShopRequest
from regulars.stores import queries as store_queries

type ShopView[**P] = Callable[Concatenate[ShopRequest, P], HttpResponse]


def shop[**P](view: ShopView[P]) -> Callable[..., HttpResponseBase]:
    """A page at /shop/<store>/…, in the store's language and time zone, with the visitor's basket.

    A store without an open shop page is answered like one that does not exist.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, store: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        found = store_queries.find_open_shop(slug=store)
        if found is None:
            return states.no_shop(request)
        known = cast(ShopRequest, request)
        known.store, known.basket = found, read_basket(request, found)
        with spoken(found.language), timezone.override(found.zone):
            try:
                response = view(known, *args, **kwargs)
            except Refused as refusal:
                response = states.refuse(known, refusal)
            response.headers["Content-Language"] = translation.get_language() or "en"
        keep_basket(response, known.basket, found)
        add_never_cache_headers(response)
        return response

    return guarded


def client_ip(request: HttpRequest) -> str:
    """The address of the browser, behind as many proxies as are trusted."""
    return str(get_adapter(request).get_client_ip(request))
