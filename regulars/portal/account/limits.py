"""How often one may try: for an address, from a place, and in a store. Counted alike for every address."""

from allauth.core import ratelimit
from django.utils.translation import gettext as _

from regulars.kit.email import email_key
from regulars.kit.errors import Refused
from regulars.portal.requests import ShopRequest


class TooMany(Refused):
    """Somebody tries again and again."""

    code = "too_many"
    status = 429


def hold(request: ShopRequest, action: str, *, email: str = "", key: str = "") -> None:
    """Count an attempt. Raises `TooMany`."""
    counted = f"{request.store.pk}:{email_key(email.strip()) if email else key}"
    if not ratelimit.consume(request, action=action, key=counted):
        raise TooMany(_("Too many tries in a short time. Please wait a while and try again."))


def hold_store(request: ShopRequest) -> None:
    """Refuse while very many sign-ins fail in this store: somebody tries stolen passwords. Mail still works."""
    if not ratelimit.consume(request, action="shop_failed", key=str(request.store.pk), dry_run=True):
        text = _("Signing in by password is paused for some minutes. Ask for a link by mail instead.")
        raise TooMany(text)


def note_failure(request: ShopRequest) -> None:
    """Count one that failed in the store."""
    ratelimit.consume(request, action="shop_failed", key=str(request.store.pk))
