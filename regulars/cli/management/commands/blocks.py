"""`regulars blocks`: the block list of a store: list, add, remove, check, import, export."""

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from regulars.blocklist import queries, services
from regulars.blocklist.choices import Door
from regulars.blocklist.rehearsal import Rehearsal, rehearse_rule
from regulars.blocklist.resource import BLOCKS, new_rule
from regulars.blocklist.services import NeedsSecondYes
from regulars.cli.records import bringing, looking, moving
from regulars.cli.records.common import Options, add_selection, complaint, context_of, say_json
from regulars.kit.errors import Invalid, Refused
from regulars.kit.ids import parse_id
from regulars.kit.money import display_money
from regulars.resources.context import Context
from regulars.resources.record import clean_values

_GIVEN = ("value", "kind", "list", "mode", "reason", "reason_shown", "expires")
REFUSED = 3


class Command(BaseCommand):
    help = "Keep the block list of a store: list, add, remove, check, import, export"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, parser_class=argparse.ArgumentParser)
        made = {name: verbs.add_parser(name, help=words) for name, (_run, words) in VERBS.items()}
        for verb in made.values():
            verb.add_argument("--store", required=True, metavar="SLUG", help="the store to work in")
            verb.add_argument("--json", action="store_true", help="print one JSON object")
        listed = made["list"]
        add_selection(listed)
        listed.add_argument("--columns", default="", metavar="A,B", help="which fields, in this order")
        listed.add_argument("--sort", default="", metavar="FIELD", help="a field to sort by")
        listed.add_argument("--format", choices=("csv", "json"), default="csv")
        listed.add_argument("-o", "--output", metavar="FILE", help="write to a file")
        moving.add_export(made["export"])
        listed.add_argument("--limit", type=int, default=50, metavar="N", help="how many (0 means all)")
        _add_add(made["add"])
        made["remove"].add_argument(
            "id", nargs="+", metavar="ID", help="as `blocks list --columns id` shows it"
        )
        check = made["check"]
        check.add_argument("--door", choices=Door.values, default=Door.REGISTER.value)
        for name in ("email", "phone", "ip", "customer"):
            check.add_argument(f"--{name}", default="")
        bringing.add_import(made["import"])

    def handle(self, *args: Any, **options: Any) -> None:
        run, _words = VERBS[options["verb"]]
        try:
            code = run(options, context_of(options["store"]))
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


def _add_add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("value", help="an e-mail, domain, IP address, phone number, or a customer's number")
    parser.add_argument(
        "--kind", default="", help="email, domain, ip, phone or customer (default: what it looks like)"
    )
    parser.add_argument("--list", default="", help="block or trust (default: block)")
    parser.add_argument("--mode", default="", help="active or shadow (default: active)")
    parser.add_argument("--reason", default="", help="only staff see it")
    parser.add_argument("--reason-shown", default="", help="the person may read it")
    parser.add_argument("--expires", default="", metavar="DAY", help="the last day that counts")
    parser.add_argument("--dry-run", action="store_true", help="say what it would do and write nothing")
    parser.add_argument("--yes", action="store_true", help="the second yes to a very wide rule")


def _list(options: Options, context: Context) -> int:
    return looking.list_records(BLOCKS, options, context)


def _export(options: Options, context: Context) -> int:
    return moving.export_records(BLOCKS, options | {"columns": options["columns"] or "all"}, context)


def _import(options: Options, context: Context) -> int:
    return bringing.import_records(BLOCKS, options, context)


def _add(options: Options, context: Context) -> int:
    typed = {name: options[name] for name in _GIVEN if options[name]}
    fields = [field for field in BLOCKS.all_fields() if field.name in _GIVEN]
    rule = new_rule(clean_values(typed, fields, context) | {"confirmed": options["yes"]})
    if options["dry_run"]:
        _say_rehearsal(rehearse_rule(store=context.store, rule=rule, now=context.now), options, context)
        return 0
    try:
        made = services.add_rule(store=context.store, rule=rule, actor=context.actor, now=context.now)
    except NeedsSecondYes as refusal:
        raise Refused(f"{refusal.sentence} (--yes)") from refusal
    if options["json"]:
        say_json({"id": str(made.pk)})
    else:
        sys.stdout.write(f"{made.pk}\n")
    return 0


def _remove(options: Options, context: Context) -> int:
    ids = [parse_id(one) for one in options["id"]]
    if None in ids:
        raise Invalid("One of these is not an id.")
    outcome = services.remove_rules(
        store=context.store,
        ids=[one for one in ids if one is not None],
        inputs={},
        actor=context.actor,
        now=context.now,
        change_set=None,
    )
    if options["json"]:
        say_json({"done": len(outcome.done), "skipped": len(outcome.skipped)})
    else:
        sys.stdout.write(f"{len(outcome.done)} removed, {len(outcome.skipped)} skipped\n")
    return 0


def _check(options: Options, context: Context) -> int:
    """Ask as a door would; code 3 says no. The refusal is kept among the hits, as at any door."""
    customer_id = parse_id(options["customer"]) if options["customer"] else None
    if options["customer"] and customer_id is None:
        raise Invalid("The customer is not an id.")
    verdict = services.may_pass(
        store=context.store,
        door=Door(options["door"]),
        email=options["email"],
        phone=options["phone"],
        ip=options["ip"],
        customer_id=customer_id,
        now=context.now,
    )
    if options["json"]:
        rule_id = str(verdict.rule_id) if verdict.rule_id else None
        say_json({"allowed": verdict.allowed, "trusted": verdict.trusted, "rule": rule_id})
    elif verdict.rule_id:
        rule = queries.get_rule(store=context.store, rule_id=verdict.rule_id)
        sys.stdout.write(f"no: {rule.kind} {rule.value or rule.masked} ({rule.pk})\n")
    else:
        sys.stdout.write("yes: on the trust list\n" if verdict.trusted else "yes\n")
    return 0 if verdict.allowed else REFUSED


def _rekey(options: Options, context: Context) -> int:
    """Hash the rules anew after the secret of the install was changed."""
    made, left = services.rekey_rules(store=context.store, now=context.now)
    changed = services.recount_marks(store=context.store)
    found = {"rehashed": made, "left with an earlier secret": left, "customers corrected": changed}
    if options["json"]:
        say_json({"rehashed": made, "left": left, "corrected": changed})
    else:
        sys.stdout.write(", ".join(f"{count:,} {name}" for name, count in found.items()) + "\n")
    return 0


def _say_rehearsal(found: Rehearsal, options: Options, context: Context) -> None:
    if options["json"]:
        figures = {"customers": found.count, "exact": found.exact, "trusted": found.trusted}
        say_json(figures | {"yearly_spend_minor": found.yearly_minor, "needs_second_yes": bool(found.doubt)})
        return
    about = "" if found.exact else "about "
    spend = display_money(found.yearly_minor, context.store.currency, context.locale)
    sys.stdout.write(
        f"hits {about}{found.count:,} customers, {found.trusted:,} trusted, {spend} in yearly spend\n"
    )
    for line in (*found.warnings, *found.notices, *([found.doubt] if found.doubt else [])):
        sys.stdout.write(f"  {line}\n")


VERBS = {
    "list": (_list, "print the rules"),
    "add": (_add, "put a rule on the list"),
    "remove": (_remove, "take rules off the list"),
    "check": (_check, "ask whether somebody may come in"),
    "import": (_import, "bring rules in from a file"),
    "export": (_export, "take the rules out as a file"),
    "rekey": (_rekey, "hash the rules anew after the secret of the install was changed"),
}
