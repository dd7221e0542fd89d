"""Taking back what was done with segments; what was changed since is left alone."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.kit.actor import Actor
from regulars.kit.errors import Refused
from regulars.segments import events
from regulars.segments.models import Segment
from regulars.segments.queries import segments_of
from regulars.segments.rules import EDIT, FILL
from regulars.segments.services.changes import delete_segment, edit_segment, restore_segment
from regulars.segments.services.checking import SegmentFacts
from regulars.segments.services.members import enter_again, leave_again, lock_static
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet
from regulars.timeline.undoing import Past, undoable


def undo_made(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Delete segments that were made, or brought back, unless they were changed since or are used by now."""

    def delete(past: Past) -> str:
        segment = _known(store, past)
        if segment is None:
            return _("is deleted already")
        if segment.version != past.version:
            return _("was changed since")
        delete_segment(store=store, segment_id=segment.pk, actor=actor, now=now, change_set=change_set)
        return ""

    return _each(pasts, delete)


def undo_edited(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Give segments the facts they had before."""

    def edit(past: Past) -> str:
        segment = _known(store, past)
        if segment is None:
            return _("is deleted")
        if any(getattr(segment, name) != value for name, value in past.after.items()):
            return _("was changed since")
        known = {"name": segment.name, "kind": segment.kind, "where": segment.where, "note": segment.note}
        edit_segment(
            store=store,
            segment_id=segment.pk,
            facts=SegmentFacts(**(known | past.before)),
            base_version=None,
            actor=actor,
            now=now,
            accept_uses=True,
            change_set=change_set,
        )
        return ""

    return _each(pasts, edit)


def undo_deleted(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Bring deleted segments back with their members."""

    def restore(past: Past) -> str:
        restore_segment(store=store, segment_id=past.record_id, actor=actor, now=now, change_set=change_set)
        return ""

    return _each(pasts, restore)


def undo_entered(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Take customers out of the segment they were put into."""
    return _by_segment(
        pasts,
        store,
        _("is not in the segment any more"),
        lambda segment, ids: leave_again(
            segment=segment, customer_ids=ids, actor=actor, now=now, change_set=change_set
        ),
    )


def undo_left(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Put customers back into the segment they were taken out of, as if they had never left."""
    return _by_segment(
        pasts,
        store,
        _("is in the segment again, or was erased"),
        lambda segment, ids: enter_again(segment=segment, customer_ids=ids, now=now, change_set=change_set),
    )


def declare_undo() -> None:
    """Make what is done with segments undoable. Called once, at start."""
    undoable((events.CREATED, events.RESTORED), undo_made, permission=EDIT)
    undoable(events.EDITED, undo_edited, permission=EDIT)
    undoable(events.DELETED, undo_deleted, permission=EDIT)
    undoable(events.ENTERED, undo_entered, permission=FILL)
    undoable(events.LEFT, undo_left, permission=FILL)


def _known(store: Store, past: Past) -> Segment | None:
    return segments_of(store).filter(pk=past.record_id).first()


def _each(pasts: list[Past], undo: Callable[[Past], str]) -> dict[UUID, str]:
    left: dict[UUID, str] = {}
    for past in pasts:
        try:
            with transaction.atomic():
                why = undo(past)
        except Refused as refusal:
            why = refusal.sentence
        if why:
            left[past.record_id] = why
    return left


def _by_segment(
    pasts: list[Past], store: Store, why: str, undo: Callable[[Segment, list[UUID]], list[UUID]]
) -> dict[UUID, str]:
    left: dict[UUID, str] = {}
    for segment_id in sorted({past.data["segment_id"] for past in pasts}):
        ids = [past.record_id for past in pasts if past.data["segment_id"] == segment_id]
        segment = lock_static(store=store, segment_id=UUID(segment_id))
        if segment is None:
            left |= dict.fromkeys(ids, _("the segment was deleted, or is dynamic now"))
            continue
        done = set(undo(segment, ids))
        left |= {one: why for one in ids if one not in done}
    return left
