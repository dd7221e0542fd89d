"""Moving the rows that hang on a customer to another one, and back; for every table there is, also of parts to come.

Each table with a foreign key to customers is found through the models. What moved is remembered row by row. A row that
cannot move, because the survivor has one already that must be the only one (a membership, an account), is taken away
whole and kept in the merge.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, connection, models, transaction

from regulars.customers.models import Customer
from regulars.duplicates.models import Kept, Merge, Moved, Pair

type AnyModel = type[models.Model]


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that points to customers."""

    model: AnyModel
    column: str

    @property
    def table(self) -> str:
        return self.model._meta.db_table


def references(model: AnyModel = Customer) -> list[Reference]:
    """Every column of another table that points to rows of this one, hidden relations too.

    Tables of which the models say `DO_NOTHING` follow the customers by triggers of their own.
    """
    found = []
    for relation in model._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one):
            field: Any = relation.field  # type: ignore[union-attr]
            if field.remote_field.on_delete is not models.DO_NOTHING:
                found.append(Reference(field.model, field.column))
    return sorted(found, key=lambda one: (one.table, one.column))


def move_all(*, merge: Merge) -> dict[str, int]:
    """Give the survivor every row of the loser. Returns how many rows of each table moved."""
    counts: dict[str, int] = {}
    for one in references():
        if one.model is Pair:  # pairs speak of two customers and are seen to by the merge itself
            continue
        moved = _move(merge, one)
        if moved:
            Moved.objects.create(
                store=merge.store, merge=merge, table=one.table, column=one.column, rows=moved
            )
            counts[one.table] = counts.get(one.table, 0) + len(moved)
    return counts


def move_back(*, merge: Merge) -> None:
    """Give the loser back exactly the rows that moved, where they still are the survivor's."""
    for one in Moved.objects.filter(store=merge.store, merge=merge).order_by("pk"):
        _execute(
            f'UPDATE "{one.table}" SET "{one.column}" = %s WHERE store_id = %s AND "{one.column}" = %s '
            "AND id = ANY(%s) RETURNING id",
            [merge.loser_id, merge.store_id, merge.survivor_id, one.rows],
        )


def take_away(*, merge: Merge, model: AnyModel, ids: Iterable[UUID]) -> None:
    """Take rows out of their table, with the rows that hang on them, and keep them whole in the merge."""
    ids = list(ids)
    if not ids:
        return
    for one in references(model) if model is not Customer else ():
        below = _execute(
            f'SELECT id FROM "{one.table}" WHERE store_id = %s AND "{one.column}" = ANY(%s)',
            [merge.store_id, ids],
        )
        take_away(merge=merge, model=one.model, ids=below)
    table = model._meta.db_table
    _execute(
        f"""WITH gone AS (DELETE FROM "{table}" WHERE store_id = %s AND id = ANY(%s) RETURNING *)
        INSERT INTO duplicates_kept (store_id, merge_id, "table", row_id, "row", made)
        SELECT %s, %s, %s, gone.id, to_jsonb(gone), false FROM gone RETURNING id""",
        [merge.store_id, ids, merge.store_id, merge.pk, table],
    )


def note_made(*, merge: Merge, model: AnyModel, ids: Iterable[UUID]) -> None:
    """Remember rows that the merge itself made, so that undoing it takes them away unless somebody changed them."""
    table = model._meta.db_table
    _execute(
        f"""INSERT INTO duplicates_kept (store_id, merge_id, "table", row_id, "row", made)
        SELECT store_id, %s, %s, id, to_jsonb(whole), true FROM "{table}" AS whole
        WHERE store_id = %s AND id = ANY(%s) RETURNING id""",
        [merge.pk, table, merge.store_id, list(ids)],
    )


def take_made_away(*, merge: Merge) -> None:
    """Remove what the merge made, where it is still as it was made."""
    for table in _tables(merge, made=True):
        _execute(
            f"""DELETE FROM "{table}" AS whole USING duplicates_kept AS kept
            WHERE kept.store_id = %s AND kept.merge_id = %s AND kept."table" = %s AND kept.made
            AND whole.store_id = kept.store_id AND whole.id = kept.row_id AND to_jsonb(whole) = kept."row"
            RETURNING whole.id""",
            [merge.store_id, merge.pk, table],
        )


def put_back(*, merge: Merge) -> None:
    """Put every row back that the merge took away, the loser's own among them."""
    by_table: dict[str, AnyModel] = {model._meta.db_table: model for model in apps.get_models()}
    for table in _tables(merge, made=False):
        columns, defaults = _columns(merge, table, by_table[table])
        named = ", ".join(f'"{column}"' for column in columns)
        each = ", ".join(f'whole."{column}"' for column in columns)
        _execute(
            f"""INSERT INTO "{table}" ({named}) SELECT {each} FROM duplicates_kept AS kept,
            jsonb_populate_record(NULL::"{table}", %s::jsonb || kept."row") AS whole
            WHERE kept.store_id = %s AND kept.merge_id = %s AND kept."table" = %s AND NOT kept.made
            RETURNING id""",
            [json.dumps(defaults, cls=DjangoJSONEncoder), merge.store_id, merge.pk, table],
        )


def _columns(merge: Merge, table: str, model: AnyModel) -> tuple[list[str], dict[str, Any]]:
    """The columns to write, with the defaults of those the table has been given since."""
    kept = Kept.objects.filter(store=merge.store, merge=merge, table=table, made=False).first()
    known = set(kept.row) if kept else set()
    columns: list[str] = []
    defaults: dict[str, Any] = {}
    field: Any
    for field in model._meta.concrete_fields:
        if field.generated:
            continue
        if field.column in known:
            columns.append(field.column)
        elif not field.has_db_default():
            columns.append(field.column)
            defaults[field.column] = field.get_default()
    return columns, defaults


def _tables(merge: Merge, *, made: bool) -> Iterator[str]:
    rows = Kept.objects.filter(store=merge.store, merge=merge, made=made)
    yield from rows.order_by("table").values_list("table", flat=True).distinct()


def _move(merge: Merge, one: Reference) -> list[UUID]:
    """All rows at once; one by one where the database refuses that, keeping those it refuses."""
    statement = f'UPDATE "{one.table}" SET "{one.column}" = %s WHERE store_id = %s AND "{one.column}" = %s'
    parameters = [merge.survivor_id, merge.store_id, merge.loser_id]
    try:
        with transaction.atomic():
            return _execute(f"{statement} RETURNING id", parameters)
    except IntegrityError:
        moved: list[UUID] = []
        ids = _execute(
            f'SELECT id FROM "{one.table}" WHERE store_id = %s AND "{one.column}" = %s ORDER BY id',
            [merge.store_id, merge.loser_id],
        )
        for row_id in ids:
            try:
                with transaction.atomic():
                    moved += _execute(f"{statement} AND id = %s RETURNING id", [*parameters, row_id])
            except IntegrityError:
                take_away(merge=merge, model=one.model, ids=[row_id])
        return moved


def _execute(statement: str, parameters: list[Any]) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [row[0] for row in cursor.fetchall()]
