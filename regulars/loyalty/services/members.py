"""Tiers by hand, and what becomes of memberships when customers are merged, split or forgotten."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.customers.choices import State
from regulars.customers.erasing import Person
from regulars.customers.models import Customer
from regulars.customers.services import set_tiers
from regulars.duplicates.models import Kept
from regulars.kit.actor import Actor
from regulars.kit.errors import InvalidRecord
from regulars.kit.ids import among
from regulars.kit.locks import lock_rows
from regulars.loyalty import events, tier_queries
from regulars.loyalty.choices import Origin, Source
from regulars.loyalty.models import Entry, Membership, Tier
from regulars.loyalty.services.change import FINAL, GONE
from regulars.loyalty.services.place import Switch, place_members, switch_tiers
from regulars.resources.action import Outcome
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record
from regulars.timeline.undoing import Past

AUTOMATIC = "auto"
SINCE = gettext_noop("is in another tier since")


def set_tier(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Put customers into a tier by hand, for good or until a day; or let what they have reached decide again."""
    wanted = _wanted(store, inputs, now)
    outcome = Outcome()
    with transaction.atomic():
        people = lock_rows(Customer.objects.filter(store=store).only("state"), ids)
        former = tier_queries.in_force(store=store, ids=people)
        reached = _reached(store, people, now) if wanted is None else {}
        switches = []
        for one in dict.fromkeys(ids):
            person = people.get(one)
            if person is None or person.state == State.ANONYMISED:
                outcome.skipped[one] = _(GONE) if person is None else _(FINAL)
                continue
            switch = _switch(one, former.get(one), wanted, inputs, reached)
            if isinstance(switch, str):
                outcome.skipped[one] = switch
            else:
                switches.append(switch)
        if switches:
            opened = change_set or open_change_set(store=store, actor=actor, kind=events.TIER_SET, now=now)
            outcome.change_set = opened.id
            outcome.done = [one.customer_id for one in switches]
            touched = switch_tiers(store=store, switches=switches, now=now, actor=actor)
            record(change_set=opened, resource="customers", kind=events.TIER_SET, touched=touched, now=now)
    return outcome


def _wanted(store: Store, inputs: dict[str, Any], now: datetime) -> tuple[Tier, datetime | None] | None:
    """The tier, and the moment after its last day; nothing for what was reached."""
    errors = {} if str(inputs.get("reason") or "").strip() else {"reason": _("Say why.")}
    tier = next(
        (one for one in tier_queries.tiers_of(store=store) if str(one.pk) == inputs.get("tier")), None
    )
    if tier is None and inputs.get("tier") != AUTOMATIC:
        errors["tier"] = _("Choose a tier.")
    last: date | None = inputs.get("until")
    if last is not None and (tier is None or last < store.day_of(now)):
        errors["until"] = _("Give a day to come, and a tier.")
    if errors:
        raise InvalidRecord(errors)
    if tier is None:
        return None
    return tier, datetime.combine(last + timedelta(days=1), time.min, store.zone) if last else None


def _switch(
    customer_id: UUID,
    former: Membership | None,
    wanted: tuple[Tier, datetime | None] | None,
    inputs: dict[str, Any],
    reached: Mapping[UUID, Tier],
) -> Switch | str:
    reason = str(inputs["reason"]).strip()
    is_by_hand = former is not None and former.origin == Origin.HAND
    if wanted is None:
        if not is_by_hand:
            return _("is not in a tier by hand")
        return Switch(customer_id, former, reached.get(customer_id), reason=reason)
    tier, ends_at = wanted
    if former is not None and is_by_hand and (former.tier_id, former.ends_at) == (tier.pk, ends_at):
        return _("is in this tier by hand already")
    return Switch(customer_id, former, tier, Origin.HAND, reason, ends_at)


def _reached(store: Store, ids: Collection[UUID], now: datetime) -> dict[UUID, Tier]:
    """The tier that each of these customers has reached."""
    tiers = {one.pk: one for one in tier_queries.tiers_of(store=store)}
    found = tier_queries.placed_wrongly(store=store, ids=ids, tiers=tiers.values(), now=now)
    reached = tier_queries.tiers_of_customers(store=store, ids=ids)
    for customer_id, one in found.items():
        reached.pop(customer_id, None)
        if one.deserved:
            reached[customer_id] = tiers[one.deserved[0]]
    return reached


