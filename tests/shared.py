"""Third-party test material beside the repository; tests that read it are skipped where it is absent."""

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest

from regulars.resources.context import Context
from regulars.resources.query import Query
from regulars.transfers.services import Asked, stream_export

FOLDER = Path(os.environ.get("REGULARS_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


def shared_file(path: str) -> Path:
    """A file of that material, or the test is skipped."""
    found = FOLDER / path
    if not found.exists():
        pytest.skip(f"{path} is not here")
    return found


def shared_rows(path: str) -> list[dict[str, str]]:
    """A CSV file of that material as rows."""
    with shared_file(path).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def naughty_strings() -> list[str]:
    """The Big List of Naughty Strings where it is present, and our own on top."""
    found: list[Any] = []
    listed = FOLDER / "adversarial" / "blns" / "blns.json"
    if listed.exists():
        found = json.loads(listed.read_text("utf-8"))
    return [*OWN, *(one for one in found if isinstance(one, str))]


OWN = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "{{ 7*7 }} {% now 'Y' %}",
    "%s %(name)s {0} {name} ${x}",
    'O\'Brien "Bob" \\ ; -- drop table',
    "%_\\",
    "\u202egnp.exe",
    "e\u0301" * 40,
    "👩‍👩‍👧‍👦🏳️‍🌈",
    '=HYPERLINK("http://x")',
    "line\nbreak\r\nand\ttab",
    "x" * 300,
    "İıŞş",
    "'",
    '"',
    "`",
)


def taken_out(query: Query, context: Context, **asked: Any) -> bytes:
    """The file of an export that is streamed."""
    _name, pieces = stream_export(asked=Asked(query=query, **asked), context=context)
    return b"".join(pieces)
