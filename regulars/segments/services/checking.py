"""What a segment may be: its name, its note and its conditions."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid, Refused
from regulars.kit.text import storable
from regulars.resources.compile import compile_query
from regulars.resources.context import Context
from regulars.resources.language import EVERYTHING, parse
from regulars.resources.resource import get_resource
from regulars.segments.choices import SegmentKind
from regulars.segments.models import Segment
from regulars.segments.names import key_of
from regulars.segments.queries import inlined, list_segments
from regulars.segments.uses import names_asked
from regulars.stores.models import Store

NAME_LENGTH = 80
NOTE_LENGTH = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentFacts:
    """What people say about a segment."""

    name: str
    kind: str
    where: str = ""
    note: str = ""


def clean_facts(facts: SegmentFacts) -> SegmentFacts:
    """What people say about a segment as it is kept. Raises `Invalid`."""
    name = " ".join(storable(facts.name).split())
    if not key_of(name) or len(name) > NAME_LENGTH:
        raise Invalid(
            _("Give the segment a name of up to %(name_length)s characters.") % {"name_length": NAME_LENGTH},
            field="name",
        )
    if facts.kind not in SegmentKind.values:
        raise Invalid(_("A segment is dynamic or static."), field="kind")
    note = storable(facts.note).strip()
    if len(note) > NOTE_LENGTH:
        raise Invalid(
            _("The note can be %(note_length)s characters long.") % {"note_length": f"{NOTE_LENGTH:,}"},
            field="note",
        )
    where = storable(facts.where).strip() if facts.kind == SegmentKind.DYNAMIC else ""
    return SegmentFacts(name=name, kind=facts.kind, where=where, note=note)


def check_where(*, store: Store, where: str, actor: Actor, now: datetime) -> None:
    """Refuse conditions that a segment cannot have. Raises `QueryError` and `Invalid`."""
    where = storable(where).strip()
    node = parse(where)
    if node == EVERYTHING:
        raise Invalid(_("Give at least one condition, like: country = FR."), field="where")
    compile_query(node, get_resource("customers"), Context(store=store, actor=actor, now=now))


def check_segment(*, segment: Segment, actor: Actor, now: datetime) -> None:
    """The same for the conditions that a segment has, with the segments named in them."""
    if segment.kind == SegmentKind.DYNAMIC:
        check_where(store=segment.store, where=segment.where, actor=actor, now=now)
        inlined(parse(segment.where), store=segment.store, path=(segment,))


def check_those_made_of(*, segment: Segment) -> None:
    """Other segments must still be possible: not deeper in each other, nor larger, than can be asked."""
    for other in list_segments(store=segment.store, kind=SegmentKind.DYNAMIC):
        if other.pk != segment.pk and names_asked(other.where):
            try:
                inlined(parse(other.where), store=segment.store, path=(other,))
            except Refused as refusal:
                raise Invalid(
                    _("The segment “%(name)s” could not be asked any more: %(sentence)s")
                    % {"name": other.name, "sentence": refusal.sentence},
                    field="where",
                ) from refusal
