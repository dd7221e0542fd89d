"""Reading the timeline."""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count
from django.utils.translation import gettext as _

from regulars.kit.errors import NotFound
from regulars.stores.models import Store
from regulars.timeline.events import EventKind, kind_of
from regulars.timeline.models import ChangeSet, Event

# The records of an act are counted up to here; more are "more than".
COUNTED_RECORDS = 1000
# Events of later acts that are looked through for records of an earlier one.
LOOKED_AT = 20_000


@dataclass(frozen=True, slots=True)
class Happening:
    """An event as people read it."""

    id: UUID
    change_set_id: UUID
    record_id: UUID
    kind: EventKind
    at: datetime
    actor_id: UUID | None
    actor_name: str
    actor_kind: str
    surface: str
    version: int
    before: dict[str, Any]
    after: dict[str, Any]
    data: dict[str, Any]

    @property
    def sentence(self) -> str:
        return self.kind.say(self.data)


def happenings(
    *,
    store: Store,
    record_id: UUID,
    limit: int = 50,
    before: datetime | None = None,
    also: Iterable[UUID] = (),
    keys: Collection[str] = (),
) -> list[Happening]:
    """What happened to a record, newest first; and to those that went into it, or of some kinds only, if wanted."""
    events = Event.objects.filter(store=store, record_id__in=[record_id, *also])
    if keys:
        events = events.filter(key__in=keys)
    if before is not None:
        events = events.filter(at__lt=before)
    return _read(store, list(events.order_by("-at", "-id")[:limit]))


def happened_at(*, store: Store, record_id: UUID) -> datetime | None:
    """When the latest thing happened to a record; for parts that react to it, inside the same transaction."""
    events = Event.objects.filter(store=store, record_id=record_id).order_by("-pk")
    return events.values_list("at", flat=True).first()


def happenings_since(*, store: Store, record_id: UUID, version: int) -> list[Happening]:
    """What changed a record after it had this version, oldest first."""
    events = Event.objects.filter(store=store, record_id=record_id, version__gt=version)
    return _read(store, list(events.order_by("version", "at", "id")))


def happenings_of(*, store: Store, ids: Iterable[UUID]) -> list[Happening]:
    """These events in words, oldest first."""
    return _read(store, list(Event.objects.filter(store=store, pk__in=list(ids)).order_by("pk")))


def last_before(*, store: Store, record_ids: Iterable[UUID], key: str, field: str) -> dict[UUID, Any]:
    """What a field of each record was before the latest event of a kind."""
    events = Event.objects.filter(store=store, record_id__in=list(record_ids), key=key)
    latest = events.order_by("record_id", "-at", "-id").distinct("record_id")
    return {
        record_id: before[field]
        for record_id, before in latest.values_list("record_id", "before")
        if before and field in before
    }


