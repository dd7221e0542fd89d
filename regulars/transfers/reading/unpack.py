"""Any file becomes one text that the import reads row by row, whatever the merchant brought."""

import shutil
import tempfile
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from regulars.transfers.reading.archive import Archive
from regulars.transfers.reading.errors import UnreadableFile, shown
from regulars.transfers.reading.formats import (
    JSONL,
    ODS,
    TEXT,
    XLS,
    XLSX,
    ZIP,
    format_of,
    format_of_members,
    name_note,
)
from regulars.transfers.reading.jsonrows import JsonRows
from regulars.transfers.reading.limits import ROW_LIMIT, size
from regulars.transfers.reading.ods import OdsBook
from regulars.transfers.reading.table import Row, Table, Workbook, choose_sheet
from regulars.transfers.reading.xlsx import XlsxBook


def _xls_book(file: IO[bytes]) -> Workbook:
    # A web process needs the reader of the older format only here.
    from regulars.transfers.reading.xls import XlsBook

    return XlsBook(file)


_BOOKS: dict[str, Callable[[IO[bytes]], Workbook]] = {XLSX: XlsxBook, XLS: _xls_book, ODS: OdsBook}
_HEAD = 128 * 1024
# What computers put beside the files of people.
_BESIDE = frozenset({".ds_store", "thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What a file turned out to be. `format` is "text" when the bytes of a text file were handed on as they are."""

    format: str
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    rows: int = 0
    notes: tuple[str, ...] = ()


def unpack(
    source: IO[bytes],
    *,
    format: str,
    filename: str,
    sheet: str = "",
    out: IO[bytes],
    told: Callable[[int], object] | None = None,
) -> Unpacked:
    """Write the table of a file to `out` as UTF-8 CSV whose first cell is the row's number in the original.

    For a zip file with a text file in it, `out` gets that file as it is. `told` is called several times a second with
    the number of rows so far, and may raise to stop. Raises `UnreadableFile`.
    """
    source.seek(0)
    if format == ZIP:
        return _unzip(source, filename, sheet, out, told)
    note = name_note(format, filename)
    if format == JSONL:
        rows = _write(JsonRows(source).rows(), Table(out, rows_limit=None, told=told))
        unpacked = Unpacked(JSONL, rows=rows)
    else:
        with closing(_BOOKS[format](source)) as book:
            chosen = choose_sheet(book, sheet)
            rows = _write(book.rows(chosen), Table(out, rows_limit=ROW_LIMIT, told=told))
            unpacked = Unpacked(format, book.sheets, chosen, rows, tuple(book.notes()))
        if not rows:
            raise UnreadableFile(
                _("The sheet “%(shown)s” is empty. Bring one with a header line and rows below it.")
                % {"shown": shown(chosen)}
            )
    return replace(unpacked, notes=tuple(filter(None, (note, *unpacked.notes))))


def _write(rows: Iterable[Row], table: Table) -> int:
    for number, cells in rows:
        table.write(number, cells)
    table.flush()
    return table.rows


def _unzip(
    source: IO[bytes], filename: str, sheet: str, out: IO[bytes], told: Callable[[int], object] | None
) -> Unpacked:
    """Read on with the one file of a zip file."""
    archive = Archive(source)
    if (document := format_of_members({name.replace("\\", "/") for name in archive.names})) != ZIP:
        return unpack(source, format=document, filename=filename, sheet=sheet, out=out, told=told)
    usable = [name for name in archive.names if _is_usable(name)]
    if not usable:
        raise UnreadableFile(_("The zip file holds no file. Put the one with the table into it."))
    if len(usable) > 1:
        names = ", ".join(f"“{shown(_base(name))}”" for name in usable[:5])
        raise UnreadableFile(
            _("The zip file holds %(count)s files (%(names)s). Bring the one with the table alone.")
            % {"count": f"{len(usable):,}", "names": f"{names} …" if len(usable) > 5 else names}
        )
    inner = _base(usable[0])
    with archive.open(usable[0]) as member, tempfile.TemporaryFile() as kept:
        head = member.read(_HEAD)
        format = format_of(head, inner)
        if format == ZIP:
            raise UnreadableFile(
                _("The zip file holds another zip file. Unpack it and bring the file that is in it.")
            )
        taken = out if format == TEXT else kept
        taken.write(head)
        _copy(member, taken)
        if format == TEXT:
            note = name_note(format, inner)
            return Unpacked(TEXT, notes=(note,) if note else ())
        return unpack(kept, format=format, filename=inner, sheet=sheet, out=out, told=told)


def _copy(member: IO[bytes], out: IO[bytes]) -> None:
    shutil.copyfileobj(member, out, 1024 * 1024)
    if out.tell() > settings.IMPORT_MAX_BYTES:
        raise UnreadableFile(
            _("Unpacked, the file is larger than %(size)s. Split it into parts.")
            % {"size": size(settings.IMPORT_MAX_BYTES)}
        )


def _is_usable(name: str) -> bool:
    base = _base(name).lower()
    return not (name.startswith("__MACOSX/") or base.startswith("._") or base in _BESIDE)


def _base(name: str) -> str:
    """The last part of a name, to be shown and to have its ending looked at; never used as a path."""
    return PurePath(name.replace("\\", "/")).name
