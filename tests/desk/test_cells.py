from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from regulars.desk import cells

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
STYLE = cells.Style("en", "EUR", ZoneInfo("Europe/Berlin"), NOW)
HOSTILE = '<img src=x onerror="alert(1)">'


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", HOSTILE),
        ("email", HOSTILE),
        ("phone", HOSTILE),
        ("person", cells.Person(HOSTILE, "<b", 1, '/x/"><b>')),
        ("choice", cells.Choice(HOSTILE)),
        ("tags", (HOSTILE, HOSTILE, HOSTILE)),
        ("country", cells.Country("<", HOSTILE)),
    ],
)
def test_escapes_what_people_typed(kind: str, value: object) -> None:
    html = cells.render(kind, value, STYLE)
    assert "<img" not in html and "<b" not in html.replace("<bdi", "")


@pytest.mark.parametrize(
    ("kind", "value", "part"),
    [
        ("money", 1234, "€12.34"),
        ("number", 12480, "12,480"),
        ("decimal", Decimal("7.5"), "7.5"),
        ("date", date(1987, 2, 9), "Feb 9, 1987"),
        ("boolean", False, "No"),
        ("number", 0, ">0<"),
        ("tags", ("a", "b", "c", "d"), ">+2<"),
        ("choice", cells.Choice("Loyal", "violet"), 'class="badge violet"'),
    ],
)
def test_writes_values_for_the_reader(kind: str, value: object, part: str) -> None:
    assert part in cells.render(kind, value, STYLE)


def test_writes_money_as_the_language_does() -> None:
    french = STYLE._replace(language="fr")
    assert "12,34" in cells.render("money", 1234, french)


def test_an_empty_cell_says_why() -> None:
    assert "No orders yet" in cells.render("datetime", None, STYLE, why_empty="No orders yet")
    assert "–" in cells.render("text", "", STYLE)


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(hours=1), "Today"),
        (timedelta(hours=13), "Today"),  # 23:00 of the day before in UTC, but midnight in Berlin
        (timedelta(hours=14), "Yesterday"),
        (timedelta(days=9), "9 days ago"),
        (timedelta(days=20), "2 weeks ago"),
        (timedelta(days=100), "3 months ago"),
        (timedelta(days=1000), "Feb 26, 2024"),
        (timedelta(days=-3), "Nov 25, 2026"),
    ],
)
def test_says_how_long_ago_in_days_of_the_store(ago: timedelta, text: str) -> None:
    html = cells.render("datetime", NOW - ago, STYLE)
    assert f">{text}</time>" in html
    assert 'title="' in html


def test_hue_is_stable_and_in_range() -> None:
    assert cells.hue_of("a@b.com") == cells.hue_of("a@b.com")
    assert {cells.hue_of(str(number)) for number in range(200)} == set(range(1, 9))
