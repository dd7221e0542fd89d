import pytest

from regulars.kit import charts


@pytest.mark.parametrize(
    ("largest", "expected"),
    [(290, [0, 100, 200, 300]), (0, [0, 1]), (3, [0, 1, 2, 3]), (0.5, [0, 0.2, 0.4, 0.6])],
)
def test_ticks_are_round_and_reach_the_top(largest: float, expected: list[float]) -> None:
    assert charts.ticks(largest) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("largest", "smallest", "expected"),
    [(290, -290, [-400, -200, 0, 200, 400]), (0, -3, [-3, -2, -1, 0]), (90, -10, [-50, 0, 50, 100])],
)
def test_ticks_go_below_zero(largest: float, smallest: float, expected: list[float]) -> None:
    assert charts.ticks(largest, smallest=smallest) == pytest.approx(expected)


def test_a_line_crosses_zero() -> None:
    svg = charts.line([("Jan", 10), ("Feb", -10)], title="Net", write=lambda value: f"{value:g}")
    assert "Net: Jan 10; Feb -10" in svg and "style=" not in svg


def test_bars_say_their_values_to_screen_readers_and_escape() -> None:
    svg = charts.bars([("<Jan>", 10), ("Feb", 0)], title="Spend & more", write=lambda value: f"€{value:g}")
    assert "Spend &amp; more: &lt;Jan&gt; €10; Feb €0" in svg
    assert "style=" not in svg


def test_bars_of_nothing_and_spark_of_one_month() -> None:
    assert "<svg" in charts.bars([], title="Spend", write=str)
    assert "<circle" in charts.spark([5])
    assert charts.spark([]) == ""


def test_shares_leave_a_gap_between_parts() -> None:
    assert 'width="59.4"' in charts.shares([("a", 60), ("b", 40)])
