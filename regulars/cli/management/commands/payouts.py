"""`regulars payouts`: seal how customers are paid again after the key was changed."""

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from regulars.accounts import services as accounts
from regulars.cli.records.common import complaint, context_of, say_json
from regulars.kit.errors import Refused
from regulars.tradeins import services


class Command(BaseCommand):
    help = "Seal how customers are paid again after the key was changed"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, parser_class=argparse.ArgumentParser)
        rekey = verbs.add_parser("rekey", help="seal everything with the first key of REGULARS_PAYOUT_KEYS")
        rekey.add_argument("--store", required=True, metavar="SLUG", help="the store to work in")
        rekey.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            context = context_of(options["store"])
            done, lost = services.seal_all_again(store=context.store)
            # The secrets of customers' authenticator apps are sealed with the same keys.
            more, more_lost = accounts.seal_factors_again(store=context.store)
            done, lost = done + more, lost + more_lost
        except Refused as refusal:
            sys.stderr.write(f"regulars: {complaint(refusal, options)}\n")
            sys.exit(2)
        if options["json"]:
            say_json({"sealed": done, "lost": lost})
            return
        print(f"Sealed with the key in use: {done}.")
        if lost:
            print(
                f"No known key opens {lost}: put the earlier key into REGULARS_PAYOUT_KEYS, or enter them again."
            )
