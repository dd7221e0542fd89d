"""When a saved export is due: once a day, week or month, whatever the clock of the store does."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.transfers.choices import Schedule
from regulars.transfers.schedule import next_run

ZONES = [
    "Europe/Paris",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/Santiago",
    "UTC",
]
moments = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2032, 1, 1), timezones=st.just(UTC))


def due(
    schedule: str, zone: str, after: datetime, *, hour: int = 6, weekday: int = 1, day: int = 1
) -> datetime:
    found = next_run(
        schedule=schedule, hour=hour, weekday=weekday, month_day=day, zone=ZoneInfo(zone), after=after
    )
    assert found is not None
    return found


@settings(deadline=None)
@given(after=moments, zone=st.sampled_from(ZONES), hour=st.integers(0, 23))
def test_every_day_has_one_turn(after: datetime, zone: str, hour: int) -> None:
    first = due(Schedule.DAILY, zone, after, hour=hour)
    second = due(Schedule.DAILY, zone, first, hour=hour)
    there, then = first.astimezone(ZoneInfo(zone)), second.astimezone(ZoneInfo(zone))
    assert after < first <= after + timedelta(hours=25)
    assert then.date() == there.date() + timedelta(days=1)
    for moment in (there, then):
        # Only where the clock skips the hour does it begin later; and never twice in an hour that comes twice.
        skipped = moment.replace(hour=hour, minute=0).astimezone(UTC).astimezone(ZoneInfo(zone)).hour != hour
        assert moment.fold == 0 and ((moment.hour == hour and moment.minute == 0) or skipped)


@settings(deadline=None)
@given(after=moments, zone=st.sampled_from(ZONES), weekday=st.integers(1, 7))
def test_every_week_has_one_turn(after: datetime, zone: str, weekday: int) -> None:
    first = due(Schedule.WEEKLY, zone, after, weekday=weekday).astimezone(ZoneInfo(zone))
    second = due(Schedule.WEEKLY, zone, first, weekday=weekday).astimezone(ZoneInfo(zone))
    assert first.isoweekday() == second.isoweekday() == weekday
    assert after < first and second.date() == first.date() + timedelta(days=7)


@settings(deadline=None)
@given(after=moments, zone=st.sampled_from(ZONES), day=st.integers(1, 31))
def test_every_month_has_one_turn(after: datetime, zone: str, day: int) -> None:
    first = due(Schedule.MONTHLY, zone, after, day=day).astimezone(ZoneInfo(zone))
    second = due(Schedule.MONTHLY, zone, first, day=day).astimezone(ZoneInfo(zone))
    for one in (first, second):
        assert one.day == min(day, monthrange(one.year, one.month)[1])
    assert after < first and (second.year * 12 + second.month) - (first.year * 12 + first.month) == 1


@pytest.mark.parametrize(
    ("after", "hour", "wanted"),
    [
        ("2026-03-28T12:00+00:00", 2, "2026-03-29T01:00+00:00"),  # 2 o'clock is skipped: it is 3 then
        ("2026-10-24T12:00+00:00", 2, "2026-10-25T00:00+00:00"),  # 2 o'clock comes twice: the first
        ("2026-10-25T00:00+00:00", 2, "2026-10-26T01:00+00:00"),
        ("2026-07-01T03:59+00:00", 6, "2026-07-01T04:00+00:00"),
        ("2026-07-01T04:00+00:00", 6, "2026-07-02T04:00+00:00"),
    ],
)
def test_in_paris(after: str, hour: int, wanted: str) -> None:
    found = due(Schedule.DAILY, "Europe/Paris", datetime.fromisoformat(after), hour=hour)
    assert found == datetime.fromisoformat(wanted)


def test_by_hand_only_is_never_due() -> None:
    asked = {"schedule": Schedule.NONE, "hour": 6, "weekday": 1, "month_day": 1, "zone": ZoneInfo("UTC")}
    assert next_run(after=datetime(2026, 1, 1, tzinfo=UTC), **asked) is None  # type: ignore[arg-type]
