"""What giving and taking points does to what a customer has; no database here.

A customer's points are what they can spend, or below zero what they owe. Three things always hold: points and pending
points together are the sum of all entries; what is left of entries that are not pending comes to the points, or to
nothing in debt; what is left of pending ones comes to the pending points.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from uuid import UUID

from regulars.loyalty.choices import BelowZero

# The most points that are given or taken at once.
MOST = 10**12


def last_day(*, expires_at: datetime, zone: tzinfo) -> date:
    """The last day on which points can be spent that expire at a moment: mostly the end of a day."""
    return (expires_at - timedelta(microseconds=1)).astimezone(zone).date()


@dataclass(slots=True)
class Giver:
    """An entry of which something is left, or was."""

    id: UUID
    points: int
    left: int
    pending: bool
    expires_at: datetime | None
    created_at: datetime

    @property
    def turn(self) -> tuple[bool, float, float, UUID]:
        """Spent first: what expires first, then the oldest; what never expires comes last."""
        when = self.expires_at
        return when is None, when.timestamp() if when else 0, self.created_at.timestamp(), self.id


@dataclass(slots=True)
class Holding:
    """What one customer has. `changed` are the givers whose rest is to be written."""

    points: int
    pending: int
    givers: dict[UUID, Giver] = field(default_factory=dict)
    changed: set[UUID] = field(default_factory=set)

    def give(self, giver: Giver) -> None:
        """Add what an entry gives; a debt is paid from it at once."""
        self.givers[giver.id] = giver
        self.changed.add(giver.id)
        if giver.pending:
            self.pending += giver.points
            return
        self.points += giver.points
        self._even_out()

    def takeable(self, wanted: int, policy: BelowZero, *, first: UUID | None = None) -> int:
        """How many of the wanted points are taken; 0 when the customer is left as before."""
        giver = self.givers.get(first) if first else None
        there = max(self.points, 0) + (giver.left if giver is not None and giver.pending else 0)
        if policy == BelowZero.DEBT or there >= wanted:
            return wanted
        return there if policy == BelowZero.CLAMP else 0

    def take(self, wanted: int, *, first: UUID | None = None) -> dict[UUID, int]:
        """Take points, those of `first` before all others; what is not there becomes debt. Says from which givers.

        Of a `first` that is pending still, its pending points are taken.
        """
        uses: dict[UUID, int] = {}
        rest = wanted
        giver = self.givers.get(first) if first else None
        if giver is not None:
            taken = self._use(giver, rest, uses)
            rest -= taken
            if giver.pending:
                self.pending -= taken
            else:
                self.points -= taken
        self.points -= rest
        for other in self._open():
            if not rest:
                break
            rest -= self._use(other, rest, uses)
        return uses

    def give_back(self, uses: Mapping[UUID, int], *, to: Giver, now: datetime) -> None:
        """Take an entry that took points back: they return to where they came from; of what has expired since, and of
        what was debt, to the entry that gives them back."""
        self.points += to.points
        for one, points in uses.items():
            giver = self.givers.get(one)
            if giver is not None and (giver.expires_at is None or giver.expires_at > now):
                back = min(points, giver.points - giver.left)
                giver.left += back
                self.changed.add(one)
                if giver.pending:
                    self.points -= back
                    self.pending += back
        to.left = 0
        self.givers[to.id] = to
        self.changed.add(to.id)
        missing = max(self.points, 0) - self._rest()
        if missing > 0:
            to.left = min(missing, to.points)
        self._even_out()

    def mature(self, giver: Giver) -> None:
        """Pending points can be spent from now on; a debt is paid from them at once."""
        giver.pending = False
        self.changed.add(giver.id)
        self.pending -= giver.left
        self.points += giver.left
        self._even_out()

    def recount(self, entries: int) -> None:
        """Bring all in line with what the entries come to, after they were given to another customer or back."""
        self.pending = sum(giver.left for giver in self.givers.values() if giver.pending)
        self.points = entries - self.pending
        self._even_out()
        missing = max(self.points, 0) - self._rest()
        last_first = sorted(self.givers.values(), key=lambda one: one.turn, reverse=True)
        # What fits into none that can be spent was taken from one that is pending, and is pending again.
        for giver in sorted(last_first, key=lambda one: one.pending):
            if missing <= 0:
                return
            back = min(missing, giver.points - giver.left)
            giver.left += back
            missing -= back
            if giver.pending:
                self.points -= back
                self.pending += back
            self.changed.add(giver.id)

    def _even_out(self) -> None:
        """Use up what is left beyond the points: it pays a debt."""
        beyond = self._rest() - max(self.points, 0)
        for giver in self._open():
            if beyond <= 0:
                return
            beyond -= self._use(giver, beyond, {})

    def _rest(self) -> int:
        return sum(giver.left for giver in self.givers.values() if not giver.pending)

    def _open(self) -> list[Giver]:
        found = [giver for giver in self.givers.values() if giver.left and not giver.pending]
        return sorted(found, key=lambda giver: giver.turn)

    def _use(self, giver: Giver, wanted: int, uses: dict[UUID, int]) -> int:
        taken = min(giver.left, wanted)
        if taken:
            giver.left -= taken
            uses[giver.id] = uses.get(giver.id, 0) + taken
            self.changed.add(giver.id)
        return taken


def worth(points: int, *, value_minor: int) -> int:
    """What points are worth, in minor units, when 100 are worth `value_minor`; never more than that."""
    return points * value_minor // 100 if points > 0 else 0


def points_for(amount_minor: int, *, value_minor: int) -> int:
    """How many points an amount buys when 100 are worth `value_minor`; never worth more than the amount, so none when
    points are worth nothing."""
    return amount_minor * 100 // value_minor if value_minor else 0
