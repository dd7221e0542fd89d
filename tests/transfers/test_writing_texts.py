"""CSV, tab-separated values and JSON lines; and which formats there are."""

import csv
import io
import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.kit.errors import Invalid
from regulars.transfers.cells import guard, unguard
from regulars.transfers.writing import FORMATS, format_named
from tests.transfers.conftest import SHARED
from tests.transfers.writing import MADE_AT, TYPED, about, written

ROW = ["Ada", -3, Decimal("-1234.5"), date(1985, 4, 23), MADE_AT, True]
PAYLOADS = SHARED / "adversarial" / "csv_injection" / "payloadbox_csv-payload.txt"


def cells(name: str, rows: Iterable[Any], **more: Any) -> list[list[str]]:
    text = written(name, rows, **more).decode()
    return list(csv.reader(io.StringIO(text, newline=""), delimiter="," if name == "csv" else "\t"))


def test_csv_writes_what_our_import_reads() -> None:
    assert written("csv", [ROW, [None] * 6]).decode() == (
        "name,orders,spent,born,added,newsletter\r\n"
        "Ada,-3,-1234.50,1985-04-23,2024-03-04T06:06:07.250000+01:00,yes\r\n,,,,,\r\n"
    )


def test_a_byte_order_mark_on_wish() -> None:
    assert written("csv", [], byte_order_mark=True).startswith(b"\xef\xbb\xbfname,")
    assert not written("csv", []).startswith(b"\xef")


@pytest.mark.parametrize("name", ["csv", "tsv"])
@given(words=st.lists(st.text(max_size=20), min_size=1, max_size=9))
def test_any_text_comes_back(name: str, words: list[str]) -> None:
    found = cells(name, [[word, "x"] for word in words], columns=(TYPED[0], TYPED[0]))
    storable = [word.encode("utf-8", "replace").decode() for word in words]
    assert [unguard(row[0]) for row in found[1:]] == storable


@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_formulas_leave_harmless(name: str) -> None:
    payloads = ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "＝1"]
    if PAYLOADS.exists():
        payloads += [line for line in PAYLOADS.read_text("utf-8").splitlines() if line]
    found = cells(name, [[word] for word in payloads], columns=TYPED[:1])
    assert [row[0] for row in found[1:]] == [guard(word) for word in payloads]
    assert not any(row[0][0] in "=+-@\t\r＝" for row in found)


def test_json_lines_have_real_types() -> None:
    lines = written("jsonl", [ROW, [None] * 6]).decode().splitlines()
    assert '"spent":-1234.50' in lines[0]
    assert json.loads(lines[0]) == {
        "name": "Ada",
        "orders": -3,
        "spent": -1234.5,
        "born": "1985-04-23",
        "added": "2024-03-04T06:06:07.250000+01:00",
        "newsletter": True,
    }
    assert set(json.loads(lines[1]).values()) == {None}


@given(words=st.lists(st.text(max_size=20), max_size=9))
def test_json_lines_hold_any_text(words: list[str]) -> None:
    lines = written("jsonl", [[word] for word in words], TYPED[:1]).decode().split("\n")[:-1]
    assert [json.loads(line)["name"] for line in lines] == [word.replace("\x00", "") for word in words]


def test_formats_are_found_by_name() -> None:
    assert list(FORMATS) == ["csv", "tsv", "xlsx", "xls", "ods", "pdf", "jsonl"]
    assert format_named(" .XLSX").suffix == ".xlsx"
    with pytest.raises(Invalid, match=r"no format “xlsxx”. Did you mean “xlsx”\?") as refused:
        format_named("xlsxx")
    assert refused.value.field == "format"


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_writes_a_list_without_rows(name: str) -> None:
    assert (written(name, []) == b"") == (name == "jsonl")


@pytest.mark.parametrize("name", ["csv", "tsv", "jsonl"])
def test_rows_are_handed_on_as_they_come(name: str) -> None:
    out = io.BytesIO()
    writer = format_named(name).open(out, TYPED[:1], about())
    writer.write([["Ada"]])
    assert b"Ada" in out.getvalue()
