"""Putting customers into static segments and taking them out: from a selection, one by one, from a list."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from regulars.customers.choices import State
from regulars.customers.models import Customer
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.locks import lock_rows
from regulars.kit.text import storable
from regulars.resources.action import Outcome
from regulars.segments import events
from regulars.segments.choices import How, SegmentKind
from regulars.segments.models import Segment
from regulars.segments.names import key_of
from regulars.segments.queries import Listed, read_list, segments_of
from regulars.segments.queries.members import open_memberships
from regulars.segments.rules import EDIT
from regulars.segments.services.changes import create_segment
from regulars.segments.services.checking import SegmentFacts
from regulars.segments.services.sizes import note_size
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record

MOST_LINES = 50_000
_PARTS = re.compile(r"[,;\t]")


class NotByHand(Invalid):
    """The members of a dynamic segment follow from its conditions."""

    code = "segment_is_dynamic"


@dataclass(frozen=True, slots=True)
class Filled:
    """What became of a list: who was put in, who was in already, which lines mean nobody; `written` says whether."""

    found: int
    already: int
    missing: list[Listed]
    change_set: UUID | None = None

    @property
    def written(self) -> bool:
        """Whether anybody was put into the segment."""
        return self.change_set is not None


def add_to_segment(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Put customers into a static segment: a known one, or a new one of the given name."""
    with transaction.atomic():
        # Customers before segments: the order in which everybody locks.
        customers = lock_rows(Customer.objects.filter(store=store).only("pk", "state"), ids)
        segment = _target(store, inputs, actor, now)
        skipped = {
            one: _why_not(customers.get(one)) for one in dict.fromkeys(ids) if _why_not(customers.get(one))
        }
        inside = set(
            open_memberships(store=store, segment_id=segment.pk)
            .filter(customer_id__in=list(customers))
            .values_list("customer_id", flat=True)
        )
        skipped |= dict.fromkeys(inside - set(skipped), _("is in the segment already"))
        entering = [one for one in dict.fromkeys(ids) if one not in skipped]
        opened = _enter(segment, entering, How.HAND, actor, now, change_set)
    return Outcome(entering, skipped, opened.id if opened else None)


