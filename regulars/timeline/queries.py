"""Reading the timeline."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from regulars.stores.models import Store
from regulars.timeline.events import EventKind, kind_of
from regulars.timeline.models import ChangeSet, Event


@dataclass(frozen=True, slots=True)
class Happening:
    """An event as people read it."""

    id: UUID
    kind: EventKind
    at: datetime
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
    *, store: Store, record_id: UUID, limit: int = 50, before: datetime | None = None
) -> list[Happening]:
    """What happened to a record, newest first."""
    events = Event.objects.filter(store=store, record_id=record_id)
    if before is not None:
        events = events.filter(at__lt=before)
    return _read(store, list(events.order_by("-at", "-id")[:limit]))


def happenings_since(*, store: Store, record_id: UUID, version: int) -> list[Happening]:
    """What changed a record after it had this version, oldest first."""
    events = Event.objects.filter(store=store, record_id=record_id, version__gt=version)
    return _read(store, list(events.order_by("version", "at", "id")))


def records_of(*, store: Store, change_set_id: UUID) -> tuple[str, list[UUID]]:
    """The key of an act and the records it touched; nothing when it is not one of this store."""
    act = ChangeSet.objects.filter(store=store, pk=change_set_id).first()
    if act is None:
        return "", []
    touched = Event.objects.filter(store=store, change_set_id=change_set_id).order_by("record_id")
    return act.key, list(touched.values_list("record_id", flat=True))


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
                kind=kind_of(event.key),
                at=event.at,
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
