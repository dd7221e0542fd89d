"""A short storm; the long one is `python -m tests.crash.disturb`."""

import pytest

from tests.crash.disturb import disturb


@pytest.mark.slow
def test_an_import_ends_as_if_nothing_had_been_killed() -> None:
    """Customers, and orders with the figures that follow from them, in one install: to make it takes the longest."""
    found = disturb(rows=20_000, kills=3, seed=4, say=lambda text: None, resources=("customers", "orders"))
    assert all(len(one["killed"]) >= 2 for one in found.values())
    assert found["orders"]["came in"] > 15_000
