"""Orders that come in with a file: three for each customer, of customers nobody knows yet."""

import csv
import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from regulars.cli.bench.bulk import Measure, empty_store, imported, row

COLUMNS = (
    "number", "placed", "customer_external_id", "customer_email", "name", "status", "channel", "items", "total",
)  # fmt: skip
PER_CUSTOMER = 3
# What the project has set itself: seconds for three million.
BUDGET = 600


def import_orders(size: int, folder: Path) -> list[Measure]:
    """Import three orders per customer into an empty store of an install of its own."""
    count = PER_CUSTOMER * size
    path = folder / f"orders-{count}.csv"
    if not path.exists():
        _write(path, count, size)
    with empty_store(folder) as environment:
        answer = folder / "orders.json"
        seconds, peak, code = imported("orders", path, environment, answer)
    if code:
        return []
    counts = json.loads(answer.read_text().splitlines()[-1])
    budget = BUDGET * count / 3_000_000 if size >= 1_000_000 else None
    return [
        row(f"import of {count:,} orders", seconds, "s", budget),
        row("import of orders, those that came in anew", counts["new"], "rows"),
        row("import of orders, per second", round(count / seconds), "rows/s"),
        row("import of orders, peak memory of the command", peak, "MB", 300),
    ]


def _write(path: Path, count: int, people: int) -> None:
    chance = random.Random(17)
    first = datetime(2022, 1, 1, tzinfo=UTC)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number in range(1, count + 1):
            # Few buy often, as everywhere.
            who = int(people * chance.random() ** 1.5)
            placed = first + timedelta(minutes=number * 2_000_000 // count)
            writer.writerow(
                (
                    number,
                    placed.isoformat(),
                    f"C{who}",
                    f"buyer{who}@example.com",
                    f"Buyer {who}",
                    "open" if number > 0.99 * count else "completed",
                    chance.choice(("online", "online", "in_store", "marketplace")),
                    chance.randint(1, 6),
                    f"{chance.randint(100, 20_000) / 100:.2f}",
                )
            )
