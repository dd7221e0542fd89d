"""From one step of a sign-in to the next: a new key each time, and on to the page that was asked for."""

from typing import cast

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from regulars.accounts import queries
from regulars.accounts.choices import Stage
from regulars.accounts.queries import Session
from regulars.accounts.services import Begun
from regulars.portal import visiting
from regulars.portal.account.pages import url
from regulars.portal.following import going_on, next_of
from regulars.portal.requests import ShopRequest

_NEXT = {
    Stage.SECOND: "shop_second",
    Stage.PASSWORD: "shop_replace_password",
    Stage.ENROL: "shop_app",
}


def step_on(request: ShopRequest, begun: Begun) -> HttpResponse:
    """Give the browser its new key and send it to the next step, or where somebody wanted to go."""
    if begun.stage == Stage.WHOLE:
        response = redirect(next_of(request) or url(request, "shop_account"))
    else:
        response = redirect(going_on(request, _NEXT[begun.stage]))
    visiting.keep_session(request, response, request.store, begun)
    return cast(HttpResponse, response)


def on_the_way(request: ShopRequest, stage: Stage) -> Session | None:
    """The sign-in of this browser, if it waits for this step."""
    key = visiting.session_key(request)
    session = queries.find_session(store=request.store, key=key, now=timezone.now())
    return session if session is not None and session.stage == stage else None