def _read(store: Store, events: list[Event]) -> list[Happening]:
    sets = ChangeSet.objects.filter(store=store).in_bulk({event.change_set_id for event in events})
    found = []
    for event in events:
        act = sets[event.change_set_id]
        found.append(
            Happening(
                id=event.pk,
                change_set_id=event.change_set_id,
                record_id=event.record_id,
                kind=kind_of(event.key),
                at=event.at,
                actor_id=act.actor_id,
                actor_name=act.actor_name,
                actor_kind=act.actor_kind,
                surface=act.surface,
                version=event.version,
                before=event.before or {},
                after=event.after or {},
                data=event.data or {},
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Asked:
    """What the audit is narrowed down to; `before` is the last act of the page before."""

    actor_id: UUID | None = None
    key: str = ""
    surface: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: UUID | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One act of one actor, with how many records it touched (counted up to 1,000), and the first of them."""

    id: UUID
    key: str
    sentence: str
    at: datetime
    actor_id: UUID | None
    actor_kind: str
    actor_name: str
    surface: str
    undoes: UUID | None
    run_id: UUID | None
    records: int = 0
    resource: str = ""
    record_id: UUID | None = None


def way_of(one: Happening | Act) -> str:
    """The surface through which somebody did something, as far as that is worth telling: what the install does by
    itself, like sending a mail, is done by the worker, but not in bulk as a person's large act is."""
    return "" if one.surface == "worker" and one.actor_id is None else one.surface


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who did something, as far as the history knows."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class OneEvent:
    """What an act did to one record."""

    key: str
    resource: str
    record_id: UUID
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)


def acts(*, store: Store, asked: Asked, limit: int) -> list[Act]:
    """The acts of a store, newest first."""
    return _with_records(store, _change_sets(store, asked, limit))


def _change_sets(store: Store, asked: Asked, limit: int) -> list[ChangeSet]:
    found = ChangeSet.objects.filter(store=store)
    if asked.actor_id:
        found = found.filter(actor_id=asked.actor_id)
    if asked.key:
        found = found.filter(key=asked.key)
    if asked.surface:
        found = found.filter(surface=asked.surface)
    if asked.since:
        found = found.filter(at__gte=asked.since)
    if asked.until:
        found = found.filter(at__lt=asked.until)
    if asked.before:
        last = ChangeSet.objects.filter(store=store, pk=asked.before).first()
        if last is None:
            raise NotFound(_("There is no such change in this store."))
        found = found.filter(at__lte=last.at).exclude(at=last.at, pk__gte=last.pk)
    return list(found.order_by("-at", "-id")[:limit])


def get_act(*, store: Store, change_set_id: UUID) -> Act:
    """One act. Raises `NotFound`."""
    found = ChangeSet.objects.filter(store=store, pk=change_set_id).first()
    if found is None:
        raise NotFound(_("There is no such change in this store."))
    return _with_records(store, [found])[0]


def _with_records(store: Store, found: list[ChangeSet]) -> list[Act]:
    if not found:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT act.id, counted.records, first.data, first.resource, first.record_id
            FROM unnest(%s::uuid[]) AS act (id),
            LATERAL (SELECT count(*) AS records FROM (SELECT 1 FROM timeline_event AS event
                WHERE event.store_id = %s AND event.change_set_id = act.id LIMIT %s) AS part) AS counted
            LEFT JOIN LATERAL (SELECT event.data, event.resource, event.record_id FROM timeline_event AS event
                WHERE event.store_id = %s AND event.change_set_id = act.id LIMIT 1) AS first ON true""",
            [[act.pk for act in found], store.pk, COUNTED_RECORDS + 1, store.pk],
        )
        told = {row[0]: row[1:] for row in cursor.fetchall()}
    return [
        Act(
            id=act.pk,
            key=act.key,
            sentence=kind_of(act.key).say(
                {"file": act.note} | _said(told[act.pk][1]) | {"action": act.note, "what": act.note}
            ),
            at=act.at,
            actor_id=act.actor_id,
            actor_kind=act.actor_kind,
            actor_name=act.actor_name,
            surface=act.surface,
            undoes=act.undoes,
            run_id=act.run_id,
            records=told[act.pk][0],
            resource=told[act.pk][2] or "",
            record_id=told[act.pk][3],
        )
        for act in found
    ]


def _said(data: Any) -> dict[str, Any]:
    """The data of an event; a raw query gives it as text."""
    found = json.loads(data) if isinstance(data, str) else data
    return dict(found or {})


def pasts_of(
    *, store: Store, change_set_id: UUID, limit: int, first: Collection[UUID] = ()
) -> list[OneEvent]:
    """What an act did to its first records, to those that are to come `first` before all."""
    events = Event.objects.filter(store=store, change_set_id=change_set_id).order_by("pk")
    ahead = list(events.filter(record_id__in=list(first)[:limit])[:limit]) if first else []
    rest = events.exclude(pk__in=[event.pk for event in ahead])[: limit - len(ahead)]
    return [_one(event) for event in [*ahead, *rest]]


def records_by_kind(*, store: Store, change_set_id: UUID) -> dict[str, int]:
    """How many records an act did each kind of thing to."""
    events = Event.objects.filter(store=store, change_set_id=change_set_id).values("key")
    return dict(events.annotate(number=Count("pk")).order_by("key").values_list("key", "number"))


def touched_since(*, store: Store, change_set_id: UUID, limit: int) -> list[UUID]:
    """Some of an act's records to which something happened in a later act."""
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH later AS (
                SELECT event.record_id FROM timeline_changeset AS act
                JOIN timeline_event AS event ON event.store_id = act.store_id AND event.change_set_id = act.id
                WHERE act.store_id = %(store)s AND act.id > %(act)s LIMIT %(looked_at)s
            )
            SELECT DISTINCT record_id FROM later WHERE EXISTS (
                SELECT 1 FROM timeline_event AS own
                WHERE own.store_id = %(store)s AND own.record_id = later.record_id AND own.change_set_id = %(act)s
            ) LIMIT %(limit)s""",
            {"store": store.pk, "act": change_set_id, "looked_at": LOOKED_AT, "limit": limit},
        )
        return [record_id for (record_id,) in cursor.fetchall()]


def undone_by(*, store: Store, change_set_id: UUID) -> Act | None:
    """The latest act that took this one back, in whole or in part."""
    undos = ChangeSet.objects.filter(store=store, key="change_set.undone", undoes=change_set_id)
    found = undos.order_by("-at", "-pk").first()
    return _with_records(store, [found])[0] if found else None


def undone_among(*, store: Store, change_set_ids: Collection[UUID]) -> set[UUID]:
    """Those of the acts that were taken back, in whole or in part."""
    undos = ChangeSet.objects.filter(store=store, key="change_set.undone", undoes__in=change_set_ids)
    return {undone for undone in undos.values_list("undoes", flat=True) if undone}


def _one(event: Event) -> OneEvent:
    return OneEvent(
        event.key,
        event.resource,
        event.record_id,
        event.before or {},
        event.after or {},
        event.data or {},
    )


def every_event(*, store: Store, asked: Asked, size: int = 200) -> Iterator[tuple[ChangeSet, OneEvent]]:
    """All events of the acts that are asked for, newest act first, in constant memory."""
    while found := _change_sets(store, asked, size):
        by_id = {act.pk: act for act in found}
        events = Event.objects.filter(store=store, change_set_id__in=list(by_id)).order_by("-at", "-pk")
        for event in events.iterator(chunk_size=2000):
            yield by_id[event.change_set_id], _one(event)
        asked = replace(asked, before=found[-1].pk)


def actors(*, store: Store, limit: int = 200) -> list[Person]:
    """Who did anything in this store, by name."""
    found = (
        ChangeSet.objects.filter(store=store, actor_id__isnull=False)
        .order_by("actor_id", "-at")
        .distinct("actor_id")
        .values_list("actor_id", "actor_name")[:limit]
    )
    people = [Person(actor_id, name) for actor_id, name in found if actor_id is not None]
    return sorted(people, key=lambda one: one.name.casefold())


def keys_used(*, store: Store) -> list[str]:
    """The kinds of acts that happened in this store."""
    return sorted(ChangeSet.objects.filter(store=store).values_list("key", flat=True).distinct())


def count_acts(*, store: Store, actor_id: UUID | None, kinds: Iterable[EventKind], since: datetime) -> int:
    """How often somebody has done one of these since a moment."""
    acts = ChangeSet.objects.filter(store=store, actor_id=actor_id, at__gte=since)
    return acts.filter(key__in=[kind.key for kind in kinds]).count()
