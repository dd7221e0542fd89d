"""Writing many rows at once with PostgreSQL's COPY, several times as fast as row by row."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import batched
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

# Two characters that no stored text holds part the columns and stand for "nothing" until the line is escaped.
_NEXT, _NOTHING = "\x00", "\ud800"
LINES = 500


def copy_rows(*, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Add rows to a table. Raises Django's database errors, as the ORM does."""
    names = ", ".join(f'"{column}"' for column in columns)
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy,
    ):
        for some in batched(rows, LINES):
            copy.write("".join([_line(row) for row in some]))


def _line(row: Sequence[Any]) -> str:
    text = _NEXT.join([value if type(value) is str else _text(value) for value in row])
    return (
        text.replace("\\", "\\\\")
        .replace("\t", "\\t")
        .replace("\n", "\\n")
        .replace("\r", "\\r")
        .replace(_NEXT, "\t")
        .replace(_NOTHING, "\\N")
        + "\n"
    )


def _text(value: Any) -> str:
    match value:
        case None:
            return _NOTHING
        case bool():
            return "t" if value else "f"
        case str() | int() | UUID() | Decimal() | date():
            return str(value)
        case list() | tuple():
            return "{" + ",".join([_quoted(str(one)) for one in value]) + "}"
        case dict():
            return orjson.dumps(value).decode()
    raise TypeError(f"COPY cannot write {type(value).__name__}.")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
