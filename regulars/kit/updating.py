"""Writing many rows in one statement, each with values of its own."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Model


def update_rows(
    *,
    model: type[Model],
    store_id: UUID,
    columns: Sequence[str],
    rows: Iterable[tuple[UUID, Mapping[str, Any]]],
) -> None:
    """Write these columns of these rows of a store, each by the values beside it; their version goes up by one."""
    types = {field.column: field.db_type(connection) for field in model._meta.concrete_fields}
    records = [{"id": row_id} | {name: values[name] for name in columns} for row_id, values in rows]
    assign = ", ".join(f'"{name}" = new."{name}"' for name in columns)
    named = ", ".join(f'"{name}" {types[name]}' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE "{model._meta.db_table}" AS old SET {assign}, version = old.version + 1
            FROM jsonb_to_recordset(%s::jsonb) AS new (id uuid, {named})
            WHERE old.store_id = %s AND old.id = new.id""",
            [orjson.dumps(records, default=str).decode(), store_id],
        )
