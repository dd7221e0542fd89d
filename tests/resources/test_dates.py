"""Days as people write them: relative, named, on the calendar; in a store's time zone, also when clocks change."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.customers import services
from regulars.kit.actor import system
from regulars.kit.errors import Invalid
from regulars.resources import dates
from regulars.resources.context import Context
from regulars.resources.page import matching
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from tests.factories import NOW, make_store
from tests.resources.plain import DAYS


def at(now: datetime, zone: str = "Europe/Paris") -> Context:
    return Context(store=Store(slug="x", time_zone=zone), actor=system("Tests"), now=now)


@pytest.mark.parametrize("text", DAYS)
def test_means_these_days(text: str) -> None:
    assert tuple(dates.parse_days(text, at(NOW))) == DAYS[text]
    assert tuple(dates.parse_days(f" {text.upper()} ", at(NOW))) == DAYS[text]


@pytest.mark.parametrize(
    ("now", "text", "day"),
    [
        (datetime(2026, 3, 31, 12, tzinfo=UTC), "-1m", date(2026, 2, 28)),
        (datetime(2024, 3, 31, 12, tzinfo=UTC), "-1m", date(2024, 2, 29)),
        (datetime(2024, 2, 29, 12, tzinfo=UTC), "-1y", date(2023, 2, 28)),
        (datetime(2024, 2, 29, 12, tzinfo=UTC), "+4y", date(2028, 2, 29)),
        (datetime(2026, 1, 1, 12, tzinfo=UTC), "last_year", date(2025, 1, 1)),
        (datetime(2026, 1, 15, 12, tzinfo=UTC), "last_quarter", date(2025, 10, 1)),
        (datetime(2026, 1, 1, 12, tzinfo=UTC), "last_week", date(2025, 12, 22)),
        (datetime(2026, 3, 1, 23, 30, tzinfo=UTC), "today", date(2026, 3, 2)),
        (NOW, "2026-03-01T23:30:00Z", date(2026, 3, 2)),
        (NOW, "2026-03-01 23:30", date(2026, 3, 1)),
    ],
)
def test_counts_on_the_calendar(now: datetime, text: str, day: date) -> None:
    assert dates.parse_days(text, at(now)).first == day


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "2025-13", "2025-02-30", "0000", "-99999y", "+99999m", "12-24", "2025-12-31x"),
        *("2025-12-31 25:00", "0_day_ago_x", "last_decade", "-5", "٣d", "2025-1-1", "1e9d", "-90d or 1=1"),
        "9" * 400,
    ],
)
def test_refuses_what_is_no_date(text: str) -> None:
    with pytest.raises(Invalid, match=r"not a date|too far"):
        dates.parse_days(text, at(NOW))


@given(
    st.text(max_size=30) | st.from_regex(r"[-+]?[0-9]{1,6}[dwmy]|[0-9]{4}(-[0-9]{2}){0,2}", fullmatch=True)
)
def test_any_text_is_days_or_a_sentence(text: str) -> None:
    try:
        days = dates.parse_days(text, at(NOW))
    except Invalid:
        return
    assert days.first <= days.last


@pytest.mark.parametrize(
    ("now", "values", "window"),
    [
        (NOW, ("today",), (302, 302)),
        (NOW, ("-7d", "today"), (223, 302)),
        (NOW, ("12-24", "01-06"), (1224, 106)),
        (datetime(2026, 12, 20, 12, tzinfo=UTC), ("today", "+30d"), (1220, 119)),
        (NOW, ("today", "+364d"), (302, 301)),
        (NOW, ("today", "+365d"), None),
        (NOW, ("2025",), (101, 1231)),
        # The 28th stands for the 29th in years that have none, and only in those.
        (NOW, ("02-28",), (228, 229)),
        (datetime(2028, 3, 1, 12, tzinfo=UTC), ("02-28",), (228, 228)),
        (datetime(2028, 2, 28, 12, tzinfo=UTC), ("today",), (228, 228)),
        (datetime(2027, 2, 28, 12, tzinfo=UTC), ("today",), (228, 229)),
        (datetime(2027, 12, 31, 12, tzinfo=UTC), ("today", "2028-02-28"), (1231, 228)),
        (NOW, ("02-29",), (229, 229)),
        (NOW, ("03-01", "03-02"), (301, 302)),
    ],
)
def test_anniversaries_go_round(
    now: datetime, values: tuple[str, ...], window: tuple[int, int] | None
) -> None:
    assert dates.anniversaries(values, at(now)) == window


@pytest.mark.parametrize("text", ["13-01", "02-30", "0-1", "99-99"])
def test_refuses_what_is_no_day_of_the_year(text: str) -> None:
    with pytest.raises(Invalid, match="day of the year"):
        dates.anniversaries((text,), at(NOW))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "day", "first", "after"),
    [
        # Paris puts its clocks forward on the 29th of March 2026: that day has 23 hours; in October one has 25.
        ("Europe/Paris", "2026-03-29", (2026, 3, 28, 23), (2026, 3, 29, 22)),
        ("Europe/Paris", "2026-10-25", (2026, 10, 24, 22), (2026, 10, 25, 23)),
        # In Beirut the day of the change begins at one o'clock.
        ("Asia/Beirut", "2026-03-29", (2026, 3, 28, 22), (2026, 3, 29, 21)),
        ("America/New_York", "2026-03-08", (2026, 3, 8, 5), (2026, 3, 9, 4)),
        ("Pacific/Auckland", "2026-03-08", (2026, 3, 7, 11), (2026, 3, 8, 11)),
    ],
)
def test_a_day_is_as_long_as_the_clocks_make_it(
    zone: str, day: str, first: tuple[int, ...], after: tuple[int, ...]
) -> None:
    store = make_store("clocks", time_zone=zone)
    begin, end = datetime(*first, tzinfo=UTC), datetime(*after, tzinfo=UTC)  # type: ignore[misc, arg-type]
    moments = {
        "before": begin.replace(
            minute=59, hour=(begin.hour - 1) % 24, day=begin.day if begin.hour else begin.day - 1
        ),
        "first": begin,
        "last": datetime.fromtimestamp(end.timestamp() - 1, tz=UTC),
        "after": end,
    }
    services.insert_customers(
        store=store,
        records=[{"first_name": name, "created_at": moment} for name, moment in moments.items()],
        now=NOW,
    )
    context = Context(store=store, actor=system("Tests"), now=NOW)

    def found(where: str) -> list[str]:
        query = query_from_params(get_resource("customers"), {"where": where, "tab": "all"}, context)
        return sorted(matching(query, context).values_list("first_name", flat=True))

    assert found(f"created = {day}") == ["first", "last"]
    assert found(f"created < {day}") == ["before"]
    assert found(f"created > {day}") == ["after"]
    assert found(f"created >= {day}") == ["after", "first", "last"]
