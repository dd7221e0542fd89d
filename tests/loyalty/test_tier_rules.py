"""When customers come into a tier and out of it."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from regulars.loyalty.choices import Origin
from regulars.loyalty.tier_rules import Standing, Step, next_step, window_begins

PARIS = ZoneInfo("Europe/Paris")
NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
SILVER, GOLD = uuid4(), uuid4()


def standing(rank: int = 1, origin: Origin = Origin.AUTO, **facts: object) -> Standing:
    return Standing(SILVER, rank, origin, 30, **facts)  # type: ignore[arg-type]


def test_goes_up_at_once() -> None:
    assert next_step(None, (GOLD, 2), now=NOW, zone=PARIS) == Step.UP
    assert next_step(standing(), (GOLD, 2), now=NOW, zone=PARIS) == Step.UP
    assert next_step(standing(), (SILVER, 1), now=NOW, zone=PARIS) is None
    assert next_step(None, None, now=NOW, zone=PARIS) is None


def test_stays_for_the_days_of_grace() -> None:
    assert next_step(standing(), None, now=NOW, zone=PARIS) == Step.FELL_BELOW
    below = standing(below_since=NOW)
    assert next_step(below, None, now=NOW + timedelta(days=29, hours=11), zone=PARIS) is None
    assert next_step(below, None, now=NOW + timedelta(days=30), zone=PARIS) == Step.DOWN
    assert next_step(below, (SILVER, 1), now=NOW + timedelta(days=30), zone=PARIS) == Step.CAUGHT_UP
    without = Standing(SILVER, 1, Origin.AUTO, 0)
    assert next_step(without, None, now=NOW, zone=PARIS) == Step.DOWN


def test_days_of_grace_are_those_of_the_store() -> None:
    # Late on 2 March in New York is 3 March in Paris already.
    late = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
    below = standing(below_since=late)
    morning = datetime(2026, 4, 1, 5, 0, tzinfo=UTC)
    assert next_step(below, None, now=morning, zone=NEW_YORK) == Step.DOWN
    assert next_step(below, None, now=morning, zone=PARIS) is None


def test_what_was_given_by_hand_stands_until_its_end() -> None:
    end = NOW + timedelta(days=3)
    by_hand = standing(origin=Origin.HAND, ends_at=end)
    assert next_step(by_hand, (GOLD, 2), now=end - timedelta(seconds=1), zone=PARIS) is None
    assert next_step(by_hand, (GOLD, 2), now=end, zone=PARIS) == Step.UP
    assert next_step(by_hand, (SILVER, 1), now=end, zone=PARIS) == Step.UP
    assert next_step(by_hand, None, now=end, zone=PARIS) == Step.DOWN
    assert next_step(standing(origin=Origin.HAND), None, now=end, zone=PARIS) is None


@pytest.mark.parametrize(
    ("now", "months", "zone", "begins"),
    [
        (datetime(2026, 3, 31, 10, tzinfo=UTC), 1, PARIS, datetime(2026, 2, 28, tzinfo=PARIS)),
        (datetime(2026, 3, 31, 23, tzinfo=UTC), 1, PARIS, datetime(2026, 3, 1, tzinfo=PARIS)),
        (datetime(2026, 3, 1, 2, tzinfo=UTC), 12, NEW_YORK, datetime(2025, 2, 28, tzinfo=NEW_YORK)),
        (datetime(2024, 2, 29, 12, tzinfo=UTC), 12, PARIS, datetime(2023, 2, 28, tzinfo=PARIS)),
        (datetime(2026, 1, 15, 12, tzinfo=UTC), 1, PARIS, datetime(2025, 12, 15, tzinfo=PARIS)),
    ],
)
def test_a_window_begins_at_a_midnight_of_the_store(
    now: datetime, months: int, zone: ZoneInfo, begins: datetime
) -> None:
    assert window_begins(now=now, months=months, zone=zone) == begins


def test_without_a_window_everything_counts() -> None:
    assert window_begins(now=NOW, months=0, zone=PARIS) is None
