"""Settings: the store, its people, API tokens and kept mail."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.desk.access import staff
from regulars.desk.requests import StaffRequest
from regulars.desk.settings import pages
from regulars.desk.settings.forms import Invite, InvoiceForm, NewToken, PointsForm
from regulars.desk.shell import shell
from regulars.invoices import queries as invoice_queries
from regulars.invoices import services as invoice_services
from regulars.kit.errors import Refused
from regulars.kit.forms import field_of, form_of, show_refusal
from regulars.loyalty import queries as loyalty_queries
from regulars.loyalty import services as loyalty_services
from regulars.loyalty.resource.permissions import PROGRAMME
from regulars.messaging.permissions import TEMPLATES
from regulars.offers.resource.permissions import MANAGE as OFFERS
from regulars.privacy.permissions import RETENTION
from regulars.privacy.permissions import SETTINGS as PRIVACY
from regulars.staff import queries as staff_queries
from regulars.staff import services as staff_services
from regulars.staff.permissions import OUTBOX_VIEW, STAFF_MANAGE, STAFF_VIEW, STORE_MANAGE, TOKENS_MANAGE
from regulars.stores import services as store_services
from regulars.stores.inputs import PortalForm, ShopForm, StoreForm

_HELP = {
    "shop_settings": "shop",
    "account_settings": "accounts",
    "portal_settings": "portal",
    "points_settings": "points",
    "earn_rules": "earning",
    "tiers": "earning",
    "message_settings": "messages",
    "privacy_settings": "privacy",
    "retention": "privacy",
}


@require_http_methods(["GET", "POST"])
@staff(STORE_MANAGE)
def edit_store(request: StaffRequest) -> HttpResponse:
    """The settings of the store."""
    return _edit(request, StoreForm, "store_settings", _("Store"), pages.store_sections())


@require_http_methods(["GET", "POST"])
@staff(STORE_MANAGE)
def edit_shop(request: StaffRequest) -> HttpResponse:
    """What strangers see of the store, and what buyers are told about paying."""
    url = reverse("shop", kwargs={"store": request.store.slug})
    return _edit(
        request,
        ShopForm,
        "shop_settings",
        _("Shop page"),
        pages.shop_sections(),
        text=pages.shop_text(request.store, url),
        shop_url=url if request.store.shop_open else "",
    )


@require_http_methods(["GET", "POST"])
@staff(STORE_MANAGE)
def edit_portal(request: StaffRequest) -> HttpResponse:
    """What customers find once they are signed in."""
    return _edit(request, PortalForm, "portal_settings", _("Portal"), pages.portal_sections())


@require_http_methods(["GET", "POST"])
@staff(STORE_MANAGE)
def edit_invoice_settings(request: StaffRequest) -> HttpResponse:
    """How the store writes its invoices."""
    known = invoice_queries.settings_of(store=request.store)
    initial = {name: getattr(known, name) for name in InvoiceForm.base_fields}
    form = InvoiceForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            invoice_services.edit_settings(
                store=request.store, changes=form.cleaned_data, actor=request.actor, now=timezone.now()
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("invoice_settings", store=request.store.slug)
    sections = pages.invoice_sections(invoice_queries.next_number(store=request.store))
    page = form_of(form, url=request.path, submit_label=_("Save"), sections=sections)
    return _page(request, "invoice_settings", _("Invoices"), "store", {"form": page}, bool(form.errors))


@require_http_methods(["GET", "POST"])
@staff(PROGRAMME)
def edit_points_settings(request: StaffRequest) -> HttpResponse:
    """How the store gives and takes points."""
    currency = request.store.currency
    programme = loyalty_queries.programme_of(store=request.store)
    form = PointsForm(request.POST or None, initial=PointsForm.initial_of(programme, currency))
    if request.method == "POST" and form.is_valid():
        try:
            loyalty_services.edit_programme(
                store=request.store, changes=form.changes(currency), actor=request.actor, now=timezone.now()
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("points_settings", store=request.store.slug)
    sections = pages.points_sections(loyalty_queries.liability(store=request.store), programme, request.store)
    page = form_of(form, url=request.path, submit_label=_("Save"), sections=sections)
    return _page(request, "points_settings", _("Points"), "store", {"form": page}, bool(form.errors))


@require_GET
@staff(STAFF_VIEW)
def list_people(request: StaffRequest) -> HttpResponse:
    """Who works for the store, and who was invited."""
    people = staff_queries.people(store=request.store)
    invitations = staff_queries.open_invitations(store=request.store, now=timezone.now())
    page = pages.people_page(people, invitations, request)
    return _page(request, "people", _("People"), "staff", {"staff": page})


@require_http_methods(["GET", "POST"])
@staff(STAFF_MANAGE)
def invite_person(request: StaffRequest) -> HttpResponse:
    """Invite somebody by mail."""
    form = Invite(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email, role = form.cleaned_data["email"], form.cleaned_data["role"]
        try:
            staff_services.invite_person(
                store=request.store, email=email, role=role, actor=request.actor, now=timezone.now()
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            return _back_to_people(request, pages.invited_text(email))
    text = _("The mail holds a link that works once, for seven days.")
    page = form_of(
        form,
        url=request.path,
        submit_label=_("Send the invitation"),
        sections=[(_("Invite somebody"), text, {"email": "", "role": ""})],
    )
    return _page(request, "people", _("People"), "invite", {"form": page}, bool(form.errors))


@require_POST
@staff(STAFF_MANAGE)
def change_role(request: StaffRequest, user_id: UUID) -> HttpResponse:
    """Give a person another role."""
    role = request.POST.get("role", "")
    staff_services.change_role(
        store=request.store, user_id=user_id, role=role, actor=request.actor, now=timezone.now()
    )
    return _back_to_people(request, _("Role changed."))


@require_POST
@staff(STAFF_MANAGE)
def remove_person(request: StaffRequest, user_id: UUID) -> HttpResponse:
    """End a person's access to the store."""
    staff_services.remove_person(
        store=request.store, user_id=user_id, actor=request.actor, now=timezone.now()
    )
    if user_id == request.actor.id:
        return redirect("desk")
    return _back_to_people(request, _("Access ended."))


