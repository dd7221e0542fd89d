"""The indexes that only lists and searches read stand aside while a first large file comes in.

Writing a million rows into all indexes one by one costs twice as much as making those indexes at the end. What is
unique, and what rows of a file are matched by, stays. The definitions are those of the models, so that a killed import
loses nothing: the worker makes every minute what is missing while nobody imports.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Index

from regulars.customers.models import Customer
from regulars.jobs.services import Interrupted

# From the costly one on; the search index alone is half of what all indexes cost.
SET_ASIDE: Final = (
    "customer_search",
    "customer_sound",
    "customer_last_name",
    "customer_city",
    "customer_country",
    "customer_company",
    "customer_phone_end",
)
# Below the one it is not worth it; above the other, those who work with what is there would notice.
MANY_ROWS, SMALL_TABLE = 200_000, 50_000
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


def missing() -> list[Index]:
    """Those of the indexes that are not there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid "
            "WHERE indrelid = %s::regclass",
            [Customer._meta.db_table],
        )
        there = {name for (name,) in cursor.fetchall()}
    indexes = {index.name: index for index in Customer._meta.indexes}
    return [indexes[name] for name in SET_ASIDE if name not in there]


def _is_small() -> bool:
    return Customer.objects.values("pk")[: SMALL_TABLE + 1].count() <= SMALL_TABLE


def _drop() -> None:
    """Let go of them, unless somebody reads the table at length, who is not waited for."""
    names = ", ".join(f'"{name}"' for name in SET_ASIDE)
    with suppress(OperationalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '2s'")
        cursor.execute(f"DROP INDEX IF EXISTS {names}")


def _make() -> list[str]:
    """Each by itself, so that writers wait for one at most."""
    made = []
    for index in missing():
        with connection.schema_editor() as editor:
            editor.add_index(Customer, index)
        made.append(index.name)
    return made


def _take() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def _let_go() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
