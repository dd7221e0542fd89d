"""`regulars records export` in every format."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from regulars.transfers.models import Export
from regulars.transfers.writing import FORMATS
from tests.cli.test_records import records, shop  # noqa: F401  (fixtures)

pytestmark = pytest.mark.django_db(transaction=True)
BEGINNINGS = {"xlsx": b"PK", "ods": b"PK", "xls": b"\xd0\xcf\x11\xe0", "pdf": b"%PDF"}


@pytest.mark.parametrize("format", list(FORMATS))
def test_writes_a_file_of_each_format(records: Any, tmp_path: Path, format: str) -> None:  # noqa: F811
    file = tmp_path / f"out.{format}"
    asked = ("--columns", "number,first_name,spent", "--format", format, "--reason", "Audit")
    told = records("export", *asked, "-o", str(file), "--json").json()
    raw = file.read_bytes()
    assert raw.startswith(BEGINNINGS.get(format, b"")) and (told["rows"], told["size"]) == (5, len(raw))
    kept = Export.objects.get()
    assert kept.sha256 == told["sha256"] == hashlib.sha256(raw).hexdigest()
    assert (kept.reason, kept.columns, kept.stored_as) == ("Audit", ["number", "first_name", "spent"], "")


def test_json_is_what_the_list_prints(records: Any) -> None:  # noqa: F811
    asked = ("--columns", "first_name", "--sort=number", "--format", "json")
    assert records("export", *asked).out == records("list", *asked, "--limit", "0").out
    assert len(json.loads(records("export", *asked).out)["rows"]) == 5


def test_the_headers_of_another_system(records: Any) -> None:  # noqa: F811
    lines = records("export", "--preset", "mailchimp", "--where", "country = DE").out.splitlines()
    assert lines[0].startswith("Email Address") and len(lines) == 4
    wrong = records("export", "--preset", "mailchump")
    assert wrong.code == 2 and "mailchimp" in wrong.err


def test_nothing_is_written_when_it_is_refused(records: Any, tmp_path: Path) -> None:  # noqa: F811
    file = tmp_path / "out.xlsx"
    for wrong in (("--format", "exe"), ("--columns", "nothing"), ("--where", "a b c")):
        assert records("export", *wrong, "-o", str(file)).code == 2
    assert not file.exists() and not Export.objects.exists()
