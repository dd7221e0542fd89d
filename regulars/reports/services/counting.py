"""Counting reports: at once where that is a matter of a moment, else by the worker."""

from datetime import datetime, timedelta

from django.db import OperationalError, connection, transaction
from procrastinate.contrib.django import app as queue
from procrastinate.exceptions import AlreadyEnqueued

from regulars.kit.actor import system
from regulars.kit.slowness import was_given_up
from regulars.reports.models import CountedReport
from regulars.reports.queries import EVERY, due_reports, figures, first_day, points
from regulars.reports.rules import USUAL, span_of
from regulars.resources.context import Context
from regulars.stores.models import Store
from regulars.stores.queries import all_stores

# What a page waits for each question; the longest comes first, so that a large store gives up on the first.
PATIENCE_MILLISECONDS = 120
FRESH_FOR = timedelta(minutes=1)
KEPT_UNASKED = timedelta(days=7)
NOTED_EVERY = timedelta(hours=1)


def ask_report(*, store: Store, span: str, now: datetime) -> CountedReport:
    """The figures over a span, as fresh as can be had in a moment; without `counted_at` the worker is counting them."""
    report, _made = CountedReport.objects.get_or_create(store=store, span=span, defaults={"asked_at": now})
    if now - report.asked_at > NOTED_EVERY:
        report.asked_at = now
        report.save(update_fields=["asked_at"])
    if not report.is_slow and _is_older(report, now - FRESH_FOR):
        _count_in_a_moment(store, span, now)
        report = CountedReport.objects.get(store=store, span=span)
    if report.is_slow and (_is_older(report, now - EVERY) or _is_of_another_day(report, store, now)):
        _leave_to_worker(store, span, now)
    return report


def count_report(*, store: Store, span: str, now: datetime) -> None:
    """Count the figures of a span, however long it takes; a name that is no span counts nothing."""
    if not _count_in_a_moment(store, span, now):
        _count(store, span, now, milliseconds=0)


def refresh_reports(*, now: datetime) -> int:
    """Count what is due: every half hour what somebody looked at lately, once a day the usual span of each store.
    Forget what nobody has asked for in a week. Returns how many were counted."""
    CountedReport.objects.filter(asked_at__lt=now - KEPT_UNASKED).exclude(span=USUAL).delete()
    counted = 0
    for store in all_stores():
        CountedReport.objects.get_or_create(store=store, span=USUAL, defaults={"asked_at": now})
        for span in due_reports(store=store, now=now):
            count_report(store=store, span=span, now=now)
            counted += 1
    return counted


def _is_older(report: CountedReport, moment: datetime) -> bool:
    return report.counted_at is None or report.counted_at < moment


def _is_of_another_day(report: CountedReport, store: Store, now: datetime) -> bool:
    return report.counted_at is not None and store.day_of(report.counted_at) != store.day_of(now)


def _count_in_a_moment(store: Store, span: str, now: datetime) -> bool:
    """Count within what a page may wait; remembers whether that was enough."""
    in_time = True
    try:
        _count(store, span, now, milliseconds=PATIENCE_MILLISECONDS)
    except OperationalError as error:
        if not was_given_up(error):
            raise
        in_time = False
    CountedReport.objects.filter(store=store, span=span).update(is_slow=not in_time)
    return in_time


def _count(store: Store, span: str, now: datetime, *, milliseconds: int) -> None:
    """Each question may take so long; 0 is for ever."""
    context = Context(store=store, actor=system(), now=now)
    days = span_of(span, today=context.today, begun=first_day(store=store, today=context.today))
    if days is None:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {int(milliseconds)}")
        found = {
            "days": [days.first.isoformat(), days.last.isoformat()],
            "cohorts": figures.cohorts(days, context),
            "places": figures.places(days, context),
            "top": figures.top_customers(days, context),
            "spending": figures.spending(context),
            "stages": figures.stages(context),
            "scored": figures.scored(context),
            "points": points.points_owed(context),
            "added": figures.added(days, context),
        }
        cursor.execute("SET LOCAL statement_timeout = DEFAULT")
        CountedReport.objects.filter(store=store, span=span).update(figures=found, counted_at=now)


def _leave_to_worker(store: Store, span: str, now: datetime) -> None:
    try:
        # In a transaction of its own: that the job waits already must not spoil the one of the page.
        with transaction.atomic():
            name = f"reports.count/{store.pk}/{span}"
            waiting = queue.configure_task("reports.count", queueing_lock=name)
            waiting.defer(store_id=str(store.pk), span=span, timestamp=int(now.timestamp()))
    except AlreadyEnqueued:
        pass
