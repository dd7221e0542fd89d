"""The plain case of taking entries back, in SQL: those of very many customers without bringing them here.

Plain is an entry that gave points of which none was spent, or one that took points from entries that can have them
back, of a customer who owes nothing and has no other entry in the same batch. Everything else is decided one by one by
`change_many`, which does the same to each customer as is done here.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from regulars.customers.choices import State
from regulars.customers.models import Customer
from regulars.customers.services import POINTS_ADDED
from regulars.kit.statistics import know_rows
from regulars.loyalty import events
from regulars.loyalty.choices import Kind
from regulars.loyalty.models import Entry, Use
from regulars.loyalty.services.plain import lock_people
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import OpenChangeSet, record_written

_ENTRIES = f"""entry.id, entry.customer_id, entry.points, entry.source, entry.source_id, entry.rule
        FROM loyalty_entry AS entry JOIN customers_customer AS customer ON customer.id = entry.customer_id
        WHERE entry.store_id = %(store)s AND entry.id = ANY(%(entries)s) AND entry.customer_id = ANY(%(people)s)
        AND customer.store_id = %(store)s AND customer.state <> '{State.ANONYMISED}'
        AND entry.kind <> '{Kind.TRANSFER}' AND NOT EXISTS (
            SELECT FROM loyalty_entry AS back WHERE back.store_id = %(store)s AND back.reverses_id = entry.id
        )"""
_BACK = f"""made AS (
        INSERT INTO loyalty_entry (id, store_id, customer_id, origin_id, kind, points, source, source_id, rule,
            reverses_id, change_set_id, author_id, author_name, created_at)
        SELECT uuidv7(), %(store)s, customer_id, customer_id, '{Kind.REVERSE}', -points, source, source_id, rule, id,
            %(change_set_id)s, %(author_id)s, %(author)s, %(now)s
        FROM able
        RETURNING id, customer_id, points, reverses_id
    )"""
_GIVEN = f"""able AS (
        SELECT {_ENTRIES} AND entry.points > 0 AND entry."left" = entry.points AND NOT entry.pending
    ), emptied AS (
        UPDATE loyalty_entry AS entry SET "left" = 0, late = false FROM able
        WHERE entry.store_id = %(store)s AND entry.id = able.id
    ), {_BACK}, used AS (
        INSERT INTO loyalty_use (id, store_id, taker_id, giver_id, points)
        SELECT uuidv7(), %(store)s, id, reverses_id, -points FROM made
    )"""
# Nothing made here is joined to anything else made here: the planner knows no sizes of it, and would compare each with
# each.
_TAKEN = f"""able AS (
        SELECT wanted.* FROM (
            SELECT {_ENTRIES} AND entry.points < 0 AND customer.points >= 0
        ) AS wanted
        JOIN loyalty_use AS used ON used.store_id = %(store)s AND used.taker_id = wanted.id
        JOIN loyalty_entry AS giver ON giver.store_id = %(store)s AND giver.id = used.giver_id
        GROUP BY wanted.id, wanted.customer_id, wanted.points, wanted.source, wanted.source_id, wanted.rule
        HAVING sum(used.points) = -wanted.points AND bool_and(
            giver.customer_id = wanted.customer_id AND NOT giver.pending
            AND coalesce(giver.expires_at > greatest(
                %(now)s, (SELECT until FROM loyalty_expiry WHERE store_id = %(store)s)
            ), true) AND giver."left" + used.points <= giver.points
        )
    ), filled AS (
        UPDATE loyalty_entry AS entry SET "left" = entry."left" + used.points
        FROM able JOIN loyalty_use AS used ON used.store_id = %(store)s AND used.taker_id = able.id
        WHERE entry.store_id = %(store)s AND entry.id = used.giver_id
    ), {_BACK}"""
_WRITE = f"""{POINTS_ADDED}, jsonb_build_object(
            'entry', made.id, 'points', to_char(abs(made.points), 'FM9,999,999,999,999,999,999'), 'because', ''
        )"""


def take_back_plainly(
    *, store: Store, entries: Collection[UUID], change_set: OpenChangeSet, now: datetime
) -> set[UUID]:
    """Take these entries back where that is plain; returns which. Must run inside a transaction."""
    know_rows(Customer, Entry, Use)
    entry_of = _one_of_each(store, entries)
    if not entry_of:
        return set()
    lock_people(store, list(entry_of))
    done: set[UUID] = set()
    for kind, ahead in ((events.REVERSED, _GIVEN), (events.GIVEN_BACK, _TAKEN)):
        done.update(_written(store, entry_of, kind, ahead, change_set, now))
    return {entry_of[one] for one in done}


def _one_of_each(store: Store, entries: Collection[UUID]) -> dict[UUID, UUID]:
    """One of these entries of each customer whom they are of, by customer."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT customer_id, id FROM loyalty_entry WHERE store_id = %s AND id = ANY(%s)",
            [store.pk, list(entries)],
        )
        return dict(cursor.fetchall())


def _written(
    store: Store,
    entry_of: dict[UUID, UUID],
    kind: EventKind,
    ahead: str,
    change_set: OpenChangeSet,
    now: datetime,
) -> list[UUID]:
    values: dict[str, Any] = {
        "store": store.pk,
        "people": list(entry_of),
        "entries": list(entry_of.values()),
        "change_set_id": change_set.id,
        "author_id": change_set.actor.id,
        "author": change_set.actor.name,
        "now": now,
    }
    return record_written(
        change_set=change_set,
        resource="customers",
        kind=kind,
        statement=_WRITE,
        ahead=ahead,
        values=values,
        now=now,
        own_data=True,
    )
