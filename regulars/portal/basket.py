"""What a visitor of the shop means to buy: kept in the visitor's own browser, signed, per store.

Nothing is stored for people who only look, and nothing in it is about a person. Prices and titles are read anew on
every page; the cookie holds which products and how many, and which orders this browser may look at.
"""

import secrets
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from regulars.stores.queries import Store

COOKIE = "regulars_shop"
MOST_PRODUCTS = 40  # what fits into a cookie with room to spare
MOST_OF_ONE = 99
_KEPT_SECONDS = 30 * 86_400
_KEPT_ORDERS = 5


@dataclass(slots=True)
class Basket:
    """Products and how many of each. `key` names exactly these until they are ordered, so that what was added since is
    never taken for ordered; `placed` are the last orders by their key."""

    key: str = ""
    lines: dict[UUID, int] = field(default_factory=dict)
    placed: dict[str, UUID] = field(default_factory=dict)
    changed: bool = False

    @property
    def count(self) -> int:
        """How many things are in it."""
        return sum(self.lines.values())

    def set(self, product_id: UUID, quantity: int) -> bool:
        """So many of a product, none for 0; False when no more different products fit in."""
        wanted = max(0, min(quantity, MOST_OF_ONE))
        if wanted == self.lines.get(product_id, 0):
            return True
        if product_id not in self.lines and len(self.lines) >= MOST_PRODUCTS:
            return False
        if wanted < 1:
            del self.lines[product_id]
        else:
            self.lines[product_id] = wanted
        self.key, self.changed = secrets.token_urlsafe(12), True
        return True

    def empty(self) -> None:
        """Begin a new one."""
        self.key, self.lines, self.changed = "", {}, True

    def forget_orders(self) -> None:
        """This browser may look at no order any more: whoever sits there next is somebody else."""
        if self.placed:
            self.placed, self.changed = {}, True

    def ordered(self, order_id: UUID) -> None:
        """The basket became this order; a new one begins."""
        kept = [*self.placed.items(), (self.key, order_id)]
        self.placed = dict(kept[-_KEPT_ORDERS:])
        self.empty()


def read_basket(request: HttpRequest, store: Store) -> Basket:
    """The basket a browser sends; an empty one when it was tampered with, is too old, or is of another store."""
    try:
        kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_salt(store), max_age=_KEPT_SECONDS)
    except signing.BadSignature:
        return Basket()
    return Basket(
        key=kept["key"],
        lines={UUID(one): count for one, count in kept["lines"]},
        placed={key: UUID(one) for key, one in kept["placed"]},
    )


def keep_basket(response: HttpResponseBase, basket: Basket, store: Store) -> None:
    """Send a changed basket to the browser."""
    if not basket.changed:
        return
    kept: dict[str, Any] = {
        "key": basket.key,
        "lines": [(one.hex, count) for one, count in basket.lines.items()],
        "placed": [(key, one.hex) for key, one in basket.placed.items()],
    }
    response.set_cookie(
        COOKIE,
        signing.dumps(kept, salt=_salt(store), compress=True),
        max_age=_KEPT_SECONDS,
        path=reverse("shop", kwargs={"store": store.slug}),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _salt(store: Store) -> str:
    return f"regulars.portal.basket:{store.pk}"
