"""Codes, hours of the week by the store's clock, who is held out, and how sure a difference is."""

from collections import Counter
from datetime import UTC, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.kit.errors import Invalid
from regulars.offers.codes import LETTERS, code_key, new_code, show_code
from regulars.offers.comparing import Share, is_held_out, newcombe, wilson
from regulars.offers.hours import WHOLE_DAY, is_open, read_windows, write_windows

PARIS = ZoneInfo("Europe/Paris")
LUNCH = read_windows("Fri 12:00-14:00")
NIGHT = read_windows("Sat 22-2")


def at(text: str, zone: ZoneInfo = PARIS) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


class TestCodes:
    def test_have_no_letters_that_look_alike(self) -> None:
        codes = [new_code() for _at in range(500)]
        assert len(set(codes)) == 500 and not set("01ILOU") & set("".join(codes))
        assert len(LETTERS) == 30 and {len(one) for one in codes} == {10}

    def test_are_compared_without_what_people_add(self) -> None:
        assert code_key(" qk7tm 4zwpa ") == code_key("QK7TM-4ZWPA") == "QK7TM4ZWPA"
        assert show_code("QK7TM4ZWPA") == "QK7TM-4ZWPA" and show_code("SUMMER20") == "SUMMER20"
        assert code_key("\x00é–!") == ""


class TestHours:
    @pytest.mark.parametrize(
        ("moment", "open_"),
        [
            ("2026-03-06 11:59", False),
            ("2026-03-06 12:00", True),
            ("2026-03-06 13:59", True),
            ("2026-03-06 14:00", False),
            ("2026-03-05 12:30", False),
        ],
    )
    def test_of_a_day(self, moment: str, open_: bool) -> None:
        assert is_open(LUNCH, now=at(moment), zone=PARIS) is open_

    @pytest.mark.parametrize(
        ("moment", "open_"),
        [
            ("2026-03-07 21:59", False),
            ("2026-03-07 22:00", True),
            ("2026-03-08 01:59", True),
            ("2026-03-08 02:00", False),
            ("2026-03-07 01:00", False),
            ("2026-03-08 22:30", False),
        ],
    )
    def test_go_on_after_midnight(self, moment: str, open_: bool) -> None:
        assert is_open(NIGHT, now=at(moment), zone=PARIS) is open_

    def test_from_sunday_into_monday(self) -> None:
        late = read_windows("Sun 23:30-00:30")
        assert is_open(late, now=at("2026-03-09 00:15"), zone=PARIS)
        assert not is_open(late, now=at("2026-03-08 00:15"), zone=PARIS)

    def test_follow_the_clock_on_the_wall_when_it_changes(self) -> None:
        """Paris goes from 2:00 to 3:00 on 29 March 2026, and from 3:00 back to 2:00 on 25 October."""
        lunch = read_windows("Sun 12-14")
        assert is_open(lunch, now=datetime(2026, 3, 29, 10, 0, tzinfo=UTC), zone=PARIS)  # summer: 12:00
        assert is_open(lunch, now=datetime(2026, 3, 22, 11, 0, tzinfo=UTC), zone=PARIS)  # winter: 12:00
        assert not is_open(lunch, now=datetime(2026, 3, 22, 10, 0, tzinfo=UTC), zone=PARIS)
        gone = read_windows("Sun 2:15-2:45")
        assert not any(
            is_open(gone, now=datetime(2026, 3, 29, hour, minute, tzinfo=UTC), zone=PARIS)
            for hour in range(24)
            for minute in range(0, 60, 15)
        )
        twice = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)]
        assert all(is_open(gone, now=one, zone=PARIS) for one in twice)

    def test_none_is_always(self) -> None:
        assert is_open([], now=at("2026-03-06 03:00"), zone=PARIS)

    @given(
        st.lists(
            st.tuples(st.integers(0, 6), st.integers(0, WHOLE_DAY - 1), st.integers(0, WHOLE_DAY)).filter(
                lambda one: one[1] != one[2]
            ),
            max_size=8,
        )
    )
    def test_come_back_as_they_were_written(self, windows: list[tuple[int, int, int]]) -> None:
        assert read_windows(write_windows(windows)) == sorted(set(windows))

    @pytest.mark.parametrize(
        "text", ["Fri", "Fre 12-14", "Fri 25-26", "Fri 12:61-14", "Fri 12-12", "Fri 24-2"]
    )
    def test_what_is_none_is_refused(self, text: str) -> None:
        with pytest.raises(Invalid):
            read_windows(text)


class TestHoldOut:
    def test_is_the_share_that_was_asked_and_always_the_same(self) -> None:
        offer = uuid4()
        people = [uuid4() for _at in range(4000)]
        first = [is_held_out(customer_id=one, offer_id=offer, percent=20) for one in people]
        assert first == [is_held_out(customer_id=one, offer_id=offer, percent=20) for one in people]
        assert 0.17 < sum(first) / len(people) < 0.23
        other = uuid4()
        both = Counter(
            (one, is_held_out(customer_id=who, offer_id=other, percent=20))
            for one, who in zip(first, people, strict=True)
        )
        assert 0.02 < both[True, True] / len(people) < 0.06, "another offer holds out others"

    def test_of_nobody_and_more_holds_out_the_same_and_some(self) -> None:
        offer, who = uuid4(), [uuid4() for _at in range(500)]
        assert not any(is_held_out(customer_id=one, offer_id=offer, percent=0) for one in who)
        ten, forty = (
            {one for one in who if is_held_out(customer_id=one, offer_id=offer, percent=percent)}
            for percent in (10, 40)
        )
        assert ten < forty


class TestCertainty:
    """Against the tables of Newcombe's two papers of 1998 (Statistics in Medicine 17)."""

    @pytest.mark.parametrize(
        ("some", "of", "low", "high"),
        [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
    )
    def test_of_a_share(self, some: int, of: int, low: float, high: float) -> None:
        assert wilson(Share(some, of)) == pytest.approx((low, high), abs=5e-5)

    @pytest.mark.parametrize(
        ("one", "other", "low", "high"),
        [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((6, 7), (2, 7), 0.0582, 0.8062),
            ((5, 56), (0, 29), -0.0381, 0.1926),
            ((0, 10), (0, 20), -0.1611, 0.2775),
            ((0, 10), (0, 10), -0.2775, 0.2775),
            ((10, 10), (0, 20), 0.6791, 1.0),
            ((10, 10), (0, 10), 0.6075, 1.0),
        ],
    )
    def test_of_a_difference(
        self, one: tuple[int, int], other: tuple[int, int], low: float, high: float
    ) -> None:
        assert newcombe(Share(*one), Share(*other)) == pytest.approx((low, high), abs=5e-5)
