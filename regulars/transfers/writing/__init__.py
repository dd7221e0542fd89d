"""The formats that rows leave in: `FORMATS[name].open(out, columns, about)` gives a writer.

Writers take typed values and need the same memory at any number of rows, or have a limit (`most_rows`). What a format
cannot hold (control characters, halves of surrogates, texts that are too long) is dropped or cut with a visible mark.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.kit.errors import Invalid
from regulars.resources.mistakes import suggest
from regulars.transfers.writing.base import About, Column, FileFormat, Row, Value, Writer
from regulars.transfers.writing.limits import MOST_ROWS_OF_PDF, MOST_ROWS_OF_XLS
from regulars.transfers.writing.ods import Ods
from regulars.transfers.writing.texts import Delimited, JsonLines
from regulars.transfers.writing.xlsx import Xlsx

__all__ = ["FORMATS", "About", "Column", "FileFormat", "Row", "Value", "Writer", "format_named"]


def _xls(out: IO[bytes], columns: Sequence[Column], about: About) -> Writer:
    from regulars.transfers.writing.xls import Xls

    return Xls(out, columns, about)


def _pdf(out: IO[bytes], columns: Sequence[Column], about: About) -> Writer:
    """Fonts and shaping are 25 MB that a process without a PDF to make does not need."""
    from regulars.transfers.writing.pdf import Pdf

    return Pdf(out, columns, about)


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
        label=gettext_lazy("Tab-separated"),
        suffix=".tsv",
        content_type="text/tab-separated-values; charset=utf-8",
        streams=True,
        open=partial(Delimited, delimiter="\t"),
    ),
    FileFormat(
        name="xlsx",
        label="Excel",
        suffix=".xlsx",
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        streams=False,
        open=Xlsx,
    ),
    FileFormat(
        name="xls",
        label="Excel 97",
        suffix=".xls",
        content_type="application/vnd.ms-excel",
        streams=False,
        open=_xls,
        most_rows=MOST_ROWS_OF_XLS,
    ),
    FileFormat(
        name="ods",
        label="OpenDocument",
        suffix=".ods",
        content_type="application/vnd.oasis.opendocument.spreadsheet",
        streams=False,
        open=Ods,
    ),
    FileFormat(
        name="pdf",
        label="PDF",
        suffix=".pdf",
        content_type="application/pdf",
        streams=False,
        open=_pdf,
        most_rows=MOST_ROWS_OF_PDF,
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
            _("There is no format “%(name)s”.%(suggest)s Use one of: %(known)s.")
            % {"name": name[:40], "suggest": suggest(name, FORMATS), "known": known},
            field="format",
        )
    return found