@require_POST
@staff(STAFF_MANAGE)
def resend_invitation(request: StaffRequest, invitation_id: UUID) -> HttpResponse:
    """Send an invitation again."""
    staff_services.resend_invitation(
        store=request.store, invitation_id=invitation_id, actor=request.actor, now=timezone.now()
    )
    return _back_to_people(request, _("Sent again. The link of the first mail no longer works."))


@require_POST
@staff(STAFF_MANAGE)
def withdraw_invitation(request: StaffRequest, invitation_id: UUID) -> HttpResponse:
    """Take an invitation back."""
    staff_services.withdraw_invitation(
        store=request.store, invitation_id=invitation_id, actor=request.actor, now=timezone.now()
    )
    return _back_to_people(request, _("Invitation withdrawn."))


@sensitive_variables("secret")
@require_http_methods(["GET", "POST"])
@staff(TOKENS_MANAGE)
def list_tokens(request: StaffRequest) -> HttpResponse:
    """The keys of other systems; a new one is shown once."""
    form, secret = NewToken(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            _token, secret = staff_services.create_token(
                store=request.store,
                name=form.cleaned_data["name"],
                role=form.cleaned_data["role"],
                actor=request.actor,
                now=timezone.now(),
            )
            form = NewToken()
        except Refused as refusal:
            show_refusal(form, refusal)
    page = {
        "fresh": secret,
        "rows": pages.token_rows(staff_queries.tokens(store=request.store), request),
        "create_url": request.path,
        "fields": [field_of(bound) for bound in form],
    }
    return _page(request, "tokens", _("API tokens"), "tokens", {"tokens": page}, bool(form.errors))


@require_POST
@staff(TOKENS_MANAGE)
def revoke_token(request: StaffRequest, token_id: UUID) -> HttpResponse:
    """End a key."""
    staff_services.revoke_token(
        store=request.store, token_id=token_id, actor=request.actor, now=timezone.now()
    )
    messages.success(request, _("The token no longer works."))
    return redirect("tokens", store=request.store.slug)


@require_GET
@staff(OUTBOX_VIEW)
def show_outbox(request: StaffRequest) -> HttpResponse:
    """Mail that was not sent because no provider is set."""
    mails = staff_queries.kept_mail(store=request.store, actor=request.actor)
    url = reverse("list", kwargs={"store": request.store.slug, "resource_name": "messages"})
    context = {"mails": mails, "messages_url": url if request.actor.may("messages.view") else ""}
    return _page(request, "outbox", _("Outbox"), "outbox", context, text=pages.outbox_text())


def _edit(
    request: StaffRequest,
    kind: type[StoreForm] | type[ShopForm] | type[PortalForm],
    current: str,
    title: str,
    sections: list[tuple[str, str, dict[str, str]]],
    text: str = "",
    shop_url: str = "",
) -> HttpResponse:
    """A form over settings of the store."""
    form = kind(
        request.POST or None, initial={name: getattr(request.store, name) for name in kind.base_fields}
    )
    if request.method == "POST" and form.is_valid():
        try:
            store_services.edit_store(
                store=request.store, changes=form.cleaned_data, actor=request.actor, now=timezone.now()
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect(current, store=request.store.slug)
    page = form_of(form, url=request.path, submit_label=_("Save"), sections=sections)
    context = {"form": page, "shop_url": shop_url}
    return _page(request, current, title, "store", context, bool(form.errors), text)


def _back_to_people(request: StaffRequest, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect("people", store=request.store.slug)


def _page(
    request: StaffRequest,
    current: str,
    title: str,
    template: str,
    context: dict[str, Any],
    has_errors: bool = False,
    text: str = "",
) -> HttpResponse:
    template = f"desk/settings/{template}.html"
    return settings_page(request, current, title, template, context, has_errors, text)


def settings_page(
    request: StaffRequest,
    current: str,
    title: str,
    template: str,
    context: dict[str, Any],
    has_errors: bool = False,
    text: str = "",
) -> HttpResponse:
    """A page among the settings, with the tabs that the role may open."""
    here = {"store": request.store.slug}
    tabs = [
        {"label": label, "url": reverse(name, kwargs=here), "current": name == current}
        for name, label, permission in (
            ("store_settings", _("Store"), STORE_MANAGE),
            ("shop_settings", _("Shop page"), STORE_MANAGE),
            ("account_settings", _("Accounts"), STORE_MANAGE),
            ("portal_settings", _("Portal"), STORE_MANAGE),
            ("invoice_settings", _("Invoices"), STORE_MANAGE),
            ("points_settings", _("Points"), PROGRAMME),
            ("earn_rules", _("Earning points"), PROGRAMME),
            ("tiers", _("Tiers"), PROGRAMME),
            ("offer_settings", _("Offers"), OFFERS),
            ("message_settings", _("Messages"), TEMPLATES),
            ("privacy_settings", _("Privacy"), PRIVACY),
            ("retention", _("Keeping customers"), RETENTION),
            ("people", _("People"), STAFF_VIEW),
            ("tokens", _("API tokens"), TOKENS_MANAGE),
            ("outbox", _("Outbox"), OUTBOX_VIEW),
        )
        if request.actor.may(permission)
    ]
    frame = {
        "settings": {"title": title, "text": text, "tabs": tabs},
        "shell": shell(request, current="settings", help_page=_HELP.get(current, "")),
    }
    status = 422 if has_errors else 200
    return render(request, template, frame | context, status=status)
