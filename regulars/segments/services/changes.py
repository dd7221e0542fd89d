"""Making, changing and deleting segments."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid, NotFound, Refused
from regulars.kit.ids import new_id
from regulars.resources.language import MAX_LENGTH, parse, write
from regulars.segments import events
from regulars.segments.choices import SegmentKind
from regulars.segments.models import Segment
from regulars.segments.names import Naming, key_of, renamed
from regulars.segments.queries import Use, list_segments, segments_of, uses_of
from regulars.segments.services.checking import SegmentFacts, check_segment, check_those_made_of, clean_facts
from regulars.segments.services.refresh import refresh_segment
from regulars.segments.uses import register_use, rewriter_of, uses_of_name
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record


class NameTaken(Refused):
    """Another segment of the store has the name."""

    code = "name_taken"


class Changed(Refused):
    """Somebody else changed the segment since it was looked at."""

    code = "changed_since"


class SegmentInUse(Refused):
    """Saved queries name the segment; `uses` says which."""

    code = "segment_in_use"

    def __init__(self, sentence: str, uses: list[Use]) -> None:
        named = ", ".join(f"{use.kind} “{use.name}”" for use in uses[:5])
        more = _(" and %(count)s more") % {"count": len(uses) - 5} if len(uses) > 5 else ""
        super().__init__(
            _("%(sentence)s Used by: %(named)s%(more)s.")
            % {"sentence": sentence, "named": named, "more": more}
        )
        self.uses = uses


def create_segment(
    *,
    store: Store,
    facts: SegmentFacts,
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None = None,
) -> Segment:
    """Make a segment; a dynamic one is counted with its next refresh.

    Raises `NameTaken`, `Invalid`, and `QueryError` pointing at the word of the conditions that is wrong.
    """
    facts = clean_facts(facts)
    segment = Segment(
        id=new_id(),
        store=store,
        name=facts.name,
        name_key=key_of(facts.name),
        kind=facts.kind,
        where=facts.where,
        note=facts.note,
        created_by_id=actor.id,
        created_by_name=actor.name,
        created_at=now,
    )
    with _one_change_at_a_time(store):
        check_segment(segment=segment, actor=actor, now=now)
        segment.save(force_insert=True)
        _tell(segment, events.CREATED, actor, now, change_set, after=_as_json(segment))
    return segment


def edit_segment(
    *,
    store: Store,
    segment_id: UUID,
    facts: SegmentFacts,
    base_version: int | None,
    actor: Actor,
    now: datetime,
    accept_uses: bool = False,
    change_set: OpenChangeSet | None = None,
) -> Segment:
    """Change a segment. A new name is written into every saved query that names it.

    A dynamic segment that becomes static keeps the members it has; while queries use it, only with `accept_uses`.
    Raises `NotFound`, `Changed`, `NameTaken`, `SegmentInUse`, `Invalid` and `QueryError`.
    """
    facts = clean_facts(facts)
    if facts.kind == SegmentKind.STATIC and _kind_of(store, segment_id) == SegmentKind.DYNAMIC:
        refresh_segment(store=store, segment_id=segment_id, now=now)
    with _one_change_at_a_time(store):
        segment = _locked(store, segment_id, base_version)
        before, uses = _as_json(segment), uses_of(store=store, segment=segment)
        if facts.kind != segment.kind and facts.kind == SegmentKind.STATIC and uses and not accept_uses:
            raise SegmentInUse(_("This segment is used; see where before you freeze its members."), uses)
        old_name = segment.name
        segment.name, segment.name_key = facts.name, key_of(facts.name)
        segment.kind, segment.where, segment.note = facts.kind, facts.where, facts.note
        after = _as_json(segment)
        changed = [name for name, value in after.items() if before[name] != value]
        if not changed:
            return segment
        check_segment(segment=segment, actor=actor, now=now)
        segment.version += 1
        if segment.kind == SegmentKind.STATIC:
            segment.problem = ""
        segment.save(update_fields=["name", "name_key", "kind", "where", "note", "version", "problem"])
        if key_of(old_name) != segment.name_key or segment.name != old_name:
            _rename_in(uses, segment, old_name, actor, now)
        check_those_made_of(segment=segment)
        _tell(
            segment,
            events.EDITED,
            actor,
            now,
            change_set,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )
    return segment


def delete_segment(
    *,
    store: Store,
    segment_id: UUID,
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None = None,
) -> Segment:
    """Delete a segment; it can be undone for 30 days. Raises `NotFound`, and `SegmentInUse` while queries name it."""
    with _one_change_at_a_time(store):
        segment = _locked(store, segment_id, None)
        uses = uses_of(store=store, segment=segment)
        if uses:
            raise SegmentInUse(_("This segment is used and cannot be deleted."), uses)
        segment.deleted_at = now
        segment.version += 1
        segment.save(update_fields=["deleted_at", "version"])
        _tell(segment, events.DELETED, actor, now, change_set, before=_as_json(segment))
    return segment


def restore_segment(
    *,
    store: Store,
    segment_id: UUID,
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None = None,
) -> Segment:
    """Bring a deleted segment back with its members. Raises `NotFound`, `NameTaken`, `Invalid` and `QueryError`."""
    with _one_change_at_a_time(store):
        segment = Segment.objects.select_for_update(no_key=True).filter(store=store, pk=segment_id).first()
        if segment is None or segment.deleted_at is None:
            raise NotFound(_("This segment is not deleted, or it is gone for good."))
        check_segment(segment=segment, actor=actor, now=now)
        segment.deleted_at = None
        segment.version += 1
        segment.save(update_fields=["deleted_at", "version"])
        _tell(segment, events.RESTORED, actor, now, change_set, after=_as_json(segment))
    return segment


@contextmanager
def _one_change_at_a_time(store: Store) -> Iterator[None]:
    """A transaction in which nobody else changes which segments there are and what they are made of.

    Without it two people could make two segments members of each other, or use one that is just being deleted.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended('segments ' || %s, 0))", [str(store.pk)]
            )
            yield
    except IntegrityError as error:
        if "segment_name_unique_per_store" in str(error):
            raise NameTaken(_("Another segment of this store has this name."), field="name") from error
        raise


