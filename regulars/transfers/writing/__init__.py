"""The formats that rows leave in: `FORMATS[name].open(out, columns, about)` gives a writer.

Writers take typed values and need the same memory at any number of rows. What a format cannot hold (control
characters, halves of surrogates, texts that are too long) is dropped or cut with a visible mark, never an error.
"""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from regulars.kit.errors import Invalid
from regulars.resources.mistakes import suggest
from regulars.transfers.writing.base import About, Column, FileFormat, Row, Value, Writer
from regulars.transfers.writing.texts import Delimited, JsonLines

__all__ = ["FORMATS", "About", "Column", "FileFormat", "Row", "Value", "Writer", "format_named"]

_ALL = (
    FileFormat(
        name="csv",
        label="CSV",
        suffix=".csv",
        content_type="text/csv; charset=utf-8",
        streams=True,
        open=partial(Delimited, delimiter=","),
    ),
    FileFormat(
        name="tsv",
        label="Tab-separated",
        suffix=".tsv",
        content_type="text/tab-separated-values; charset=utf-8",
        streams=True,
        open=partial(Delimited, delimiter="\t"),
    ),
    FileFormat(
        name="jsonl",
        label="JSON lines",
        suffix=".jsonl",
        content_type="application/x-ndjson",
        streams=True,
        open=JsonLines,
    ),
)
FORMATS: Mapping[str, FileFormat] = MappingProxyType({one.name: one for one in _ALL})


def format_named(name: str) -> FileFormat:
    """The format of that name. Raises `Invalid`."""
    found = FORMATS.get(name.strip().lower().removeprefix("."))
    if found is None:
        known = ", ".join(FORMATS)
        raise Invalid(
            f"There is no format “{name[:40]}”.{suggest(name, FORMATS)} Use one of: {known}.", field="format"
        )
    return found
