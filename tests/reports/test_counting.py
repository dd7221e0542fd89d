"""What reports count, told by hand; and when it is counted."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from regulars.kit.actor import system
from regulars.reports import services, tasks
from regulars.reports.models import CountedReport
from regulars.reports.queries.points import points_owed
from regulars.reports.services import counting
from regulars.resources.context import Context
from regulars.stores.models import Store
from tests.factories import NOW, make_customer, make_store
from tests.loyalty.giving import change
from tests.reports.buying import at, buyer

pytestmark = pytest.mark.django_db
SPRING = "2025-12-01..2026-02-28"


@pytest.fixture
def shop(store: Store) -> dict[str, UUID]:
    """Ada buys in December and comes back twice, Bob in January, Eve cancels. The store's days are those of Paris."""
    return {
        "ada": buyer(
            store,
            "Ada",
            at("2025-12-31T22:30", total=1000),  # still the 31st in Paris
            at("2026-01-10", total=2000),
            at("2026-02-10", total=4000),
            country="FR",
        ),
        "bob": buyer(
            store, "Bob", at("2025-12-31T23:30", total=30_000), country="DE"
        ),  # the 1st of January in Paris
        "eve": buyer(store, "Eve", at("2026-01-05", "cancelled", total=99_000), country="FR"),
        "old": buyer(store, "Old", at("2024-01-01", total=500), at("2026-01-02", total=700)),
    }


def counted(store: Store, span: str = SPRING) -> dict[str, Any]:
    return dict(services.ask_report(store=store, span=span, now=NOW).figures)


def test_days_begin_in_the_stores_time_zone(store: Store, shop: dict[str, UUID]) -> None:
    figures = counted(store)
    assert figures["days"] == ["2025-12-01", "2026-02-28"]
    first_orders = {day: bought for day, _came, bought in figures["added"]["steps"] if bought}
    assert first_orders == {"2025-12-29": 2}  # by the week, and both lie in one
    assert figures["cohorts"] == {
        "step": "month",
        "lines": [["2025-12-01", [1, 1, 1]], ["2026-01-01", [1, 0]], ["2026-02-01", [0]]],
    }


def test_cancelled_orders_do_not_count(store: Store, shop: dict[str, UUID]) -> None:
    figures = counted(store)
    assert figures["top"] == [
        [str(shop["bob"]), 1, 30_000],
        [str(shop["ada"]), 3, 7000],
        [str(shop["old"]), 1, 700],
    ]
    assert figures["places"] == [["DE", 1, 1, 1, 30_000], ["FR", 2, 1, 3, 7000], ["", 1, 1, 1, 700]]
    assert figures["spending"] == {
        "step": 5000,
        "bars": [[1, 1200], [1, 7000], [0, 0], [0, 0], [0, 0], [0, 0], [1, 30_000], *[[0, 0]] * 6],
    }


def test_what_stands_today_is_counted_whatever_the_days(store: Store, shop: dict[str, UUID]) -> None:
    services.refresh_scale(store=store, now=NOW)
    figures = counted(store, "2020-01-01..2020-01-02")
    assert figures["stages"] == [["customer", 1, 30_000], ["loyal", 2, 8200], ["potential", 1, 0]]
    assert sum(number for *_scores, number, _spent in figures["scored"]) == 3
    assert figures["top"] == [] and sum(line[1] for line in figures["added"]["steps"]) == 0


def test_another_store_counts_nothing_of_it(shop: dict[str, UUID], other_store: Store) -> None:
    figures = counted(other_store)
    assert figures["top"] == figures["places"] == figures["stages"] == figures["scored"] == []
    assert figures["added"]["before"] == 0


def test_a_small_store_is_counted_as_one_looks(store: Store, shop: dict[str, UUID]) -> None:
    counted(store)
    make_customer(store, first_name="New", country="ES")
    assert len(counted(store)["places"]) == 3  # as it was a moment ago
    later = services.ask_report(store=store, span=SPRING, now=NOW + timedelta(minutes=2))
    assert len(later.figures["places"]) == 4
    assert not later.is_slow and not ProcrastinateJob.objects.exists()


def test_a_large_store_is_left_to_the_worker(
    store: Store, shop: dict[str, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    slowly = "SELECT pg_sleep(1), now(), 0"
    monkeypatch.setattr(counting.figures, "top_customers", lambda *_: counting.figures._rows(slowly))
    report = services.ask_report(store=store, span=SPRING, now=NOW)
    assert report.is_slow and report.counted_at is None
    services.ask_report(store=store, span=SPRING, now=NOW)
    job = ProcrastinateJob.objects.get(task_name="reports.count")
    monkeypatch.undo()
    tasks.count.func(**job.args)
    report = services.ask_report(store=store, span=SPRING, now=NOW)
    assert report.counted_at == NOW and len(report.figures["top"]) == 3
    assert not report.is_slow  # it was only slow for a while


def test_the_worker_keeps_what_is_looked_at_fresh_and_forgets_the_rest(store: Store) -> None:
    services.ask_report(store=store, span=SPRING, now=NOW)
    assert services.refresh_reports(now=NOW) == 1  # the usual span, never asked for yet
    assert services.refresh_reports(now=NOW + timedelta(minutes=31)) == 2
    services.refresh_reports(now=NOW + timedelta(days=8))
    assert list(CountedReport.objects.values_list("span", flat=True)) == ["12m"]


def test_every_store_has_its_own(store: Store) -> None:
    make_store("third")
    services.refresh_reports(now=NOW)
    assert CountedReport.objects.count() == 2


def test_points_expire_in_the_month_of_their_last_day(store: Store) -> None:
    ends = [datetime(2026, 5, 1, tzinfo=store.zone), datetime(2026, 5, 1, 12, tzinfo=store.zone)]
    for at_once, end in enumerate(ends, start=1):
        change(store, make_customer(store), at_once * 10, expires_at=end)
    owed = points_owed(Context(store=store, actor=system("Tests"), now=NOW))
    assert owed["months"] == [["2026-04-01", 10], ["2026-05-01", 20]]
