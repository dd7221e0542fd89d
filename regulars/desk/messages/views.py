"""One message, and how a store words its messages."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.desk.access import staff
from regulars.desk.lists.views import base_of, open_resource
from regulars.desk.messages import pages
from regulars.desk.messages.forms import SettingsForm, Wording
from regulars.desk.records.views import row_of
from regulars.desk.requests import StaffRequest
from regulars.desk.settings.views import settings_page
from regulars.desk.shell import shell, wants_part
from regulars.kit.errors import Refused
from regulars.kit.forms import form_of, show_refusal
from regulars.messaging import queries, services
from regulars.messaging.permissions import TEMPLATES


@require_GET
@staff("messages.view")
def show(request: StaffRequest, record_id: UUID) -> HttpResponse:
    """One message: to whom, in which words, and what became of it."""
    resource, context = open_resource(request, "messages")
    page = pages.message_page(resource, record_id, context, base_of(request, resource))
    return render(
        request, "desk/messages/message.html", {"record": page, "shell": shell(request, current="messages")}
    )


@require_GET
@staff("consents.view")
def show_agreement(request: StaffRequest, record_id: UUID) -> HttpResponse:
    """What a customer agreed to stands with everything else they agreed to."""
    resource, context = open_resource(request, "consents")
    row = row_of(resource, record_id, context, extra=("customer_id",))
    return redirect(
        "customer_related", store=request.store.slug, record_id=row["customer_id"], name="agreements"
    )


@require_http_methods(["GET", "POST"])
@staff(TEMPLATES)
def edit_settings(request: StaffRequest) -> HttpResponse:
    """Every kind of message with its wordings, and when the store writes."""
    known = queries.settings_of(store=request.store)
    initial = {name: getattr(known, name) for name in SettingsForm.base_fields}
    form = SettingsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_settings(
                store=request.store, actor=request.actor, now=timezone.now(), **form.cleaned_data
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("message_settings", store=request.store.slug)
    context = {
        "form": form_of(form, url=request.path, submit_label=_("Save"), sections=pages.settings_sections()),
        "kinds": pages.kind_rows(request.store),
        "agreements_url": reverse("list", kwargs={"store": request.store.slug, "resource_name": "consents"}),
    }
    return settings_page(
        request, "message_settings", _("Messages"), "desk/messages/settings.html", context, bool(form.errors)
    )


@require_http_methods(["GET", "POST"])
@staff(TEMPLATES)
def edit_wording(request: StaffRequest, kind: str, channel: str, language: str) -> HttpResponse:
    """Subject and text of one kind of message in one language, with how it would read."""
    place = pages.place_of(request.store, kind, channel, language)
    here = {"store": request.store.slug, "kind": kind, "channel": channel, "language": language}
    form = Wording(request.POST or None, initial=pages.wording_now(place, request.store))
    if place.channel == "sms":
        del form.fields["subject"]
    if request.method == "POST" and form.is_valid() and "preview" not in request.POST:
        try:
            services.edit_template(
                store=request.store,
                kind=kind,
                channel=place.channel,
                language=language,
                subject=form.cleaned_data.get("subject", ""),
                body=form.cleaned_data["body"],
                actor=request.actor,
                now=timezone.now(),
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect(request.path)
    context: dict[str, Any] = {
        "form": form_of(
            form, url=request.path, submit_label=_("Save"), sections=pages.wording_sections(form)
        ),
        "preview": pages.preview(place, form, request.store),
        "variables": pages.variables(place),
        "history": pages.history(place, request),
        "is_own": pages.is_own(place, request.store),
        "reset_url": reverse("reset_wording", kwargs=here),
        "back_url": reverse("message_settings", kwargs={"store": request.store.slug}),
    }
    if "preview" in request.POST and wants_part(request):
        return render(request, "desk/messages/wording.html#preview", context)
    has_errors = bool(form.errors) and "preview" not in request.POST
    return settings_page(
        request,
        "message_settings",
        pages.place_title(place),
        "desk/messages/wording.html",
        context,
        has_errors,
    )


@require_POST
@staff(TEMPLATES)
def reset_wording(request: StaffRequest, kind: str, channel: str, language: str) -> HttpResponse:
    """Go back to the first wording."""
    place = pages.place_of(request.store, kind, channel, language)
    services.reset_template(
        store=request.store,
        kind=kind,
        channel=place.channel,
        language=language,
        actor=request.actor,
        now=timezone.now(),
    )
    messages.success(request, _("The first wording is in use again."))
    return redirect(
        "message_wording", store=request.store.slug, kind=kind, channel=channel, language=language
    )
