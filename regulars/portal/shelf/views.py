"""The products of a store, and the page of one."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from regulars.kit.errors import NotFound
from regulars.kit.ids import parse_id
from regulars.kit.text import storable
from regulars.orders import queries as orders
from regulars.portal.access import shop
from regulars.portal.frame import frame
from regulars.portal.pages import product_card
from regulars.portal.requests import ShopRequest

_PAGE = 24


@require_safe
@shop
def show(request: ShopRequest) -> HttpResponse:
    """The products on offer, by name; all of them, or those that are looked for."""
    search = storable(request.GET.get("q", "")).strip()[:200]
    before, after = parse_id(request.GET.get("before", "")), parse_id(request.GET.get("after", ""))
    shelf = orders.shelf_of(store=request.store, search=search, before=before, after=after, limit=_PAGE)

    def turned(name: str, at: UUID | None) -> str:
        return "?" + urlencode({"q": search, name: str(at)} if search else {name: str(at)}) if at else ""

    context = {
        "frame": frame(
            request,
            title=_("Search: %(words)s") % {"words": search} if search else "",
            description=_("Products of %(store)s") % {"store": request.store.name},
            canonical=request.path + (f"?after={after}" if after else ""),
            hidden=bool(search),
        ),
        "search": search,
        "products": [product_card(request.store, product) for product in shelf.products],
        "add_url": reverse("shop_add", kwargs={"store": request.store.slug}),
        "previous_url": turned("before", shelf.before),
        "next_url": turned("after", shelf.after),
    }
    return render(request, "portal/shelf.html", context)


@require_safe
@shop
def show_product(request: ShopRequest, product_id: UUID) -> HttpResponse:
    """One product."""
    product = orders.product_on_offer(store=request.store, product_id=product_id)
    context = {
        "frame": frame(
            request,
            title=product.title,
            description=product.description or product.title,
            canonical=request.path,
        ),
        "product": product_card(request.store, product),
        "add_url": reverse("shop_add", kwargs={"store": request.store.slug}),
        "in_basket": request.basket.lines.get(product_id, 0),
    }
    return render(request, "portal/product.html", context)


@require_safe
@shop
def nothing(request: ShopRequest, rest: str) -> HttpResponse:
    """Any other address of a shop."""
    raise NotFound(_("There is no page at this address."))