def remove_from_segment(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Take customers out of a static segment."""
    with transaction.atomic():
        lock_rows(Customer.objects.filter(store=store).only("pk"), ids)
        segment = _static(store, UUID(str(inputs["segment"])))
        inside = open_memberships(store=store, segment_id=segment.pk).filter(customer_id__in=ids)
        leaving = sorted(inside.values_list("customer_id", flat=True))
        opened = _leave(segment, leaving, actor, now, change_set)
        skipped = dict.fromkeys(set(ids) - set(leaving), _("is not in the segment"))
    return Outcome(leaving, skipped, opened.id if opened else None)


def fill_segment(
    *, store: Store, segment_id: UUID, text: str, accept_missing: bool, actor: Actor, now: datetime
) -> Filled:
    """Put the customers of a list into a static segment: e-mails or numbers, one on each line.

    All or nothing: while a line means nobody, nothing is written unless `accept_missing` says so. Raises `NotFound`,
    `NotByHand` and `Invalid`.
    """
    lines = read_lines(text=text)
    with transaction.atomic():
        listed = read_list(store=store, lines=lines)
        missing = [one for one in listed if one.customer_id is None]
        wanted = list(dict.fromkeys(one.customer_id for one in listed if one.customer_id is not None))
        customers = lock_rows(Customer.objects.filter(store=store).only("pk", "state"), wanted)
        segment = _static(store, segment_id)
        rows = open_memberships(store=store, segment_id=segment_id).filter(customer_id__in=wanted)
        inside = set(rows.values_list("customer_id", flat=True))
        entering = [one for one in wanted if one in customers and one not in inside]
        if not wanted or (missing and not accept_missing):
            return Filled(len(entering), len(inside), missing)
        opened = _enter(segment, entering, How.IMPORT, actor, now, None)
    return Filled(len(entering), len(inside), missing, opened.id if opened else None)


def read_lines(*, text: str) -> list[tuple[int, str]]:
    """The e-mails and numbers of a pasted text or a file, with their lines; of a row, the first cell that is one.

    Raises `Invalid` when there is none, or too many.
    """
    found: list[tuple[int, str]] = []
    for number, line in enumerate(storable(text).lstrip("\ufeff").splitlines(), 1):
        cells = [cell.strip().strip("\"'<>").strip() for cell in _PARTS.split(line)]
        cells = [cell for cell in cells if cell]
        if not cells:
            continue
        likely = next((cell for cell in cells if "@" in cell or cell.lstrip("#").isdigit()), "")
        if likely or number > 1:  # a first line without either is the header of a file
            found.append((number, (likely or cells[0])[:200]))
        if len(found) > MOST_LINES:
            raise Invalid(
                _("At most %(most_lines)s lines can be taken at once; split the list.")
                % {"most_lines": f"{MOST_LINES:,}"},
                field="list",
            )
    if not found:
        raise Invalid(_("Write e-mails or customer numbers, one on each line."), field="list")
    return found


def enter_again(
    *, segment: Segment, customer_ids: Sequence[UUID], now: datetime, change_set: OpenChangeSet
) -> list[UUID]:
    """Open the last stays of customers who were taken out, as if they had never ended; for undo. Returns whose."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE segments_membership AS stay SET left_at = NULL WHERE stay.id IN (
                SELECT DISTINCT ON (customer_id) id FROM segments_membership
                WHERE store_id = %s AND segment_id = %s AND customer_id = ANY(%s)
                ORDER BY customer_id, left_at DESC NULLS FIRST, id DESC)
            AND stay.left_at IS NOT NULL RETURNING stay.customer_id""",
            [segment.store_id, segment.pk, list(customer_ids)],
        )
        back = sorted(row[0] for row in cursor.fetchall())
    _tell(segment, events.ENTERED, back, change_set.actor, now, change_set, came=len(back))
    return back


def leave_again(
    *, segment: Segment, customer_ids: Sequence[UUID], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> list[UUID]:
    """Take customers out who were put in; for undo. Returns whose membership was open."""
    rows = open_memberships(store=segment.store, segment_id=segment.pk)
    leaving = sorted(rows.filter(customer_id__in=customer_ids).values_list("customer_id", flat=True))
    _leave(segment, leaving, actor, now, change_set)
    return leaving


def lock_static(*, store: Store, segment_id: UUID) -> Segment | None:
    """The static segment, locked until the transaction ends; nothing when it is gone or became dynamic."""
    rows = segments_of(store).select_for_update(no_key=True, of=("self",)).select_related("store")
    return rows.filter(pk=segment_id, kind=SegmentKind.STATIC).first()


def _target(store: Store, inputs: dict[str, Any], actor: Actor, now: datetime) -> Segment:
    """The segment to put customers into. A new name that exists already means that one, so that batches agree."""
    chosen, name = inputs.get("segment"), (inputs.get("new_segment") or "").strip()
    if bool(chosen) == bool(name):
        raise Invalid(_("Choose a segment, or give the name of a new one."), field="segment")
    if chosen:
        return _static(store, UUID(str(chosen)))
    known = segments_of(store).filter(name_key=key_of(name)).first()
    if known is None:
        actor.require(EDIT)
        facts = SegmentFacts(name=name, kind=SegmentKind.STATIC)
        known = create_segment(store=store, facts=facts, actor=actor, now=now)
    return _static(store, known.pk)


def _static(store: Store, segment_id: UUID) -> Segment:
    segment = lock_static(store=store, segment_id=segment_id)
    if segment is not None:
        return segment
    if segments_of(store).filter(pk=segment_id).exists():
        raise NotByHand(
            _("This segment is dynamic: who is in it follows from its conditions."), field="segment"
        )
    raise NotFound(_("This segment does not exist in this store."))


def _why_not(customer: Customer | None) -> str:
    if customer is None:
        return _("does not exist in this store")
    return _("is anonymised") if customer.state == State.ANONYMISED else ""


def _enter(
    segment: Segment,
    ids: Sequence[UUID],
    how: How,
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> OpenChangeSet | None:
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO segments_membership (store_id, segment_id, customer_id, entered_at, how)
            SELECT %s, %s, unnest(%s::uuid[]), %s, %s""",
            [segment.store_id, segment.pk, list(ids), _moment(segment, now), how],
        )
    return _tell(segment, events.ENTERED, ids, actor, now, change_set, came=len(ids))


def _leave(
    segment: Segment, ids: Sequence[UUID], actor: Actor, now: datetime, change_set: OpenChangeSet | None
) -> OpenChangeSet | None:
    rows = open_memberships(store=segment.store, segment_id=segment.pk).filter(customer_id__in=ids)
    rows.update(left_at=_moment(segment, now))
    return _tell(segment, events.LEFT, ids, actor, now, change_set, went=len(ids))


def _moment(segment: Segment, now: datetime) -> datetime:
    """Stays must not overlap, even when the clocks of two machines disagree."""
    return max(now, segment.counted_at or now)


def _tell(
    segment: Segment,
    kind: EventKind,
    ids: Sequence[UUID],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
    *,
    came: int = 0,
    went: int = 0,
) -> OpenChangeSet | None:
    """Keep the new size and an event for each customer; the locked segment says how many there were."""
    if not ids:
        return None
    segment.size += came - went
    note_size(
        store=segment.store,
        segment_id=segment.pk,
        size=segment.size,
        entered=came,
        left=went,
        now=_moment(segment, now),
    )
    opened = change_set or open_change_set(
        store=segment.store, actor=actor, kind=kind, now=now, note=kind.say({"segment": segment.name})
    )
    data = {"segment": segment.name, "segment_id": str(segment.pk)}
    record(
        change_set=opened,
        resource="customers",
        kind=kind,
        touched=[Touched(one, data=data) for one in ids],
        now=now,
    )
    return opened
