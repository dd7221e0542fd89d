"""Bringing customers into the tier that they have reached, and out of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from regulars.customers.models import Customer
from regulars.customers.services import set_tiers
from regulars.kit.actor import Actor
from regulars.kit.copying import copy_rows
from regulars.kit.ids import among, new_id
from regulars.kit.locks import lock_rows
from regulars.loyalty import events, tier_queries
from regulars.loyalty.choices import Origin
from regulars.loyalty.models import Membership, Tier
from regulars.loyalty.tier_queries import Found
from regulars.loyalty.tier_rules import Step, next_step
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record

BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Switch:
    """A customer who comes into another tier, or into none."""

    customer_id: UUID
    former: Membership | None
    tier: Tier | None
    origin: Origin = Origin.AUTO
    reason: str = ""
    ends_at: datetime | None = None


@dataclass(slots=True)
class Placed:
    """How many customers went up and down, and how many began or ended to be below their tier."""

    up: int = 0
    down: int = 0
    noted: int = 0
    change_set: OpenChangeSet | None = field(default=None)


def place_all(*, store: Store, actor: Actor, now: datetime) -> Placed:
    """Look at all customers of a store, so many at a time that nobody waits for long."""
    placed, last = Placed(), UUID(int=0)
    while True:
        rows = Customer.objects.filter(store=store, pk__gt=last).order_by("pk")
        ids = list(rows.values_list("pk", flat=True)[:BATCH])
        if not ids:
            return placed
        place_members(store=store, ids=ids, actor=actor, now=now, placed=placed)
        last = ids[-1]


def place_members(
    *,
    store: Store,
    ids: Collection[UUID],
    actor: Actor,
    now: datetime,
    only_up: bool = False,
    placed: Placed | None = None,
) -> Placed:
    """Bring these customers where they belong: up at once, down when the days of grace are over."""
    placed = placed or Placed()
    tiers = {one.pk: one for one in tier_queries.tiers_of(store=store)}
    if not tiers:
        return placed
    found = tier_queries.placed_wrongly(store=store, ids=ids, tiers=tiers.values(), now=now)
    if not _steps(store, found, now, only_up):
        return placed
    with transaction.atomic():
        lock_rows(Customer.objects.filter(store=store).only("pk"), found)
        # Somebody may have moved one of them while this waited.
        found = tier_queries.placed_wrongly(store=store, ids=found, tiers=tiers.values(), now=now)
        steps = _steps(store, found, now, only_up)
        moving = [one for one, step in steps.items() if step in (Step.UP, Step.DOWN)]
        former = tier_queries.in_force(store=store, ids=moving)
        by_step: dict[Step, list[Switch]] = {Step.UP: [], Step.DOWN: []}
        for one in moving:
            deserved = found[one].deserved
            tier = tiers[deserved[0]] if deserved else None
            by_step[steps[one]].append(Switch(one, former.get(one), tier))
        touched = {step: switch_tiers(store=store, switches=each, now=now) for step, each in by_step.items()}
        for step, kind in ((Step.UP, events.TIER_REACHED), (Step.DOWN, events.TIER_LOST)):
            if touched[step]:
                placed.change_set = placed.change_set or open_change_set(
                    store=store, actor=actor, kind=kind, now=now
                )
                record(
                    change_set=placed.change_set,
                    resource="customers",
                    kind=kind,
                    touched=touched[step],
                    now=now,
                )
        placed.up += len(touched[Step.UP])
        placed.down += len(touched[Step.DOWN])
        placed.noted += _note_below(store, found, steps, now)
    return placed


def _steps(store: Store, found: dict[UUID, Found], now: datetime, only_up: bool) -> dict[UUID, Step]:
    steps = {}
    for customer_id, one in found.items():
        step = next_step(one.standing, one.deserved, now=now, zone=store.zone)
        if step is not None and (step == Step.UP or not only_up):
            steps[customer_id] = step
    return steps


def _note_below(store: Store, found: dict[UUID, Found], steps: dict[UUID, Step], now: datetime) -> int:
    noted = 0
    for step, since in ((Step.FELL_BELOW, now), (Step.CAUGHT_UP, None)):
        ids = [found[one].membership for one, each in steps.items() if each == step]
        rows = Membership.objects.filter(store=store, pk__in=among([one for one in ids if one]))
        noted += rows.update(below_since=since) if ids else 0
    return noted


def switch_tiers(
    *, store: Store, switches: Sequence[Switch], now: datetime, actor: Actor | None = None
) -> list[Touched]:
    """End memberships of locked customers and begin the new ones; gives what the history keeps.

    `actor` is who gave a tier by hand.
    """
    if not switches:
        return []
    ended = [one.former.pk for one in switches if one.former]
    Membership.objects.filter(store=store, pk__in=among(ended)).update(until=now)
    made = {one.customer_id: new_id() for one in switches if one.tier}
    copy_rows(
        table=Membership._meta.db_table,
        columns=("id", "customer_id", "tier_id", "ends_at", "origin", "reason", "replaces"),
        rows=(
            (
                made[one.customer_id],
                one.customer_id,
                one.tier.pk,
                one.ends_at,
                one.origin.value,
                one.reason,
                one.former.pk if one.former else None,
            )
            for one in switches
            if one.tier
        ),
        same={
            "store_id": store.pk,
            "since": now,
            "author_id": actor.id if actor else None,
            "author_name": actor.name if actor else "",
        },
    )
    set_tiers(store=store, tiers={one.customer_id: one.tier.name if one.tier else "" for one in switches})
    return [_told(one, made.get(one.customer_id)) for one in switches]


def _told(one: Switch, made: UUID | None) -> Touched:
    former = one.former.tier if one.former else None
    data = {
        "name": one.tier.name if one.tier else "–",
        "former": former.name if former else "–",
        "into": f" into {one.tier.name}" if one.tier else "",
        "because": f": {one.reason}" if one.reason else "",
        "membership": str(made) if made else "",
        "replaces": str(one.former.pk) if one.former else "",
    }
    return Touched(
        one.customer_id,
        0,
        {"tier": former.name if former else ""},
        {"tier": one.tier.name if one.tier else ""},
        data,
    )
