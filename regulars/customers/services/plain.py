"""The plain case of a verb and of its undo, in SQL: very many customers are changed without being brought here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from regulars.customers import events
from regulars.customers.choices import State
from regulars.customers.models import Customer
from regulars.stores.models import Store
from regulars.timeline.events import EventKind, undone
from regulars.timeline.services import OpenChangeSet, record_written
from regulars.timeline.undoing import Past

# Columns that nothing follows from and that nobody else can have taken meanwhile.
_FREE = ("tags", "state", "accepts_marketing", "points_summary", "accepts_sms")


@dataclass(frozen=True, slots=True)
class Plain:
    """One column, its new value and where that is right, as SQL about `customer` with named `values`.

    What does not meet `where` is decided one by one, so it may leave out whatever is hard to say.
    """

    column: str
    value: str
    where: str
    values: Mapping[str, Any]


_LOCKED = """locked AS (
            SELECT id FROM customers_customer WHERE store_id = %(store)s AND id = ANY(%(ids)s)
            ORDER BY id FOR NO KEY UPDATE
        )"""


def write_plainly(
    *, store: Store, ids: list[UUID], plain: Plain, kind: EventKind, change_set: OpenChangeSet, now: datetime
) -> set[UUID]:
    """Lock these customers, change those that are a plain case, with an event each; returns which those are."""
    statement = f"""
        WITH {_LOCKED}
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


def restore_plainly(
    *, store: Store, pasts: Sequence[Past], change_set: OpenChangeSet, now: datetime
) -> set[UUID]:
    """Put such columns back where they are still what the act made them; returns the customers that was done to."""
    groups: dict[tuple[str, ...], list[Past]] = {}
    for past in pasts:
        if past.before and past.before.keys() == past.after.keys() and past.before.keys() <= set(_FREE):
            groups.setdefault(tuple(sorted(past.before)), []).append(past)
    done: set[UUID] = set()
    for columns, some in groups.items():
        done |= _restore(store, columns, some, change_set, now)
    return done


def _restore(
    store: Store,
    columns: tuple[str, ...],
    pasts: list[Past],
    change_set: OpenChangeSet,
    now: datetime,
) -> set[UUID]:
    types = {name: Customer._meta.get_field(name).db_type(connection) for name in columns}
    statement = f"""
        WITH {_LOCKED}
        UPDATE customers_customer AS customer
        SET {", ".join(f"{name} = was.{name}" for name in columns)},
            version = customer.version + 1, updated_at = %(now)s
        FROM locked
        JOIN jsonb_to_recordset(%(pasts)s::jsonb) AS past (id uuid, before jsonb, after jsonb, data jsonb) USING (id)
        CROSS JOIN jsonb_to_record(past.before) AS was ({", ".join(f"{name} {types[name]}" for name in columns)})
        WHERE customer.store_id = %(store)s AND customer.id = locked.id AND customer.state <> '{State.ANONYMISED}'
        AND {" AND ".join(f"to_jsonb(customer.{name}) = past.after -> '{name}'" for name in columns)}
        RETURNING customer.id, new.version, past.after, past.before, past.data"""
    # What one act did to thousands is nearly always said in the same words: they are put together once.
    said = {_words_of(past): past for past in pasts}
    data = {words: undone(past.key, past.data) for words, past in said.items()}
    told = [
        {"id": past.record_id, "before": past.before, "after": past.after, "data": data[_words_of(past)]}
        for past in pasts
    ]
    values = {
        "store": store.pk,
        "ids": [past.record_id for past in pasts],
        "now": now,
        "pasts": orjson.dumps(told).decode(),
    }
    written = record_written(
        change_set=change_set,
        resource="customers",
        kind=events.UNDONE,
        statement=statement,
        values=values,
        now=now,
        own_data=True,
    )
    return set(written)


def _words_of(past: Past) -> tuple[str, bytes]:
    return past.key, orjson.dumps(past.data)
