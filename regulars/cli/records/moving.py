"""`records export`: take the records of a query out as a file of any format."""

import argparse
import sys
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO

from regulars.cli.records.common import Options, add_selection, bar_of_rows, query_of, say_json
from regulars.cli.records.looking import list_records
from regulars.resources.context import Context
from regulars.resources.page import count_matching
from regulars.resources.resource import Resource
from regulars.transfers import services
from regulars.transfers.writing import FORMATS, format_named


def add_export(parser: argparse.ArgumentParser) -> None:
    """The options of `records export`."""
    add_selection(parser)
    parser.add_argument(
        "--columns", default="", metavar="A,B", help="which fields, in this order; “all” for every one"
    )
    parser.add_argument(
        "--sort", default="", metavar="FIELD", help="a field to sort by; -spent sorts downwards"
    )
    parser.add_argument(
        "--preset",
        default="",
        metavar="NAME",
        help="the headers of another system, like shopify or mailchimp",
    )
    parser.add_argument(
        "--format", default="csv", help=f"{', '.join(FORMATS)}, or json for one object (default csv)"
    )
    parser.add_argument("--excel", action="store_true", help="mark a CSV so that Excel shows accents right")
    parser.add_argument("--reason", default="", metavar="WORDS", help="why, for the ledger of exports")
    parser.add_argument("-o", "--output", metavar="FILE", help="write to a file")


def export_records(resource: Resource, options: Options, context: Context) -> int:
    """Take the records of a query out as a file of any format, in the columns and the order asked for."""
    if options["format"] == "json":
        return list_records(resource, _listed(resource, options, context), context)
    everything = options["columns"].strip() == "all"
    query = query_of(resource, options | ({"columns": ""} if everything else {}), context)
    asked = services.Asked(
        query=query,
        columns=("all",) if everything else query.columns,
        preset=options["preset"],
        format=options["format"],
        byte_order_mark=options["excel"],
        reason=options["reason"],
    )
    to_file = options["output"] and options["output"] != "-"
    if not to_file and format_named(asked.format).streams:
        _name, pieces = services.stream_export(asked=asked, context=context)
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return 0
    total = count_matching(query, context).value
    services.table_of(asked=asked, context=context)  # what is refused is refused before a file is touched
    with _opened(options["output"] if to_file else "") as file, bar_of_rows(resource) as follow:
        made = services.write_export(
            asked=asked, context=context, out=file, follow=lambda rows: follow(rows, total, {})
        )
        if not to_file:
            file.seek(0)
            copyfileobj(file, sys.stdout.buffer)
            sys.stdout.buffer.flush()
    if options["json"] and to_file:
        say_json(
            {"rows": made.row_count, "file": options["output"], "size": made.size, "sha256": made.sha256}
        )
    return 0


def _listed(resource: Resource, options: Options, context: Context) -> Options:
    """The same as `records list --format json` of every record."""
    columns = options["columns"]
    if columns.strip() == "all":
        columns = ",".join(field.name for field in resource.fields(context.actor) if field.exportable)
    return options | {"columns": columns, "limit": 0}


def _opened(path: str) -> IO[bytes]:
    """The file of -o, which is read once more for its digest; without one a file that nobody sees."""
    return Path(path).open("w+b") if path else TemporaryFile()
