"""What was counted, and how long ago."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Min, Q

from regulars.customers.queries import customers_of
from regulars.reports.models import CountedReport, ScoreScale
from regulars.stores.models import Store

EVERY = timedelta(minutes=30)
LATELY = IDLE_EVERY = timedelta(days=1)


def scale_of(store: Store) -> ScoreScale | None:
    """The boundaries of a store's scores; nothing before they were first counted."""
    return ScoreScale.objects.filter(store=store).first()


def first_day(*, store: Store, today: date) -> date:
    """The day of the store's first customer or order."""
    found = customers_of(store).aggregate(created=Min("created_at"), bought=Min("first_order_at"))
    days = [store.day_of(moment) for moment in found.values() if moment is not None]
    return min([*days, today])


def due_reports(*, store: Store, now: datetime) -> list[str]:
    """The spans whose figures are to be counted anew."""
    due = Q(counted_at__isnull=True) | Q(counted_at__lt=now - IDLE_EVERY)
    due |= Q(counted_at__lt=now - EVERY, asked_at__gte=now - LATELY)
    return list(
        CountedReport.objects.filter(due, store=store).order_by("span").values_list("span", flat=True)
    )


def names_of(*, store: Store, ids: Iterable[UUID]) -> dict[UUID, tuple[int, str]]:
    """The number and the name of those of these customers who are still there."""
    return {one.pk: (one.number, one.name) for one in customers_of(store).filter(pk__in=list(ids))}
