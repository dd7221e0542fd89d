"""What stands around every page of the shop."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi

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
    }
