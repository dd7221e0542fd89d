"""Reports: how the store's customers come, buy, come back and leave."""

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.customers.resource.permissions import VIEW as VIEW_CUSTOMERS
from regulars.desk.access import staff
from regulars.desk.downloads import csv_response
from regulars.desk.lists.views import context_of, require
from regulars.desk.reports.pages import reports_page
from regulars.desk.reports.parts import Writer, as_csv
from regulars.desk.reports.pictures import REPORTS
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell, wants_part
from regulars.kit.errors import NotFound
from regulars.reports import queries, services
from regulars.reports.choices import Span
from regulars.reports.queries import CountedReport
from regulars.reports.rules import VIEW, asked_span
from regulars.resources.context import Context
from regulars.transfers.services import enter_sent


@require_GET
@staff(VIEW)
def show(request: StaffRequest) -> HttpResponse:
    """All reports over some days; while they are counted, the part that waits for them."""
    require(request, VIEW_CUSTOMERS)
    context = context_of(request)
    report, span, problem = _asked(request, context)
    page = {"page": reports_page(report, span, context, problem=problem)}
    if wants_part(request):
        return render(request, "desk/reports/show.html#reports", page)
    return render(request, "desk/reports/show.html", page | {"shell": shell(request, current="reports")})


@require_GET
@staff(VIEW)
def download(request: StaffRequest, name: str) -> StreamingHttpResponse | HttpResponse:
    """The table of one report as a file; back to the page while it is still being counted. One that names people goes
    into the ledger of exports, and only to those who may take customers out."""
    require(request, VIEW_CUSTOMERS)
    if name not in REPORTS:
        raise NotFound(_("There is no such report."))
    context = context_of(request)
    report, span, _problem = _asked(request, context)
    if report.counted_at is None:
        return redirect("reports", store=request.store.slug)
    write = Writer(context)
    drawn = REPORTS[name](report.figures, span, write)
    file = b"".join(as_csv(drawn))
    if drawn.people:
        enter_sent(
            resource="customers",
            format="csv",
            words=f"{drawn.title} · {write.day(span.first)} – {write.day(span.last)}",
            columns=drawn.people,
            rows=len(drawn.rows),
            file=file,
            context=context,
        )
    return csv_response(iter([file]), f"{request.store.slug}-{name}-{span.first}-{span.last}.csv")


def _asked(request: StaffRequest, context: Context) -> tuple[CountedReport, Span, str]:
    begun = queries.first_day(store=request.store, today=context.today)
    span, problem = asked_span(request.GET, today=context.today, begun=begun)
    report = services.ask_report(store=request.store, span=span.name, now=context.now)
    return report, span.as_counted(report.figures.get("days")), problem
