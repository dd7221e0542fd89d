"""One request about personal data, a customer's copies and agreements, and what the store promises."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.desk.access import staff
from regulars.desk.downloads import streamed
from regulars.desk.lists.views import base_of, open_resource
from regulars.desk.privacy import pages
from regulars.desk.privacy.forms import SettingsForm
from regulars.desk.records.views import row_of
from regulars.desk.requests import StaffRequest
from regulars.desk.settings.views import settings_page
from regulars.desk.shell import shell
from regulars.kit.errors import Refused
from regulars.kit.forms import form_of, show_refusal
from regulars.kit.moments import parse_moment
from regulars.privacy import queries, services
from regulars.privacy.permissions import COPY, SETTINGS, VIEW

ZIP = "application/zip"


@require_GET
@staff(VIEW)
def show(request: StaffRequest, record_id: UUID) -> HttpResponse:
    """One request: who asks what, by when, what was done."""
    resource, context = open_resource(request, "privacy_requests")
    earlier = parse_moment(request.GET.get("earlier", ""))
    page = pages.request_page(resource, record_id, context, base_of(request, resource), earlier)
    told = {"record": page, "shell": shell(request, current="privacy_requests", help_page="privacy")}
    return render(request, "desk/privacy/request.html", told)


@require_GET
@staff("customers.view")
def show_data(request: StaffRequest, record_id: UUID) -> HttpResponse:
    """What a customer's data went through: copies, agreements, requests."""
    resource, context = open_resource(request, "customers")
    needs = {need for action in resource.actions(request.actor) for need in action.needs}
    row = row_of(resource, record_id, context, extra=needs)
    page = pages.data_page(row, context, base_of(request, resource))
    told = {"record": page, "shell": shell(request, current="customers", help_page="privacy")}
    return render(request, "desk/privacy/data.html", told)


@require_POST
@staff(COPY)
def make_copy(request: StaffRequest, record_id: UUID) -> HttpResponse:
    """Make a copy of everything about a customer."""
    services.make_copy(
        store=request.store, customer_id=record_id, tell=False, actor=request.actor, now=timezone.now()
    )
    messages.success(request, _("The copy is made. It can be downloaded for a week."))
    return redirect("customer_data", store=request.store.slug, record_id=record_id)


@require_GET
@staff(COPY)
def download(request: StaffRequest, record_id: UUID, copy_id: UUID) -> StreamingHttpResponse:
    """The file; that it was downloaded is noted."""
    _copy, pieces = services.fetch_copy(
        store=request.store, copy_id=copy_id, customer_id=record_id, actor=request.actor, now=timezone.now()
    )
    return streamed(pieces, f"{request.store.slug}-data.zip", ZIP)


@require_http_methods(["GET", "POST"])
@staff(SETTINGS)
def edit_settings(request: StaffRequest) -> HttpResponse:
    """What the store promises about personal data."""
    known = queries.settings_of(store=request.store)
    initial = {name: getattr(known, name) for name in SettingsForm.base_fields}
    form = SettingsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_settings(
                store=request.store, changes=form.cleaned_data, actor=request.actor, now=timezone.now()
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("privacy_settings", store=request.store.slug)
    sections = [
        (_("Requests"), "", {"deadline_days": "third", "grace_days": "third"}),
        (_("Copies"), "", {"notes_in_copy": "whole"}),
    ]
    page = form_of(form, url=request.path, submit_label=_("Save"), sections=sections)
    return settings_page(
        request,
        "privacy_settings",
        _("Privacy"),
        "desk/settings/store.html",
        {"form": page},
        bool(form.errors),
    )
