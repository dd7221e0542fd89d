"""Taking entries back by entries of the opposite; the ledger itself never loses a line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.kit.actor import Actor
from regulars.kit.errors import NotFound
from regulars.loyalty import events, queries
from regulars.loyalty.choices import BelowZero, Kind, Source
from regulars.loyalty.models import Entry
from regulars.loyalty.services.change import AGAIN, GONE, Changed, NotEnoughPoints, PointChange, change_many
from regulars.loyalty.services.plain_undo import take_back_plainly
from regulars.resources.action import Outcome
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, open_change_set
from regulars.timeline.undoing import Past


@dataclass(frozen=True, slots=True)
class _Act:
    """Who takes entries back, when, why, and what becomes of points that were spent since."""

    store: Store
    reason: str
    policy: BelowZero
    actor: Actor
    now: datetime
    change_set: OpenChangeSet | None

    def take_back(self, entries: Sequence[Entry]) -> Changed:
        """Take these entries back, each by one of the opposite."""
        changes = [
            PointChange(
                entry.customer_id,
                -entry.points,
                Kind.REVERSE,
                reason=self.reason,
                source=Source(entry.source),
                source_id=entry.source_id,
                rule=entry.rule,
                reverses=entry.pk,
            )
            for entry in entries
        ]
        return change_many(
            store=self.store,
            changes=changes,
            policy=self.policy,
            actor=self.actor,
            now=self.now,
            change_set=self.change_set,
        )

    def take_transfer_back(self, entries: Sequence[Entry]) -> str:
        """Take both sides of a transfer back, or neither; says why neither."""
        if self.change_set is not None:
            back = Entry.objects.filter(store=self.store, reverses__in=[one.pk for one in entries])
            if back.filter(change_set_id=self.change_set.id).count() == len(entries):
                return ""  # done in this very act, when the other side was asked for
        with transaction.atomic():
            changed = self.take_back(entries)
            if changed.left:
                transaction.set_rollback(True)
        return next(iter(changed.left.values()), "")


def undo_points(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Take back what was given or taken; who has spent it since keeps it, unless the programme allows debt."""
    asked_for = {UUID(past.data["entry"]): past for past in pasts}
    with transaction.atomic():
        done = take_back_plainly(store=store, entries=asked_for, change_set=change_set, now=now)
    told = {entry: past for entry, past in asked_for.items() if entry not in done}
    if not told:
        return {}
    # By whose it is now: a merge may have given it to another customer since.
    entries = {one.pk: one for one in Entry.objects.filter(store=store, pk__in=told)}
    left = {past.record_id: _(AGAIN) for entry, past in told.items() if entry not in entries}
    act = _Act(store, "", BelowZero(queries.programme_of(store=store).below_zero), actor, now, change_set)
    single = [one for one in entries.values() if one.kind != Kind.TRANSFER]
    changed = act.take_back(single)
    asked: dict[UUID, list[Past]] = {}
    for entry in single:
        asked.setdefault(entry.customer_id, []).append(told[entry.pk])
    for customer_id, why in changed.left.items():
        left |= {past.record_id: why for past in asked[customer_id]}
    for sides in _transfers(store, entries.values()):
        if why := act.take_transfer_back(sides):
            left |= {told[one.pk].record_id: why for one in sides if one.pk in told}
    return left


def void_entry(*, store: Store, entry_id: UUID, reason: str, actor: Actor, now: datetime) -> Entry:
    """Take one entry back, with the reason; points that were spent since become a debt.

    Raises `NotFound`, and `NotEnoughPoints` when it was taken back already.
    """
    done = void_points(
        store=store, ids=[entry_id], inputs={"reason": reason}, actor=actor, now=now, change_set=None
    )
    if why := done.skipped.get(entry_id):
        if why == _(GONE):
            raise NotFound(_("There is no such entry of points in this store."))
        raise NotEnoughPoints(_("This entry %(why)s.") % {"why": why})
    return Entry.objects.get(store=store, reverses=entry_id)


def void_points(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Take entries back with the reason, of a transfer both sides; points that were spent since become a debt."""
    outcome = Outcome()
    entries = {one.pk: one for one in Entry.objects.filter(store=store, pk__in=ids)}
    outcome.skipped = {one: _(GONE) for one in ids if one not in entries}
    with transaction.atomic():
        reversing = Entry.objects.filter(store=store, reverses__in=list(entries))
        back = {one for one in reversing.values_list("reverses", flat=True) if one is not None}
        outcome.skipped |= dict.fromkeys(back, _(AGAIN))
        going = [one for pk, one in entries.items() if pk not in back]
        if not going:
            return outcome
        opened = change_set or open_change_set(store=store, actor=actor, kind=events.REVERSED, now=now)
        act = _Act(store, inputs.get("reason") or "", BelowZero.DEBT, actor, now, opened)
        changed = act.take_back([one for one in going if one.kind != Kind.TRANSFER])
        for sides in _transfers(store, going):
            if why := act.take_transfer_back(sides):
                outcome.skipped |= {one.pk: why for one in sides if one.pk in entries}
        outcome.skipped |= {
            one.pk: changed.left[one.customer_id]
            for one in going
            if one.kind != Kind.TRANSFER
            and one.customer_id in changed.left
            and not any(made.reverses_id == one.pk for made in changed.entries)
        }
        outcome.done = [one.pk for one in going if one.pk not in outcome.skipped]
        outcome.change_set = opened.id
        if not outcome.done and change_set is None:
            transaction.set_rollback(True)
            outcome.change_set = None
    return outcome


def _transfers(store: Store, entries: Iterable[Entry]) -> list[list[Entry]]:
    """Both sides of each transfer that these entries are of; taken from the one who got them first."""
    found: dict[UUID | None, list[Entry]] = {}
    named = {one.source_id for one in entries if one.kind == Kind.TRANSFER}
    sides = Entry.objects.filter(store=store, kind=Kind.TRANSFER, source_id__in=named) if named else ()
    for one in sorted(sides, key=lambda side: (-side.points, side.pk)):
        found.setdefault(one.source_id, []).append(one)
    return list(found.values())