def undo_tier(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Put customers back into the tier they had; who is in another one since stays there."""
    rows = Customer.objects.filter(store=store).only("pk")
    lock_rows(rows, {past.record_id for past in pasts})
    known = {str(one.pk): one for one in _named(store, pasts)}
    left: dict[UUID, str] = {}
    touched: list[Touched] = []
    for past in pasts:
        made, former = known.get(past.data["membership"]), known.get(past.data["replaces"])
        # A merge may have taken the customer into another one since; then both are the other's.
        is_as_made = (
            made is not None and made.until is None if past.data["membership"] else former is not None
        )
        if not is_as_made or (made or former) is None:
            left[past.record_id] = _(SINCE)
            continue
        customer_id = (made or former).customer_id  # type: ignore[union-attr]
        if not made and tier_queries.in_force(store=store, ids=[customer_id]):
            left[past.record_id] = _(SINCE)
            continue
        if made:
            made.delete()
        if former and former.customer_id == customer_id:
            former.until = None
            former.save(update_fields=["until"])
        name = former.tier.name if former else "–"
        touched.append(Touched(past.record_id, 0, past.after, past.before, {"name": name}))
    show_tiers(store=store, ids={one.customer_id for one in known.values()})
    record(change_set=change_set, resource="customers", kind=events.TIER_SET_BACK, touched=touched, now=now)
    return left


def _named(store: Store, pasts: list[Past]) -> list[Membership]:
    ids = [UUID(past.data[name]) for past in pasts for name in ("membership", "replaces") if past.data[name]]
    rows = Membership.objects.filter(store=store, pk__in=among(ids))
    return list(rows.select_related("tier"))


def show_tiers(*, store: Store, ids: Collection[UUID]) -> None:
    """Write beside these locked customers which tier they are in."""
    found = tier_queries.tiers_of_customers(store=store, ids=ids)
    set_tiers(store=store, tiers={one: found[one].name if one in found else "" for one in ids})


def keep_higher_tier(
    *, store: Store, customer_id: UUID, merge_id: UUID, number: int, actor: Actor, now: datetime
) -> None:
    """After a merge: the customer keeps the better of both tiers."""
    kept = Kept.objects.filter(
        store=store, merge=merge_id, table=Membership._meta.db_table, made=False, row__until=None
    ).first()
    if kept is not None:
        brought = Tier.objects.filter(store=store, pk=kept.row["tier_id"]).first()
        former = tier_queries.in_force(store=store, ids=[customer_id]).get(customer_id)
        if brought and former and brought.rank > former.tier.rank:
            ends = kept.row["ends_at"]
            switch = Switch(
                customer_id,
                former,
                brought,
                Origin.HAND if kept.row["origin"] == Origin.HAND else Origin.MERGE,
                _brought(number),
                datetime.fromisoformat(ends) if ends else None,
            )
            opened = open_change_set(store=store, actor=actor, kind=events.TIER_REACHED, now=now)
            touched = switch_tiers(store=store, switches=[switch], now=now)
            record(
                change_set=opened, resource="customers", kind=events.TIER_REACHED, touched=touched, now=now
            )
    show_tiers(store=store, ids=[customer_id])
    place_members(store=store, ids=[customer_id], actor=actor, now=now, only_up=True)


def split_tiers(*, store: Store, ids: Collection[UUID], number: int, actor: Actor, now: datetime) -> None:
    """After two customers were split: who had a better tier only through the merge has their own again."""
    for one in tier_queries.in_force(store=store, ids=ids).values():
        if one.reason != _brought(number):
            continue
        rows = Membership.objects.filter(store=store, customer_id=one.customer_id)
        former = rows.filter(pk=one.replaces).first() if one.replaces else None
        one.delete()
        if former is not None:
            former.until = None
            former.save(update_fields=["until"])
    show_tiers(store=store, ids=ids)
    place_members(store=store, ids=ids, actor=actor, now=now, only_up=True)


def orders_of(*, store: Store, ids: Collection[UUID]) -> list[UUID]:
    """The orders for which these customers were given points, or had some taken."""
    rows = Entry.objects.filter(
        store=store, customer_id__in=among(ids), source__in=[Source.ORDER, Source.RETURN]
    )
    return [one for one in rows.values_list("source_id", flat=True).distinct() if one is not None]


def _brought(number: int) -> str:
    return f"Merged: #{number}"


def forget_reasons(*, store: Store, people: list[Person], now: datetime) -> None:
    """That they were in a tier stays for the figures; why somebody put them there goes."""
    ids = [person.id for person in people]
    Membership.objects.filter(store=store, customer_id__in=among(ids)).exclude(reason="").update(reason="")
