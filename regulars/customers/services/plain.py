"""The plain case of a verb, said in SQL: very many customers are changed without being brought here one by one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from regulars.customers.choices import State
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import OpenChangeSet, record_written


@dataclass(frozen=True, slots=True)
class Plain:
    """One column, its new value and where that is right, as SQL about `customer` with named `values`.

    What does not meet `where` is decided one by one, so it may leave out whatever is hard to say.
    """

    column: str
    value: str
    where: str
    values: Mapping[str, Any]


def write_plainly(
    *, store: Store, ids: list[UUID], plain: Plain, kind: EventKind, change_set: OpenChangeSet, now: datetime
) -> set[UUID]:
    """Lock these customers, change those that are a plain case, with an event each; returns which those are."""
    statement = f"""
        WITH locked AS (
            SELECT id FROM customers_customer WHERE store_id = %(store)s AND id = ANY(%(ids)s)
            ORDER BY id FOR NO KEY UPDATE
        )
        UPDATE customers_customer AS customer
        SET {plain.column} = {plain.value}, version = customer.version + 1, updated_at = %(now)s
        FROM locked
        WHERE customer.store_id = %(store)s AND customer.id = locked.id
        AND customer.state <> '{State.ANONYMISED}' AND {plain.where}
        RETURNING customer.id, new.version,
            jsonb_build_object('{plain.column}', old.{plain.column}),
            jsonb_build_object('{plain.column}', new.{plain.column})"""
    values = {"store": store.pk, "ids": ids, "now": now, **plain.values}
    written = record_written(
        change_set=change_set, resource="customers", kind=kind, statement=statement, values=values, now=now
    )
    return set(written)
