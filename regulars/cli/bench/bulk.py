"""What is done to very many customers at once: import, export, a bulk action, and plain COPY for scale."""

import contextlib
import csv
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from django.utils import timezone

from regulars.cli.bench import peer
from regulars.cli.bench.web import STORE, watched
from regulars.cli.demo.people import Crowd

COLUMNS = (
    "first_name", "last_name", "company", "email", "phone", "address", "city", "region", "postcode", "country",
    "language", "accepts_marketing", "note",
)  # fmt: skip
Measure = dict[str, Any]


def import_file(size: int, folder: Path) -> list[Measure]:
    """Import so many rows into an empty store of an install of its own."""
    with empty_store(folder) as environment:
        answer = folder / "import.json"
        seconds, peak, code = imported("customers", _file_of(size, folder), environment, answer)
    if code:
        return []
    counts = json.loads(answer.read_text().splitlines()[-1])
    return [
        row(f"import of {size:,} rows", seconds, "s", 60 * size / 1_000_000 if size >= 1_000_000 else None),
        row("import, rows that came in anew", counts["new"], "rows"),
        row("import, rows per second", round(size / seconds), "rows/s"),
        row("import, peak memory of the command", peak, "MB", 300),
    ]


def import_beside(size: int, folder: Path) -> list[Measure]:
    """The same 20,000 rows into an empty store, by us and by Django's usual package for files."""
    count = min(size, 20_000)
    path = _file_of(count, folder)
    with empty_store(folder) as environment:
        seconds, _peak, code = imported("customers", path, environment, folder / "import.json")
    if code:
        return []
    ours = row(f"import of {count:,} rows", seconds, "s")
    theirs = f"django-import-export: import of {count:,} rows"
    if not peer.installed():
        return [ours, {"name": f"{theirs} (not installed)", "value": None, "unit": ""}]
    with empty_store(folder) as environment:
        command = [sys.executable, "-m", "regulars.cli.bench.peer", "in", str(count), str(path)]
        seconds, peak, code = watched(
            lambda: subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        )
    if code:
        return [ours, {"name": theirs, "value": None, "unit": ""}]
    return [ours, row(theirs, seconds, "s"), row(f"{theirs}, peak memory", peak, "MB")]


@contextlib.contextmanager
def empty_store(folder: Path) -> Iterator[dict[str, str]]:
    """The environment of an install of its own with one store in it, for a while."""
    place = folder / "import"
    shutil.rmtree(place, ignore_errors=True)
    environment = _environment(place)
    _regulars("stores", "create", STORE, "--country", "FR", env=environment)
    yield environment
    shutil.rmtree(place, ignore_errors=True)


def _file_of(size: int, folder: Path) -> Path:
    path = folder / f"import-{size}.csv"
    if not path.exists():
        _write_csv(path, size)
    return path


def imported(
    resource: str, path: Path, environment: dict[str, str], answer: Path
) -> tuple[float, float, int]:
    """Import a file from the command line: seconds, peak memory, and how it ended."""
    arguments = ["records", "import", resource, str(path), "--store", STORE, "--json"]
    return _timed(arguments, environment, answer)


def export_file(size: int, folder: Path) -> list[Measure]:
    """Write the whole store to a CSV file."""
    target = folder / "export.csv"
    target.unlink(missing_ok=True)
    started = time.monotonic()
    first: list[float] = []

    def run() -> subprocess.Popen[bytes]:
        process = _start(
            ["records", "export", "customers", "--store", STORE, "-o", str(target)],
            dict(os.environ),
            folder / "export.txt",
        )
        while process.poll() is None and not first:
            if target.exists() and target.stat().st_size:
                first.append(time.monotonic() - started)
            time.sleep(0.01)
        return process

    seconds, peak, code = watched(run)
    if code or not target.exists():
        return []
    megabytes = target.stat().st_size / 1024**2
    target.unlink()
    found = [
        row(
            f"export of {size:,} rows as CSV",
            seconds,
            "s",
            10 * size / 1_000_000 if size >= 1_000_000 else None,
        ),
        row("export, rows per second", round(size / seconds), "rows/s"),
        row("export, size of the file", megabytes, "MB"),
        row("export, peak memory of the command", peak, "MB", 300),
    ]
    return [*found, row("export, first byte in the file after", first[0], "s")] if first else found


def export_xlsx(size: int, folder: Path) -> list[Measure]:
    """Write the whole store to a spreadsheet, with the columns of the list."""
    budget = 40 * size / 1_000_000 if size >= 1_000_000 else None
    return _written(f"export of {size:,} rows as xlsx", folder / "export.xlsx", [], budget, 300)


def export_pdf(size: int, folder: Path) -> list[Measure]:
    """Write up to 10,000 customers to a PDF file."""
    count = min(size, 10_000)
    return _written(
        f"export of {count:,} rows as pdf", folder / "export.pdf", ["--where", f"number <= {count}"], 20
    )


