"""What the shop's pages show: plain rows, ready for the templates."""

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

from regulars.kit.money import display_money
from regulars.kit.text import initials
from regulars.orders import queries as orders
from regulars.orders.choices import ProductState
from regulars.orders.queries import Product
from regulars.portal.basket import Basket
from regulars.stores.queries import Store

_HUES = 8


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a basket at today's price."""

    product: Product
    quantity: int

    @property
    def on_offer(self) -> bool:
        """False when it can no longer be ordered."""
        return self.product.state == ProductState.ACTIVE

    @property
    def total_minor(self) -> int:
        """What it costs."""
        return self.product.price_minor * self.quantity


def lines_in(store: Store, basket: Basket) -> list[Line]:
    """The lines of a basket as the store offers them now; what the store no longer knows is left out."""
    found = orders.products_by_id(store=store, ids=list(basket.lines))
    return [Line(found[one], count) for one, count in basket.lines.items() if one in found]


def total_of(lines: Sequence[Line]) -> int:
    """What everything that is on offer costs."""
    return sum(line.total_minor for line in lines if line.on_offer)


def fingerprint(lines: Sequence[Line]) -> str:
    """What a buyer saw: products, how many, prices. Anything else by the time of ordering is shown again first."""
    seen = [(line.product.pk.hex, line.quantity, line.product.price_minor, line.on_offer) for line in lines]
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:32]


def money(store: Store, minor: int) -> str:
    """An amount the way the store's language writes it."""
    return display_money(minor, store.currency, store.language.replace("-", "_"))


def product_card(store: Store, product: Product) -> dict[str, Any]:
    """A product as lists and its page show it."""
    return {
        "id": product.pk,
        "title": product.title,
        "sku": product.sku,
        "description": product.description,
        "price": money(store, product.price_minor),
        "url": _url(store, product.pk),
        **_cover(product),
    }


def basket_row(store: Store, line: Line) -> dict[str, Any]:
    """A line as the basket and the checkout show it."""
    return {
        "id": line.product.pk,
        "title": line.product.title,
        "url": _url(store, line.product.pk) if line.on_offer else "",
        "quantity": line.quantity,
        "price": money(store, line.product.price_minor),
        "total": money(store, line.total_minor),
        "on_offer": line.on_offer,
        **_cover(line.product),
    }


def _cover(product: Product) -> dict[str, Any]:
    return {"initials": initials(product.title), "hue": zlib.crc32(product.pk.bytes) % _HUES + 1}


def _url(store: Store, product_id: UUID) -> str:
    return reverse("shop_product", kwargs={"store": store.slug, "product_id": product_id})
