"""All measurements of one size of store."""

import os
import secrets
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regulars.cli import database
from regulars.cli.bench import web

if TYPE_CHECKING:
    from regulars.stores.queries import Store

EMAIL = "owner@bench.test"
FULL = 40


def measure(size: int, folder: Path, *, quick: bool) -> list[dict[str, Any]]:
    """Build the store if it is not there, serve it, and measure everything."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.config.settings"
    found: list[dict[str, Any]] = []
    password = secrets.token_urlsafe(12)
    with database.available():
        found += _build(size, password)
    count, seconds = (5, 1.0) if quick else (FULL, 5.0)
    with web.served() as (address, start, pid), database.available() as _:
        found.append(_row("`regulars serve` on an existing folder answers after", start, "s", 4))
        found += _pages(web.Desk(address, web.sign_in(address, EMAIL, password)), pid, count, seconds)
    with database.available():
        found += _bulk(size, folder)
    return found


def _build(size: int, password: str) -> list[dict[str, Any]]:
    from regulars.cli.migrations import apply_pending

    apply_pending()
    from django.utils import timezone

    from regulars.cli.demo import shop
    from regulars.kit.actor import system
    from regulars.staff import services as staff
    from regulars.stores import queries, services

    actor, now = system("Bench", surface="cli"), timezone.now()
    made: list[dict[str, Any]] = []
    if not queries.any_store_exists():
        settings = {"country": "FR", "time_zone": "Europe/Paris", "currency": "EUR"}
        store = services.create_store(slug=web.STORE, name="Bench", settings=settings, actor=actor, now=now)
        _say("filling the store")
        began = time.monotonic()
        _customers, orders = shop.fill_store(store=store, count=size, seed=7, now=now)
        made.append(_row(f"making the demo data ({orders:,} orders)", time.monotonic() - began, "s"))
    store = queries.get_store(slug=web.STORE)
    made += _trade(store, size, now)
    staff.add_person(
        store=store, email=EMAIL, name="Bench", password=password, role="owner", actor=actor, now=now
    )
    staff.set_password(email=EMAIL, password=password, actor=actor)
    _close()
    return made


def _trade(store: "Store", size: int, now: datetime) -> list[dict[str, Any]]:
    """Products, lines, trade-ins, invoices where there are none yet; and the counting that the worker does by itself,
    before the pages are measured."""
    from regulars.cli.bench.seed import is_seeded, seed
    from regulars.orders import services as orders
    from regulars.reports import services as reports
    from regulars.reports.rules import USUAL

    made = []
    if not is_seeded(store=store):
        _say("filling it with trade")
        made.append(
            _timed(
                "making products, lines, trade-ins, invoices",
                lambda: seed(store=store, customers=size, now=now),
            )
        )
        _vacuum("FULL, ANALYZE", "orders_order")  # it was written twice
    _vacuum()
    _say("counting ahead")
    made.append(
        _timed(
            "counting the scores, by the worker once an hour",
            lambda: reports.refresh_scale(store=store, now=now),
        )
    )
    made.append(
        _timed(
            "counting a report, by the worker every half hour while somebody looks",
            lambda: reports.count_report(store=store, span=USUAL, now=now),
        )
    )
    _say("checking the figures")
    drifted = []
    made.append(
        _timed(
            "counting all figures anew to check them, by the worker at night",
            lambda: drifted.append(orders.drift_of(store=store)),
        )
    )
    made.append(_row("figures that were not right", drifted[0].customers + drifted[0].orders, "of them", 0))
    return made


def _timed(name: str, work: Callable[[], object]) -> dict[str, Any]:
    began = time.monotonic()
    work()
    return _row(name, time.monotonic() - began, "s")


def _vacuum(how: str = "ANALYZE", table: str = "") -> None:
    """Clean up after the bulk act of an earlier run, or the database does so while the pages are measured."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ({how}) {table}")


def _pages(desk: web.Desk, pid: int, count: int, seconds: float) -> list[dict[str, Any]]:
    from regulars.cli.bench.pages import RECORDS, SORTS, ask
    from regulars.stores.queries import get_store

    asked = {line.name: line for line in ask(get_store(slug=web.STORE))}
    _close()
    found = []
    for name, line in asked.items():
        _say(name)
        if not line.urls:
            found.append({"name": name, "value": None, "unit": ""})
            continue
        # A quick look is no more than a look.
        most = max(count, len(line.urls)) if count >= FULL else count
        found.append(_times(name, desk.times(line.urls, most, part=line.part), line.budget))
    rate = desk.per_second(asked[SORTS].urls, seconds=seconds)
    found.append(_row("8 clients at once: list pages per second", rate, "pages/s", 60, least=True))
    rate = desk.per_second(asked[RECORDS].urls, seconds=seconds)
    found.append(_row("8 clients at once: record pages per second", rate, "pages/s", 80, least=True))
    found.append(_row("memory of a web process after all that", web.memory_of_workers(pid), "MB", 150))
    return found


def _bulk(size: int, folder: Path) -> list[dict[str, Any]]:
    from regulars.cli.bench import bulk, points
    from regulars.cli.bench.orders import import_orders

    found = bulk.plain_copy(os.environ["DATABASE_URL"], size)
    for name, work in (
        ("export", bulk.export_file),
        ("export as xlsx", bulk.export_xlsx),
        ("export as pdf", bulk.export_pdf),
        ("export beside another", bulk.export_beside),
        ("bulk action", bulk.tag),
        ("points by hand", points.adjust),
        ("points that expire", points.expire),
        ("import", bulk.import_file),
        ("import beside another", bulk.import_beside),
        ("import of orders", import_orders),
    ):
        _say(name)
        rows = work(size, folder)
        found += rows or [{"name": name, "value": None, "unit": ""}]
    return found


def _close() -> None:
    """Give all connections back, so that the database may stop and the figures are of fresh ones."""
    from django.db import connections
    from django.db.backends.postgresql.base import DatabaseWrapper

    for connection in connections.all(initialized_only=True):
        connection.close()
        if isinstance(connection, DatabaseWrapper):
            connection.close_pool()


def _times(name: str, times: tuple[float, float], budget: float) -> dict[str, Any]:
    return {"name": name, "p50": times[0], "value": times[1], "unit": "ms", "budget": budget, "least": False}


def _row(
    name: str, value: float, unit: str, budget: float | None = None, *, least: bool = False
) -> dict[str, Any]:
    return {"name": name, "value": round(value, 2), "unit": unit, "budget": budget, "least": least}


def _say(text: str) -> None:
    print(f"  {text} …", file=sys.stderr, flush=True)