def export_beside(size: int, folder: Path) -> list[Measure]:
    """The same 20,000 rows to a spreadsheet, by us and by Django's usual package for files."""
    count = min(size, 20_000)
    path = folder / "export.xlsx"
    theirs = f"django-import-export: {count:,} rows as xlsx"
    ours = _written(
        f"export of {count:,} rows as xlsx",
        path,
        ["--where", f"number <= {count}", "--columns", "number,first_name,last_name,company,email,phone,city,"
        "postcode,country,language,accepts_marketing,created"],
    )  # fmt: skip
    if not peer.installed():
        return [*ours, {"name": f"{theirs} (not installed)", "value": None, "unit": ""}]
    command = [sys.executable, "-m", "regulars.cli.bench.peer", "out", str(count), str(path)]
    seconds, peak, code = watched(lambda: subprocess.Popen(command, stderr=subprocess.DEVNULL))
    path.unlink(missing_ok=True)
    if code:
        return [*ours, {"name": theirs, "value": None, "unit": ""}]
    return [*ours, row(theirs, seconds, "s"), row(f"{theirs}, peak memory", peak, "MB")]


def _written(
    name: str, target: Path, arguments: list[str], budget: float | None = None, memory: float | None = None
) -> list[Measure]:
    """Export to this file, in the format of its ending."""
    command = ["records", "export", "customers", "--store", STORE, "--format", target.suffix[1:]]
    seconds, peak, code = _timed(
        [*command, *arguments, "-o", str(target)], dict(os.environ), target.with_suffix(".txt")
    )
    if code or not target.exists():
        return []
    megabytes = target.stat().st_size / 1024**2
    target.unlink()
    return [
        row(name, seconds, "s", budget),
        row(f"{name}, size of the file", megabytes, "MB"),
        row(f"{name}, peak memory of the command", peak, "MB", memory),
    ]


def tag(size: int, folder: Path) -> list[Measure]:
    """Tag up to 100,000 customers, with change sets, and take the tag away again."""
    count = min(size, 100_000)
    found: list[Measure] = []
    for action, words in (("add-tag", "bulk tag"), ("remove-tag", "bulk untag")):
        seconds, code = acted(action, ["--where", f"number <= {count}", "--input", "tags=measured"], folder)
        if code:
            return found
        found.append(row(f"{words} of {count:,} customers", seconds, "s", 10 if count == 100_000 else None))
    return found


def acted(action: str, arguments: list[str], folder: Path) -> tuple[float, int]:
    """Perform an action on customers from the command line: seconds, and how it ended; the answer is in act.json."""
    command = ["records", "act", "customers", action, "--store", STORE, *arguments, "--yes", "--json"]
    seconds, _peak, code = _timed(command, dict(os.environ), folder / "act.json")
    return seconds, code


def plain_copy(url: str, size: int) -> list[Measure]:
    """Copy the same rows into a table without indexes, and into one with ours: what the database itself needs."""
    name = f"plain COPY of {size:,} rows"
    return [
        row(f"{name}, for scale", _copied(url, ""), "s"),
        row(f"{name} into the indexes, for scale", _copied(url, "INCLUDING INDEXES"), "s"),
    ]


def _copied(url: str, including: str) -> float:
    with psycopg.connect(url) as source, psycopg.connect(url) as target:
        target.execute(f"CREATE TABLE bench_copied (LIKE customers_customer {including})")
        columns = _columns(source)
        began = time.monotonic()
        with (
            source.cursor().copy(f"COPY customers_customer ({columns}) TO STDOUT") as out,
            target.cursor().copy(f"COPY bench_copied ({columns}) FROM STDIN") as into,
        ):
            for block in out:
                into.write(block)
        seconds = time.monotonic() - began
        target.rollback()
    return seconds


def _columns(connection: psycopg.Connection[Any]) -> str:
    rows = connection.execute(
        """SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = 'customers_customer'::regclass
        AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum"""
    )
    return ", ".join(name for (name,) in rows)


def _write_csv(path: Path, size: int) -> None:
    crowd = Crowd(seed=11, now=timezone.now(), home="FR", groups=[])
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for person in crowd.people(size):
            writer.writerow([person.facts[name] for name in COLUMNS])


def _environment(data_dir: Path) -> dict[str, str]:
    environment = {**os.environ, "DATA_DIR": str(data_dir)}
    environment.pop("DATABASE_URL", None)
    return environment


def _timed(arguments: list[str], environment: dict[str, str], answer: Path) -> tuple[float, float, int]:
    return watched(lambda: _start(arguments, environment, answer))


def _start(arguments: list[str], environment: dict[str, str], answer: Path) -> subprocess.Popen[bytes]:
    with _opened(answer) as out:
        return subprocess.Popen(
            [sys.executable, "-m", "regulars.cli.main", *arguments],
            env=environment,
            stdout=out,
            stderr=subprocess.DEVNULL,
        )


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Any]:
    with path.open("wb") as file:
        yield file


def _regulars(*arguments: str, env: dict[str, str]) -> None:
    subprocess.run(
        [sys.executable, "-m", "regulars.cli.main", *arguments],
        env=env,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def row(name: str, value: float, unit: str, budget: float | None = None, *, least: bool = False) -> Measure:
    """A line of the report."""
    return {"name": name, "value": round(value, 2), "unit": unit, "budget": budget, "least": least}
