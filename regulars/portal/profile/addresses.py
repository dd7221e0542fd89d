"""A customer's addresses: the main one, and further ones."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regulars.customers import queries, services
from regulars.customers.rules import ADDRESS_FIELDS
from regulars.kit.errors import Refused
from regulars.kit.forms import show_refusal
from regulars.portal.access import customer_page
from regulars.portal.account.page import address, form_page, go, of_section, portal_page
from regulars.portal.profile.forms import AddressForm, MainAddressForm
from regulars.portal.requests import CustomerRequest

_SIZES = {
    "label": "whole", "name": "", "company": "", "address": "whole", "building": "whole", "postcode": "third",
    "city": "two-thirds", "region": "", "country": "", "phone": "",
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
@of_section("profile")
def edit_main(request: CustomerRequest) -> HttpResponse:
    """The main address; emptied it is no more."""
    customer = request.visitor.customer
    initial = {name: getattr(customer, name) for name in ADDRESS_FIELDS}
    form = MainAddressForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.edit_customer(
            store=request.store,
            customer_id=customer.pk,
            values=form.cleaned_data,
            base_version=None,
            actor=request.visitor.actor,
            now=timezone.now(),
        )
        return go(request, "shop_profile", "saved")
    return _page(request, form, _("Your main address"))


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
@of_section("profile")
def add(request: CustomerRequest) -> HttpResponse:
    """A further address."""
    form = AddressForm(
        request.POST if request.method == "POST" else None, initial={"country": request.store.country}
    )
    return _saved(request, form, None) or _page(request, form, _("Add an address"))


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
@of_section("profile")
def edit(request: CustomerRequest, address_id: UUID) -> HttpResponse:
    """Change a further address."""
    known = queries.own_address(
        store=request.store, customer_id=request.visitor.customer_id, address_id=address_id
    )
    initial = {name: getattr(known, name) for name in AddressForm.base_fields}
    form = AddressForm(request.POST if request.method == "POST" else None, initial=initial)
    return _saved(request, form, address_id) or _page(request, form, _("Change an address"))


@require_POST
@customer_page
@of_section("profile")
def make_main(request: CustomerRequest, address_id: UUID) -> HttpResponse:
    """Swap it with the main address."""
    services.make_own_address_main(
        store=request.store,
        customer_id=request.visitor.customer_id,
        address_id=address_id,
        actor=request.visitor.actor,
        now=timezone.now(),
    )
    return go(request, "shop_profile", "main")


@require_POST
@customer_page
@of_section("profile")
def remove(request: CustomerRequest, address_id: UUID) -> HttpResponse:
    """Take it away."""
    services.remove_own_address(
        store=request.store,
        customer_id=request.visitor.customer_id,
        address_id=address_id,
        actor=request.visitor.actor,
        now=timezone.now(),
    )
    return go(request, "shop_profile", "removed")


def _saved(request: CustomerRequest, form: AddressForm, address_id: UUID | None) -> HttpResponse | None:
    """Save what was sent, unless something is wrong with it."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        services.save_own_address(
            store=request.store,
            customer_id=request.visitor.customer_id,
            address_id=address_id,
            values=form.cleaned_data,
            actor=request.visitor.actor,
            now=timezone.now(),
        )
    except Refused as refusal:
        if refusal.status == 404:
            raise
        show_refusal(form, refusal)
        return None
    return go(request, "shop_profile", "saved")


def _page(request: CustomerRequest, form: forms.Form, title: str) -> HttpResponse:
    sizes = {name: size for name, size in _SIZES.items() if name in form.fields}
    page = form_page(request, form, submit_label=_("Save"), sections=[("", "", sizes)])
    context = {"form": page, "back_url": address(request, "shop_profile"), "back": _("Profile")}
    return portal_page(request, "profile", title, "form", context, status=422 if form.errors else 200)
