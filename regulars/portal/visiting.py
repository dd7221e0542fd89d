"""What a browser keeps of its visitor: three cookies with the path of one store, each a random key and nothing else."""

import secrets

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.csrf import rotate_token
from django.urls import reverse

from regulars.accounts.rules import DEVICE_VALID, REMEMBERED, SIGN_UP_VALID
from regulars.accounts.services import Begun, Browser
from regulars.kit.devices import device_name
from regulars.stores.queries import Store

SESSION = "regulars_visitor"
DEVICE = "regulars_device"
# Ties what was asked for to the browser that asked.
BROWSER = "regulars_browser"
_LONGEST = 100


def session_key(request: HttpRequest) -> str:
    """The key of the session that a browser sends."""
    return request.COOKIES.get(SESSION, "")[:_LONGEST]


def browser_secret(request: HttpRequest) -> str:
    """What ties a browser to what it asked for; nothing when it asked for nothing."""
    return request.COOKIES.get(BROWSER, "")[:_LONGEST]


def browser_of(request: HttpRequest, ip: str, *, remember: bool = False) -> Browser:
    """The browser as accounts see it."""
    return Browser(
        device=device_name(request.headers.get("User-Agent", ""))[:80],
        ip=ip,
        device_key=request.COOKIES.get(DEVICE, "")[:_LONGEST],
        remember=remember,
    )


def keep_session(request: HttpRequest, response: HttpResponseBase, store: Store, begun: Begun) -> None:
    """Give a browser its new key; the token of forms is a new one too."""
    age = int(REMEMBERED.total_seconds()) if begun.remembered else None
    _keep(response, store, SESSION, begun.key, age)
    if begun.device_key:
        _keep(response, store, DEVICE, begun.device_key, int(DEVICE_VALID.total_seconds()))
    rotate_token(request)


def keep_visit(response: HttpResponseBase, store: Store, begun: Begun) -> None:
    """Give the browser of staff the key of a visit. The token of forms stays: the desk is open in the next tab."""
    _keep(response, store, SESSION, begun.key, None)


def drop_session(response: HttpResponseBase, store: Store) -> None:
    """Take the key away."""
    response.delete_cookie(SESSION, path=_path(store), samesite="Lax")


def asking(request: HttpRequest) -> str:
    """What ties this browser to what it asks for now: what it has, else something new."""
    known = browser_secret(request)
    return known if len(known) >= 32 else secrets.token_urlsafe(32)


def keep_asking(response: HttpResponseBase, store: Store, secret: str) -> None:
    """Remember it in the browser as long as anything that was asked for can be waiting."""
    _keep(response, store, BROWSER, secret, int(SIGN_UP_VALID.total_seconds()))


def _keep(response: HttpResponseBase, store: Store, name: str, value: str, age: int | None) -> None:
    response.set_cookie(
        name,
        value,
        max_age=age,
        path=_path(store),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _path(store: Store) -> str:
    return reverse("shop", kwargs={"store": store.slug})
