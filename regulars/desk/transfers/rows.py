"""Rows of a checked file: mended in place, settled one by one or all in one way, until the import runs."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from regulars.desk.access import staff
from regulars.desk.cells import format_whole
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import wants_part
from regulars.desk.transfers.imports import open_import
from regulars.desk.transfers.pages import import_page
from regulars.desk.transfers.row_pages import open_columns, rows_of, tabs_part
from regulars.desk.values import style_of
from regulars.kit.errors import NotAllowed, NotFound, Refused
from regulars.resources.context import Context
from regulars.transfers import queries, services
from regulars.transfers.choices import RowVerdict
from regulars.transfers.queries import ImportView

SETTLED_AT_ONCE = 1000


@require_POST
@staff("")
def row(request: StaffRequest, import_id: UUID, line: int) -> HttpResponse:
    """Write other cells into a row, or say what it is; the answer is the row as it was found anew."""
    view, context = open_import(request, import_id)
    try:
        if "choice" in request.POST:
            services.settle_row(
                store=request.store,
                import_id=import_id,
                line=line,
                choice=request.POST["choice"],
                actor=request.actor,
                now=context.now,
            )
        else:
            services.mend_row(
                store=request.store,
                import_id=import_id,
                line=line,
                cells=_cells(request, view, context),
                actor=request.actor,
                now=context.now,
            )
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        if wants_part(request):
            raise  # said in a notice; what was typed stays where it is
        messages.error(request, refusal.sentence)
        return _back(request, import_id, line)
    if not wants_part(request):
        return _back(request, import_id, line)
    view = queries.get_import(store=request.store, import_id=import_id)
    (told,) = rows_of([queries.get_row(store=request.store, import_id=import_id, line=line)], view, context)
    show = request.POST.get("show", "")
    page = {
        "row": told | {"answered": True},
        "run": import_page(view, context),
        "rows": {"tabs": tabs_part(view, show, context), "shown": show},
        "answer": True,
    }
    return render(request, "desk/transfers/import.html#answer", page)


@require_POST
@staff("")
def every_row(request: StaffRequest, import_id: UUID) -> HttpResponse:
    """Give all rows that wait for a decision the same answer, as far as they allow it."""
    _view, context = open_import(request, import_id)
    try:
        count = services.settle_rows(
            store=request.store,
            import_id=import_id,
            verdict=RowVerdict.CLASH,
            choice=request.POST.get("choice", ""),
            actor=request.actor,
            now=context.now,
            limit=SETTLED_AT_ONCE,
        )
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        told = ngettext("%(count)s row is decided.", "%(count)s rows are decided.", count)
        more = _(" There are more; decide them the same way again.") if count == SETTLED_AT_ONCE else ""
        text = told % {"count": format_whole(count, style_of(context).language)}
        messages.success(request, text + more)
    return redirect("import", store=request.store.slug, import_id=import_id)


def _cells(request: StaffRequest, view: ImportView, context: Context) -> dict[str, str]:
    """The cells that were sent, by header. The form knows columns by their place: headers may be anything."""
    return {
        column.header: request.POST[f"cell-{column.index}"]
        for column in open_columns(view, context)
        if f"cell-{column.index}" in request.POST
    }


def _back(request: StaffRequest, import_id: UUID, line: int) -> HttpResponse:
    url = reverse("import", kwargs={"store": request.store.slug, "import_id": import_id})
    show = request.POST.get("show", "")
    known = show if show in RowVerdict.values else ""
    return redirect(f"{url}?show={known}&after={max(line - 1, 0)}#line-{line}")
