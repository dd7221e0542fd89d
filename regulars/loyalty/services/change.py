"""Adding entries to the ledger of points.

What is left of other entries and the figures beside the customer are written in the same transaction.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.customers.choices import State
from regulars.customers.models import Customer
from regulars.customers.services import set_points
from regulars.kit.actor import Actor
from regulars.kit.copying import copy_rows
from regulars.kit.errors import Invalid, NotFound, Refused
from regulars.kit.ids import among, new_id
from regulars.kit.locks import lock_rows
from regulars.loyalty import queries
from regulars.loyalty.choices import BelowZero, Kind, Source
from regulars.loyalty.models import Entry, Use
from regulars.loyalty.rules import MOST, Giver, Holding
from regulars.loyalty.services.telling import event_of, told_of
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record

GONE = gettext_noop("does not exist in this store")
FINAL = gettext_noop("is anonymised")
AGAIN = gettext_noop("was taken back already")
EXACTLY = gettext_noop("has exactly these points")
_COLUMNS = (
    "id", "customer_id", "origin_id", "kind", "points", "left", "pending", "late", "available_at", "expires_at",
    "reason", "note", "source", "source_id", "rule", "key", "reverses_id",
)  # fmt: skip


class NotEnoughPoints(Refused):
    """More points would be taken than the customer has."""

    code = "not_enough_points"


@dataclass(frozen=True, slots=True)
class PointChange:
    """What is to happen to the points of one customer; above zero gives, below takes.

    `reason` is for staff, `note` is shown to the customer. Points with `available_at` in the future are pending until
    then. With `reverses` the customer's entry of that id is taken back: `points` is the opposite of what it gave or
    took. With `takes_first` the points of that entry go before all others (a return takes what the order earned).
    With `to` the points are whatever makes what the customer has come to that.
    """

    customer_id: UUID
    points: int
    kind: Kind = Kind.ADJUST
    reason: str = ""
    note: str = ""
    source: Source = Source.HAND
    source_id: UUID | None = None
    rule: str = ""
    key: str = ""
    available_at: datetime | None = None
    expires_at: datetime | None = None
    reverses: UUID | None = None
    takes_first: UUID | None = None
    to: int | None = None


@dataclass(slots=True)
class Changed:
    """The entries that were made, who was left as before and why, and the act."""

    entries: list[Entry] = field(default_factory=list)
    left: dict[UUID, str] = field(default_factory=dict)
    change_set: UUID | None = None


def change_points(
    *,
    store: Store,
    change: PointChange,
    policy: BelowZero,
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None = None,
) -> Entry:
    """Give a customer points, or take some; the same `key` makes one entry however often it is asked for.

    Raises `Invalid` for no points, `NotFound`, and `NotEnoughPoints`.
    """
    if not change.points or abs(change.points) > MOST:
        raise Invalid(_("Give a number of points other than zero."), field="points")
    with transaction.atomic():
        # Whoever asks at the same moment waits here, and then finds the entry.
        lock_rows(Customer.objects.filter(store=store).only("pk"), [change.customer_id])
        if change.key and (known := Entry.objects.filter(store=store, key=change.key).first()) is not None:
            return known
        changed = change_many(
            store=store, changes=[change], policy=policy, actor=actor, now=now, change_set=change_set
        )
    if not changed.entries:
        why = changed.left[change.customer_id]
        if why == _(GONE):
            raise NotFound(_("This customer does not exist in this store."))
        raise NotEnoughPoints(_("The customer %(why)s.") % {"why": why}, field="points")
    return changed.entries[0]


def change_many(
    *,
    store: Store,
    changes: Sequence[PointChange],
    policy: BelowZero,
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Changed:
    """Change the points of several customers in one act. Whose change is refused by the `policy` is left, and so is
    what was done before under the same key."""
    found = Changed()
    with transaction.atomic():
        rows = Customer.objects.filter(store=store).only("state", "points", "points_pending")
        people = lock_rows(rows, {one.customer_id for one in changes})
        known = queries.known_among(
            store=store,
            keys=[one.key for one in changes if one.key],
            reverses=[one.reverses for one in changes if one.reverses],
        )
        takers = [one.reverses for one in changes if one.reverses and one.points > 0]
        uses_of = queries.uses_of(store=store, takers=takers)
        named = _named(changes).union(*uses_of.values())
        holdings = holdings_of(store=store, people=people.values(), also=named)
        uses: list[Use] = []
        touched: dict[EventKind, list[Touched]] = {}
        opened: OpenChangeSet | None = change_set
        for one in changes:
            person = people.get(one.customer_id)
            why = _(GONE) if person is None else _(FINAL) if person.state == State.ANONYMISED else ""
            if person is None or why:
                found.left[one.customer_id] = why
                continue
            if one.key in known or one.reverses in known:
                found.left.setdefault(one.customer_id, _(AGAIN))
                continue
            holding = holdings[person.pk]
            if one.to is not None:
                one = replace(one, points=one.to - holding.points)
            before = holding.points, holding.pending
            points = _points(holding, one, policy) if one.points else 0
            if not points:
                short = _("has only %(max)s points") % {"max": f"{max(holding.points, 0):,}"}
                found.left[person.pk] = short if one.points else _(EXACTLY)
                continue
            if opened is None:
                opened = open_change_set(
                    store=store, actor=actor, kind=event_of(one.kind, one.points), now=now
                )
            entry = _entry(store, replace(one, points=points), opened, actor, now)
            uses += _apply(holding, entry, one, uses_of, now)
            found.entries.append(entry)
            known |= {one.key, one.reverses} - {"", None}
            after = holding.points, holding.pending
            touched.setdefault(event_of(one.kind, one.points), []).append(
                told_of(entry, before=before, after=after)
            )
        if opened is not None and found.entries:
            _write(store, found.entries, uses, holdings, actor, now)
            found.change_set = opened.id
            for kind, each in touched.items():
                record(change_set=opened, resource="customers", kind=kind, touched=each, now=now)
    return found


def holdings_of(
    *, store: Store, people: Iterable[Customer], also: Collection[UUID] = ()
) -> dict[UUID, Holding]:
    """What these locked customers have, with the entries of which something is left, and the entries `also` named."""
    holdings = {one.pk: Holding(one.points, one.points_pending) for one in people}
    rows = Entry.objects.filter(store=store, customer_id__in=among(holdings))
    columns = ("customer_id", "pk", "points", "left", "pending", "expires_at", "created_at")
    open_ones = rows.filter(left__gt=0).values_list(*columns)
    named = rows.filter(pk__in=among(also), points__gt=0).values_list(*columns) if also else ()
    for customer_id, *facts in (*open_ones, *named):
        holdings[customer_id].givers[facts[0]] = Giver(*facts)
    return holdings


def write_holdings(*, store: Store, holdings: dict[UUID, Holding], new: Collection[UUID] = ()) -> None:
    """Write what is left of entries that were there before (`new` ones are written whole) and the figures.

    The next expiry run is told of what can be spent though its time is over: the last one may have passed it by.
    """
    changed = [
        holding.givers[one] for holding in holdings.values() for one in holding.changed if one not in new
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE loyalty_entry AS entry SET "left" = new."left", pending = new.pending,
                late = new."left" > 0 AND NOT new.pending AND coalesce(entry.expires_at <= greatest(
                    now(), (SELECT until FROM loyalty_expiry WHERE store_id = %s)), false)
            FROM unnest(%s::uuid[], %s::bigint[], %s::boolean[]) AS new (id, "left", pending)
            WHERE entry.store_id = %s AND entry.id = new.id""",
            [
                store.pk,
                [one.id for one in changed],
                [one.left for one in changed],
                [one.pending for one in changed],
                store.pk,
            ],
        )
    set_points(store=store, figures={one: (held.points, held.pending) for one, held in holdings.items()})


