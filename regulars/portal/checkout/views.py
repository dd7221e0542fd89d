"""Basket, checkout and the order that comes of it. A basket is ordered once, however often it is sent."""

from collections.abc import Sequence
from uuid import UUID

from allauth.core import ratelimit
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from regulars.kit.email import email_key
from regulars.kit.errors import NotFound, Refused
from regulars.kit.forms import show_refusal
from regulars.kit.ids import parse_id
from regulars.orders import queries as orders
from regulars.orders import services as order_services
from regulars.portal.access import client_ip, shop
from regulars.portal.basket import MOST_OF_ONE, MOST_PRODUCTS
from regulars.portal.checkout import pages
from regulars.portal.checkout.forms import CheckOut
from regulars.portal.pages import Line, fingerprint, lines_in
from regulars.portal.requests import ShopRequest


class TooMany(Refused):
    """Somebody orders again and again."""

    code = "too_many"
    status = 429


class Full(Refused):
    """No more different products fit into the basket."""

    code = "basket_full"


@require_http_methods(["GET", "HEAD", "POST"])
@shop
def show_basket(request: ShopRequest) -> HttpResponse:
    """What is in the basket; a change of its quantities."""
    if request.method == "POST":
        gone = parse_id(request.POST.get("remove", ""))
        for product_id in list(request.basket.lines):
            quantity = _quantity(request.POST.get(f"quantity-{product_id}", ""))
            if product_id == gone:
                request.basket.set(product_id, 0)
            elif quantity is not None:
                request.basket.set(product_id, quantity)
        return redirect("shop_basket", store=request.store.slug)
    lines = lines_in(request.store, request.basket)
    return render(request, "portal/basket.html", pages.basket_page(request, lines))


@require_POST
@shop
def add(request: ShopRequest) -> HttpResponse:
    """Put a product into the basket."""
    product_id = parse_id(request.POST.get("product", ""))
    if product_id is None:
        raise NotFound(_("This product is not offered."))
    orders.product_on_offer(store=request.store, product_id=product_id)
    more = _quantity(request.POST.get("quantity", "1")) or 1
    if not request.basket.set(product_id, request.basket.lines.get(product_id, 0) + more):
        text = _("A basket holds at most %(count)s different products. Order these first.")
        raise Full(text % {"count": MOST_PRODUCTS})
    return redirect("shop_basket", store=request.store.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@shop
def check_out(request: ShopRequest) -> HttpResponse:
    """Order: as a guest, or as whoever is signed in."""
    basket, sent = request.basket, request.POST.get("basket", "")
    if sent in basket.placed:  # the page was reloaded, or sent again with the Back button
        return redirect("shop_order", store=request.store.slug, order_id=basket.placed[sent])
    lines = lines_in(request.store, basket)
    if not lines or not all(line.on_offer for line in lines):
        return redirect("shop_basket", store=request.store.slug)
    form = CheckOut(request.POST or None, store=request.store, known=pages.known_of(request.visitor))
    if request.visitor is not None and request.visitor.customer.accepts_marketing:
        del form.fields["newsletter"]  # they get it
    status = 200
    if request.method == "POST":
        try:
            if placed := _order(request, form, lines):
                return redirect("shop_order", store=request.store.slug, order_id=placed)
            status = 422
        except order_services.OrderedAlready:
            basket.empty()
            raise
        except Refused as refusal:
            show_refusal(form, refusal)
            status = refusal.status
            lines = lines_in(request.store, basket)
    return render(request, "portal/checkout.html", pages.checkout_page(request, form, lines), status=status)


@require_safe
@shop
def show_order(request: ShopRequest, order_id: UUID) -> HttpResponse:
    """An order, to the browser that placed it."""
    if order_id not in request.basket.placed.values():
        raise NotFound(_("This order is shown only where it was placed. Its confirmation came by mail."))
    order = orders.get_order(store=request.store, order_id=order_id)
    lines = orders.lines_of(store=request.store, order_id=order_id)
    return render(request, "portal/order.html", pages.order_page(request, order, lines))


@require_http_methods(["GET", "HEAD", "POST"])
@shop
def agree(request: ShopRequest, token: str) -> HttpResponse:
    """Agree to the newsletter, from the confirmation. To open the page is not enough: machines open links, too."""
    wording = order_services.wording_of(store=request.store, token=token)
    if request.method == "POST":
        order_services.agree(store=request.store, token=token, now=timezone.now())
    return render(request, "portal/agree.html", pages.agree_page(request, wording))


def _order(request: ShopRequest, form: CheckOut, lines: Sequence[Line]) -> UUID | None:
    """Place the order, unless something is missing in the form."""
    if not form.is_valid():
        return None
    if request.POST.get("seen") != fingerprint(lines) or request.POST.get("basket") != request.basket.key:
        text = _("Your basket or a price changed since you looked. Please look at your order again.")
        raise order_services.OfferChanged(text)
    if not ratelimit.consume(request, action="shop_order", key=email_key(form.cleaned_data["email"])):
        raise TooMany(_("Too many orders in a short time. Please wait a while, or get in touch with us."))
    visitor = request.visitor
    placed = order_services.check_out(
        store=request.store,
        order=pages.order_facts(request.basket.key, form, lines, visitor),
        ip=client_ip(request),
        actor=visitor.actor if visitor else None,
        newsletter=str(form.fields["newsletter"].label) if form.cleaned_data.get("newsletter") else "",
        now=timezone.now(),
    )
    request.basket.ordered(placed.pk)
    return placed.pk


def _quantity(typed: str) -> int | None:
    """A whole number from 0; nothing when it is something else."""
    return min(int(typed), MOST_OF_ONE) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None
