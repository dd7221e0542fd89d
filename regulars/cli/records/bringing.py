"""`records import`: bring records in from a file of any format, from an address, or from the input."""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from regulars.cli.records.common import Options, bar_of_rows, say_json
from regulars.cli.records.looking import read_table
from regulars.kit.errors import Invalid
from regulars.resources.context import Context
from regulars.resources.resource import Resource
from regulars.transfers import queries, services
from regulars.transfers.plan import FOUND, FOUND_MARKS, MODES, POLICIES, SHARED_MAIL, TWINS, Plan

COUNTS = ("new", "changed", "same", "failed")
FAILURES_SHOWN = 5


def add_import(parser: argparse.ArgumentParser) -> None:
    """The options of `records import`; each says one thing of a plan."""

    def add(name: str, metavar: str, words: str, **more: Any) -> None:
        parser.add_argument(name, metavar=metavar, help=words, **({"default": ""} | more))

    many: dict[str, Any] = {"action": "append", "default": []}
    parser.add_argument("file", metavar="FILE", help="a file, an address (https://…), or - for the input")
    parser.add_argument("--dry-run", action="store_true", help="check the file and write nothing")
    add("--mode", "MODE", f"{', '.join(MODES)} (default both)")
    add("--match", "A,B", "the fields a row is looked for by, in order, like external_id,email")
    add("--map", "HEADER=FIELD", "what a column becomes; HEADER= leaves it out", **many)
    add("--policy", "FIELD=WORD", f"what becomes of a value that is there: {', '.join(POLICIES)}", **many)
    add("--default", "FIELD=VALUE", "what empty cells get", **many)
    add("--tag", "TAG", "a tag for every row; may be repeated", **many)
    add("--twins", "WORD", f"rows about the same one: {', '.join(TWINS)}")
    add("--shared-mail", "WORD", f"a stored e-mail under another name: {', '.join(SHARED_MAIL)}")
    add("--found", "MARK=WORD", f"a match that is {', '.join(FOUND_MARKS)}: {', '.join(FOUND)}", **many)
    add("--phone-country", "FR", "whose phone numbers are, where a row does not say it")
    add("--sheet", "NAME", "which sheet of a workbook")
    add("--header-row", "N", "which row of the file names the columns")
    add("--profile", "NAME", "begin with a kept profile, by its name or id")
    add("--plan", "FILE", "begin with a plan in a JSON file; the other options go before it")
    parser.add_argument(
        "--failed", metavar="FILE", help="keep the rows that were not taken, with their reasons"
    )


def import_records(resource: Resource, options: Options, context: Context) -> int:
    """Bring a file in, or with --dry-run only check it. Gives 1 when not one row could be taken, else 0."""
    started = time.monotonic()
    plan = plan_of(resource, options, context)
    with _opened(options["file"]) as (file, name), bar_of_rows(resource) as follow:
        imported = services.import_now(
            store=context.store,
            resource=resource,
            file=file,
            filename=name,
            actor=context.actor,
            now=context.now,
            plan=plan,
            dry_run=options["dry_run"],
            progress=follow,
        )
    counts = {name: imported.counts.get(name, 0) for name in COUNTS} | {"failed": imported.not_taken}
    if skipped := imported.counts.get("skipped", 0):
        counts["skipped"] = skipped
    total = sum(counts.values())
    if options["failed"] and counts["failed"]:
        with Path(options["failed"]).open("wb") as kept:
            pieces = services.export_failed_rows(
                store=context.store, import_id=imported.id, actor=context.actor
            )
            kept.writelines(pieces)
    if options["json"]:
        change_set = str(imported.change_set_id or "")
        seconds = round(time.monotonic() - started, 2)
        say_json(counts | {"total": total, "seconds": seconds, "change_set": change_set})
    else:
        _tell(imported, counts, total, options, context)
    return 1 if total and counts["failed"] == total else 0


@contextmanager
def _opened(place: str) -> Iterator[tuple[IO[bytes], str]]:
    """The file that is brought, and its name."""
    if place == "-":
        yield sys.stdin.buffer, "input"
    elif place.lower().startswith(("https://", "http://")):
        with services.fetched(url=place) as found:
            yield found
    else:
        path = Path(place)
        with path.open("rb") as file:
            yield file, path.name


def plan_of(resource: Resource, options: Options, context: Context) -> Plan | None:
    """What the options say about the file; nothing when they say nothing. Raises `Invalid` and `NotFound`."""
    told: dict[str, Any] = {}
    if options["profile"]:
        told = dict(
            queries.find_profile(store=context.store, resource=resource, wanted=options["profile"]).plan
        )
    if options["plan"]:
        told |= _read_plan(Path(options["plan"]))
    for name in ("mode", "twins", "shared_mail", "phone_country"):
        if options[name]:
            told[name] = options[name]
    if options["match"]:
        told["match"] = [name.strip() for name in options["match"].split(",") if name.strip()]
    if options["tag"]:
        told["tags"] = ", ".join(options["tag"])
    reading = {name: options[name] for name in ("sheet", "header_row") if options[name]}
    for name, pairs in (
        ("columns", _pairs(options["map"], last=True)),
        ("policies", _pairs(options["policy"])),
        ("defaults", _pairs(options["default"])),
        ("found", _pairs(options["found"])),
        ("reading", reading),
    ):
        if pairs:
            told[name] = {**told.get(name, {}), **pairs}
    return Plan.from_json(told) if told else None


def _read_plan(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Invalid(f"{path}: this is not JSON ({error}).", field="plan") from error
    if not isinstance(found, dict):
        raise Invalid(f"{path}: a plan is a JSON object.", field="plan")
    return found


def _pairs(words: Sequence[str], *, last: bool = False) -> dict[str, str]:
    """Words like name=value; with `last` the name may hold equals signs, as headers can."""
    found = {}
    for word in words:
        name, equals, value = word.rpartition("=") if last else word.partition("=")
        if not equals or not name.strip():
            raise Invalid(f"Write name=value, not “{word}”.")
        found[name.strip()] = value.strip()
    return found


def _tell(imported: Any, counts: dict[str, int], total: int, options: Options, context: Context) -> None:
    checked = " (checked only; nothing was written)" if options["dry_run"] else ""
    sys.stdout.write(f"{read_table(counts)} of {total:,} rows{checked}\n")
    if imported.change_set_id and counts["new"] + counts["changed"]:
        undo = f"records undo {imported.resource} {imported.change_set_id} --store {context.store.slug}"
        sys.stdout.write(f"  to take it back: regulars {undo}\n")
    if imported.profile_name and not options["profile"]:
        sys.stdout.write(f"  mapped by the kept profile “{imported.profile_name}”\n")
    for note in imported.notes:
        sys.stdout.write(f"  {note}\n")
    for column in imported.left_out:
        sys.stdout.write(f"  left out: {column.header}{f' ({column.reason})' if column.reason else ''}\n")
    shown = queries.failures(store=context.store, import_id=imported.id, limit=FAILURES_SHOWN)
    for failure in shown:
        sys.stdout.write(f"  {failure.text}\n")
    if counts["failed"] > len({failure.line for failure in shown}) and not options["failed"]:
        sys.stdout.write("  … --failed FILE keeps every row that was not taken, with its reason\n")
