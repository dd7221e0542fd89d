"""`regulars duplicates`: look for customers that may be the same person, and list them."""

import argparse
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from regulars.cli.records.common import context_of, progress_bar
from regulars.duplicates import queries, services
from regulars.duplicates.queries import Filter
from regulars.duplicates.rules import LIKELY, say_reasons
from regulars.jobs.services import execute_run
from regulars.kit.errors import Refused


class Command(BaseCommand):
    help = "Look for customers that may be the same person, and list them"

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, parser_class=argparse.ArgumentParser)
        for name, words in (("scan", "compare every customer now"), ("list", "the likeliest pairs")):
            verb = verbs.add_parser(name, help=words)
            verb.add_argument("--store", required=True, metavar="SLUG")
            verb.add_argument("--json", action="store_true", help="print one JSON object")
            if name == "list":
                verb.add_argument("--min-score", type=int, default=LIKELY, help=f"default {LIKELY}")
                verb.add_argument("--limit", type=int, default=50, help="default 50")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            context = context_of(options["store"])
            if options["verb"] == "list":
                self._list(context.store, options)
                return
            run = services.start_scan(store=context.store, actor=context.actor, wait=True)
            with progress_bar(context.store, run.pk, label="Duplicates"):
                done = execute_run(run_id=run.pk)
        except Refused as refusal:
            raise CommandError(refusal.sentence) from refusal
        if done.state != "done":
            raise CommandError(done.message or f"The work was {done.state}.")
        found = done.counts["found"]
        self.stdout.write(json.dumps({"found": found}) if options["json"] else f"{found:,} pairs to decide")

    def _list(self, store: Any, options: dict[str, Any]) -> None:
        wanted = Filter(lowest=max(options["min_score"], 0))
        found = queries.pairs(store=store, wanted=wanted, limit=max(options["limit"], 0))
        rows: list[dict[str, Any]] = [
            {
                "id": str(pair.pk),
                "score": pair.score,
                "customers": [pair.first.number, pair.second.number],
                "names": [pair.first.name, pair.second.name],
                "reasons": say_reasons(pair.reasons, pair.likeness, {"phone": pair.first.phone}),
            }
            for pair in found
        ]
        if options["json"]:
            self.stdout.write(json.dumps({"rows": rows, "count": len(rows)}, ensure_ascii=False))
            return
        for row in rows:
            people = "  ".join(
                f"#{number} {name}" for number, name in zip(row["customers"], row["names"], strict=True)
            )
            self.stdout.write(f"{row['score']:>3}  {people}  ({', '.join(row['reasons'])})")
