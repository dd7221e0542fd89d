"""Importing in the desk: bring a file, look at what it would do, run it, see what became of each row."""

from dataclasses import replace
from io import BytesIO
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.desk.access import go, staff
from regulars.desk.downloads import csv_response
from regulars.desk.lists.views import context_of, open_resource, require
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell, wants_part
from regulars.desk.transfers.history_pages import history_page, read_asked
from regulars.desk.transfers.pages import import_page, size_text, upload_page
from regulars.desk.transfers.row_pages import rows_part
from regulars.desk.values import style_of
from regulars.kit.errors import Invalid, NotAllowed, NotFound, Refused
from regulars.kit.ids import parse_id
from regulars.resources.context import Context
from regulars.resources.resource import Resource, get_resource
from regulars.transfers import queries, services
from regulars.transfers.choices import ImportState
from regulars.transfers.queries import ImportView
from regulars.transfers.services.taking import FileTooLarge

STEPS = {
    "run": services.confirm_import,
    "stop": services.cancel_import,
    "retry": services.retry_import,
    "discard": services.discard_import,
}


@require_http_methods(["GET", "POST"])
@staff("")
def upload(request: StaffRequest, resource_name: str) -> HttpResponse:
    """Bring a file, paste one, or name its address. One that cannot be read is refused in words; nothing of it is kept.

    With `like` it is brought as an earlier import was, whose wrong rows it holds: its plan is taken over.
    """
    resource, context = open_resource(request, resource_name)
    if resource.importer is None:
        raise NotFound(_("These records do not come in from files."))
    require(request, resource.permission("import"))
    problem: Refused | None = None
    if request.method == "POST":
        try:
            view = _bring(request, resource, context)
        except (NotAllowed, NotFound):
            raise
        except Refused as refusal:
            problem = refusal
        else:
            return redirect("import", store=request.store.slug, import_id=view.id)
    sent = request.POST if request.method == "POST" else request.GET
    page = {
        "upload": upload_page(
            resource,
            context,
            problem=problem,
            sent=sent,
            like=_like(request, resource, sent.get("like", "")),
        ),
        "shell": shell(request, current="imports"),
    }
    return render(request, "desk/transfers/upload.html", page, status=problem.status if problem else 200)


def _bring(request: StaffRequest, resource: Resource, context: Context) -> ImportView:
    """Take in what was sent: a file, else what was pasted, else what lies at an address. Raises `Refused` in words."""
    like = _like(request, resource, request.POST.get("like", ""))
    plan = replace(like.plan, reading={}) if like else None
    pasted, address = request.POST.get("pasted", ""), request.POST.get("address", "").strip()
    file = request.FILES.get("file")
    if isinstance(file, UploadedFile):
        if (file.size or 0) > settings.IMPORT_MAX_BYTES:
            raise FileTooLarge(_too_large(context), field="file")
        brought: File[bytes] = file
        name = file.name or ""
    elif pasted.strip():
        # A byte order mark says UTF-8: what was pasted needs no guess.
        brought, name = File(BytesIO(pasted.encode("utf-8-sig"))), _("pasted.tsv")
    elif address:
        return services.start_import_from_url(
            store=request.store,
            resource=resource,
            url=address,
            actor=request.actor,
            now=context.now,
            plan=plan,
            asks=like is None,
        )
    else:
        raise Invalid(_("Choose a file first, paste rows, or give an address."), field="file")
    return services.start_import(
        store=request.store,
        resource=resource,
        file=brought,
        filename=name,
        actor=request.actor,
        now=context.now,
        plan=plan,
        asks=like is None,
    )


def _like(request: StaffRequest, resource: Resource, text: str) -> ImportView | None:
    """The import that this one is brought like."""
    like_id = parse_id(text)
    if like_id is None:
        return None
    view = queries.get_import(store=request.store, import_id=like_id)
    if view.resource != resource.name:
        raise NotFound(_("That import brought other records."))
    return view


@require_GET
@staff("")
def sample(request: StaffRequest, resource_name: str) -> StreamingHttpResponse:
    """A small file with every column, to start from."""
    resource, _context = open_resource(request, resource_name)
    require(request, resource.permission("import"))
    return csv_response(services.sample_template(resource=resource), f"{resource.name}-sample.csv")


@require_GET
@staff("customers.import")
def history(request: StaffRequest) -> HttpResponse:
    """Earlier imports, and what became of them."""
    new_url = reverse("new_import", kwargs={"store": request.store.slug, "resource_name": "customers"})
    page = history_page(read_asked(request.GET.dict()), context_of(request), new_url=new_url)
    frame = {"history": page, "shell": shell(request, current="imports")}
    return render(request, "desk/transfers/history.html", frame)


@require_GET
@staff("")
def show(request: StaffRequest, import_id: UUID) -> HttpResponse:
    """One import: progress while it works, what it would do or did row by row, what can be done next."""
    view, context = open_import(request, import_id)
    if view.state == ImportState.MAPPING:
        return go(request, reverse("import_columns", args=[request.store.slug, import_id]))
    page = {"run": import_page(view, context), "rows": rows_part(view, request.GET.dict(), context)}
    if wants_part(request):
        return render(request, "desk/transfers/import.html#progress", page)
    return render(request, "desk/transfers/import.html", page | {"shell": shell(request, current="imports")})


@require_POST
@staff("")
def take_step(request: StaffRequest, import_id: UUID, step: str) -> HttpResponse:
    """Run a checked import, stop it, take it up again, or throw it away."""
    _view, context = open_import(request, import_id)
    if step not in STEPS:
        raise NotFound(_("There is no page at this address."))
    try:
        STEPS[step](store=request.store, import_id=import_id, actor=request.actor, now=context.now)
    except NotAllowed:
        raise
    except Refused as refusal:  # somebody was faster, or clicked twice: the page shows where it stands
        messages.error(request, refusal.sentence)
    if step == "discard":
        return redirect("imports", store=request.store.slug)
    return redirect("import", store=request.store.slug, import_id=import_id)


@require_GET
@staff("")
def failed_rows(request: StaffRequest, import_id: UUID) -> StreamingHttpResponse:
    """The rows that were not taken, with an error column: mend them and bring the file again."""
    view, _context = open_import(request, import_id)
    pieces = services.export_failed_rows(store=request.store, import_id=import_id, actor=request.actor)
    name = view.file_name.rpartition(".")[0] or view.file_name
    return csv_response(pieces, f"{name}-not-taken.csv")


def open_import(request: StaffRequest, import_id: UUID) -> tuple[ImportView, Context]:
    """The import of this store, for a person who may import such records. Another store's does not exist here."""
    view = queries.get_import(store=request.store, import_id=import_id)
    require(request, get_resource(view.resource).permission("import"))
    return view, context_of(request)


def _too_large(context: Context) -> str:
    limit = size_text(settings.IMPORT_MAX_BYTES, style_of(context).language)
    return _(
        "The file is larger than %(limit)s, the most that can be taken at once. Split it into parts."
    ) % {"limit": limit}
