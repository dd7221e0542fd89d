"""Points: given to everybody, taken from everybody, and expiring in a ledger of ten entries for each customer."""

import json
import os
import time
from datetime import timedelta
from pathlib import Path

import psycopg
from django.utils import timezone

from regulars.cli.bench.bulk import Measure, acted, row
from regulars.cli.bench.web import STORE

PER_CUSTOMER = 10
# What the project has set itself: seconds for a million customers.
BUDGET = 60
_SEED = """
    INSERT INTO loyalty_entry (id, store_id, customer_id, origin_id, kind, points, "left", expires_at, source,
        change_set_id, author_name, created_at)
    SELECT uuidv7(), store_id, id, id, 'earn', 10, 10, %(now)s + (turn - 1.5) * interval '90 days', 'rule',
        uuidv7(), 'Bench', %(now)s - interval '300 days' + turn * interval '1 day'
    FROM customers_customer CROSS JOIN generate_series(1, %(each)s) AS turn WHERE state <> 'anonymised'"""
_FIGURES = """
    UPDATE customers_customer AS customer SET points = total, points_pending = 0 FROM (
        SELECT customer_id, sum("left") AS total FROM loyalty_entry GROUP BY customer_id
    ) AS entries
    WHERE customer.id = entries.customer_id"""


def adjust(size: int, folder: Path) -> list[Measure]:
    """Give 50 points to every customer, and take 10 from each again."""
    found: list[Measure] = []
    for points, words in (("50", "50 points to"), ("-10", "10 points from")):
        seconds, code = acted(
            "adjust-points", ["--all", "--input", f"points={points}", "--input", "reason=Measured"], folder
        )
        if code:
            return found
        done = json.loads((folder / "act.json").read_text().splitlines()[-1])["done"]
        budget = BUDGET * size / 1_000_000 if size >= 1_000_000 else None
        found.append(row(f"{words} {done:,} customers", seconds, "s", budget))
    return found


def expire(size: int, folder: Path) -> list[Measure]:
    """Let one of ten entries of each customer expire."""
    from regulars.kit.actor import system
    from regulars.loyalty.queries import drift
    from regulars.loyalty.services import expire_points
    from regulars.stores.queries import get_store

    now = timezone.now()
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        connection.execute("DELETE FROM loyalty_use")
        connection.execute("DELETE FROM loyalty_entry")
        connection.execute("DELETE FROM loyalty_expiry")
        connection.execute(_SEED, {"now": now, "each": PER_CUSTOMER})
        connection.execute(_FIGURES)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE) loyalty_entry, customers_customer, customers_lookup")
    store = get_store(slug=STORE)
    began = time.monotonic()
    people = expire_points(store=store, actor=system("Bench"), now=now + timedelta(minutes=1))
    seconds = time.monotonic() - began
    began = time.monotonic()
    wrong = len(drift(store=store))
    return [
        row(
            f"expiry run over {PER_CUSTOMER * size:,} entries of points, {people:,} of them due",
            seconds,
            "s",
            BUDGET * size / 1_000_000 if size >= 1_000_000 else None,
        ),
        row("check of the whole ledger of points", time.monotonic() - began, "s"),
        row("customers whose points are not what the ledger says", wrong, "customers", 0),
    ]