def _locked(store: Store, segment_id: UUID, base_version: int | None) -> Segment:
    segment = segments_of(store).select_for_update(no_key=True).filter(pk=segment_id).first()
    if segment is None:
        raise NotFound(_("This segment does not exist in this store."))
    if base_version is not None and base_version != segment.version:
        raise Changed(
            _("Somebody else has changed this segment meanwhile. Look at it again, then change it.")
        )
    return segment


def _kind_of(store: Store, segment_id: UUID) -> str | None:
    return segments_of(store).filter(pk=segment_id).values_list("kind", flat=True).first()


def _rename_in(uses: list[Use], segment: Segment, old_name: str, actor: Actor, now: datetime) -> None:
    for use in uses:
        where = write(renamed(parse(use.where), old=old_name, new=segment.name))
        if len(where) > MAX_LENGTH:
            raise Invalid(
                _("With the new name the conditions of “%(name)s” would be too long.") % {"name": use.name},
                field="name",
            )
        rewriter_of(use.kind)(store=segment.store, use_id=use.id, where=where, actor=actor, now=now)


def rename_in_queries(
    *, store: Store, naming: Naming, former: str, name: str, actor: Actor, now: datetime
) -> None:
    """Write the new name of something into every saved query that names it. Raises `Invalid`."""
    with _one_change_at_a_time(store):
        for use in uses_of_name(store=store, naming=naming, name=former):
            where = write(naming.written(parse(use.where), old=former, new=name))
            if len(where) > MAX_LENGTH:
                raise Invalid(
                    _("With the new name the conditions of “%(name)s” would be too long.")
                    % {"name": use.name},
                    field="name",
                )
            rewriter_of(use.kind)(store=store, use_id=use.id, where=where, actor=actor, now=now)


def _find(*, store: Store) -> list[Use]:
    return [
        Use("segment", segment.pk, segment.name, segment.where)
        for segment in list_segments(store=store, kind=SegmentKind.DYNAMIC)
    ]


def _rewrite(*, store: Store, use_id: UUID, where: str, actor: Actor, now: datetime) -> None:
    segment = _locked(store, use_id, None)
    before, segment.where = segment.where, where
    segment.version += 1
    segment.save(update_fields=["where", "version"])
    _tell(segment, events.FOLLOWED, actor, now, None, before={"where": before}, after={"where": where})


register_use(kind="segment", find=_find, rewrite=_rewrite)


def _as_json(segment: Segment) -> dict[str, Any]:
    return {"name": segment.name, "kind": segment.kind, "where": segment.where, "note": segment.note}


def _tell(
    segment: Segment,
    kind: EventKind,
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
    **values: Any,
) -> None:
    opened = change_set or open_change_set(store=segment.store, actor=actor, kind=kind, now=now)
    touched = Touched(segment.pk, version=segment.version, data={"name": segment.name}, **values)
    record(change_set=opened, resource="segments", kind=kind, touched=[touched], now=now)
