"""`records list` and `records show`."""

import csv
import json
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import IO, Any

from regulars.cli.records.common import Options, columns_of, output, query_of, say_json
from regulars.kit.errors import NotFound
from regulars.kit.ids import parse_id
from regulars.resources.context import Context
from regulars.resources.field import Field, Row
from regulars.resources.language import Condition
from regulars.resources.page import every_row, matching
from regulars.resources.query import Query
from regulars.resources.record import fetch_record, record_json
from regulars.resources.resource import Resource
from regulars.transfers.cells import guard_words

NARROW, WIDEST = 4, 40


def list_records(resource: Resource, options: Options, context: Context) -> int:
    """Print the records of a query: a table on a terminal, else CSV; or JSON."""
    query = query_of(resource, options, context)
    fields = columns_of(query, context, everything=False)
    count = matching(query, context).order_by().count()
    rows = islice(every_row(query, context, fields), options["limit"] or None)
    if options["json"] or options["format"] == "json":
        found = {"rows": [record_json(row, fields, context) for row in rows], "count": count}
        if not options["output"]:
            say_json(found)
            return 0
        with output(options["output"]) as file:
            file.write(json.dumps(found, ensure_ascii=False, default=str) + "\n")
        return 0
    to_terminal = not options["output"] and sys.stdout.isatty()
    with output(options["output"]) as file:
        if options["format"] == "csv" or not to_terminal:
            _write_csv(rows, fields, context, file)
        else:
            _write_table(list(rows), fields, context, file, count)
    return 0


def show_record(resource: Resource, options: Options, context: Context) -> int:
    """Print one record, by its id or its number."""
    fields = resource.fields(context.actor)
    row = find_record(resource, options["record"], fields, context)
    if options["json"] or options["format"] == "json":
        say_json(record_json(row, fields, context))
        return 0
    width = max(len(field.name) for field in fields)
    sys.stdout.write(f"{_plain(resource.title(row))}  {row['id']}\n")
    for field in fields:
        if text := field.export(row, context):
            sys.stdout.write(f"  {field.name:<{width}}  {_plain(text)}\n")
    return 0


def find_record(resource: Resource, wanted: str, fields: list[Field], context: Context) -> Row:
    """One record by its id or its number. Raises `NotFound`."""
    if (record_id := parse_id(wanted)) is not None:
        return fetch_record(resource, record_id, fields, context)
    number = wanted.lstrip("#")
    if not (number.isascii() and number.isdigit()) or resource.field("number", context.actor) is None:
        raise NotFound(f"“{wanted}” is neither an id nor a number of a {resource.noun}.")
    tab = resource.default_tab if "all" not in [one.name for one in resource.tabs] else "all"
    query = Query(resource=resource, tab=tab).with_where(Condition("number", "=", (number,)))
    record_id = matching(query, context).values_list("pk", flat=True).first()
    if record_id is None and len(number) <= 15:
        record_id = resource.lives_on(int(number), context.store)
    return fetch_record(resource, record_id, fields, context)


def _write_csv(rows: Iterable[Row], fields: list[Field], context: Context, file: IO[str]) -> None:
    writer = csv.writer(file)
    writer.writerow([field.name for field in fields])
    for row in rows:
        writer.writerow([guard_words(field.export(row, context)) for field in fields])


def _write_table(rows: list[Row], fields: list[Field], context: Context, file: IO[str], count: int) -> None:
    table = [[_plain(field.export(row, context)) for field in fields] for row in rows]
    heads = [field.name for field in fields]
    widths = [
        min(max([_cells(head), *(_cells(line[index]) for line in table)]), WIDEST)
        for index, head in enumerate(heads)
    ]
    room = shutil.get_terminal_size().columns
    shown = len(heads)
    while shown > 1 and sum(widths[:shown]) + 2 * (shown - 1) > room:
        widest = max(range(shown), key=lambda index: widths[index])
        if widths[widest] > max(NARROW, _cells(heads[widest]), 16):
            widths[widest] -= 1
        else:
            shown -= 1
    right = [field.kind.numeric for field in fields]
    for line in (heads, *table):
        cells = (_fit(line[index], widths[index], right=right[index]) for index in range(shown))
        file.write("  ".join(cells).rstrip() + "\n")
    left_out = f"; {len(heads) - shown} columns did not fit" if shown < len(heads) else ""
    file.write(f"{len(rows):,} of {count:,}{left_out}\n")


def _plain(text: str) -> str:
    """The text on one line and without characters that steer a terminal."""
    return "".join(char if char.isprintable() else " " for char in text)


def _cells(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(_widths(text))


def _widths(text: str) -> Iterator[int]:
    for char in text:
        if not unicodedata.combining(char):
            yield 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _fit(text: str, width: int, *, right: bool) -> str:
    if _cells(text) > width:
        while _cells(text) > width - 1:
            text = text[:-1]
        text += "…"
    padding = " " * (width - _cells(text))
    return padding + text if right else text + padding


def read_table(found: dict[str, Any]) -> str:
    """A few figures on one line: "3 matched, 2 done, 1 skipped"."""
    return ", ".join(f"{value:,} {name}" for name, value in found.items())
