"""Undo: taking an act back, in whole or for some of its records, for 30 days.

A part that writes events says with `undoable` how one of its kinds is taken back. Records that were changed since are
left alone and listed. An undo is an act of its own, with events of its own, and can itself be undone.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.jobs.models import Run
from regulars.jobs.services import OPEN, Progress, run_kind, start_run
from regulars.kit.actor import Actor
from regulars.kit.errors import NotFound, Refused
from regulars.kit.words import Words
from regulars.staff.queries import actor_again
from regulars.stores.models import Store
from regulars.timeline.events import EventKind, event_kind, kind_of
from regulars.timeline.models import ChangeSet, Event
from regulars.timeline.services import OpenChangeSet, change_set_of_run, open_change_set

DAYS = 30
AT_ONCE = 500
BATCH = 2000
UNDO = event_kind("change_set.undone", "Undone: {what}", icon="arrow-back-up")


class CannotUndo(Refused):
    """This act cannot be taken back, or not any more."""

    code = "cannot_undo"


@dataclass(frozen=True, slots=True)
class Past:
    """What an act did to one record."""

    event_id: UUID
    key: str
    resource: str
    record_id: UUID
    version: int
    before: dict[str, Any]
    after: dict[str, Any]
    data: dict[str, Any]


class Undo(Protocol):
    """Puts records back as they were. Returns those it left alone, each with the reason; the others are done."""

    def __call__(
        self, *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
    ) -> dict[UUID, str]: ...


@dataclass(slots=True)
class Undone:
    """What became of each record of the act: put back, or left alone and why; or the run that does it."""

    done: list[UUID] = field(default_factory=list)
    left: dict[UUID, str] = field(default_factory=dict)
    change_set: UUID | None = None
    run: Run | None = None


_undos: dict[str, tuple[Undo, str]] = {}
_final: dict[str, Words] = {}


def undoable(kinds: EventKind | Iterable[EventKind], undo: Undo, *, permission: str) -> None:
    """Declare how kinds of events are taken back, and what one must be allowed to do for it."""
    for kind in (kinds,) if isinstance(kinds, EventKind) else kinds:
        if kind.key in _undos:
            raise ValueError(f"The undo of {kind.key} is declared twice.")
        _undos[kind.key] = undo, permission


def final(kind: EventKind, why: Words) -> None:
    """Declare that a kind of events can never be taken back, and what to do instead."""
    if _final.setdefault(kind.key, why) is not why:
        raise ValueError(f"{kind.key} is declared final twice.")


def can_undo(key: str, *, at: datetime, actor: Actor, now: datetime) -> bool:
    """Whether an event of this kind and time can be taken back by this person; for buttons."""
    known = _undos.get(key)
    return known is not None and now - at < timedelta(days=DAYS) and actor.may(known[1])


def may_undo(*, store: Store, change_set_id: UUID, actor: Actor, now: datetime) -> bool:
    """Whether this person can take this act back now; for buttons."""
    try:
        _check(_act(store, change_set_id), actor, now)
    except Refused:
        return False
    return True


def undo_change_set(
    *,
    store: Store,
    change_set_id: UUID,
    only: Collection[UUID] = (),
    actor: Actor,
    now: datetime,
    wait: bool = False,
) -> Undone:
    """Take an act back, for all its records or `only` some.

    More than 500 records become a run of the worker, unless the caller wants to `wait` for it. Raises `NotFound`,
    `NotAllowed` and `CannotUndo`.
    """
    act = _act(store, change_set_id)
    _check(act, actor, now)
    events = _events(act, only)
    if events[: AT_ONCE + 1].count() <= AT_ONCE:
        with transaction.atomic():
            opened = open_change_set(
                store=store, actor=actor, kind=UNDO, now=now, note=_what(act), undoes=act.pk
            )
            left = _take_back(store, _pasts(events), actor, now, opened)
        touched = set(events.values_list("record_id", flat=True))
        return Undone(done=sorted(touched - set(left)), left=left, change_set=opened.id)
    run = start_run(
        store=store,
        kind="timeline.undo",
        arguments={
            "change_set": str(act.pk),
            "only": [str(one) for one in only],
            "asked_at": now.isoformat(),
            "actor": actor.as_json(),
        },
        actor=actor,
        enqueue=not wait,
    )
    return Undone(run=run)


def rehearse_undo(
    *, store: Store, change_set_id: UUID, only: Collection[UUID] = (), actor: Actor, now: datetime
) -> Undone:
    """What an undo would do, found by doing it and taking it back at once. Of very many records it tells nothing."""
    act = _act(store, change_set_id)
    _check(act, actor, now)
    if _events(act, only)[: AT_ONCE + 1].count() > AT_ONCE:
        return Undone()
    with transaction.atomic():
        found = undo_change_set(store=store, change_set_id=change_set_id, only=only, actor=actor, now=now)
        transaction.set_rollback(True)
    return found


@run_kind("timeline.undo")
def undo_run(progress: Progress) -> None:
    """Take a large act back in batches, newest first."""
    arguments, store = progress.run.arguments, progress.store
    actor = actor_again(store=store, who=arguments["actor"], surface="worker")
    act = _act(store, UUID(arguments["change_set"]))
    _check(act, actor, datetime.fromisoformat(arguments["asked_at"]))
    events = _events(act, [UUID(one) for one in arguments["only"]])
    opened = change_set_of_run(progress=progress, actor=actor, kind=UNDO, note=_what(act), undoes=act.pk)
    if not progress.run.total:
        progress.set_total(events.count())
    while True:
        progress.stop_if_cancelled()
        before = progress.run.cursor.get("before")
        rest = events.filter(pk__lt=UUID(before)) if before else events
        pasts = _pasts(rest.order_by("-pk")[:BATCH])
        if not pasts:
            return
        with transaction.atomic():
            left = _take_back(store, pasts, actor, progress.now, opened)
            progress.add(
                looked_at=len(pasts),
                done=len({past.record_id for past in pasts} - set(left)),
                skipped=left,
                cursor={"before": str(pasts[-1].event_id)},
            )


def _act(store: Store, change_set_id: UUID) -> ChangeSet:
    act = ChangeSet.objects.filter(store=store, pk=change_set_id).first()
    if act is None:
        raise NotFound(_("There is no such change in this store."))
    return act


def _check(act: ChangeSet, actor: Actor, now: datetime) -> None:
    if now - act.at >= timedelta(days=DAYS):
        raise CannotUndo(
            _("This is more than %(days)s days ago and cannot be undone any more.") % {"days": DAYS}
        )
    if act.run_id and Run.objects.filter(store=act.store, pk=act.run_id, state__in=OPEN).exists():
        raise CannotUndo(_("This is still being done. Stop it first, or wait until it is done."))
    keys = set(
        Event.objects.filter(store=act.store, change_set_id=act.pk).values_list("key", flat=True).distinct()
    )
    if why := next((_final[key] for key in sorted(keys) if key in _final), ""):
        raise CannotUndo(str(why))
    known = [_undos[key] for key in keys if key in _undos]
    if not known or len(known) < len(keys):
        raise CannotUndo(_("This cannot be undone."))
    for _undo, permission in known:
        actor.require(permission)


def _events(act: ChangeSet, only: Collection[UUID]) -> Any:
    events = Event.objects.filter(store=act.store, change_set_id=act.pk)
    return events.filter(record_id__in=list(only)) if only else events


def _pasts(events: Any) -> list[Past]:
    rows = events if events.query.is_sliced else events.order_by("-pk")
    return [
        Past(event_id, key, resource, record_id, version, before or {}, after or {}, data or {})
        for event_id, key, resource, record_id, version, before, after, data in rows.values_list(
            "pk", "key", "resource", "record_id", "version", "before", "after", "data"
        )
    ]


def _what(act: ChangeSet) -> str:
    kind = kind_of(act.key)
    return act.note if act.note and "{file}" not in kind.sentence else kind.say({"file": act.note})


def _take_back(
    store: Store, pasts: list[Past], actor: Actor, now: datetime, opened: OpenChangeSet
) -> dict[UUID, str]:
    """Newest first; a record's several events one after the other, events of one kind together."""
    left: dict[UUID, str] = {}
    for pasts_by_key in _rounds(pasts):
        for key, each in pasts_by_key.items():
            undo, _permission = _undos[key]
            going = [past for past in each if past.record_id not in left]
            if going:
                left |= undo(store=store, pasts=going, actor=actor, now=now, change_set=opened)
    return left


def _rounds(pasts: list[Past]) -> list[dict[str, list[Past]]]:
    rounds: list[dict[str, list[Past]]] = []
    seen: dict[UUID, int] = {}
    for past in pasts:
        turn = seen.get(past.record_id, 0)
        seen[past.record_id] = turn + 1
        if turn == len(rounds):
            rounds.append({})
        rounds[turn].setdefault(past.key, []).append(past)
    return rounds
