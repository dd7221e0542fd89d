"""OpenDocument spreadsheets, written straight into the zip, row by row."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.utils.translation import gettext as _

from regulars.kit.errors import Invalid
from regulars.transfers.writing.base import About, Column, Row, in_words
from regulars.transfers.writing.sheets import (
    MOST_ROWS,
    UNWRITABLE,
    Say,
    column_letters,
    headers,
    is_number,
    pieces,
    sheet_name,
    writable,
)

_URN = "urn:oasis:names:tc:opendocument:xmlns"
_NAMES = " ".join(
    f'xmlns:{short}="{_URN}:{name}:1.0"'
    for short, name in (
        ("office", "office"),
        ("table", "table"),
        ("text", "text"),
        ("style", "style"),
        ("number", "datastyle"),
        ("fo", "xsl-fo-compatible"),
        ("config", "config"),
    )
)
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_KIND = "application/vnd.oasis.opendocument.spreadsheet"
# What one part of a zip holds in the form that every reader knows.
LARGEST = 2_000_000_000
# Spaces at an end or beside each other and line ends have elements of their own.
_SPECIAL = re.compile(f"^[ ']| $|  |[&<>\t\n\r{UNWRITABLE}]")
_SPACES = re.compile("(?<= ) +|^ +| +$")
_EMPTY = "<table:table-cell/>"
_ROW = ("<table:table-row>", "</table:table-row>")


class Ods:
    """One spreadsheet; rows beyond what a table holds go on in a further one."""

    def __init__(self, out: IO[bytes], columns: Sequence[Column], about: About) -> None:
        self._columns, self._about = columns, about
        self._zip = ZipFile(out, "w", ZIP_DEFLATED, compresslevel=1)
        self._say = [_cell(column, about) for column in columns]
        self._ranges: list[str] = []
        self._zip.writestr(_entry("mimetype", ZIP_STORED), _KIND)
        self._zip.writestr(_entry("META-INF/manifest.xml"), _manifest())
        self._zip.writestr(_entry("settings.xml"), _settings(sheet_name(about.title, 1)))
        self._content = self._zip.open(_entry("content.xml"), "w")
        self._bytes = self._rows = 0
        self._add(_content_start(columns), 0)
        self._begin()

    def write(self, rows: Iterable[Row]) -> None:
        say = self._say
        for some in pieces(rows, self._room):
            lines = [
                "".join([one(value) for one, value in zip(say, row, strict=True)]).join(_ROW) for row in some
            ]
            self._add("".join(lines), len(lines))

    def close(self) -> None:
        self._end()
        ranges = "".join(
            f'<table:database-range table:name="filter{number}" table:target-range-address={quoteattr(place)} '
            'table:display-filter-buttons="true"/>'
            for number, place in enumerate(self._ranges, 1)
        )
        ends = "</office:spreadsheet></office:body></office:document-content>"
        self._add(f"<table:database-ranges>{ranges}</table:database-ranges>{ends}", 0)
        self._content.close()
        self._zip.close()

    def _room(self) -> int:
        if self._rows >= MOST_ROWS:
            self._end()
            self._begin()
        return MOST_ROWS - self._rows

    def _begin(self) -> None:
        self._rows = 0
        name = sheet_name(self._about.title, len(self._ranges) + 1)
        widths = "".join(
            f'<table:table-column table:style-name="co{index}" '
            f'table:default-cell-style-name="{column.type}{column.places}"/>'
            for index, column in enumerate(self._columns)
        )
        titles = "".join(_string("header")(header) for header in headers(self._columns))
        self._add(
            f"<table:table table:name={quoteattr(name)}>{widths}<table:table-row>{titles}</table:table-row>",
            1,
        )

    def _end(self) -> None:
        name = sheet_name(self._about.title, len(self._ranges) + 1)
        self._ranges.append(f"'{name}'.A1:'{name}'.{column_letters(len(self._columns))}{self._rows}")
        self._add("</table:table>", 0)

    def _add(self, text: str, rows: int) -> None:
        coded = text.encode()
        if self._bytes + len(coded) > LARGEST:
            raise Invalid(_("These are too many rows for one ods file. Take xlsx or csv."), field="format")
        self._rows += rows
        self._bytes += self._content.write(coded)


def _entry(name: str, compression: int = ZIP_DEFLATED) -> ZipInfo:
    """A part of the zip that says nothing of the time or the machine."""
    entry = ZipInfo(name)
    entry.compress_type = compression
    entry.create_system = 0
    return entry


def _string(style: str) -> Say:
    start = f'<table:table-cell table:style-name="{style}" office:value-type="string">'
    special = _SPECIAL.search

    def said(text: Any) -> str:
        if not text:
            return _EMPTY
        inside = _paragraphs(text) if len(text) > 16_000 or special(text) else f"<text:p>{text}</text:p>"
        return f"{start}{inside}</table:table-cell>"

    return said


def _paragraphs(text: str) -> str:
    """The text with its lines and spaces in elements. All kinds of line ends become one; a tab becomes a space, for
    its own element is dropped by those who read it in a cell."""
    lines = writable(text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").split("\n")
    return "".join(f"<text:p>{_SPACES.sub(_spaces, escape(line))}</text:p>" for line in lines)


def _spaces(found: re.Match[str]) -> str:
    return f'<text:s text:c="{len(found[0])}"/>'


def _cell(column: Column, about: About) -> Say:
    """How a value of this column becomes a cell; a value of another type becomes a text."""
    text = _string("text0")
    style = f"{column.type}{column.places}"

    def words(value: Any) -> str:
        return text(in_words(value, column, about))

    def typed(kind: str, attribute: str, value: str, shown: str) -> str:
        return (
            f'<table:table-cell table:style-name="{style}" office:value-type="{kind}" office:{attribute}="{value}">'
            f"<text:p>{shown}</text:p></table:table-cell>"
        )

    def number(value: Any) -> str:
        if not is_number(value):
            return words(value)
        plain = in_words(value, column, about)
        return typed("float", "value", plain, plain)

    def day(value: Any) -> str:
        if not isinstance(value, date):
            return words(value)
        if not isinstance(value, datetime):
            return typed("date", "date-value", value.isoformat(), value.isoformat())
        there = about.there(value).replace(tzinfo=None)
        return typed("date", "date-value", there.isoformat(), there.isoformat(" ", "seconds"))

    def yes(value: Any) -> str:
        if not isinstance(value, bool):
            return words(value)
        return typed("boolean", "boolean-value", str(value).lower(), str(value).upper())

    says: dict[str, Callable[[Any], str]] = {
        "text": lambda value: text(value) if value is None or isinstance(value, str) else words(value),
        "number": number,
        "money": number,
        "date": day,
        "moment": day,
        "yes": yes,
    }
    return says[column.type]


def _content_start(columns: Sequence[Column]) -> str:
    widths = "".join(
        f'<style:style style:name="co{index}" style:family="table-column"><style:table-column-properties '
        f'style:column-width="{max(column.width / 96, 0.4):.2f}in"/></style:style>'
        for index, column in enumerate(columns)
    )
    looks = "".join(
        _look(*each) for each in sorted({(column.type, column.places) for column in columns} | {("text", 0)})
    )
    return (
        f'{_XML}<office:document-content {_NAMES} office:version="1.3"><office:automatic-styles>'
        '<style:style style:name="header" style:family="table-cell">'
        '<style:text-properties fo:font-weight="bold"/></style:style>'
        f"{widths}{looks}</office:automatic-styles><office:body><office:spreadsheet>"
    )


def _look(kind: str, places: int) -> str:
    """How cells of this type are shown."""
    name = f"{kind}{places}"
    dash, colon, space = (f"<number:text>{sign}</number:text>" for sign in "-: ")
    long = 'number:style="long"'
    day = f"<number:year {long}/>{dash}<number:month {long}/>{dash}<number:day {long}/>"
    time = f"<number:hours {long}/>{colon}<number:minutes {long}/>{colon}<number:seconds {long}/>"
    grouped = ' number:grouping="true"' if places else ""
    format = {
        "text": f'<number:text-style style:name="f-{name}"><number:text-content/></number:text-style>',
        "date": f'<number:date-style style:name="f-{name}">{day}</number:date-style>',
        "moment": f'<number:date-style style:name="f-{name}">{day}{space}{time}</number:date-style>',
        "yes": f'<number:boolean-style style:name="f-{name}"><number:boolean/></number:boolean-style>',
    }.get(
        kind,
        f'<number:number-style style:name="f-{name}"><number:number number:decimal-places="{places}" '
        f'number:min-decimal-places="{places}" number:min-integer-digits="1"{grouped}/></number:number-style>',
    )
    cell = f'<style:style style:name="{name}" style:family="table-cell" style:data-style-name="f-{name}"/>'
    return format + cell


def _manifest() -> str:
    parts = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
        for path, kind in (("/", _KIND), ("content.xml", "text/xml"), ("settings.xml", "text/xml"))
    )
    names = f'xmlns:manifest="{_URN}:manifest:1.0" manifest:version="1.3"'
    return f"{_XML}<manifest:manifest {names}>{parts}</manifest:manifest>"


def _settings(name: str) -> str:
    """The first table opens with its header standing still."""
    still = "".join(
        f'<config:config-item config:name="{item}" config:type="{kind}">{value}</config:config-item>'
        for item, kind, value in (
            ("VerticalSplitMode", "short", 2),
            ("VerticalSplitPosition", "int", 1),
            ("ActiveSplitRange", "short", 2),
            ("PositionBottom", "int", 1),
        )
    )
    return (
        f'{_XML}<office:document-settings {_NAMES} office:version="1.3"><office:settings>'
        '<config:config-item-set config:name="ooo:view-settings">'
        '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
        '<config:config-item-map-named config:name="Tables">'
        f"<config:config-item-map-entry config:name={quoteattr(name)}>{still}</config:config-item-map-entry>"
        "</config:config-item-map-named></config:config-item-map-entry></config:config-item-map-indexed>"
        "</config:config-item-set></office:settings></office:document-settings>"
    )
