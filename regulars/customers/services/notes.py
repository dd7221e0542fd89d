"""Notes about customers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.customers import events
from regulars.customers.models import Note
from regulars.customers.rules import as_json
from regulars.customers.services.edit import lock_customer
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid, NotAllowed, NotFound
from regulars.kit.ids import new_id
from regulars.kit.text import storable
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import Touched, emit

MAX_LENGTH = 10_000
# What it takes to put a removed note back.
KEPT = ("body", "author_id", "author_name", "pinned", "created_at", "edited_at")


def add_note(
    *, store: Store, customer_id: UUID, body: str, actor: Actor, now: datetime, pinned: bool = False
) -> Note:
    """Write a note about a customer. Raises `NotFound`, `Final` and `Invalid` (empty or too long)."""
    body = _clean(body)
    with transaction.atomic():
        lock_customer(store=store, customer_id=customer_id)
        note = Note.objects.create(
            id=new_id(),
            store=store,
            customer_id=customer_id,
            body=body,
            author_id=actor.id,
            author_name=actor.name,
            pinned=pinned,
            created_at=now,
        )
        _tell(store, actor, events.NOTED, note, now, after={"body": body})
    return note


def edit_note(*, store: Store, note_id: UUID, body: str, actor: Actor, now: datetime) -> Note:
    """Change a note; the earlier text stays in the history. Only its author, or who may manage notes, can."""
    body = _clean(body)
    with transaction.atomic():
        note = _lock(store, note_id, actor)
        if note.body != body:
            before = note.body
            note.body, note.edited_at = body, now
            note.save(update_fields=["body", "edited_at"])
            _tell(store, actor, events.NOTE_EDITED, note, now, before={"body": before}, after={"body": body})
    return note


def pin_note(*, store: Store, note_id: UUID, pinned: bool, actor: Actor, now: datetime) -> Note:
    """Pin a note on top, or let it go back in line."""
    with transaction.atomic():
        note = _lock(store, note_id, None)
        if note.pinned != pinned:
            note.pinned = pinned
            note.save(update_fields=["pinned"])
            kind = events.NOTE_PINNED if pinned else events.NOTE_UNPINNED
            _tell(store, actor, kind, note, now, before={"pinned": not pinned}, after={"pinned": pinned})
    return note


def remove_note(*, store: Store, note_id: UUID, actor: Actor, now: datetime) -> None:
    """Take a note away; its text stays in the history. Only its author, or who may manage notes, can."""
    with transaction.atomic():
        note = _lock(store, note_id, actor)
        kept = {name: as_json(getattr(note, name)) for name in KEPT}
        _tell(store, actor, events.NOTE_REMOVED, note, now, before=kept)
        note.delete()


def _clean(body: str) -> str:
    body = storable(body).strip()
    if not body:
        raise Invalid(_("Write something first."), field="body")
    if len(body) > MAX_LENGTH:
        raise Invalid(
            _("A note can be %(max_length)s characters long; this one has %(count)s.")
            % {"max_length": f"{MAX_LENGTH:,}", "count": f"{len(body):,}"},
            field="body",
        )
    return body


def _lock(store: Store, note_id: UUID, author: Actor | None) -> Note:
    note = Note.objects.select_for_update().filter(store=store, pk=note_id).first()
    if note is None:
        raise NotFound(_("This note does not exist any more."))
    if author is not None and note.author_id != author.id and not author.may("notes.manage"):
        raise NotAllowed(_("Only the author, a manager or an owner can change this note."))
    return note


def _tell(store: Store, actor: Actor, kind: EventKind, note: Note, now: datetime, **values: Any) -> None:
    touched = Touched(note.customer_id, data={"note": str(note.pk)}, **values)
    emit(store=store, actor=actor, resource="customers", kind=kind, touched=touched, now=now)
