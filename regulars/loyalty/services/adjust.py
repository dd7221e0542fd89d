"""Giving and taking points by hand; one customer is a selection of one."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.customers.models import Customer
from regulars.kit.actor import Actor
from regulars.kit.errors import InvalidRecord, Refused
from regulars.kit.ids import among
from regulars.kit.statistics import know_rows
from regulars.loyalty import queries
from regulars.loyalty.choices import BelowZero
from regulars.loyalty.models import Entry, Programme, Use
from regulars.loyalty.rules import MOST
from regulars.loyalty.services.change import PointChange, change_many
from regulars.loyalty.services.plain import adjust_plainly
from regulars.loyalty.services.programme import running_programme
from regulars.resources.action import Outcome
from regulars.staff.queries import hands_of
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet


class CapReached(Refused):
    """A person would give and take more points in a day than their role may."""

    code = "cap_reached"
    status = 403


def adjust_points(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Give customers points, or with a number below zero take some. Raises `PointsOff` and `CapReached`."""
    points, programme = _points(inputs), running_programme(store=store)
    people = list(dict.fromkeys(ids))
    if not people:
        return Outcome()
    change = PointChange(
        people[0],
        points,
        reason=inputs["reason"],
        note=inputs.get("note") or "",
        expires_at=expiry(programme=programme, now=now) if points > 0 else None,
    )
    with transaction.atomic():
        keep_to_cap(programme, wanted=abs(points) * len(people), actor=actor, now=now)
        done: set[UUID] = set()
        if change_set is not None:  # a batch of very many
            know_rows(Customer, Entry, Use)
            done = adjust_plainly(store=store, people=people, change=change, change_set=change_set, now=now)
        changed = change_many(
            store=store,
            changes=[replace(change, customer_id=one) for one in people if one not in done],
            policy=_policy(inputs, programme),
            actor=actor,
            now=now,
            change_set=change_set,
        )
    done |= {one.customer_id for one in changed.entries}
    made = change_set.id if change_set is not None else changed.change_set
    return Outcome([one for one in people if one in done], changed.left, made)


def admit_points(*, store: Store, count: int, inputs: dict[str, Any], actor: Actor, now: datetime) -> str:
    """Hold what is above the store's limit for a second person. Raises `PointsOff`, and `CapReached` for what the role
    may not do."""
    programme, wanted = running_programme(store=store), abs(_points(inputs)) * count
    with transaction.atomic():
        keep_to_cap(programme, wanted=wanted, actor=actor, now=now)
    if programme.approval_above and wanted > programme.approval_above:
        return _("%(wanted)s points are more than the %(limit)s that one person may give or take.") % {
            "wanted": f"{wanted:,}",
            "limit": f"{programme.approval_above:,}",
        }
    return ""


def preview_points(
    *, store: Store, ids: list[UUID], count: int, inputs: dict[str, Any], actor: Actor, now: datetime
) -> list[str]:
    """What giving or taking would come to, and who would go below zero."""
    points = inputs.get("points")
    if not points:
        return []
    programme = queries.programme_of(store=store)
    value = f"{abs(points) * count:,}"
    if points > 0:
        return [ngettext("%(n)s point in all.", "%(n)s points in all.", points * count) % {"n": value}]
    people = _short_of(store, ids, -points)
    said = [_("Up to %(n)s points in all.") % {"n": value}]
    seen = {"seen": len(ids), "count": f"{count:,}"}
    if count > len(ids) and people:
        said.append(_("About the first %(seen)s of %(count)s:") % seen)
    elif count > len(ids):
        said.append(_("Each of the first %(seen)s of %(count)s has as many.") % seen)
    if people:
        named = ", ".join(f"{person.name} ({person.points:,})" for person in people[:5])
        if len(people) > 5:
            named = _("%(names)s and %(more)s more") % {"names": named, "more": f"{len(people) - 5:,}"}
        said.append(f"{_WHAT_THEN[_policy(inputs, programme)]()} {named}.")
    return said


_WHAT_THEN = {
    BelowZero.REFUSE: lambda: _("Have fewer and are left as before:"),
    BelowZero.CLAMP: lambda: _("Have fewer and lose what they have:"),
    BelowZero.DEBT: lambda: _("Would owe points:"),
}


def expiry(*, programme: Programme, now: datetime) -> datetime | None:
    """When points that are given now expire: at the end of a day of the store, some months on."""
    if not programme.expire_months:
        return None
    day = programme.store.day_of(now)
    months = day.month - 1 + programme.expire_months
    year, month = day.year + months // 12, months % 12 + 1
    # The day after, of months that are long enough; else the first of the next.
    first = datetime(year, month, 1, tzinfo=programme.store.zone)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day)) + timedelta(days=1)


def keep_to_cap(programme: Programme, *, wanted: int, actor: Actor, now: datetime) -> None:
    """Refuse more than the role gives, takes and transfers in a day. Raises `CapReached`.

    A person's API keys are their own hands: what is done with them counts together. What one person does at the same
    moment is counted one after the other, until the transaction ends.
    """
    cap = None if actor.kind == "system" else programme.daily_caps.get(actor.role)
    if cap is None:
        return
    hands = hands_of(store=programme.store, actor=actor)
    with connection.cursor() as cursor:
        person = str(hands[0]) if hands else ""
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('points by ' || %s, 0))", [person])
    start = now.astimezone(programme.store.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    day = queries.points_by_hand(store=programme.store, authors=hands, since=start)
    if day + wanted > cap:
        raise CapReached(
            _("Your role gives and takes at most %(cap)s points a day; %(left)s are left today.")
            % {"cap": f"{cap:,}", "left": f"{max(cap - day, 0):,}"},
            field="points",
        )


def _points(inputs: dict[str, Any]) -> int:
    points = inputs["points"]
    if not points or abs(points) > MOST:
        raise InvalidRecord({"points": _("Give a number of points other than zero, like 50 or -10.")})
    return int(points)


def _policy(inputs: dict[str, Any], programme: Programme) -> BelowZero:
    return BelowZero(inputs.get("below_zero") or programme.below_zero)


def _short_of(store: Store, ids: Collection[UUID], points: int) -> list[Customer]:
    rows = Customer.objects.filter(store=store, pk__in=among(ids), points__lt=points).order_by("pk")
    return list(rows.only("first_name", "last_name", "company", "email", "number", "points"))
