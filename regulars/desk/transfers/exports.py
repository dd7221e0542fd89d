"""Exporting what one sees, the file that comes of it, and the ledger of who took what out."""

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.desk.access import staff
from regulars.desk.downloads import file_response, streamed
from regulars.desk.lists.views import context_of, open_resource, require
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell, wants_part
from regulars.desk.transfers.asking import Choice, moved, read_choice
from regulars.desk.transfers.export_pages import export_page
from regulars.desk.transfers.ledger_pages import ledger_page, made_page
from regulars.jobs.services import retry_run
from regulars.kit.errors import NotFound, Refused
from regulars.resources.context import Context
from regulars.resources.resource import get_resource
from regulars.transfers import ledger, services
from regulars.transfers.choices import ExportState
from regulars.transfers.writing import format_named


@require_http_methods(["GET", "POST"])
@staff("")
def export(request: StaffRequest, resource_name: str) -> HttpResponseBase:
    """Choose what to take out and look at its first rows; with `download` send it, or have it made."""
    resource, context = open_resource(request, resource_name)
    require(request, resource.permission("export"))
    choice = read_choice(request, resource, context)
    if choice.query.error:
        raise choice.query.error
    problem = None
    if request.method == "POST" and "download" in request.POST:
        try:
            return _answer(request, choice, context)
        except Refused as refusal:
            problem = refusal
    if move := request.POST.get("move", ""):
        choice = choice.with_columns(moved(choice.columns, move))
    page = {"export": export_page(request, choice, context, problem=problem)}
    if wants_part(request):
        return render(request, "desk/transfers/export.html#preview", page)
    page["shell"] = shell(request, current=resource.name, help_page="import-export")
    return render(request, "desk/transfers/export.html", page, status=problem.status if problem else 200)


def _answer(request: StaffRequest, choice: Choice, context: Context) -> HttpResponseBase:
    """Text is sent while it is made; other formats at once when they are small, else there is a page to wait on."""
    asked = choice.asked(context)
    if format_named(asked.format).streams:
        name, pieces = services.stream_export(asked=asked, context=context)
        return streamed(pieces, name, format_named(asked.format).content_type)
    made = services.keep_export(asked=asked, context=context)
    if made.finished_at is None:
        return redirect("made_export", store=request.store.slug, export_id=made.pk)
    return redirect("export_file", store=request.store.slug, change_set=made.pk)


@require_GET
@staff("")
def show(request: StaffRequest, export_id: UUID) -> HttpResponse:
    """One export: how far it is, its file, and who fetched it; a part of it while the page polls."""
    context = context_of(request)
    view = _open(request, export_id)
    page = {"made": made_page(view, context)}
    if wants_part(request):
        return render(request, "desk/transfers/made.html#progress", page)
    return render(request, "desk/transfers/made.html", page | {"shell": shell(request, current="exports")})


@require_GET
@staff("")
def fetch(request: StaffRequest, change_set: UUID) -> FileResponse:
    """The file that an act made, for a week."""
    kept = services.fetch_export(
        store=request.store, export_id=change_set, actor=request.actor, now=timezone.now()
    )
    return file_response(kept.file, kept.name, kept.content_type)


@require_POST
@staff("")
def take_step(request: StaffRequest, export_id: UUID, step: str) -> HttpResponse:
    """Stop making a file, begin it again, or throw it away."""
    view = _open(request, export_id)
    if step == "again" and view.export.run_id and view.state in (ExportState.FAILED, ExportState.CANCELLED):
        services.check_may_see(export=view.export, actor=request.actor)
        retry_run(store=request.store, run_id=view.export.run_id)
    elif step == "discard":
        services.discard_export(
            store=request.store, export_id=export_id, actor=request.actor, now=timezone.now()
        )
        messages.success(request, _("It stops.") if view.is_live else _("The file was thrown away."))
    else:
        raise NotFound(_("There is no page at this address."))
    return redirect("made_export", store=request.store.slug, export_id=export_id)


@require_GET
@staff("")
def history(request: StaffRequest) -> HttpResponse:
    """Who took what out, newest first, by person, format and day."""
    require(request, get_resource("customers").permission("export"))
    page = ledger_page(request.GET, context_of(request))
    return render(
        request, "desk/transfers/ledger.html", {"ledger": page, "shell": shell(request, current="exports")}
    )


def _open(request: StaffRequest, export_id: UUID) -> ledger.ExportView:
    """The export, for a person who may take such records out; a stranger to them is told who can."""
    view = ledger.get_export(store=request.store, export_id=export_id, now=timezone.now())
    require(request, get_resource(view.export.resource).permission("export"))
    return view
