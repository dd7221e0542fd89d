"""Several rows that are one record: folded while the file is read, and taken apart again for who mends them."""

import csv
import io
import json
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.transfers.reading.csvfile import Folding, Layout, Record
from regulars.transfers.reading.folding import folded, read_rows, unfolded
from regulars.transfers.reading.limits import CELL_LIMIT

HEADER = ["Name", "Email", "Lineitem name", "Lineitem quantity", "Note"]
FOLD = Folding(key=0, parts={"title": 2, "quantity": 3}, into="lines", width=5)

text = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters="'"), min_size=1, max_size=8
).filter(str.strip)
part = st.fixed_dictionaries({}, optional={"title": text, "quantity": st.integers(1, 99).map(str)}).filter(
    bool
)
order = st.tuples(st.sampled_from(("#1", "#2", "#10")), text, st.lists(part, min_size=1, max_size=4), text)


def rows_of(key: str, email: str, parts: list[dict[str, str]], note: str) -> list[list[str]]:
    rows = [[key, "", part.get("title", ""), part.get("quantity", ""), ""] for part in parts]
    rows[0][1], rows[0][4] = email, note
    return rows


def read(rows: list[list[str]], skip: int = 0) -> list[Record]:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    out.seek(0)
    return list(read_rows(out, Layout(fold=FOLD, skip=skip)))


@given(st.lists(order, min_size=1, max_size=6))
def test_each_record_comes_as_one_row_and_goes_back_as_it_was(
    orders: list[tuple[str, str, list[dict[str, str]], str]],
) -> None:
    apart = [next(each) for _key, each in groupby(orders, key=lambda one: one[0])]
    header, *found = read([HEADER, *(row for one in apart for row in rows_of(*one))])
    assert header.cells == [*HEADER, "lines"]
    assert [[*one.cells[:2], one.cells[4], json.loads(one.cells[5])] for one in found] == [
        [key, email, note, parts] for key, email, parts, note in apart
    ]
    assert [unfolded(one.cells, FOLD) for one in found] == [rows_of(*one) for one in apart]


@given(st.lists(st.tuples(st.sampled_from(("", "#1", "#2")), text), max_size=12), st.integers(0, 12))
def test_a_reader_that_is_killed_goes_on_at_the_same_row(rows: list[tuple[str, str]], done: int) -> None:
    file = [HEADER, *([key, "", title, "1", ""] for key, title in rows)]
    everything = [(one.line, one.cells) for one in read(file)]
    assert [(one.line, one.cells) for one in read(file)[done:]] == everything[done:]


def test_rows_without_a_key_and_titles_above_the_header_stay_alone() -> None:
    found = read(
        [["Report"], ["Report"], HEADER, ["", "a", "Tea", "1", ""], ["", "b", "Mug", "2", ""]], skip=2
    )
    assert [len(one.cells) for one in found] == [1, 1, 6, 6, 6]
    assert [one.line for one in found] == [1, 2, 3, 4, 5]


def test_a_row_that_is_too_wide_stays_so() -> None:
    found = read([HEADER, ["#1", "a", "Tea", "1", "", "more"], ["#1", "", "Mug", "1", "", "and more"]])
    assert found[1].cells[6:] == ["more", "and more"]


@pytest.mark.parametrize(("broken", "problem"), [("#1,x", True), ("#11,x", False), ("x,y", False)])
def test_a_broken_row_takes_the_record_with_it_that_it_names(broken: str, problem: bool) -> None:
    rows = [
        Record(2, ["#1", "", "Tea", "1", ""]),
        Record(3, [broken], "never closed"),
        Record(4, ["#1", "", "Mug", "1", ""]),
        Record(5, ["#2", "", "Mug", "1", ""]),
    ]
    first, aside, last = folded(iter(rows), FOLD)
    assert bool(first.problem) is problem
    assert (aside.line, aside.problem) == (3, "never closed")
    assert not last.problem


def test_a_broken_first_row_takes_the_rest_of_its_record_with_it() -> None:
    rows = [Record(2, ["#7,a"], "never closed"), Record(3, ["#7", "", "Mug", "1", ""])]
    aside, rest = folded(iter(rows), FOLD)
    assert (aside.line, rest.line) == (2, 3)
    assert rest.problem.startswith("Line 2 ")


def test_a_record_without_end_is_refused_without_being_held() -> None:
    rows = (
        Record(2 + at, ["#1", "", "x" * 1000, "1", ""], size=1100) for at in range(3 * CELL_LIMIT // 1000)
    )
    (found,) = folded(rows, FOLD)
    assert "1 MB" in found.problem
    assert len("".join(found.cells)) < 5000


@pytest.mark.parametrize("cell", ["", "no JSON", "[1]", '{"title": "Tea"}'])
def test_what_cannot_be_taken_apart_stays_one_row(cell: str) -> None:
    assert unfolded(["#1", "a", "Tea", "1", "", cell], FOLD) == [["#1", "a", "Tea", "1", ""]]
