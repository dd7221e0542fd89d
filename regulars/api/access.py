"""Who asks: a bearer token, bound to one store. Cookies are never looked at, so no page of another site can ask."""

from typing import cast

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from regulars.resources.context import Context
from regulars.staff import services as staff_services


class Token(HttpBearer):
    """An API token of a store: “Authorization: Bearer reg_…”. It works with the rights of its role, there only."""

    openapi_name = "token"

    def authenticate(self, request: HttpRequest, token: str) -> Context | None:
        now = timezone.now()
        found = staff_services.use_token(secret=token, now=now)
        return Context(store=found[0], actor=found[1], now=now) if found else None


def asked_by(request: HttpRequest) -> Context:
    """The store, actor and moment of a request that was let in."""
    return cast(Context, request.auth)  # type: ignore[attr-defined]
