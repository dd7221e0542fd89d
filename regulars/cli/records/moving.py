"""`records import` and `records export`."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO, Any

from tqdm import tqdm

from regulars.cli.records.common import Options, query_of, say_json
from regulars.cli.records.looking import list_records, read_table
from regulars.resources.context import Context
from regulars.resources.page import count_matching
from regulars.resources.resource import Resource
from regulars.transfers import queries, services
from regulars.transfers.writing import format_named
from regulars.transfers.plan import Plan

COUNTS = ("new", "changed", "same", "failed")
FAILURES_SHOWN = 5


def import_records(resource: Resource, options: Options, context: Context) -> int:
    """Bring a file in, or with --dry-run only check it. Gives 1 when not one row could be taken, else 0."""
    started = time.monotonic()
    path = Path(options["file"])
    with path.open("rb") as file, _bar(resource) as follow:
        imported = services.import_now(
            store=context.store,
            resource=resource,
            file=file,
            filename=path.name,
            actor=context.actor,
            now=context.now,
            plan=Plan.from_json({"phone_country": options["phone_country"]}),
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


def _tell(imported: Any, counts: dict[str, int], total: int, options: Options, context: Context) -> None:
    checked = " (checked only; nothing was written)" if options["dry_run"] else ""
    sys.stdout.write(f"{read_table(counts)} of {total:,} rows{checked}\n")
    if imported.change_set_id and counts["new"] + counts["changed"]:
        undo = f"records undo {imported.resource} {imported.change_set_id} --store {context.store.slug}"
        sys.stdout.write(f"  to take it back: regulars {undo}\n")
    for column in imported.left_out:
        sys.stdout.write(f"  left out: {column.header}{f' ({column.reason})' if column.reason else ''}\n")
    shown = queries.failures(store=context.store, import_id=imported.id, limit=FAILURES_SHOWN)
    for failure in shown:
        sys.stdout.write(f"  {failure.text}\n")
    if counts["failed"] > len({failure.line for failure in shown}) and not options["failed"]:
        sys.stdout.write("  … --failed FILE keeps every row that was not taken, with its reason\n")


def export_records(resource: Resource, options: Options, context: Context) -> int:
    """Take the records of a query out as a file of any format, in the columns and the order asked for."""
    if options["format"] == "json":
        return list_records(resource, _listed(resource, options, context), context)
    everything = options["columns"].strip() == "all"
    query = query_of(resource, options | ({"columns": ""} if everything else {}), context)
    asked = services.Asked(
        query=query,
        columns=("all",) if everything else query.columns,
        preset=options["preset"],
        format=options["format"],
        byte_order_mark=options["excel"],
        reason=options["reason"],
    )
    to_file = options["output"] and options["output"] != "-"
    if not to_file and format_named(asked.format).streams:
        _name, pieces = services.stream_export(asked=asked, context=context)
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return 0
    total = count_matching(query, context).value
    services.table_of(asked, context)  # what is refused is refused before a file is touched
    with _bar(resource) as follow, _opened(options["output"] if to_file else "") as file:
        made = services.write_export(
            asked=asked, context=context, out=file, follow=lambda rows: follow(rows, total, {})
        )
        if not to_file:
            file.seek(0)
            copyfileobj(file, sys.stdout.buffer)
            sys.stdout.buffer.flush()
    if options["json"] and to_file:
        say_json({"rows": made.row_count, "file": options["output"], "size": made.size, "sha256": made.sha256})
    return 0


def _listed(resource: Resource, options: Options, context: Context) -> Options:
    """The same as `records list --format json` of every record."""
    columns = options["columns"]
    if columns.strip() == "all":
        columns = ",".join(field.name for field in resource.fields(context.actor) if field.exportable)
    return options | {"columns": columns, "limit": 0}


def _opened(path: str) -> IO[bytes]:
    """The file of -o, which is read once more for its digest; without one a file that nobody sees."""
    return Path(path).open("w+b") if path else TemporaryFile()


@contextmanager
def _bar(resource: Resource) -> Iterator[Any]:
    """A bar on the error output, moved on by each batch."""
    with tqdm(desc=str(resource.label), unit="row", unit_scale=True, file=sys.stderr, mininterval=0.2) as bar:

        def follow(done: int, total: int, counts: dict[str, int]) -> None:
            bar.total = max(total, done)
            bar.n = done
            if counts.get("failed"):
                bar.set_postfix_str(f"{counts['failed']:,} failed", refresh=False)
            bar.refresh()

        yield follow
