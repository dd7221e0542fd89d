"""What the basket, the checkout and an order show, and what an order is made of."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.accounts.queries import Visitor
from regulars.kit.forms import field_of, form_of
from regulars.kit.phone import display_phone
from regulars.orders.choices import OrderStatus, Paying
from regulars.orders.facts import LineFacts, OrderFacts
from regulars.orders.queries import Order, OrderLine
from regulars.orders.rules import address_lines
from regulars.portal.account.sections import is_open
from regulars.portal.basket import MOST_OF_ONE
from regulars.portal.checkout.forms import CheckOut
from regulars.portal.frame import frame
from regulars.portal.pages import Line, basket_row, fingerprint, money, total_of
from regulars.portal.requests import ShopRequest

_DELIVERY = ("name", "email", "phone", "address", "building", "postcode", "city", "region", "country")


def basket_page(request: ShopRequest, lines: Sequence[Line]) -> dict[str, Any]:
    """The basket, with what it costs and whether it can be ordered."""
    here = {"store": request.store.slug}
    return {
        "frame": frame(request, title=_("Your basket"), hidden=True),
        "rows": [basket_row(request.store, line) for line in lines],
        "most": MOST_OF_ONE,
        "total": money(request.store, total_of(lines)),
        "is_known": request.visitor is not None,
        "checkout_url": reverse("shop_checkout", kwargs=here) if all(one.on_offer for one in lines) else "",
    }


def checkout_page(request: ShopRequest, form: CheckOut, lines: Sequence[Line]) -> dict[str, Any]:
    """The form of the checkout beside what is ordered."""
    store = request.store
    texts = {Paying.PICKUP.value: store.pickup_address, Paying.TRANSFER.value: ""}
    texts[Paying.TRANSFER.value] = _(
        "You get the account with the confirmation; we send the goods once it is paid."
    )
    page = form_of(
        form,
        url=request.path,
        submit_label=_("Order and pay later"),
        sections=[
            (_("How we reach you"), "", {"email": "", "phone": ""}),
            (
                _("Your address"),
                "",
                {"name": "whole", "address": "whole", "building": "whole", "postcode": "third",
                 "city": "two-thirds", "region": "", "country": ""},
            ),
        ],
    )  # fmt: skip
    page["problems_title"] = _("Not ordered yet")
    chosen = form["pays"].value()
    return {
        "frame": frame(request, title=_("Checkout"), hidden=True),
        "form": page,
        "ways": [
            {"value": value, "label": label, "text": texts[value], "chosen": value == chosen}
            for value, label in form.fields["pays"].choices  # type: ignore[attr-defined]
        ],
        "pays_problem": " ".join(map(str, form["pays"].errors)),
        "last": [
            field_of(form[name], size="whole") for name in ("note", "newsletter") if name in form.fields
        ],
        "basket": request.basket.key,
        "seen": fingerprint(lines),
        "rows": [basket_row(store, line) for line in lines],
        "total": money(store, total_of(lines)),
        "read_only": request.visitor is not None and request.visitor.read_only,
    }


def known_of(visitor: Visitor | None) -> dict[str, str]:
    """What the form of the checkout need not ask whoever is signed in."""
    if visitor is None:
        return {}
    customer = visitor.customer
    known = {name: getattr(customer, name) for name in _DELIVERY if name != "name"}
    known["name"] = f"{customer.first_name} {customer.last_name}".strip()
    known["phone"] = display_phone(customer.phone) if customer.phone else ""
    return {name: value for name, value in known.items() if value}


def order_facts(
    key: str, form: CheckOut, lines: Sequence[Line], visitor: Visitor | None = None
) -> OrderFacts:
    """The order of a checked form, at the prices that the buyer saw; of whoever is signed in, if anybody."""
    value = form.cleaned_data
    return OrderFacts(
        external_id=f"shop-{key}",
        source="shop",
        customer_id=visitor.customer_id if visitor else None,
        pays=value["pays"],
        note=value["note"],
        lines=tuple(
            LineFacts(product_id=one.product.pk, quantity=one.quantity, price_minor=one.product.price_minor)
            for one in lines
        ),
        **{name: value[name] for name in _DELIVERY},
    )


def agree_page(request: ShopRequest, wording: str) -> dict[str, Any]:
    """What is agreed to, before and after."""
    return {
        "frame": frame(request, title=_("News and offers"), hidden=True),
        "url": request.path,
        "wording": wording,
        "agreed": request.method == "POST",
    }


def order_page(request: ShopRequest, order: Order, lines: Sequence[OrderLine]) -> dict[str, Any]:
    """The confirmation: what was ordered, where it goes, how to pay; and where its buyer finds it later."""
    store, visitor = request.store, request.visitor
    is_own = visitor is not None and visitor.customer_id == order.customer_id and is_open(store, "orders")
    where = {"store": store.slug, "order_id": order.pk}
    return {
        "frame": frame(request, title=_("Order %(number)s") % {"number": order.number}, hidden=True),
        "number": order.number,
        "email": order.email,
        "rows": [
            {"title": line.title, "quantity": line.quantity, "total": money(store, line.total_minor)}
            for line in lines
        ],
        "total": money(store, order.total_minor),
        "tax": money(store, order.tax_minor) if order.tax_minor else "",
        "is_cancelled": order.status == OrderStatus.CANCELLED,
        "is_paid": order.due_minor <= 0,
        "pays": order.pays,
        "pickup_address": store.pickup_address,
        "bank_details": store.bank_details,
        "address": address_lines(order, store.language),
        "own_url": reverse("shop_own_order", kwargs=where) if is_own else "",
    }
