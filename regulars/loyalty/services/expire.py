"""What time does to points: pending ones can be spent, others expire.

Both in batches, each with its customers' figures in one transaction: a stop in the middle loses and doubles nothing.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import batched
from uuid import UUID

from django.db import transaction

from regulars.customers.models import Customer
from regulars.customers.services import POINTS_ADDED
from regulars.kit.actor import Actor
from regulars.kit.lanes import in_lanes
from regulars.kit.locks import lock_rows
from regulars.kit.many import as_for_many_rows
from regulars.kit.statistics import know_rows
from regulars.loyalty import events
from regulars.loyalty.choices import Kind, Source
from regulars.loyalty.models import Entry, Expiry
from regulars.loyalty.queries import due_by
from regulars.loyalty.services.change import holdings_of, write_holdings
from regulars.loyalty.services.plain import lock_people
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, open_change_set, record_written

BATCH = 10_000
_TAKE = f"""due AS MATERIALIZED (
        SELECT id, customer_id, "left" FROM loyalty_entry
        WHERE store_id = %(store)s AND customer_id = ANY(%(people)s) AND "left" > 0 AND NOT pending
        AND expires_at <= %(now)s
    ), gone AS (
        UPDATE loyalty_entry AS entry SET "left" = 0, late = false FROM due
        WHERE entry.id = due.id AND entry.store_id IS NOT DISTINCT FROM %(store)s
        RETURNING due.id, due.customer_id, due."left"
    ), made AS (
        INSERT INTO loyalty_entry (id, store_id, customer_id, origin_id, kind, points, source, change_set_id,
            author_name, created_at)
        SELECT uuidv7(), %(store)s, customer_id, customer_id, '{Kind.EXPIRE}', -sum("left"), '{Source.EXPIRY}',
            %(change_set_id)s, %(author)s, %(now)s
        FROM gone GROUP BY customer_id
        RETURNING id, customer_id, points
    )"""
_WRITE = f"""{POINTS_ADDED},
        jsonb_build_object('entry', made.id, 'points', to_char(-made.points, 'FM9,999,999,999,999,999,999'))"""


def expire_points(*, store: Store, actor: Actor, now: datetime) -> int:
    """Take away what has expired, of every customer of a store; returns of how many customers. A run that was stopped
    begins again where the last one that ended left off, and finds what is left to do."""
    batches = batched(_whose_expire(store, now), BATCH)
    expired, change_set = _begin(store, batches, actor, now)
    if change_set is not None:
        act = partial(_batch, store=store, change_set=change_set, now=now)
        expired += sum(in_lanes(partial(act, people) for people in batches))
    Expiry.objects.update_or_create(store=store, defaults={"until": now})
    return expired


def _begin(
    store: Store, batches: Iterator[tuple[UUID, ...]], actor: Actor, now: datetime
) -> tuple[int, OpenChangeSet | None]:
    """Open the act with the first batch in which anything expires: another worker may be at it, and no act is without
    anything in it."""
    for people in batches:
        with transaction.atomic():
            opened = open_change_set(store=store, actor=actor, kind=events.EXPIRED, now=now)
            if done := _batch(people, store=store, change_set=opened, now=now):
                return done, opened
            transaction.set_rollback(True)
    return 0, None


def _batch(people: Sequence[UUID], *, store: Store, change_set: OpenChangeSet, now: datetime) -> int:
    with transaction.atomic():
        as_for_many_rows()
        know_rows(Customer, Entry)
        lock_people(store, people)
        return len(_expire(store, people, change_set, now))


def mature_points(*, store: Store, now: datetime) -> int:
    """Let customers spend what was pending until now; returns how many entries that are. A debt is paid first."""
    matured = 0
    while True:
        with transaction.atomic():
            due = Entry.objects.filter(store=store, pending=True, available_at__lte=now)
            found = dict(due.order_by("available_at", "pk").values_list("pk", "customer_id")[:2000])
            if not found:
                return matured
            rows = Customer.objects.filter(store=store).only("points", "points_pending")
            people = lock_rows(rows, set(found.values()))
            # Somebody may have taken one back while this waited.
            still = dict(due.filter(pk__in=found).values_list("pk", "customer_id"))
            holdings = holdings_of(store=store, people=people.values(), also=still)
            for one, customer_id in still.items():
                holdings[customer_id].mature(holdings[customer_id].givers[one])
            write_holdings(store=store, holdings=holdings)
            matured += len(still)


def _whose_expire(store: Store, now: datetime) -> Iterator[UUID]:
    """Of whom anything expires, asked once, in the order in which customers lie beside each other."""
    people = (
        due_by(store=store, until=now)
        .order_by("customer_id")
        .values_list("customer_id", flat=True)
        .distinct()
    )
    return people.iterator(chunk_size=BATCH)


def _expire(store: Store, people: Sequence[UUID], change_set: OpenChangeSet, now: datetime) -> list[UUID]:
    return record_written(
        change_set=change_set,
        resource="customers",
        kind=events.EXPIRED,
        statement=_WRITE,
        ahead=_TAKE,
        values={
            "store": store.pk,
            "people": list(people),
            "now": now,
            "change_set_id": change_set.id,
            "author": change_set.actor.name,
        },
        now=now,
        own_data=True,
    )
