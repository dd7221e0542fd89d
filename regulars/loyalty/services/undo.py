"""Taking entries back by entries of the opposite; the ledger itself never loses a line."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from regulars.kit.actor import Actor
from regulars.kit.errors import NotFound
from regulars.loyalty import queries
from regulars.loyalty.choices import BelowZero, Kind
from regulars.loyalty.models import Entry
from regulars.loyalty.services.change import AGAIN, Changed, NotEnoughPoints, PointChange, change_many
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet
from regulars.timeline.undoing import Past


def undo_points(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Take back what was given or taken; who has spent it since keeps it, unless the programme allows debt."""
    told = {UUID(past.data["entry"]): past for past in pasts}
    # By whose it is now: a merge may have given it to another customer since.
    entries = {one.pk: one for one in Entry.objects.filter(store=store, pk__in=told)}
    left = {past.record_id: AGAIN for entry, past in told.items() if entry not in entries}
    policy = BelowZero(queries.programme_of(store=store).below_zero)
    changed = _take_back(store, list(entries.values()), "", policy, actor, now, change_set)
    asked: dict[UUID, list[Past]] = {}
    for entry in entries.values():
        asked.setdefault(entry.customer_id, []).append(told[entry.pk])
    for customer_id, why in changed.left.items():
        left |= {past.record_id: why for past in asked[customer_id]}
    return left


def void_entry(*, store: Store, entry_id: UUID, reason: str, actor: Actor, now: datetime) -> Entry:
    """Take one entry back, with the reason; points that were spent since become a debt.

    Raises `NotFound`, and `NotEnoughPoints` when it was taken back already.
    """
    entry = Entry.objects.filter(store=store, pk=entry_id).first()
    if entry is None:
        raise NotFound("There is no such entry of points in this store.")
    changed = _take_back(store, [entry], reason, BelowZero.DEBT, actor, now, None)
    if not changed.entries:
        raise NotEnoughPoints(f"This entry {changed.left[entry.customer_id]}.")
    return changed.entries[0]


def _take_back(
    store: Store,
    entries: Sequence[Entry],
    reason: str,
    policy: BelowZero,
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Changed:
    changes = [
        PointChange(
            entry.customer_id,
            -entry.points,
            Kind.REVERSE,
            reason=reason,
            source=entry.source,
            source_id=entry.source_id,
            reverses=entry.pk,
        )
        for entry in entries
    ]
    return change_many(
        store=store, changes=changes, policy=policy, actor=actor, now=now, change_set=change_set
    )
