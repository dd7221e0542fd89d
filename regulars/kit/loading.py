"""Loading very many rows at once: indexes and references are made after the rows, in a third of the time."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def without_indexes(tables: Iterable[str]) -> Iterator[None]:
    """In one transaction, have no index and no reference on these tables but their primary keys; then make them anew.

    Nobody else can use the tables meanwhile.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        # Tests of references that were left to the end of the transaction come first: no table changes under them.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        again = [statement for table in tables for statement in _take_away(table)]
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in reversed(again):
            cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _take_away(table: str) -> list[str]:
    """Drop a table's indexes and references, all but the primary key; returns what makes them again, last one first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT format('ALTER TABLE %%I DROP CONSTRAINT %%I', %s, conname),
                format('ALTER TABLE %%I ADD CONSTRAINT %%I %%s', %s, conname, pg_get_constraintdef(oid))
            FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('f', 'u') ORDER BY contype, conname""",
            [table, table, table],
        )
        found = cursor.fetchall()
        cursor.execute(
            """SELECT format('DROP INDEX %%I', relname), pg_get_indexdef(indexrelid)
            FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
            WHERE indrelid = %s::regclass AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)""",
            [table],
        )
        found += cursor.fetchall()
        for drop, _make in found:
            cursor.execute(drop)
    return [make for _drop, make in found]
