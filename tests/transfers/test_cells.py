"""Formula cells go out harmless and come back as they were."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from regulars.transfers.cells import guard, unguard


@given(st.text())
@example("'s-Gravenhage")
@example("'=1")
@example("''")
@example("'")
@example("'+33612345678")
def test_comes_back_letter_for_letter(text: str) -> None:
    assert unguard(guard(text)) == text


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_nothing_that_leaves_is_run(start: str) -> None:
    assert guard(f"{start}1+1")[0] == "'"


def test_drops_what_shopify_adds_and_keeps_what_people_write() -> None:
    assert unguard("'+31612345678") == "+31612345678"
    assert unguard("'1234AB") == "1234AB"
    assert unguard("'s-Gravenhage") == "'s-Gravenhage"
