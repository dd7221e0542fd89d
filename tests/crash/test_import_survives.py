"""A short storm; the long one is `python -m tests.crash.disturb`."""

import pytest

from tests.crash.disturb import disturb


@pytest.mark.slow
def test_an_import_ends_as_if_nothing_had_been_killed() -> None:
    found = disturb(rows=20_000, kills=3, seed=4, say=lambda text: None)
    assert len(found["killed"]) >= 2


@pytest.mark.slow
def test_each_order_comes_in_once_and_the_figures_are_right() -> None:
    found = disturb(rows=20_000, kills=3, seed=5, say=lambda text: None, resource="orders")
    assert len(found["killed"]) >= 2
    assert found["orders"] > 15_000
