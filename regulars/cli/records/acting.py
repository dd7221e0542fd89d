"""`records act`: perform an action on what a query matches."""

import sys
from typing import Any

from regulars.cli.records.common import Options, progress_bar, query_of, say_json
from regulars.cli.records.looking import read_table
from regulars.jobs.services import execute_run
from regulars.kit.errors import Invalid, Refused
from regulars.kit.ids import parse_id
from regulars.resources.context import Context
from regulars.resources.execute import Selection, clean_inputs, count_selection, perform
from regulars.resources.resource import Resource

REASONS_SHOWN = 10


class Unfinished(Refused):
    """The work stopped before its end."""


def act(resource: Resource, options: Options, context: Context) -> int:
    """Perform an action and say how many it matched, did and skipped."""
    action = resource.action(options["action"])
    inputs = _inputs(options["input"])
    clean_inputs(action, inputs, context)
    selection = _selection(resource, options, context)
    matched = count_selection(selection, context)
    if options["dry_run"]:
        _say({"matched": matched, "done": 0, "skipped": 0}, options)
        return 0
    if matched > 1 and not options["yes"] and sys.stdin.isatty() and sys.stderr.isatty():
        _ask(f"{action.label}: {matched:,} {str(resource.label).lower()}. Go on? [y/N] ")
    performed = perform(
        resource=resource,
        name=action.name,
        selection=selection,
        raw_inputs=inputs,
        context=context,
        wait=True,
    )
    if performed.run is None:
        counts = {"done": len(performed.done), "skipped": len(performed.skipped)}
        reasons = list(performed.skipped.values())
        _say({"matched": performed.matched} | counts, options)
    else:
        with progress_bar(context.store, performed.run.pk, label=str(action.label), total=performed.matched):
            run = execute_run(run_id=performed.run.pk)
        reasons = list(run.cursor.get("skipped", {}).values())
        _say({"matched": performed.matched, "done": 0, "skipped": 0} | run.counts, options)
        if run.state != "done":
            raise Unfinished(run.message or f"The work was {run.state}.")
    if not options["json"]:
        _say_reasons(reasons)
    return 0


def _selection(resource: Resource, options: Options, context: Context) -> Selection:
    if options["id"]:
        if options["where"] or options["q"] or options["all"]:
            raise Invalid("Give --id or a query, not both.")
        ids = [parse_id(one) for one in options["id"]]
        if None in ids:
            raise Invalid("One of these is not an id.")
        return Selection(ids=tuple(one for one in ids if one is not None))
    if not (options["where"].strip() or options["q"].strip() or options["tab"] or options["all"]):
        raise Invalid("Say which records: --where, --q, --tab or --id; --all means every one.")
    return Selection(query=query_of(resource, options, context))


def _inputs(pairs: list[str]) -> dict[str, str]:
    inputs = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise Invalid(f"Write an input as name=value, not “{pair}”.")
        inputs[name.strip()] = value
    return inputs


def _ask(question: str) -> None:
    sys.stderr.write(question)
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise Refused("Nothing was done.")


def _say(counts: dict[str, Any], options: Options) -> None:
    if options["json"]:
        say_json(counts)
    else:
        sys.stdout.write(read_table(counts) + "\n")


def _say_reasons(reasons: list[str]) -> None:
    numbers: dict[str, int] = {}
    for reason in reasons:
        numbers[reason] = numbers.get(reason, 0) + 1
    for reason, number in list(numbers.items())[:REASONS_SHOWN]:
        sys.stdout.write(f"  skipped {number:,}: {reason}\n")
