"""`regulars privacy`: a copy of everything about a customer, and whom a rule of keeping means."""

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from regulars.cli.records.common import complaint, context_of, say_json
from regulars.customers.named import id_named
from regulars.kit.errors import Refused
from regulars.privacy import queries, services
from regulars.resources.context import Context


class Command(BaseCommand):
    help = "Copy everything about a customer, see whom rules of keeping mean"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, parser_class=argparse.ArgumentParser)
        copy = verbs.add_parser("copy", help="write everything about a customer into a file")
        copy.add_argument("customer", help="number, e-mail or id of the customer")
        copy.add_argument("-o", "--output", required=True, type=Path, metavar="FILE", help="the file (zip)")
        keeping = verbs.add_parser("keeping", help="whom each rule of keeping means today; nothing is done")
        for one in (copy, keeping):
            one.add_argument("--store", required=True, metavar="SLUG", help="the store to work in")
            one.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            context = context_of(options["store"])
            found = _copy(context, options) if options["verb"] == "copy" else _keeping(context)
        except Refused as refusal:
            sys.stderr.write(f"regulars: {complaint(refusal, options)}\n")
            sys.exit(2)
        if options["json"]:
            say_json(found)
        elif options["verb"] == "copy":
            print(f"{found['records']} records, {found['bytes']} bytes: {options['output']}")
        else:
            for rule in found["rules"]:
                state = "on" if rule["active"] else "off"
                print(
                    f"{rule['name']} ({state}): {rule['means']} customers, {rule['waiting']} told and waiting"
                )


def _copy(context: Context, options: dict[str, Any]) -> dict[str, Any]:
    copy = services.copy_now(
        store=context.store,
        customer_id=id_named(store=context.store, text=options["customer"]),
        actor=context.actor,
        now=context.now,
    )
    _copy_row, pieces = services.fetch_copy(
        store=context.store, copy_id=copy.pk, customer_id=None, actor=context.actor, now=context.now
    )
    with options["output"].open("wb") as file:
        for piece in pieces:
            file.write(piece)
    return {"records": copy.rows, "bytes": copy.size}


def _keeping(context: Context) -> dict[str, Any]:
    rules = []
    for rule in queries.rules_of(store=context.store):
        found = queries.rehearse(store=context.store, rule=rule, now=context.now)
        rules.append(
            {
                "name": rule.name,
                "active": rule.active,
                "means": found.count,
                "without_email": found.without_email,
                "waiting": found.warned,
            }
        )
    return {"rules": rules}
