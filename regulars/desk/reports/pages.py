"""The page of reports, as plain data."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.customers.resource.permissions import EXPORT
from regulars.desk import cells
from regulars.desk.reports import pictures
from regulars.desk.reports.parts import Writer
from regulars.desk.segments.words import ago_text
from regulars.reports import queries
from regulars.reports.choices import Named, Span
from regulars.reports.queries import CountedReport
from regulars.resources.context import Context


def reports_page(report: CountedReport, span: Span, context: Context, *, problem: str) -> dict[str, Any]:
    """Every report over the days; while the worker counts them for the first time, that it does."""
    url = reverse("reports", kwargs={"store": context.store.slug})
    write = Writer(context)
    scale = queries.scale_of(context.store)
    page: dict[str, Any] = {
        "url": url,
        "here": f"{url}?span={span.name}",
        "problem": problem,
        "spans": [
            {"label": str(named.label), "url": f"{url}?span={named}", "current": named == span.name}
            for named in Named
        ],
        "from": span.first.isoformat(),
        "to": span.last.isoformat(),
        "days": f"{write.day(span.first)} – {write.day(span.last)}",
        "zone": context.store.time_zone.replace("_", " "),
        "counted": "",
        "scored": _("The fifths were set %(ago)s, among %(count)s customers.")
        % {
            "ago": ago_text(scale.counted_at, context),
            "count": cells.format_whole(scale.buyers, write.language),
        }
        if scale
        else _("Customers are scored within the hour after the first orders."),
    }
    if report.counted_at is None:
        return page | {"sections": []}
    return page | {
        "counted": ago_text(report.counted_at, context),
        "sections": [
            _section("days", _("In these days"), page["days"], pictures.IN_THE_DAYS, report, span, write),
            _section("today", _("As it stands"), _("All time"), pictures.AS_IT_STANDS, report, span, write),
        ],
    }


def _section(
    name: str,
    title: str,
    note: str,
    reports: dict[str, pictures.Draw],
    report: CountedReport,
    span: Span,
    write: Writer,
) -> dict[str, Any]:
    may_take_out = write.context.actor.may(EXPORT)
    return {
        "name": name,
        "title": title,
        "note": note,
        "reports": [
            {
                "report": one,
                "csv_url": "" if one.people and not may_take_out else write.csv_url(one.name, span.name),
            }
            for one in pictures.drawn(reports.values(), report.figures, span, write)
        ],
    }
