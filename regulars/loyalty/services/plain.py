"""The plain case of giving and taking points, in SQL: very many customers are changed without being brought here.

Plain is who is there, is not anonymised, and gets points while owing none, or has as many as are taken. Everybody else
is decided one by one by `change_many`, which does the same to each customer as is done here.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from regulars.customers.choices import State
from regulars.customers.services import POINTS_ADDED
from regulars.loyalty import events
from regulars.loyalty.choices import Kind, Source
from regulars.loyalty.services.change import PointChange
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, record_written

_ENTRY = f"""INSERT INTO loyalty_entry (id, store_id, customer_id, origin_id, kind, points, "left", late, expires_at,
            reason, note, source, change_set_id, author_id, author_name, created_at)
        SELECT entry, %(store)s, id, id, '{Kind.ADJUST}', %(points)s, %(given)s, %(late)s, %(expires)s,
            %(reason)s, %(note)s, '{Source.HAND}', %(change_set_id)s, %(author_id)s, %(author)s, %(now)s
        FROM able
        RETURNING id, customer_id, points"""
# Who is able, and the id of the entry that each gets: nothing made here is joined to anything else made here, of which
# the planner knows no sizes, and would compare each with each.
_ABLE = f"""able AS MATERIALIZED (
        SELECT id, uuidv7() AS entry FROM customers_customer
        WHERE store_id = %(store)s AND id = ANY(%(people)s) AND state <> '{State.ANONYMISED}' AND points >= %(least)s
    )"""
_GIVE = f"""{_ABLE}, made AS (
        {_ENTRY}
    )"""
# Of each customer the entries in the order in which they are spent, with what is left up to each.
_TAKE = f"""{_ABLE}, open AS MATERIALIZED (
        SELECT entry.id, able.entry AS taker, "left", sum("left") OVER (
            PARTITION BY customer_id ORDER BY expires_at NULLS LAST, created_at, entry.id
        ) - "left" AS before
        FROM loyalty_entry AS entry JOIN able ON able.id = entry.customer_id
        WHERE entry.store_id = %(store)s AND "left" > 0 AND NOT pending
    ), spent AS (
        UPDATE loyalty_entry AS entry SET "left" = entry."left" - least(open."left", %(least)s - open.before),
            late = late AND open."left" > %(least)s - open.before
        FROM open
        WHERE entry.id = open.id AND entry.store_id IS NOT DISTINCT FROM %(store)s AND open.before < %(least)s
        RETURNING entry.id, open.taker, old."left" - new."left" AS points
    ), made AS (
        {_ENTRY}
    ), used AS (
        INSERT INTO loyalty_use (id, store_id, taker_id, giver_id, points)
        SELECT uuidv7(), %(store)s, taker, id, points FROM spent
    )"""
_WRITE = f"""{POINTS_ADDED},
        jsonb_build_object('entry', made.id, 'points', %(number)s::text, 'because', %(because)s::text)"""


def lock_people(store: Store, people: Sequence[UUID]) -> None:
    """Lock these customers in their one order, without bringing them here."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM (
                SELECT FROM customers_customer WHERE store_id = %s AND id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
            ) AS locked""",
            [store.pk, list(people)],
        )


def adjust_plainly(
    *, store: Store, people: Sequence[UUID], change: PointChange, change_set: OpenChangeSet, now: datetime
) -> set[UUID]:
    """Do to each of these customers what `change` says, where that is plain; returns to whom it was done.

    Must run inside a transaction. The customer that `change` names does not matter.
    """
    lock_people(store, people)
    gives, actor = change.points > 0, change_set.actor
    values: dict[str, Any] = {
        "store": store.pk,
        "people": list(people),
        "points": change.points,
        "given": max(change.points, 0),
        "least": max(-change.points, 0),
        "expires": change.expires_at,
        "late": gives and change.expires_at is not None and change.expires_at <= now,
        "reason": change.reason,
        "note": change.note,
        "number": f"{abs(change.points):,}",
        "because": f": {change.reason}" if change.reason else "",
        "change_set_id": change_set.id,
        "author_id": actor.id,
        "author": actor.name,
        "now": now,
    }
    written = record_written(
        change_set=change_set,
        resource="customers",
        kind=events.GIVEN if gives else events.TAKEN,
        statement=_WRITE,
        ahead=_GIVE if gives else _TAKE,
        values=values,
        now=now,
        own_data=True,
    )
    return set(written)
