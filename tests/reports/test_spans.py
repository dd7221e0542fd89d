"""The days that an address asks for, and the steps of a chart."""

from datetime import date

import pytest

from regulars.reports.choices import Named, Span
from regulars.reports.rules import asked_span, span_of

TODAY, BEGUN = date(2026, 3, 2), date(2024, 5, 20)


@pytest.mark.parametrize(
    ("name", "first"),
    [
        (Named.MONTH, date(2026, 2, 1)),
        (Named.QUARTER, date(2025, 12, 3)),
        (Named.YEAR, date(2025, 4, 1)),
        (Named.THIS_YEAR, date(2026, 1, 1)),
        (Named.ALL, BEGUN),
    ],
)
def test_named_spans_end_today(name: str, first: date) -> None:
    assert span_of(name, today=TODAY, begun=BEGUN) == Span(name, first, TODAY)


def test_two_days_are_a_span_and_one_may_be_left_open() -> None:
    given = {"from": "2026-01-05", "to": "2026-01-07"}
    assert asked_span(given, today=TODAY, begun=BEGUN) == (
        Span("2026-01-05..2026-01-07", date(2026, 1, 5), date(2026, 1, 7)),
        "",
    )
    assert asked_span({"from": "2026-01-05"}, today=TODAY, begun=BEGUN)[0].last == TODAY
    assert asked_span({"to": "2025-01-05"}, today=TODAY, begun=BEGUN)[0].first == BEGUN


@pytest.mark.parametrize(
    "given",
    [
        {"from": "2026-02-01", "to": "2026-01-01"},
        {"from": "yesterday"},
        {"span": "nonsense"},
        {"span": "0001-01-01..9999-12-31"},
        {"span": "2026-01-01..\x00"},
    ],
)
def test_what_is_no_span_is_said_and_the_usual_one_shown(given: dict[str, str]) -> None:
    span, problem = asked_span(given, today=TODAY, begun=BEGUN)
    assert span.name == Named.YEAR and "2026-03-01" in problem


@pytest.mark.parametrize(
    ("first", "step", "begins"),
    [
        (date(2026, 2, 27), "day", date(2026, 2, 27)),
        (date(2025, 12, 31), "week", date(2025, 12, 29)),
        (date(2025, 6, 15), "month", date(2025, 6, 1)),
        (date(2022, 6, 15), "quarter", date(2022, 4, 1)),
        (date(2000, 6, 15), "year", date(2000, 1, 1)),
    ],
)
def test_a_chart_has_few_steps_without_gaps(first: date, step: str, begins: date) -> None:
    span = Span("x", first, TODAY)
    steps = span.steps()
    assert (span.step, steps[0]) == (step, begins)
    assert steps == sorted(set(steps)) and steps[-1] <= TODAY and len(steps) <= 45
