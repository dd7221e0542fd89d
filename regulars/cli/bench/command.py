"""The command: one size of store after the other, each in a process and a data folder of its own."""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from regulars.cli import database
from regulars.cli.bench import report

QUIET = 0.15


def run(arguments: list[str]) -> int:
    """Measure, print a table, write docs/performance.md."""
    parser = argparse.ArgumentParser(
        prog="regulars bench", description="Measure how fast this machine serves a large store."
    )
    parser.add_argument(
        "--customers", default="100000,1000000", metavar="N,N", help="sizes (default %(default)s)"
    )
    parser.add_argument(
        "--data-dir", type=Path, metavar="DIR", help="where the stores are kept (default DATA_DIR/bench)"
    )
    parser.add_argument(
        "--quick", action="store_true", help="10,000 customers unless told otherwise, few requests each"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    folder = (options.data_dir or database.data_dir() / "bench").absolute()
    if options.one:
        from regulars.cli.bench.size import measure

        print(json.dumps(measure(options.one, folder, quick=options.quick)))
        return 0
    given = (
        "10000"
        if options.quick and options.customers == parser.get_default("customers")
        else options.customers
    )
    conditions = report.conditions()
    results = {}
    for size in (int(one) for one in given.split(",")):
        print(f"{size} customers:", file=sys.stderr, flush=True)
        results[size] = _in_own_process(size, folder / str(size), quick=options.quick)
    conditions["load_after"] = report.load()
    if options.json:
        print(json.dumps({"conditions": conditions, "results": results}))
    else:
        print(report.table(results))
    if not options.quick:
        print(f"Written: {report.write(conditions, results, folder)}", file=sys.stderr)
    return 0


def _in_own_process(size: int, folder: Path, *, quick: bool) -> list[dict[str, Any]]:
    """Django knows one database per process, and the figures of one size must not warm the next."""
    told = wait_for_quiet()
    command = [
        sys.executable,
        "-m",
        "regulars.cli.main",
        "bench",
        "--one",
        str(size),
        "--data-dir",
        str(folder),
    ]
    environment = {**os.environ, "DATA_DIR": str(folder)}
    environment.pop("DATABASE_URL", None)
    done = subprocess.run(
        [*command, *(["--quick"] if quick else [])], env=environment, stdout=subprocess.PIPE
    )
    if done.returncode:
        raise SystemExit(done.returncode)
    rows: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return [
        {"name": "other programs' share of the processors at the start", "value": told, "unit": "%"},
        *rows,
    ]


def wait_for_quiet(seconds: float = 30) -> float:
    """Wait a little for other programs to finish; returns the share of the processors they still use, in %."""
    deadline = time.monotonic() + seconds
    while (busy := psutil.cpu_percent(interval=1)) > QUIET * 100 and time.monotonic() < deadline:
        time.sleep(1)
    return round(busy)
