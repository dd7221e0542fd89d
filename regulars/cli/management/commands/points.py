"""`regulars points`: what the worker does for points every hour, done now or looked at ahead."""

import argparse
import sys
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from regulars.cli.records.common import Options, complaint, context_of, say_json
from regulars.kit.errors import Invalid, Refused
from regulars.loyalty import queries, services
from regulars.resources import dates
from regulars.resources.context import Context


class Command(BaseCommand):
    help = "Let points expire, and write to customers about theirs, without waiting for the worker"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, parser_class=argparse.ArgumentParser)
        expire = verbs.add_parser("expire", help="take away what has expired; pending points can be spent")
        expire.add_argument("--dry-run", action="store_true", help="only say how much that is")
        expire.add_argument(
            "--on", default="", metavar="DAY", help="with --dry-run: what is gone when this day is over"
        )
        write = verbs.add_parser("write", help="write the warnings and summaries that are due, each once")
        for verb in (expire, write):
            verb.add_argument("--store", required=True, metavar="SLUG", help="the store to work in")
            verb.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            context = context_of(options["store"])
            told, said = _expire(options, context) if options["verb"] == "expire" else _write(context)
        except Refused as refusal:
            sys.stderr.write(f"regulars: {complaint(refusal, options)}\n")
            sys.exit(2)
        if options["json"]:
            say_json(told)
        else:
            print(said)


def _expire(options: Options, context: Context) -> tuple[dict[str, int], str]:
    store, now = context.store, context.now
    if options["on"] and not options["dry_run"]:
        raise Invalid("Points expire when their time is over, not before: look ahead with --dry-run.")
    if options["dry_run"]:
        day = dates.parse_days(options["on"], context).last if options["on"] else None
        until = dates.day_start(day + timedelta(days=1), context) if day else now
        customers, points = queries.expired_by(store=store, until=until)
        return {
            "customers": customers,
            "points": points,
        }, f"Customers whose points expire: {customers:,}; points: {points:,}"
    matured = services.mature_points(store=store, now=now)
    expired = services.expire_points(store=store, actor=context.actor, now=now)
    said = f"Customers whose points expired: {expired:,}; entries that waited and can be spent: {matured:,}"
    return {"expired": expired, "matured": matured}, said


def _write(context: Context) -> tuple[dict[str, int], str]:
    about: dict[str, Any] = {"store": context.store, "actor": context.actor, "now": context.now}
    warned, summaries = services.warn_of_expiry(**about), services.send_summaries(**about)
    return {
        "warned": warned,
        "summaries": summaries,
    }, f"Warnings: {warned:,}; summaries: {summaries:,}"
