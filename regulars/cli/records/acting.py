"""`records act`: perform an action on what a query matches."""

import sys
from collections import Counter
from shutil import copyfileobj
from typing import Any

from django.utils import timezone

from regulars.cli.records.common import Options, progress_bar, query_of, say_json
from regulars.cli.records.looking import read_table
from regulars.jobs.queries import skip_reasons
from regulars.jobs.services import execute_run
from regulars.kit.errors import Invalid, Refused
from regulars.kit.ids import parse_id
from regulars.resources.context import Context
from regulars.resources.execute import Selection, clean_inputs, count_selection, perform, rehearse
from regulars.resources.resource import Resource
from regulars.timeline.undoing import may_undo, undo_change_set
from regulars.transfers.services import copied_to, fetch_export

REASONS_SHOWN = 10


class Unfinished(Refused):
    """The work stopped before its end."""


def act(resource: Resource, options: Options, context: Context) -> int:
    """Perform an action and say how many it matched, did and skipped."""
    action = resource.action(options["action"])
    inputs = _inputs(options["input"])
    clean_inputs(action, inputs, context)
    selection = _selection(resource, options, context)
    if options["dry_run"]:
        rehearsal = rehearse(
            resource=resource, name=action.name, selection=selection, raw_inputs=inputs, context=context
        )
        told = {"preview": rehearsal.sentences, "irreversible": rehearsal.irreversible}
        _say(
            {"matched": rehearsal.matched, "done": 0, "skipped": 0} | (told if options["json"] else {}),
            options,
        )
        if not options["json"]:
            sys.stdout.writelines(f"  {sentence}\n" for sentence in rehearsal.sentences)
            if rehearsal.irreversible:
                sys.stdout.write("  This cannot be undone.\n")
        return 0
    matched = count_selection(selection, context)
    asks = (matched > 1 or action.irreversible) and not options["yes"]
    if asks and sys.stdin.isatty() and sys.stderr.isatty():
        final = " This cannot be undone." if action.irreversible else ""
        _ask(f"{action.label}: {matched:,} {str(resource.label).lower()}.{final} Go on? [y/N] ")
    performed = perform(
        resource=resource,
        name=action.name,
        selection=selection,
        raw_inputs=inputs,
        context=context,
        wait=True,
    )
    # A file that was made is not taken back, nor what was told.
    is_final = action.irreversible or bool(action.result_page) or bool(performed.said)
    if performed.run is None:
        counts = {"done": len(performed.done), "skipped": len(performed.skipped)}
        reasons = Counter(performed.skipped.values()).most_common(REASONS_SHOWN)
        change_set = str(performed.change_set or "")
        told = {"matched": performed.matched} | counts | {"change_set": change_set}
        if performed.said and options["json"]:
            told["said"] = {str(record_id): text for record_id, text in performed.said.items()}
        _say(told, options, is_final=is_final)
        if not options["json"]:
            sys.stdout.writelines(f"  {record_id}: {text}\n" for record_id, text in performed.said.items())
    else:
        with progress_bar(context.store, performed.run.pk, label=str(action.label), total=performed.matched):
            run = execute_run(run_id=performed.run.pk)
        reasons = skip_reasons(run=run, limit=REASONS_SHOWN)
        change_set = run.cursor.get("change_set", "")
        counts = {"done": 0, "skipped": 0} | run.counts | {"change_set": change_set}
        _say({"matched": performed.matched} | counts, options, is_final=is_final)
        if run.state != "done":
            raise Unfinished(run.message or f"The work was {run.state}.")
    if not options["json"]:
        _say_reasons(reasons)
        _say_where(change_set, context)
    if options["output"]:
        _keep_file(change_set, options["output"], context)
    return 0


def _say_where(change_set: str, context: Context) -> None:
    """Where records are now that were copied into another store."""
    made = parse_id(change_set)
    if made is not None and (found := copied_to(store=context.store, export_id=made)):
        slug, import_id = found
        sys.stdout.write(f"  to be looked at and run in the store “{slug}”: import {import_id}\n")


def _keep_file(change_set: str, path: str, context: Context) -> None:
    """Write the file that the action made, if it made one."""
    made = parse_id(change_set)
    if made is None:
        raise Refused("Nothing was done, so there is no file.")
    kept = fetch_export(store=context.store, export_id=made, actor=context.actor, now=timezone.now())
    with kept.file, open(path, "wb") as file:
        copyfileobj(kept.file, file)


def undo(resource: Resource, options: Options, context: Context) -> int:
    """Take an act back by the id that `act` printed, and say what was put back and what was left alone."""
    change_set = parse_id(options["change_set"])
    if change_set is None:
        raise Invalid("This is not the id of a change.", field="change_set")
    only = [one for one in map(parse_id, options["id"]) if one]
    if len(only) < len(options["id"]):  # never take back more than was asked for
        raise Invalid("One of these is not an id.", field="id")
    undone = undo_change_set(
        store=context.store,
        change_set_id=change_set,
        only=only,
        actor=context.actor,
        now=context.now,
        wait=True,
    )
    if undone.run is None:
        counts = {"done": len(undone.done), "skipped": len(undone.left)}
        reasons = Counter(undone.left.values()).most_common(REASONS_SHOWN)
        _say_undone(counts | {"change_set": str(undone.change_set or "")}, options, context)
    else:
        with progress_bar(context.store, undone.run.pk, label="Undo", total=0):
            run = execute_run(run_id=undone.run.pk)
        reasons = skip_reasons(run=run, limit=REASONS_SHOWN)
        told = {"done": 0, "skipped": 0} | run.counts | {"change_set": run.cursor.get("change_set", "")}
        _say_undone(told, options, context)
        if run.state != "done":
            raise Unfinished(run.message or f"The work was {run.state}.")
    if not options["json"]:
        _say_reasons(reasons)
    return 0


def _selection(resource: Resource, options: Options, context: Context) -> Selection:
    if options["id"]:
        if options["where"] or options["q"] or options["view"] or options["all"]:
            raise Invalid("Give --id or a query, not both.")
        ids = [parse_id(one) for one in options["id"]]
        if None in ids:
            raise Invalid("One of these is not an id.")
        return Selection(ids=tuple(one for one in ids if one is not None))
    if not any(options[name].strip() for name in ("where", "q", "tab", "view")) and not options["all"]:
        raise Invalid("Say which records: --where, --q, --tab, --view or --id; --all means every one.")
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


def _say(counts: dict[str, Any], options: Options, *, is_final: bool = False) -> None:
    if options["json"]:
        say_json(counts)
        return
    figures = {name: value for name, value in counts.items() if isinstance(value, int)}
    sys.stdout.write(read_table(figures) + "\n")
    if counts.get("change_set") and not is_final:
        undo_with = f"regulars records undo {options['resource']} {counts['change_set']}"
        sys.stdout.write(f"  take it back with: {undo_with} --store {options['store']}\n")


def _say_undone(counts: dict[str, Any], options: Options, context: Context) -> None:
    """The counts of an undo, and how to take it back where that can be done."""
    undo = parse_id(counts["change_set"])
    may = undo is not None and may_undo(
        store=context.store, change_set_id=undo, actor=context.actor, now=context.now
    )
    _say(counts, options, is_final=not may)


def _say_reasons(reasons: list[tuple[str, int]]) -> None:
    for reason, number in reasons:
        sys.stdout.write(f"  skipped {number:,}: {reason}\n")
