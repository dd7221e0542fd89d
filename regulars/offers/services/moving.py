"""From state to state: an offer is opened, paused and ended."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from regulars.customers.rules import as_json
from regulars.kit.actor import Actor, system
from regulars.kit.locks import lock_rows
from regulars.kit.words import Words, inside
from regulars.offers import events, queries
from regulars.offers.choices import State
from regulars.offers.models import Offer, Picture
from regulars.offers.services.saving import write_offer
from regulars.resources.action import Outcome
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record
from regulars.timeline.undoing import Past


@dataclass(frozen=True, slots=True)
class Move:
    """One step. Buttons, bulk actions, API and command line are made from this table."""

    name: str
    label: Words
    done_label: Words
    icon: str
    sources: tuple[State, ...]
    target: State
    main: bool = False
    danger: bool = False


MOVES = (
    Move(
        "start",
        pgettext_lazy("verb", "Open"),
        gettext_lazy("Offer is open"),
        "player-play",
        (State.DRAFT, State.PAUSED),
        State.ACTIVE,
        main=True,
    ),
    Move(
        "pause",
        gettext_lazy("Pause"),
        gettext_lazy("Offer is paused"),
        "player-pause",
        (State.ACTIVE,),
        State.PAUSED,
    ),
    Move(
        "end",
        gettext_lazy("End"),
        gettext_lazy("Offer has ended"),
        "player-stop",
        (State.ACTIVE, State.PAUSED, State.DRAFT),
        State.ENDED,
        danger=True,
    ),
)


class Mover:
    """The service behind one step."""

    def __init__(self, move: Move) -> None:
        self.move = move
        self.__doc__ = str(move.label)

    def __call__(
        self,
        *,
        store: Store,
        ids: list[UUID],
        inputs: dict[str, Any],
        actor: Actor,
        now: datetime,
        change_set: OpenChangeSet | None,
    ) -> Outcome:
        outcome, touched = Outcome(), []
        with transaction.atomic():
            offers = lock_rows(Offer.objects.filter(store=store), ids)
            for one in dict.fromkeys(ids):
                offer = offers.get(one)
                why = _("does not exist in this store") if offer is None else _why_not(self.move, offer, now)
                if offer is None or why:
                    outcome.skipped[one] = why
                    continue
                told = write_offer(offer, {"state": self.move.target.value}, now=now)
                said = {"state": self.move.target.label}
                touched.append(Touched(offer.pk, offer.version, told.before, told.after, said))
                outcome.done.append(one)
            if touched:
                opened = change_set or open_change_set(store=store, actor=actor, kind=events.MOVED, now=now)
                outcome.change_set = opened.id
                record(change_set=opened, resource="offers", kind=events.MOVED, touched=touched, now=now)
        return outcome


def end_due(*, store: Store, now: datetime) -> int:
    """End the offers whose last moment is over; returns how many."""
    ids = queries.due_to_end(store=store, now=now)
    if not ids:
        return 0
    end = Mover(next(move for move in MOVES if move.target == State.ENDED))
    return len(end(store=store, ids=ids, inputs={}, actor=system(), now=now, change_set=None).done)


def undo_moves(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Put offers back to where they stood, or what they said; what was changed since stays."""
    offers = lock_rows(Offer.objects.filter(store=store), [past.record_id for past in pasts])
    left: dict[UUID, str] = {}
    touched = []
    for past in pasts:
        offer = offers.get(past.record_id)
        if offer is None:
            left[past.record_id] = _("does not exist any more")
        elif any(as_json(getattr(offer, name)) != value for name, value in past.after.items()):
            left[past.record_id] = _("was changed since")
        else:
            fields: Any = Offer._meta
            values = {name: fields.get_field(name).to_python(value) for name, value in past.before.items()}
            told = write_offer(offer, values, now=now)
            state = State(offer.state).label
            touched.append(Touched(offer.pk, offer.version, told.before, told.after, {"state": state}))
    record(change_set=change_set, resource="offers", kind=events.MOVED, touched=touched, now=now)
    return left


def undo_creating(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Take offers away again that nobody was sent and nobody has a code for."""
    offers = lock_rows(Offer.objects.filter(store=store), [past.record_id for past in pasts], to_remove=True)
    left: dict[UUID, str] = {}
    for past in pasts:
        if past.record_id not in offers:
            left[past.record_id] = _("does not exist any more")
        elif queries.is_in_use(store=store, offer_id=past.record_id):
            left[past.record_id] = _("was sent, redeemed or has codes: end it instead")
    gone = [one for one in offers if one not in left]
    Picture.objects.filter(store=store, offer__in=gone).delete()
    Offer.objects.filter(store=store, pk__in=gone).delete()
    told = [Touched(one, offers[one].version, data={"offer": offers[one].title}) for one in gone]
    record(change_set=change_set, resource="offers", kind=events.REMOVED, touched=told, now=now)
    return left


def _why_not(move: Move, offer: Offer, now: datetime) -> str:
    if offer.state not in move.sources:
        return _("is %(state)s") % {"state": inside(State(offer.state).label)}
    if move.target == State.ACTIVE and offer.ends_at is not None and offer.ends_at <= now:
        return _("has ended by its date; give it a later one first")
    return ""