def _points(holding: Holding, one: PointChange, policy: BelowZero) -> int:
    """How many points are given or taken; 0 when the policy leaves the customer as before."""
    if one.points > 0:
        return one.points
    taken = holding.takeable(-one.points, policy, first=one.reverses or one.takes_first)
    # An entry is taken back whole or not at all.
    return 0 if one.reverses and taken < -one.points else -taken


def _apply(
    holding: Holding, entry: Entry, one: PointChange, uses_of: dict[UUID, dict[UUID, int]], now: datetime
) -> list[Use]:
    if entry.points < 0:
        taken = holding.take(-entry.points, first=one.reverses or one.takes_first)
        return [
            Use(id=new_id(), store_id=entry.store_id, taker=entry, giver_id=giver, points=points)
            for giver, points in taken.items()
        ]
    giver = Giver(entry.pk, entry.points, entry.points, entry.pending, entry.expires_at, now)
    if one.reverses:
        holding.give_back(uses_of.get(one.reverses, {}), to=giver, now=now)
    else:
        holding.give(giver)
    return []


def _write(
    store: Store,
    entries: list[Entry],
    uses: list[Use],
    holdings: dict[UUID, Holding],
    actor: Actor,
    now: datetime,
) -> None:
    for entry in entries:
        giver = holdings[entry.customer_id].givers.get(entry.pk)
        entry.left = giver.left if giver else 0
        over = entry.expires_at is not None and entry.expires_at <= now
        entry.late = over and entry.left > 0 and not entry.pending
    copy_rows(
        table=Entry._meta.db_table,
        columns=_COLUMNS,
        rows=([getattr(entry, name) for name in _COLUMNS] for entry in entries),
        same={
            "store_id": store.pk,
            "change_set_id": entries[0].change_set_id,
            "author_id": actor.id,
            "author_name": actor.name,
            "created_at": now,
        },
    )
    Use.objects.bulk_create(uses, batch_size=2000)
    write_holdings(store=store, holdings=holdings, new={entry.pk for entry in entries})


def _entry(store: Store, one: PointChange, opened: OpenChangeSet, actor: Actor, now: datetime) -> Entry:
    pending = one.points > 0 and one.available_at is not None and one.available_at > now
    return Entry(
        id=new_id(),
        store=store,
        customer_id=one.customer_id,
        origin_id=one.customer_id,
        kind=one.kind,
        points=one.points,
        pending=pending,
        available_at=one.available_at if pending else None,
        expires_at=one.expires_at if one.points > 0 else None,
        reason=one.reason,
        note=one.note,
        source=one.source,
        source_id=one.source_id,
        rule=one.rule,
        key=one.key,
        reverses_id=one.reverses,
        change_set_id=opened.id,
        author_id=actor.id,
        author_name=actor.name,
        created_at=now,
    )


def _named(changes: Sequence[PointChange]) -> set[UUID]:
    """Entries that a change is about though nothing may be left of them, and whatever those took from."""
    return {one for change in changes for one in (change.reverses, change.takes_first) if one}
