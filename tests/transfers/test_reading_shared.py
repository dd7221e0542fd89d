"""Files of strangers, also hostile ones: each ends in rows or in a sentence, with little written and little held."""

import io
import tracemalloc
from pathlib import Path

import pytest

from regulars.transfers.reading.csvfile import open_text, read_records
from regulars.transfers.reading.detect import detect
from regulars.transfers.reading.encoding import Evidence
from regulars.transfers.reading.errors import UnreadableFile
from regulars.transfers.reading.formats import TEXT, format_of
from regulars.transfers.reading.limits import MEGABYTE
from regulars.transfers.reading.unpack import unpack
from tests.transfers.conftest import SHARED

FILES = sorted(
    path
    for folder in ("xlsx", "csv", "encodings", "blns")
    for path in (SHARED / "adversarial" / folder).rglob("*")
    if path.is_file()
)
pytestmark = pytest.mark.skipif(not FILES, reason="the shared test data is not here")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SHARED)))
def test_ends_in_rows_or_in_a_sentence(path: Path) -> None:
    out = io.BytesIO()
    tracemalloc.start()
    try:
        with path.open("rb") as source:
            rows = count(source, path.name, out)
        assert rows > 0
    except UnreadableFile as refused:
        assert refused.sentence.endswith(".")
    finally:
        held = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert out.tell() <= 20 * path.stat().st_size
    assert held <= 12 * MEGABYTE


def count(source: io.BufferedReader, name: str, out: io.BytesIO) -> int:
    """How many rows there are below the header."""
    head = source.read(128 * 1024)
    if (found := format_of(head, name)) == TEXT:
        evidence = Evidence()
        evidence.feed(head)
        out.write(head)
        layout = detect(head, evidence.encoding(), lambda _: False).layout
    else:
        unpack(source, format=found, filename=name, out=out)
        layout = detect(out.getvalue(), "utf-8", lambda _: False, numbered=True).layout
    records = read_records(open_text(io.BytesIO(out.getvalue()), layout.encoding), layout)
    return sum(1 for _ in records) - layout.skip
