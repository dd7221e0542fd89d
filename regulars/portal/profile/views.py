"""What customers say of themselves: who they are, and what they want to be sent."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from regulars.customers import queries, services
from regulars.kit.errors import Refused
from regulars.kit.forms import show_refusal
from regulars.messaging.choices import Agreement
from regulars.messaging.services import set_agreements
from regulars.portal.access import customer_page
from regulars.portal.account.page import address, form_page, go, of_section, portal_page
from regulars.portal.account.words import day, place
from regulars.portal.profile.forms import AgreementsForm, ProfileForm
from regulars.portal.requests import CustomerRequest

_NAMES = ("first_name", "last_name", "company", "phone", "language", "birthdate")


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
@of_section("profile")
def edit_profile(request: CustomerRequest) -> HttpResponse:
    """Name, phone, language; and where the customer lives."""
    store, customer, now = request.store, request.visitor.customer, timezone.now()
    initial = {name: getattr(customer, name) for name in _NAMES}
    form = ProfileForm(request.POST or None, store=store, initial=initial, today=store.day_of(now))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.edit_customer(
                    store=store,
                    customer_id=customer.pk,
                    values=form.values(),
                    base_version=_version(request),
                    actor=request.visitor.actor,
                    now=now,
                )
            except Refused as refusal:
                show_refusal(form, refusal)
                status = refusal.status
            else:
                return go(request, "shop_profile", "saved")
    names = dict.fromkeys(form.fields, "")
    page = form_page(
        request,
        form,
        submit_label=_("Save"),
        sections=[(_("Who you are"), "", names)],
        hidden={"version": request.POST.get("version", customer.version)},
    )
    return portal_page(
        request, "profile", _("Profile"), "profile", {"form": page, **_beside(request)}, status=status
    )


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
@of_section("agreements")
def edit_agreements(request: CustomerRequest) -> HttpResponse:
    """What the customer wants to be sent."""
    store, customer = request.store, request.visitor.customer
    initial = {str(one): bool(getattr(customer, one)) for one in Agreement}
    form = AgreementsForm(request.POST if request.method == "POST" else None, store=store, initial=initial)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            set_agreements(
                store=store,
                customer_id=customer.pk,
                wanted=form.wanted(),
                wordings=form.wordings(),
                actor=request.visitor.actor,
                now=timezone.now(),
            )
        except Refused as refusal:
            show_refusal(form, refusal)
            status = refusal.status
        else:
            return go(request, "shop_agreements", "saved")
    text = _("You can change this at any time. What concerns your own orders and trade-ins we always send.")
    sections = [("", text, dict.fromkeys(form.fields, "whole"))]
    page = form_page(request, form, submit_label=_("Save"), sections=sections)
    return portal_page(request, "agreements", _("What we send you"), "form", {"form": page}, status=status)


def _version(request: CustomerRequest) -> int | None:
    """The version of the record that the form was filled from."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None


def _beside(request: CustomerRequest) -> dict[str, Any]:
    """E-mail, date of birth and addresses, which have pages of their own."""
    customer = request.visitor.customer
    found = queries.addresses_of(store=request.store, customer_id=customer.pk)
    return {
        "email": customer.email,
        "email_url": address(request, "shop_email") if request.visitor.staff is None else "",
        "birthdate": day(customer.birthdate),
        "main_address": place(customer),
        "main_url": address(request, "shop_main_address"),
        "new_url": address(request, "shop_new_address"),
        "addresses": [
            {
                "label": one.label,
                "lines": [part for part in (one.name, one.company, *place(one), one.phone) if part],
                "edit_url": address(request, "shop_address", address_id=one.pk),
                "main_url": address(request, "shop_address_main", address_id=one.pk),
                "remove_url": address(request, "shop_address_remove", address_id=one.pk),
            }
            for one in found
        ],
    }
