"""The indexes that only lists and searches read stand aside while a first large file comes in.

Writing a million rows into all indexes one by one costs twice as much as making those indexes at the end. What is
unique, what rows of a file are matched by, and the order in which the list opens stays. The definitions are those of
the models, so that a killed import loses nothing: the worker makes every minute what is missing while nobody imports.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Final

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Model

from regulars.customers.models import Customer, Lookup
from regulars.jobs.services import Interrupted

# From the costly one on; the search index alone is half of what all indexes cost. Those that hardly a new customer is
# in (who has bought, is blocked, …) cost less to keep than to make.
SET_ASIDE: Final[Mapping[str, type[Model]]] = {
    "customer_search": Customer,
    "customer_sound": Customer,
    "customer_last_name": Customer,
    "customer_city": Customer,
    "customer_country": Customer,
    "customer_company": Customer,
    "customer_phone_end": Customer,
    "customer_store_id": Customer,
    "lookup_updated": Lookup,
    "lookup_points": Lookup,
    "lookup_tagged": Lookup,
    "lookup_tags": Lookup,
}
# Below the one it is not worth it; above the other, those who work with what is there would notice.
MANY_ROWS, SMALL_TABLE = 200_000, 50_000
BUILDERS = 2
_LOCK = 0x7265_6775_6C61_7273  # who holds it may set indexes aside and make them again


@contextmanager
def without_list_indexes(rows: int) -> Iterator[None]:
    """Set the indexes aside while so many rows come in, when the table is small; they are made again at the end."""
    if rows < MANY_ROWS or not _take():
        yield
        return
    try:
        if missing() or _is_small():
            _drop()
        try:
            yield
        except (Interrupted, OperationalError, InterfaceError):
            raise  # whoever takes the import up again goes on without them
        except BaseException:
            _make()
            raise
        _make()
    finally:
        _let_go()


def put_back_indexes() -> list[str]:
    """Make the indexes that an import left behind when it was killed, unless one is at work; returns their names."""
    if not missing() or not _take():
        return []
    try:
        return _make()
    finally:
        _let_go()


def missing() -> list[str]:
    """Those of the indexes that are not there."""
    tables = sorted({model._meta.db_table for model in SET_ASIDE.values()})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid "
            "WHERE indrelid = ANY(%s::regclass[])",
            [tables],
        )
        there = {name for (name,) in cursor.fetchall()}
    return [name for name in SET_ASIDE if name not in there]


def _is_small() -> bool:
    return Customer.objects.values("pk")[: SMALL_TABLE + 1].count() <= SMALL_TABLE


def _drop() -> None:
    """Let go of them, unless somebody reads the table at length, who is not waited for."""
    names = ", ".join(f'"{name}"' for name in SET_ASIDE)
    with suppress(OperationalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '2s'")
        cursor.execute(f"DROP INDEX IF EXISTS {names}")


def _make() -> list[str]:
    """The search index takes as long as all others together: those are made beside it, one after the other."""
    names = missing()
    with ThreadPoolExecutor(max_workers=BUILDERS, thread_name_prefix="index") as pool:
        list(pool.map(_make_one, names))
    return names


def _make_one(name: str) -> None:
    """In a thread with a connection of its own."""
    model = SET_ASIDE[name]
    index = next(one for one in model._meta.indexes if one.name == name)
    try:
        with connection.schema_editor() as editor:
            editor.add_index(model, index)
    finally:
        connection.close()


def _take() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def _let_go() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
