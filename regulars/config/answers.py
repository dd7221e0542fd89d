"""Answers outside of any page: customers are told by the shop, everybody else by the desk."""

from django.http import HttpRequest, HttpResponse

from regulars.desk import states as desk
from regulars.portal import states as shop


def _is_shop(request: HttpRequest) -> bool:
    return request.path.startswith("/shop/")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No page has this address."""
    return shop.no_shop(request) if _is_shop(request) else desk.not_found(request, exception)


def unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The request cannot be read."""
    return (shop if _is_shop(request) else desk).unreadable(request, exception)


def expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token."""
    return (shop if _is_shop(request) else desk).expired(request, reason)


def broken(request: HttpRequest) -> HttpResponse:
    """A fault of ours."""
    return (shop if _is_shop(request) else desk).broken(request)
