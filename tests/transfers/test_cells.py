"""Formula cells go out harmless and come back as they were."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.transfers.cells import guard, guard_words, unguard
from regulars.transfers.services.failed import sample_template


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


@pytest.mark.parametrize("cell", ["-10", "-402", "-0.50"])
def test_a_number_below_zero_stays_one(cell: str) -> None:
    assert guard_words(cell) == cell and unguard(guard_words(cell)) == cell


@pytest.mark.parametrize(
    "cell", ["-1+1", "-A1", "-", "-1\n", "-１", "=1", "+33", "--1", "-1e5", "-1.", "'-1"]
)
def test_what_only_looks_like_one_is_guarded(cell: str) -> None:
    assert guard_words(cell) == f"'{cell}" and unguard(guard_words(cell)) == cell


@pytest.mark.django_db
def test_the_template_of_points_removes_points(store: Store) -> None:
    template = b"".join(sample_template(resource=get_resource("points"))).decode()
    assert ",-10," in template and "'" not in template
