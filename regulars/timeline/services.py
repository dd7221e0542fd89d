"""Writing the timeline: the one door through which every service says what it did."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, transaction

from regulars.jobs.services import Progress
from regulars.kit.actor import Actor
from regulars.kit.copying import copy_rows
from regulars.kit.ids import new_id
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.models import ChangeSet

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Touched:
    """One record as an event keeps it: only the fields that changed, before and after."""

    record_id: UUID
    version: int = 0
    before: Values | None = None
    after: Values | None = None
    data: Values | None = None


Subscriber = Callable[[Store, EventKind, list[Touched], Actor], None]
# Who is told of a kind, and of which facts alone; no facts: of everything.
_subscribers: dict[str, list[tuple[Subscriber, frozenset[str]]]] = {}
_ABOUT = ("store_id", "change_set_id", "key", "resource")


@dataclass(slots=True)
class OpenChangeSet:
    """A change set that further batches of the same act are added to (an import, a large bulk action)."""

    store: Store
    actor: Actor
    id: UUID = field(default_factory=new_id)


def open_change_set(
    *,
    store: Store,
    actor: Actor,
    kind: EventKind,
    now: datetime,
    note: str = "",
    run_id: UUID | None = None,
    undoes: UUID | None = None,
) -> OpenChangeSet:
    """Begin an act of an actor. Call inside the transaction of the write."""
    opened = OpenChangeSet(store=store, actor=actor)
    ChangeSet.objects.create(
        id=opened.id,
        store=store,
        key=kind.key,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
        surface=actor.surface,
        note=note,
        run_id=run_id,
        at=now,
        undoes=undoes,
    )
    return opened


def change_set_of_run(
    *, progress: Progress, actor: Actor, kind: EventKind, note: str, undoes: UUID | None = None
) -> OpenChangeSet:
    """The act of a run: begun once, and gone on with when the run is taken up again."""
    run = progress.run
    if "change_set" in run.cursor:
        return OpenChangeSet(store=progress.store, actor=actor, id=UUID(run.cursor["change_set"]))
    with transaction.atomic():
        opened = open_change_set(
            store=progress.store,
            actor=actor,
            kind=kind,
            now=progress.now,
            note=note,
            run_id=run.pk,
            undoes=undoes,
        )
        progress.add(looked_at=0, done=0, skipped={}, cursor={"change_set": str(opened.id)})
    return opened


def record(
    *, change_set: OpenChangeSet, resource: str, kind: EventKind, touched: Iterable[Touched], now: datetime
) -> None:
    """Keep what happened to each record and tell the subscribers, inside the transaction of the write."""
    rows = [replace(one, data=kind.kept(one.data)) if one.data else one for one in touched]
    if not rows:
        return
    about = change_set.store.pk, change_set.id, kind.key, resource
    columns = ("id", *_ABOUT, "record_id", "version", "before", "after", "data", "at")
    copy_rows(
        table="timeline_event",
        columns=columns,
        rows=(
            (new_id(), *about, row.record_id, row.version, row.before, row.after, row.data, now)
            for row in rows
        ),
    )
    announce(change_set=change_set, kind=kind, touched=rows)


def record_written(
    *,
    change_set: OpenChangeSet,
    resource: str,
    kind: EventKind,
    statement: str,
    values: Mapping[str, Any],
    now: datetime,
    data: Values | None = None,
    own_data: bool = False,
    ahead: str = "",
) -> list[UUID]:
    """Carry out a statement that changes records and keep what it did, without bringing them here; returns their ids.

    The statement returns id, version, before and after of each record it changed; `data` is the same for all, or with
    `own_data` the statement returns that of each record too. `ahead` are statements that it builds on
    (`name AS (…), name AS (…)`), which PostgreSQL wants at the top when they write.
    """
    about: dict[str, Any] = {
        "about_store": change_set.store.pk,
        "change_set": change_set.id,
        "kind": kind.key,
        "resource": resource,
        "at": now,
        "data": None if data is None else orjson.dumps(data).decode(),
    }
    asked = [facts for _subscriber, facts in _subscribers.get(kind.key, ())]
    subscribed = bool(asked)
    # What nobody asked about stays in the database.
    told = "after ?| %(facts_asked)s" if all(asked) else "true"
    about["facts_asked"] = sorted(frozenset().union(*asked))
    parts = ("before::text", "after::text", "data::text" if own_data else "NULL")
    seen = "".join(f", CASE WHEN {told} THEN {part} END" for part in parts)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH {ahead + "," if ahead else ""}
            written (record_id, version, before, after{", data" if own_data else ""}) AS ({statement}), kept AS (
                INSERT INTO timeline_event
                ({", ".join(_ABOUT)}, record_id, version, before, after, at, data)
                SELECT %(about_store)s, %(change_set)s, %(kind)s, %(resource)s,
                record_id, version, before, after, %(at)s, {"data" if own_data else "%(data)s::jsonb"} FROM written
            )
            SELECT record_id, version{seen if subscribed else ""} FROM written""",
            {**values, **about},
        )
        rows = cursor.fetchall()
    if subscribed:
        touched = [
            Touched(
                record_id,
                version,
                orjson.loads(before),
                orjson.loads(after),
                orjson.loads(own) if own else data,
            )
            for record_id, version, before, after, own in rows
            if after is not None
        ]
        announce(change_set=change_set, kind=kind, touched=touched)
    return [row[0] for row in rows]


def announce(*, change_set: OpenChangeSet, kind: EventKind, touched: list[Touched]) -> None:
    """Tell the subscribers of events that were written already, as `copy_events` does not."""
    for subscriber, facts in _subscribers.get(kind.key, ()):
        theirs = [one for one in touched if not facts.isdisjoint(one.after or ())] if facts else touched
        if theirs:
            subscriber(change_set.store, kind, theirs, change_set.actor)


def emit(
    *, store: Store, actor: Actor, resource: str, kind: EventKind, touched: Touched, now: datetime
) -> None:
    """One act on one record."""
    opened = open_change_set(store=store, actor=actor, kind=kind, now=now)
    record(change_set=opened, resource=resource, kind=kind, touched=[touched], now=now)


def subscribe(kind: EventKind, subscriber: Subscriber, *, facts: Iterable[str] = ()) -> None:
    """React to a kind of event inside the transaction of the write; with `facts` only where one of them changed. Called
    from `AppConfig.ready` of a higher part."""
    _subscribers.setdefault(kind.key, []).append((subscriber, frozenset(facts)))


def copy_events(
    *,
    change_set: OpenChangeSet,
    resource: str,
    kind: EventKind,
    record_ids: Sequence[UUID],
    at: datetime | Sequence[datetime],
    version: int = 1,
) -> None:
    """Write the events of very many records that were made at once (imports), at one moment or each at its own."""
    same: dict[str, Any] = dict(
        zip(_ABOUT, (change_set.store.pk, change_set.id, kind.key, resource), strict=True), version=version
    )
    if isinstance(at, datetime):
        rows = ((record_id,) for record_id in record_ids)
        copy_rows(table="timeline_event", columns=("record_id",), rows=rows, same=same | {"at": at})
    else:
        each = zip(record_ids, at, strict=True)
        copy_rows(table="timeline_event", columns=("record_id", "at"), rows=each, same=same)
