"""Moments as texts."""

from datetime import UTC, datetime

import pytest

from regulars.kit.moments import parse_moment


def test_reads_a_moment_in_any_zone() -> None:
    expected = datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert parse_moment("2026-03-01T10:00:00Z") == expected
    assert parse_moment("2026-03-01T11:00:00+01:00") == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "2026-03-01",
        "2026-13-01T00:00:00Z",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "10000-01-01T00:00:00Z",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert parse_moment(text) is None
