"""All measurements of one size of store."""

import os
import secrets
import sys
import time
from pathlib import Path
from typing import Any

from regulars.cli import database
from regulars.cli.bench import web

EMAIL = "owner@bench.test"
# What the project has set itself, in ms for the 95th percentile of whole pages.
LIST, SEARCH, FILTER, RECORD = 60, 100, 150, 80


def measure(size: int, folder: Path, *, quick: bool) -> list[dict[str, Any]]:
    """Build the store if it is not there, serve it, and measure everything."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.config.settings"
    found: list[dict[str, Any]] = []
    password = secrets.token_urlsafe(12)
    with database.available():
        found += _build(size, password)
    count, seconds = (5, 1.0) if quick else (40, 5.0)
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
    staff.add_person(
        store=store, email=EMAIL, name="Bench", password=password, role="owner", actor=actor, now=now
    )
    staff.set_password(email=EMAIL, password=password, actor=actor)
    _vacuum()
    _close()
    return made


def _vacuum() -> None:
    """Clean up after the bulk act of an earlier run, or the database does so while the pages are measured."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def _pages(desk: web.Desk, pid: int, count: int, seconds: float) -> list[dict[str, Any]]:
    from regulars.cli.bench.pages import ask
    from regulars.stores.queries import get_store

    asked = ask(get_store(slug=web.STORE))
    _close()
    found = []
    for name, lists in asked.lists.items():
        _say(name)
        budget = {"list": LIST, "search": SEARCH, "filter": FILTER}[name.partition(",")[0]]
        urls = [desk.list_url(params) for params in lists]
        found.append(_times(name, desk.times(urls, max(count, len(urls))), budget))
    records = [desk.record_url(record_id) for record_id in asked.records]
    _say("records")
    found.append(_times("record page", desk.times(records, count), RECORD))
    sorts = [desk.list_url(params) for params in asked.lists["list, every sort, both directions"]]
    rate = desk.per_second(sorts, seconds=seconds)
    found.append(_row("8 clients at once: list pages per second", rate, "pages/s", 60, least=True))
    rate = desk.per_second(records, seconds=seconds)
    found.append(_row("8 clients at once: record pages per second", rate, "pages/s", 80, least=True))
    found.append(_row("memory of a web process after all that", web.memory_of_workers(pid), "MB", 150))
    return found


def _bulk(size: int, folder: Path) -> list[dict[str, Any]]:
    from regulars.cli.bench import bulk
    from regulars.cli.bench.orders import import_orders

    found = bulk.plain_copy(os.environ["DATABASE_URL"], size)
    for name, work in (
        ("export", bulk.export_file),
        ("export as xlsx", bulk.export_xlsx),
        ("export as pdf", bulk.export_pdf),
        ("export beside another", bulk.export_beside),
        ("bulk action", bulk.tag),
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
