"""What the database's planner knows of the size of tables.

A table that was emptied counts as empty until PostgreSQL looks at it again, up to a minute later or, within one long
transaction, never. While a large file comes in, every plan is then made for no rows at all: each look-up may walk
along an index that has hardly anything to do with it.
"""

from django.db import connection, models

# Tables of fewer pages are read fast whatever the plan. A table with less than one row a page was counted when empty,
# unless it had most of these pages then: they are free.
PAGES = 200


def know_size(*tables: type[models.Model]) -> None:
    """Let the planner look again at those of these tables that it takes for empty though they are not.

    One small question when it knows; some tenths of a second, once, when it does not.
    """
    names = [table._meta.db_table for table in tables]
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT relname FROM pg_class
            WHERE oid = ANY(SELECT to_regclass(quote_ident(name)) FROM unnest(%s::text[]) AS name)
            AND pg_relation_size(oid) > %s::bigint * current_setting('block_size')::int
            AND reltuples < pg_relation_size(oid) / current_setting('block_size')::int
            AND (reltuples <= 0 OR relpages * 2 < pg_relation_size(oid) / current_setting('block_size')::int)""",
            [names, PAGES],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'ANALYZE (SKIP_LOCKED) "{name}"')


def know_rows(*tables: type[models.Model]) -> None:
    """The same for statements that compare each row with each when they are planned for hardly any: also of small
    tables, whenever they have doubled since PostgreSQL looked. Call it before anything is locked.
    """
    with connection.cursor() as cursor:
        for name in (connection.ops.quote_name(table._meta.db_table) for table in tables):
            cursor.execute(
                """SELECT reltuples FROM pg_class
                WHERE oid = to_regclass(%s) AND pg_relation_size(oid) > 0 AND (
                    reltuples <= 0 OR relpages * 2 < pg_relation_size(oid) / current_setting('block_size')::int
                )""",
                [name],
            )
            if (found := cursor.fetchone()) is None or (found[0] == 0 and _is_empty(name)):
                continue
            # Who knows nothing yet waits for somebody who is just looking; others go on with what they know.
            how = "" if found[0] <= 0 else "(SKIP_LOCKED) "
            cursor.execute(f"ANALYZE {how}{name}")


def _is_empty(name: str) -> bool:
    """Whether a table has pages and no rows: looking at it again would say the same, and hold up the other lane."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {name})")
        return not cursor.fetchone()[0]
