"""Saved exports: keep one under a name, say when it is made and who gets the link, run, pause and delete it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.desk.access import staff
from regulars.desk.lists.views import context_of, open_resource, require
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell
from regulars.desk.transfers.asking import read_choice
from regulars.desk.transfers.saved_pages import form_page, read_plan, saved_page
from regulars.kit.errors import Invalid, NotFound, Refused
from regulars.resources.resource import get_resource
from regulars.transfers import ledger, services
from regulars.transfers.ledger import SavedExport


@require_GET
@staff("")
def show_all(request: StaffRequest) -> HttpResponse:
    """The saved exports of the store, one's own first."""
    require(request, get_resource("customers").permission("export"))
    page = saved_page(context_of(request))
    return render(
        request, "desk/transfers/saved.html", {"saved": page, "shell": shell(request, current="exports")}
    )


@require_POST
@staff("")
def save(request: StaffRequest, resource_name: str) -> HttpResponse:
    """Keep what is chosen on the page of an export under a name; asks for the name and the schedule first."""
    resource, context = open_resource(request, resource_name)
    require(request, resource.permission("export"))
    choice = read_choice(request, resource, context)
    problem = None
    if "create" in request.POST:
        try:
            plan = read_plan(request.POST)
            saved = services.save_export(asked=choice.asked(context), plan=plan, context=context)
        except Refused as refusal:
            problem = refusal
        else:
            messages.success(request, _("Saved “%(name)s”.") % {"name": saved.name})
            return redirect("saved_exports", store=request.store.slug)
    elif choice.scope == "picked":
        problem = Invalid(_("Picked rows cannot be saved; choose the list as it is."))
    page = form_page(request, context, choice=choice, problem=problem)
    frame = {"form": page, "shell": shell(request, current="exports")}
    return render(request, "desk/transfers/saved_form.html", frame, status=problem.status if problem else 200)


@require_http_methods(["GET", "POST"])
@staff("")
def edit(request: StaffRequest, saved_id: UUID) -> HttpResponse:
    """Change the name, the format, the schedule and the recipients of one's own saved export."""
    saved, context = _open(request, saved_id), context_of(request)
    problem = None
    if request.method == "POST":
        try:
            changed = services.change_saved(
                saved_id=saved_id,
                plan=read_plan(request.POST),
                format=request.POST.get("format", saved.format),
                active="active" in request.POST,
                context=context,
            )
        except Refused as refusal:
            problem = refusal
        else:
            messages.success(request, _("Saved “%(name)s”.") % {"name": changed.name})
            return redirect("saved_exports", store=request.store.slug)
    page = form_page(request, context, saved=saved, problem=problem)
    frame = {"form": page, "shell": shell(request, current="exports")}
    return render(request, "desk/transfers/saved_form.html", frame, status=problem.status if problem else 200)


@require_POST
@staff("")
def take_step(request: StaffRequest, saved_id: UUID, step: str) -> HttpResponse:
    """Make it now, pause it, let it go on, or delete it."""
    saved, context = _open(request, saved_id), context_of(request)
    who: dict[str, Any] = {
        "store": request.store,
        "saved_id": saved_id,
        "actor": request.actor,
        "now": context.now,
    }
    match step:
        case "run":
            made = services.run_saved(**who)
            return redirect("made_export", store=request.store.slug, export_id=made.pk)
        case "pause" | "resume":
            services.pause_saved(active=step == "resume", **who)
        case "delete":
            act = services.remove_saved(**who)
            undo_url = reverse("undo_change", kwargs={"store": request.store.slug, "change_set": act})
            messages.success(request, _("Deleted “%(name)s”.") % {"name": saved.name}, extra_tags=undo_url)
        case _:
            raise NotFound(_("There is no page at this address."))
    return redirect("saved_exports", store=request.store.slug)


def _open(request: StaffRequest, saved_id: UUID) -> SavedExport:
    saved = ledger.get_saved(store=request.store, saved_id=saved_id)
    require(request, get_resource(saved.resource).permission("export"))
    return saved
