"""LibreOffice opens what we write, and says the same of it."""

import csv
import io
import shutil
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.transfers.writing import MADE_AT, TYPED, written

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not here"),
]
# Commas, quotes, UTF-8, from row 1, every cell as its value; the first sheet.
AS_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,1"
NAMES = [
    "=1+1",
    "+33612345678",
    "00123",
    "  two  spaces ",
    "王小明 😀",
    "محمد",
    "<b>&amp;</b>",
    'say "x", y',
    "1e5",
]


@pytest.mark.parametrize("name", ["xlsx", "xls", "ods"])
def test_libreoffice_reads_the_same(tmp_path: Path, name: str) -> None:
    rows = [
        [text, number, Decimal("-1.25") * number, date(2024, 2, 29), MADE_AT, bool(number % 2)]
        for number, text in enumerate(NAMES)
    ]
    source = tmp_path / f"list.{name}"
    source.write_bytes(written(name, [*rows, [None] * 6, ["last", 1, None, None, None, None]]))
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    subprocess.run(
        [str(OFFICE), profile, "--headless", "--convert-to", AS_CSV, "--outdir", tmp_path, source],
        check=True,
        capture_output=True,
        timeout=120,
    )
    (result,) = tmp_path.glob("*.csv")
    found = list(csv.reader(io.StringIO(result.read_text("utf-8"), newline="")))
    assert found[0] == [column.header for column in TYPED]
    yes = {"TRUE": True, "FALSE": False, "1": True, "0": False}
    for row, cells in zip(rows, found[1:], strict=False):
        assert (cells[0], int(cells[1]), Decimal(cells[2])) == (row[0], row[1], row[2])
        assert (cells[3], cells[4][:19], yes[cells[5]]) == ("2024-02-29", "2024-03-04 06:06:07", row[5])
    assert found[-2:] == [[""] * 6, ["last", "1", "", "", "", ""]]
