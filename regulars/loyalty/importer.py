"""How points come in from files: each row is one entry, added to what the customer has or setting it.

A row with a key is written once, however often its file comes. What a row would take is compared with what the
customer has after the rows before it; the write decides again with the customer locked.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.customers.choices import State
from regulars.customers.queries import customers_of
from regulars.kit.ids import among
from regulars.loyalty import queries
from regulars.loyalty.choices import BelowZero, Mode, Source
from regulars.loyalty.models import Programme
from regulars.loyalty.rules import MOST
from regulars.loyalty.services import PointChange, change_many, expiry
from regulars.orders.matching import Buyer, People, Person
from regulars.resources.context import Context
from regulars.resources.importer import Candidate, Decision, Importer, Matching, Overtaken, Verdict
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet

NOBODY = gettext_noop("There is no such customer. Give the e-mail, the number or the external id of one.")
_NOT_A_SET = gettext_noop("Give the number of points that the customer is to have, zero or more.")
_OFF = gettext_noop("Points are switched off in the settings of this store.")
_KEY = "file:"


def decide_points(
    *, store: Store, candidates: Sequence[Candidate], matching: Matching, context: Context
) -> list[Decision]:
    """What each row would do; writes nothing."""
    rows = [
        {name: value for name, value in one.values.items() if value not in (None, "")} for one in candidates
    ]
    buyers = [_buyer(one) for one in rows]
    people = People(store, buyers)
    found = [people.find(one) for one in buyers]
    has = _points_of(store, [one.id for one in found if one is not None])
    known = _known(store, rows)
    programme = queries.programme_of(store=store)
    if not programme.active:
        return [Decision(Verdict.FAILED, sentence=_(_OFF)) for _one in candidates]
    policy = BelowZero(programme.below_zero)
    return [_decide(row, person, has, known, policy) for row, person in zip(rows, found, strict=True)]


def _buyer(row: dict[str, Any]) -> Buyer:
    return Buyer(
        number=row.get("customer", 0), external_id=row.get("external_id", ""), email=row.get("email", "")
    )


def _points_of(store: Store, ids: list[UUID]) -> dict[UUID, int]:
    return dict(customers_of(store).filter(pk__in=among(ids)).values_list("pk", "points"))


def _known(store: Store, rows: Sequence[dict[str, Any]]) -> dict[str, tuple[UUID, int]]:
    """Of the keys that have an entry already: whose it is and of how many points."""
    keys = [f"{_KEY}{row['key']}" for row in rows if "key" in row]
    entries = queries.entries_of(store).filter(key__in=keys) if keys else ()
    return {one.key: (one.customer_id, one.points) for one in entries}


def _decide(
    row: dict[str, Any],
    person: Person | None,
    has: dict[UUID, int],
    known: dict[str, tuple[UUID, int]],
    policy: BelowZero,
) -> Decision:
    if person is None:
        return Decision(Verdict.FAILED, field="email" if "email" in row else "customer", sentence=_(NOBODY))
    if person.state == State.ANONYMISED:
        return Decision(
            Verdict.FAILED, sentence=_("This customer was anonymised: nothing can be said of them.")
        )
    sets, points = row.get("mode") == Mode.SET, row.get("points", 0)
    if abs(points) > MOST or (points < 0 if sets else not points) or "points" not in row:
        sentence = _(_NOT_A_SET) if sets else _("Give a number of points other than zero, like 50 or -10.")
        return Decision(Verdict.FAILED, field="points", sentence=sentence)
    key = f"{_KEY}{row['key']}" if "key" in row else ""
    own = (key,) if key else (f"set:{person.id}",) if sets else ()
    if key in known:
        if known[key] == (person.id, points) or (sets and known[key][0] == person.id):
            return Decision(Verdict.SAME, own, own)
        return Decision(Verdict.FAILED, field="key", sentence=_("Another entry has this key already."))
    now_has = has[person.id]
    if sets and points == now_has:
        return Decision(Verdict.SAME, own, own)
    short = not sets and points < 0 and now_has + points < 0
    if short and (policy == BelowZero.REFUSE or (policy == BelowZero.CLAMP and now_has <= 0)):
        sentence = _("The customer has only %(max)s points.") % {"max": f"{max(now_has, 0):,}"}
        return Decision(Verdict.FAILED, own, field="points", sentence=sentence)
    has[person.id] = points if sets else 0 if short and policy == BelowZero.CLAMP else now_has + points
    values = {
        "customer_id": person.id,
        "points": points,
        "to": points if sets else None,
        "reason": row.get("reason", ""),
        "note": row.get("note", ""),
        "expires_at": row.get("expires"),
        "key": key,
    }
    return Decision(Verdict.NEW, own, own, values=values)


def write_points(
    *, store: Store, decisions: Sequence[Decision], change_set: OpenChangeSet, now: datetime
) -> None:
    """Write the entries of these rows, in the order of the file."""
    programme = queries.programme_of(store=store)
    changes = [_change(one.values, programme, now) for one in decisions if one.verdict is Verdict.NEW]
    if not changes:
        return
    changed = change_many(
        store=store,
        changes=changes,
        policy=BelowZero(programme.below_zero),
        actor=change_set.actor,
        now=now,
        change_set=change_set,
    )
    if len(changed.entries) < len(changes):
        raise Overtaken


def _change(values: dict[str, Any], programme: Programme, now: datetime) -> PointChange:
    given = dict(values)
    given["expires_at"] = given["expires_at"] or expiry(programme=programme, now=now)
    return PointChange(**given, source=Source.FILE)


IMPORTER = Importer(
    identifying=("email", "customer", "external_id"),
    decide=decide_points,
    write=write_points,
    sample=(
        {"email": "jane@example.com", "points": "50", "reason": "Late delivery", "note": "Sorry!"},
        {"email": "john@example.com", "points": "-10", "reason": "Counted twice", "key": "till-1042"},
        {"customer": "1042", "points": "200", "mode": "set", "reason": "Moved from the card"},
    ),
)
