"""`records agree` and `records turn-down`: what waits for a second person. The person at the machine is one."""

import sys

from regulars.cli.records.common import Options, progress_bar, say_json
from regulars.jobs.services import execute_run
from regulars.kit.errors import Invalid
from regulars.kit.ids import parse_id
from regulars.resources import agreeing
from regulars.resources.context import Context
from regulars.resources.resource import Resource


def agree(resource: Resource, options: Options, context: Context) -> int:
    """Agree to a held act, and do it before the command ends."""
    run_id = parse_id(options["run"])
    if run_id is None:
        raise Invalid("This is not the id of a run.", field="run")
    agreeing.agree(store=context.store, run_id=run_id, actor=context.actor, enqueue=False)
    with progress_bar(context.store, run_id, label="Agreed", total=0):
        run = execute_run(run_id=run_id)
    counts = {"done": 0, "skipped": 0} | run.counts | {"change_set": run.cursor.get("change_set", "")}
    if options["json"]:
        say_json(counts)
    else:
        sys.stdout.write(f"{counts['done']:,} done, {counts['skipped']:,} left as they were\n")
    return 0 if run.state == "done" else 1


def turn_down(resource: Resource, options: Options, context: Context) -> int:
    """Turn a held act down; nothing is changed."""
    run_id = parse_id(options["run"])
    if run_id is None:
        raise Invalid("This is not the id of a run.", field="run")
    reason = options["reason"]
    agreeing.turn_down(store=context.store, run_id=run_id, reason=reason, actor=context.actor)
    if options["json"]:
        say_json({"turned_down": str(run_id)})
    else:
        sys.stdout.write("Turned down; nothing was changed.\n")
    return 0
