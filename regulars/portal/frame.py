"""What stands around every page of the shop."""

from typing import Any

from babel.dates import format_time
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, get_language_bidi

from regulars.accounts import queries
from regulars.accounts.queries import Visitor
from regulars.kit.text import initials
from regulars.portal.requests import ShopRequest


def frame(
    request: ShopRequest, *, title: str = "", description: str = "", canonical: str = "", hidden: bool = False
) -> dict[str, Any]:
    """The store's name, the basket, and what search engines are told; `hidden` from them are a visitor's own pages."""
    here = {"store": request.store.slug}
    return {
        "title": title,
        "description": " ".join(description.split())[:160],
        "canonical": settings.BASE_URL.rstrip("/") + canonical if canonical else "",
        "hidden": hidden,
        "store": request.store.name,
        "language": get_language(),
        "dir": "rtl" if get_language_bidi() else "ltr",
        "shelf_url": reverse("shop", kwargs=here),
        "basket_url": reverse("shop_basket", kwargs=here),
        "count": request.basket.count,
        **_who(request, here),
    }


def _who(request: ShopRequest, here: dict[str, str]) -> dict[str, Any]:
    """Who is signed in and where they go, or how one gets in; and the banner over a visit of staff."""
    visitor = request.visitor
    if visitor is None:
        ways = {
            "sign_in_url": reverse("shop_sign_in", kwargs=here),
            "sign_up_url": reverse("shop_sign_up", kwargs=here),
        }
        has_accounts = queries.settings_of(store=request.store).active
        return {"visitor": None, "visit": None, "accounts": ways if has_accounts else None}
    name = visitor.customer.name
    return {
        "accounts": None,
        "visitor": {
            "name": name,
            "initials": initials(name),
            "account_url": reverse("shop_account", kwargs=here),
            "security_url": reverse("shop_security", kwargs=here),
            "sign_out_url": "" if visitor.staff else reverse("shop_sign_out", kwargs=here),
        },
        "visit": _visit(visitor, here),
    }


def _visit(visitor: Visitor, here: dict[str, str]) -> dict[str, Any] | None:
    if visitor.staff is None:
        return None
    until = timezone.localtime(visitor.staff.until)
    return {
        # They stand in the middle of a sentence, whichever way they are written.
        "staff": format_html("<bdi>{}</bdi>", visitor.staff.name),
        "customer": format_html("<bdi>{}</bdi>", visitor.customer.name),
        "until": format_time(until, "short", locale=(get_language() or "en").replace("-", "_")),
        "may_act": visitor.staff.may_act,
        "leave_url": reverse("shop_leave_visit", kwargs=here),
    }
