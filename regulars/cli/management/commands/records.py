"""`regulars records`: list, show, change, import and export customers and other records."""

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from regulars.cli.records import acting, agreeing, asking, bringing, looking, moving, writing
from regulars.cli.records.common import add_selection, complaint, context_of
from regulars.kit.errors import Refused
from regulars.resources.resource import get_resource

VERBS = {
    "list": (looking.list_records, "print the records of a query"),
    "show": (looking.show_record, "print one record"),
    "explain": (asking.explain_query, "say a query in plain words, and how many it matches"),
    "why": (asking.why_record, "say why one record is in a query or not"),
    "create": (writing.create_record, "add one record"),
    "update": (writing.update_record, "change one record"),
    "act": (acting.act, "perform an action on what a query matches"),
    "undo": (acting.undo, "take an act back"),
    "agree": (agreeing.agree, "agree to an act that waits for a second person"),
    "turn-down": (agreeing.turn_down, "turn such an act down"),
    "import": (bringing.import_records, "bring records in from a file"),
    "export": (moving.export_records, "take the records of a query out as a file"),
}


class Command(BaseCommand):
    help = "List, show, change, import and export records"
    requires_system_checks = []  # a command that people wait for

    def run_from_argv(self, argv: list[str]) -> None:
        """Take `--sort -spent` as people write it: argparse would read the minus as another option."""
        joined: list[str] = []
        for word in argv:
            if joined and joined[-1] == "--sort" and word.startswith("-"):
                joined[-1] = f"--sort={word}"
            else:
                joined.append(word)
        super().run_from_argv(joined)

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, parser_class=argparse.ArgumentParser)
        made = {name: verbs.add_parser(name, help=words) for name, (_run, words) in VERBS.items()}
        for verb in made.values():
            verb.add_argument("resource", metavar="RESOURCE", help="a kind of record, like customers")
            verb.add_argument("--store", required=True, metavar="SLUG", help="the store to work in")
            verb.add_argument("--json", action="store_true", help="print one JSON object")
        _add_list(made["list"])
        made["show"].add_argument("record", metavar="ID", help="its id or its number")
        made["show"].add_argument("--format", choices=("text", "json"), default="text")
        made["update"].add_argument("record", metavar="ID", help="its id or its number")
        made["update"].add_argument(
            "--version", type=_whole, help="the version that was looked at: others' changes since are kept"
        )
        for verb in (made["create"], made["update"]):
            verb.add_argument(
                "--set",
                action="append",
                default=[],
                metavar="FIELD=VALUE",
                help="a value, as people type it; - reads it from the input",
            )
        add_selection(made["explain"])
        made["why"].add_argument("record", metavar="ID", help="its id or its number")
        made["why"].add_argument(
            "--where", required=True, metavar="QUERY", help="conditions, like 'country = FR and spent > 200'"
        )
        _add_act(made["act"])
        made["undo"].add_argument("change_set", metavar="CHANGE", help="the change that `act` printed")
        made["undo"].add_argument("--id", action="append", default=[], metavar="ID", help="only this record")
        for verb in (made["agree"], made["turn-down"]):
            verb.add_argument("run", metavar="RUN", help="the id of the run that waits")
        made["turn-down"].add_argument("--reason", default="", help="why, for the person who asked")
        bringing.add_import(made["import"])
        moving.add_export(made["export"])

    def handle(self, *args: Any, **options: Any) -> None:
        run, _words = VERBS[options["verb"]]
        try:
            code = run(get_resource(options["resource"]), options, context_of(options["store"]))
        except Refused as refusal:
            sys.stderr.write(f"regulars: {complaint(refusal, options)}\n")
            sys.exit(2)
        except OSError as error:
            if isinstance(error, BrokenPipeError) or error.filename is None:
                raise
            sys.stderr.write(f"regulars: {error.filename}: {error.strerror}\n")
            sys.exit(2)
        if code:
            sys.exit(code)


def _add_list(parser: argparse.ArgumentParser) -> None:
    add_selection(parser)
    parser.add_argument("--columns", default="", metavar="A,B", help="which fields, in this order")
    parser.add_argument(
        "--sort", default="", metavar="FIELD", help="a field to sort by; -spent sorts downwards"
    )
    parser.add_argument(
        "--limit", type=_whole, default=50, metavar="N", help="how many (default 50; 0 means all)"
    )
    parser.add_argument("--format", choices=("csv", "json"), help="default: a table on a terminal, else csv")
    parser.add_argument("-o", "--output", metavar="FILE", help="write to a file")


def _add_act(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", metavar="ACTION", help="like archive or add-tag")
    add_selection(parser)
    parser.add_argument("--id", action="append", default=[], metavar="ID", help="one record; may be repeated")
    parser.add_argument("--all", action="store_true", help="every record of the store")
    parser.add_argument(
        "--input", action="append", default=[], metavar="NAME=VALUE", help="what the action asks"
    )
    parser.add_argument("--dry-run", action="store_true", help="count the records and write nothing")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("-o", "--output", metavar="FILE", help="write the file that the action makes")


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise argparse.ArgumentTypeError(f"“{text}” is not a number of records")
    return int(text)
