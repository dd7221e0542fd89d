"""Importing in the desk: bring a file, look at what it would do, run it, see what became of each row."""

from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.desk.access import staff
from regulars.desk.downloads import csv_response
from regulars.desk.lists.views import context_of, open_resource, require
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell, wants_part
from regulars.desk.transfers.pages import history_page, import_page, size_text, upload_page
from regulars.desk.values import style_of
from regulars.kit.errors import NotAllowed, NotFound, Refused
from regulars.kit.moments import parse_moment
from regulars.resources.context import Context
from regulars.resources.resource import get_resource
from regulars.transfers import queries, services
from regulars.transfers.plan import Plan
from regulars.transfers.queries import ImportView

ROWS_A_PAGE = 30
STEPS = {
    "run": services.confirm_import,
    "stop": services.cancel_import,
    "retry": services.retry_import,
    "discard": services.discard_import,
}


@require_http_methods(["GET", "POST"])
@staff("")
def upload(request: StaffRequest, resource_name: str) -> HttpResponse:
    """Bring a file. One that cannot be read is refused in words, and nothing of it is kept."""
    resource, context = open_resource(request, resource_name)
    if resource.importer is None:
        raise NotFound(_("These records do not come in from files."))
    require(request, resource.permission("import"))
    problem, status = "", 200
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None or isinstance(file, list):
            problem, status = _("Choose a file first."), 422
        elif (file.size or 0) > settings.IMPORT_MAX_BYTES:
            problem, status = _too_large(context), 413
        else:
            try:
                view = services.start_import(
                    store=request.store,
                    resource=resource,
                    file=file,
                    filename=file.name or "",
                    actor=request.actor,
                    now=context.now,
                    plan=Plan.from_json({"phone_country": request.POST.get("phone_country", "")}),
                )
            except NotAllowed:
                raise
            except Refused as refusal:
                problem, status = refusal.sentence, refusal.status
            else:
                return redirect("import", store=request.store.slug, import_id=view.id)
    page = {
        "upload": upload_page(
            resource, context, problem=problem, phone_country=request.POST.get("phone_country", "")
        ),
        "shell": shell(request, current="imports"),
    }
    return render(request, "desk/transfers/upload.html", page, status=status)


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
    """Earlier imports, and who took what out."""
    context = context_of(request)
    before = parse_moment(request.GET.get("before", ""))
    found = queries.list_imports(store=request.store, limit=ROWS_A_PAGE + 1, before=before)
    more = urlencode({"before": found[ROWS_A_PAGE - 1].created_at.isoformat()}) if found[ROWS_A_PAGE:] else ""
    new_url = reverse("new_import", kwargs={"store": request.store.slug, "resource_name": "customers"})
    page = history_page(
        found[:ROWS_A_PAGE], context, more_url=f"{request.path}?{more}" if more else "", new_url=new_url
    )
    frame = {"history": page, "shell": shell(request, current="imports")}
    return render(request, "desk/transfers/history.html", frame)


@require_GET
@staff("")
def show(request: StaffRequest, import_id: UUID) -> HttpResponse:
    """One import: what each column becomes, progress while it works, the counts, the rows that were not taken."""
    view, context = _open(request, import_id)
    page = {"run": import_page(view, context)}
    if wants_part(request):
        return render(request, "desk/transfers/import.html#progress", page)
    return render(request, "desk/transfers/import.html", page | {"shell": shell(request, current="imports")})


@require_POST
@staff("")
def take_step(request: StaffRequest, import_id: UUID, step: str) -> HttpResponse:
    """Run a checked import, stop it, take it up again, or throw it away."""
    _view, context = _open(request, import_id)
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
    view, _context = _open(request, import_id)
    pieces = services.export_failed_rows(store=request.store, import_id=import_id, actor=request.actor)
    name = view.file_name.rpartition(".")[0] or view.file_name
    return csv_response(pieces, f"{name}-not-taken.csv")


def _open(request: StaffRequest, import_id: UUID) -> tuple[ImportView, Context]:
    """The import of this store, for a person who may import such records. Another store's does not exist here."""
    view = queries.get_import(store=request.store, import_id=import_id)
    require(request, get_resource(view.resource).permission("import"))
    return view, context_of(request)


def _too_large(context: Context) -> str:
    limit = size_text(settings.IMPORT_MAX_BYTES, style_of(context).language)
    return _(
        "The file is larger than %(limit)s, the most that can be taken at once. Split it into parts."
    ) % {"limit": limit}
