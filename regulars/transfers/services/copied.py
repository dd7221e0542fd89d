"""Cells of a file written by the database itself: several times as fast as bringing each value here to write it.

A kind's way to export is known here by the function that does it; a kind that exports in a way of its own is written
in Python as before. A test compares both, byte by byte.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection
from django.db.models import F, Func, QuerySet, TextField

from regulars.kit import money
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.transfers.cells import DANGEROUS


def _moment(context: Context) -> str:
    zone = context.store.time_zone
    if not re.fullmatch(r"[A-Za-z0-9_+/-]+", zone):
        raise ValueError(f"{zone} is no time zone.")
    there, utc = (f"(%(expressions)s AT TIME ZONE '{one}')" for one in (zone, "UTC"))
    return (
        f"""to_char({there}, 'YYYY-MM-DD"T"HH24:MI:SS.US') || CASE WHEN {there} < {utc} """
        f"""THEN to_char({utc} - {there}, '"-"HH24:MI') ELSE to_char({there} - {utc}, '"+"HH24:MI') END"""
    )


def _until(context: Context) -> str:
    there = f"(%(expressions)s AT TIME ZONE '{context.store.time_zone}')"
    whole = f"to_char({there} - interval '1 day', 'YYYY-MM-DD')"
    return f"CASE WHEN {there}::time = '00:00' THEN {whole} ELSE {_moment(context)} END"


def _amount(context: Context) -> str:
    places = money.exponent(context.store.currency)
    return f"round(%(expressions)s::numeric / {10**places}, {places})::text"


_SAID: dict[Callable[..., str], Callable[[Context], str]] = {
    kinds.Kind.export: lambda context: "%(expressions)s::text",
    kinds.Boolean.export: lambda context: "CASE WHEN %(expressions)s THEN 'yes' ELSE 'no' END",
    kinds.Tags.export: lambda context: "array_to_string(%(expressions)s, ', ')",
    kinds.Date.export: lambda context: "to_char(%(expressions)s, 'YYYY-MM-DD')",
    kinds.Moment.export: _moment,
    kinds.Until.export: _until,
    kinds.Money.export: _amount,
}
_TRIGGERS = "".join(sorted(DANGEROUS)).replace("'", "''")
# Nothing, unlike "", is written without quotation marks.
_GUARDED = (
    f"CASE WHEN strpos('{_TRIGGERS}', left(%(expressions)s, 1)) > 0 AND %(expressions)s <> '' "
    "THEN '''' || %(expressions)s ELSE nullif(%(expressions)s, '') END"
)


def cells_of(columns: Sequence[Field], context: Context) -> list[Func] | None:
    """The cells of these columns as the database writes them; nothing when it cannot, for one of them or for one alone
    (an empty line is no row)."""
    cells = [_cell(column, context) for column in columns]
    known = [cell for cell in cells if cell is not None]
    return known if len(known) == len(cells) > 1 else None


class _Said(Func):
    """SQL that names its one expression several times, each time with its values."""

    output_field = TextField()

    def as_sql(self, compiler: Any, connection: Any, **more: Any) -> tuple[str, Sequence[Any]]:  # type: ignore[override]
        sql, values = super().as_sql(compiler, connection, **more)
        return sql, tuple(values) * self.extra["template"].count("%(expressions)s")


def _cell(column: Field, context: Context) -> Func | None:
    said = _SAID.get(type(column.kind).export)
    if said is None or (column.value is not None and column.said is None):
        return None
    value = column.said(context) if column.said is not None else F(column.path)
    cell = _Said(value, template=said(context))
    return cell if column.kind.numeric else _Said(cell, template=_GUARDED)


def copy_lines(rows: QuerySet[Any], cells: Sequence[Func]) -> list[bytes]:
    """The lines of these rows, in their order."""
    sql, values = rows.values_list(*cells).query.sql_with_params()
    with connection.cursor() as cursor, cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv)", values) as copy:
        return [bytes(line)[:-1] + b"\r\n" for line in copy]
