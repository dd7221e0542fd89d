"""Dates of files: one order per column, never guessed per cell."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from regulars.kit.errors import Invalid
from regulars.transfers.reading.dayformats import DAY_FIRST, MONTH_FIRST, day_order, read_date, read_moment

TODAY = date(2026, 3, 2)
PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("samples", "country", "order"),
    [
        (["03/04/2024", "25/12/2024"], "US", DAY_FIRST),
        (["03/04/2024", "12/25/2024"], "FR", MONTH_FIRST),
        (["03/04/2024"], "FR", DAY_FIRST),
        (["03/04/2024"], "US", MONTH_FIRST),
        (["2024-04-03"], "US", MONTH_FIRST),
    ],
)
def test_the_column_decides_and_the_store_when_it_does_not(
    samples: list[str], country: str, order: str
) -> None:
    assert day_order(samples, country) == order


@pytest.mark.parametrize(
    ("written", "order", "meant"),
    [
        ("1985-04-23", DAY_FIRST, date(1985, 4, 23)),
        ("03/04/2024", DAY_FIRST, date(2024, 4, 3)),
        ("03/04/2024", MONTH_FIRST, date(2024, 3, 4)),
        ("20.03.2024", MONTH_FIRST, date(2024, 3, 20)),
        ("1/2/85", DAY_FIRST, date(1985, 2, 1)),
        ("15-Jan-2024", DAY_FIRST, date(2024, 1, 15)),
        ("Mar 20, 2024", DAY_FIRST, date(2024, 3, 20)),
        ("29/02/2024", DAY_FIRST, date(2024, 2, 29)),
        ("0000-00-00", DAY_FIRST, None),
    ],
)
def test_reads_days(written: str, order: str, meant: date | None) -> None:
    assert read_date(written, order, TODAY) == meant


@pytest.mark.parametrize(
    "written", ["31/31/2000", "13/25/2024", "2023-02-29", "soon", "45123", "0001-01-01", "99999"]
)
def test_refuses_what_is_no_day(written: str) -> None:
    with pytest.raises(Invalid):
        read_date(written, DAY_FIRST, TODAY)


def test_a_moment_without_offset_is_the_store_s() -> None:
    assert read_moment("5/6/2012 15:53", DAY_FIRST, TODAY, PARIS) == datetime(
        2012, 6, 5, 15, 53, tzinfo=PARIS
    )
    assert read_moment("3/15/2024 2:30 PM", MONTH_FIRST, TODAY, PARIS) == datetime(
        2024, 3, 15, 14, 30, tzinfo=PARIS
    )
    assert read_moment("2026-04-22T17:34:18Z", DAY_FIRST, TODAY, PARIS).utcoffset().total_seconds() == 0  # type: ignore[union-attr]
    assert read_moment("2020-02-03 04:05:06 +0100", DAY_FIRST, TODAY, PARIS).hour == 4  # type: ignore[union-attr]
