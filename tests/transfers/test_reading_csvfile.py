"""Reading CSV as it is found."""

import io
import json
from pathlib import Path

import pytest

from regulars.transfers.reading.csvfile import Layout, has_broken_bytes, open_text, read_records
from regulars.transfers.reading.limits import CELL_LIMIT, LINE_LIMIT
from tests.transfers.conftest import SHARED

SPECTRUM = SHARED / "adversarial" / "csv" / "csv-spectrum"
SAMPLES = SHARED / "adversarial" / "csv" / "csv-test-data"


def cells(raw: bytes, layout: Layout = Layout()) -> list[tuple[int, list[str]]]:  # noqa: B008
    return [
        (one.line, one.cells) for one in read_records(open_text(io.BytesIO(raw), layout.encoding), layout)
    ]


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"])
def test_counts_lines_as_an_editor_does(ending: bytes) -> None:
    raw = ending.join([b"a,b", b'1,"x', b'y"', b"", b",", b"2,z"])
    found = cells(raw)
    assert [line for line, _ in found] == [1, 2, 6]
    assert found[1][1] == ["1", "x" + ending.decode() + "y"]


def test_mixed_line_ends_and_nul() -> None:
    found = [row for _, row in cells(b"a,b\r1,2\n3,4\r\n5,\x006")]
    assert found == [["a", "b"], ["1", "2"], ["3", "4"], ["5", "\x006"]]


def test_loses_only_the_row_whose_quote_is_never_closed() -> None:
    records = list(read_records(io.StringIO('a,b\n1,"open\n2,ok\n3,ok\n'), Layout()))
    assert [(one.line, bool(one.problem)) for one in records] == [
        (1, False),
        (2, True),
        (3, False),
        (4, False),
    ]
    assert "never closed" in records[1].problem


def test_a_cell_without_end_is_one_row_and_reading_goes_on() -> None:
    text = 'a,b\n1,"' + "x" * (CELL_LIMIT + 10) + "\n2,ok\n"
    records = list(read_records(io.StringIO(text, newline=""), Layout()))
    assert [one.line for one in records] == [1, 2, 3]
    assert records[1].problem and records[2].cells == ["2", "ok"]


def test_a_line_without_end_is_passed_over_in_bounded_memory() -> None:
    text = "a,b\n" + "x," * LINE_LIMIT + "\n2,ok\n"
    records = list(read_records(io.StringIO(text, newline=""), Layout()))
    assert [(one.line, one.problem != "") for one in records] == [(1, False), (2, True), (3, False)]


def test_many_broken_rows_end_instead_of_reading_for_ever() -> None:
    text = "a,b\n" + '1,"open' + "x" * 50 + "\n2,b\n" * 5
    records = list(read_records(io.StringIO(text * 300 + '"', newline=""), Layout()))
    assert len(records) < 3000


def test_bytes_that_mean_nothing_stay_visible() -> None:
    (_, row) = cells(b"a\xff\xfe,b")[0]
    assert has_broken_bytes(row[0]) and not has_broken_bytes(row[1])


@pytest.mark.skipif(not SPECTRUM.is_dir(), reason="the shared test data is not here")
@pytest.mark.parametrize(
    "path",
    sorted(set(SPECTRUM.glob("csvs/*.csv")) - {SPECTRUM / "csvs/location_coordinates.csv"}),
    ids=lambda path: path.stem,
)
def test_agrees_with_csv_spectrum(path: Path) -> None:
    expected = json.loads((SPECTRUM / "json" / f"{path.stem}.json").read_text())
    found = [row for _, row in cells(path.read_bytes())]
    rows = [dict(zip(found[0], row, strict=True)) for row in found[1:]]
    wanted = expected if isinstance(expected, list) else [expected]

    def flat(row: dict[str, str]) -> dict[str, str]:
        return {key: value.replace("\r\n", "\n") for key, value in row.items()}

    assert [flat(row) for row in rows] == [flat(row) for row in wanted]


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared test data is not here")
@pytest.mark.parametrize("path", sorted(SAMPLES.glob("json/*.json")), ids=lambda path: path.stem)
def test_agrees_with_csv_test_data(path: Path) -> None:
    expected = json.loads(path.read_text())
    found = [row for _, row in cells((SAMPLES / "csv" / f"{path.stem}.csv").read_bytes())]
    if path.stem.startswith("header") or (expected and isinstance(expected[0], dict)):
        found = [dict(zip(found[0], row, strict=True)) for row in found[1:]]  # type: ignore[misc]
    blank = [row for row in expected if not any(row if isinstance(row, list) else row.values())]
    assert found == [row for row in expected if row not in blank]
