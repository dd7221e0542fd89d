"""Points for orders.

An order earns from when it is completed or fully paid, whichever comes first, and as long as it is one of both.
Whatever happens to it, its points are worked out anew on the terms of that day, and the ledger gets what differs: so
each share is given and taken exactly once, in whatever order things come. What staff took back stays taken back.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.kit.actor import Actor
from regulars.kit.ids import among, new_id
from regulars.loyalty import queries, tier_queries
from regulars.loyalty.choices import BelowZero, Kind, Source
from regulars.loyalty.earning import Basis, Line, Terms, Trigger, agree, counts_on, worth_of
from regulars.loyalty.models import Earning, EarnRule, Entry, Programme
from regulars.loyalty.services.adjust import expiry
from regulars.loyalty.services.change import Changed, PointChange, change_many
from regulars.loyalty.services.place import place_members
from regulars.loyalty.services.programme import running_programme
from regulars.orders import events as order_events
from regulars.orders.choices import OrderStatus
from regulars.orders.models import Order, OrderLine
from regulars.orders.services.locking import lock_orders
from regulars.resources.action import Outcome
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.timeline.services import OpenChangeSet

_KEY = "order:"
_AHEAD = {Trigger.ORDER.value, Trigger.MULTIPLIER.value}


@dataclass(slots=True)
class _Given:
    """What one rule gave a customer for an order so far: by the rules, by hand (taken back), and what is left of it."""

    points: int = 0
    by_hand: int = 0
    open: list[tuple[UUID, int]] = field(default_factory=list)


def settle_orders(
    *,
    store: Store,
    order_ids: Collection[UUID],
    actor: Actor,
    now: datetime,
    begin: bool = True,
    even_imported: bool = False,
    change_set: OpenChangeSet | None = None,
) -> Changed:
    """Give the customers of these orders the points that are missing, take back what is too much, and bring them into
    the tier that they have reached by it.

    The caller has locked the customers. With `begin`, orders that earned nothing yet may begin to: those that came with
    a file only when `even_imported`.
    """
    changed = _settle(store, order_ids, actor, now, begin, even_imported, change_set)
    if begin and tier_queries.tiers_of(store=store):
        # Also without any rule: tiers may be reached by what was spent.
        buyers = Order.objects.filter(store=store, pk__in=among(order_ids)).values_list(
            "customer_id", flat=True
        )
        place_members(store=store, ids=set(buyers), actor=actor, now=now, only_up=True)
    return changed


def _settle(
    store: Store,
    order_ids: Collection[UUID],
    actor: Actor,
    now: datetime,
    begin: bool,
    even_imported: bool,
    change_set: OpenChangeSet | None,
) -> Changed:
    earnings = {
        one.order_id: one for one in Earning.objects.filter(store=store, order_id__in=among(order_ids))
    }
    rules = tier_queries.active_rules(store=store, triggers=_AHEAD) if begin else []
    if not earnings and not rules:
        return Changed()
    orders = Order.objects.filter(store=store).in_bulk(order_ids)
    programme = queries.programme_of(store=store)
    if rules and programme.active:
        earnings |= _begin(store, rules, orders, earnings, now, even_imported)
    given = _given(store, earnings)
    bases = _bases(store, [orders[one] for one in earnings if one in orders])
    changes: list[PointChange] = []
    settled: list[Earning] = []
    for order_id, earning in earnings.items():
        order = orders.get(order_id)
        more = _differences(order, earning, bases.get(order_id), given.get(order_id, {}), programme, now)
        if more:
            earning.times += 1
            settled.append(earning)
            changes += [
                replace(one, key=f"{_KEY}{order_id}:{earning.times}:{number}")
                for number, one in enumerate(more)
            ]
    if not changes:
        return Changed()
    Earning.objects.bulk_update(settled, ["times"], batch_size=2000)
    return change_many(
        store=store, changes=changes, policy=BelowZero.DEBT, actor=actor, now=now, change_set=change_set
    )


def earn_orders(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Give points for orders that earned none, those that came with a file among them. Raises `PointsOff`."""
    running_programme(store=store)
    outcome = Outcome()
    with transaction.atomic():
        found = lock_orders(store=store, ids=ids)
        known = set(
            Earning.objects.filter(store=store, order_id__in=among(found)).values_list("order_id", flat=True)
        )
        changed = settle_orders(
            store=store,
            order_ids=[one for one in found if one not in known],
            actor=actor,
            now=now,
            even_imported=True,
            change_set=change_set,
        )
        outcome.change_set = changed.change_set
        earned = {entry.source_id for entry in changed.entries}
        for one in ids:
            if one not in found:
                outcome.skipped[one] = _("does not exist in this store")
            elif one in known:
                outcome.skipped[one] = _("has earned its points already")
            elif one in earned:
                outcome.done.append(one)
            elif not is_earning(found[one]):
                outcome.skipped[one] = _("is neither completed nor fully paid")
            else:
                outcome.skipped[one] = _("no rule gives points for it")
    return outcome


def is_earning(order: Order) -> bool:
    """Whether an order earns points as it stands: it is completed, or open and fully paid."""
    if order.status == OrderStatus.COMPLETED:
        return True
    is_paid = order.total_minor > 0 and order.paid_minor >= order.total_minor - order.returned_minor
    return order.status == OrderStatus.OPEN and is_paid


def _begin(
    store: Store,
    rules: Sequence[EarnRule],
    orders: dict[UUID, Order],
    earnings: Collection[UUID],
    now: datetime,
    even_imported: bool,
) -> dict[UUID, Earning]:
    """The terms of orders that earn from now on. One to which no rule applies may still begin later."""
    fresh = {pk: order for pk, order in orders.items() if pk not in earnings and is_earning(order)}
    if fresh and not even_imported:
        came = Event.objects.filter(
            store=store, record_id__in=among(fresh), key=order_events.IMPORTED.key
        ).values_list("record_id", flat=True)
        for pk in came:
            fresh.pop(pk, None)
    tiers = tier_queries.tiers_of_customers(store=store, ids={one.customer_id for one in fresh.values()})
    made = []
    for order in fresh.values():
        tier = tiers.get(order.customer_id)
        day = store.day_of(order.placed_at)
        terms = agree(
            [
                one
                for one in rules
                if counts_on(one, day, added=None if even_imported else store.day_of(one.created_at))
            ],
            tier=tier.pk if tier else None,
            tier_name=tier.name if tier else "",
            tier_percent=tier.percent if tier else 100,
        )
        if terms["rules"]:
            made.append(Earning(id=new_id(), store=store, order_id=order.pk, terms=terms, earned_at=now))
    Earning.objects.bulk_create(made, batch_size=2000)
    return {one.order_id: one for one in made}


def _bases(store: Store, orders: Iterable[Order]) -> dict[UUID, Basis]:
    """What of each order earns points."""
    found = {order.pk: order for order in orders if is_earning(order)}
    lines: dict[UUID, list[Line]] = {}
    rows = OrderLine.objects.filter(store=store, order__in=among(found)).order_by("position", "pk")
    for order_id, sku, quantity, returned in rows.values_list("order_id", "sku", "quantity", "returned"):
        lines.setdefault(order_id, []).append(Line(sku, quantity - returned))
    return {
        pk: Basis(
            max(order.total_minor - order.shipping_minor - order.returned_minor, 0), tuple(lines.get(pk, ()))
        )
        for pk, order in found.items()
    }


def _given(store: Store, order_ids: Collection[UUID]) -> dict[UUID, dict[tuple[str, UUID], _Given]]:
    """What was given for each order so far, by rule and customer."""
    found: dict[UUID, dict[tuple[str, UUID], _Given]] = {}
    rows = Entry.objects.filter(
        store=store,
        source_id__in=among(order_ids),
        source__in=[Source.ORDER, Source.RETURN],
        kind__in=[Kind.EARN, Kind.REVERSE],
    ).order_by("pk")
    columns = ("pk", "source_id", "customer_id", "rule", "key", "points", "left")
    for pk, order_id, customer_id, rule, key, points, left in rows.values_list(*columns):
        one = found.setdefault(order_id, {}).setdefault((rule, customer_id), _Given())
        if key.startswith(_KEY):
            one.points += points
        else:
            one.by_hand += points
        if left:
            one.open.append((pk, left))
    return found


def _differences(
    order: Order | None,
    earning: Earning,
    basis: Basis | None,
    given: dict[tuple[str, UUID], _Given],
    programme: Programme,
    now: datetime,
) -> list[PointChange]:
    """What is to be given and taken for one order: takes come first."""
    terms: Terms = earning.terms
    worth = worth_of(terms, basis) if basis else {}
    wanted = {(rule, order.customer_id): points for rule, points in worth.items()} if order else {}
    by_hand: dict[str, int] = {}
    for (rule, _customer), one in given.items():
        by_hand[rule] = by_hand.get(rule, 0) + one.by_hand
    takes: list[PointChange] = []
    gives: list[PointChange] = []
    for place in sorted(wanted.keys() | given.keys(), key=str):
        rule, customer_id = place
        there = given.get(place, _Given())
        # Of what staff took back nothing is given again, and nothing is taken twice.
        turned = by_hand.get(rule, 0) < 0
        more = -(there.points + there.by_hand) if turned else wanted.get(place, 0) - there.points
        about: dict[str, Any] = {"rule": rule, "source_id": earning.order_id, "reason": _reason(order)}
        if more > 0:
            gives.append(_give(customer_id, more, earning, programme, now, about))
        elif more < 0:
            source = Source.RETURN if order and basis and order.returned_minor else Source.ORDER
            takes += _take(customer_id, -more, there.open, about | {"source": source})
    return takes + gives


def _reason(order: Order | None) -> str:
    return _("Order %(number)s") % {"number": order.number} if order else _("Order taken back")


def _give(
    customer_id: UUID,
    points: int,
    earning: Earning,
    programme: Programme,
    now: datetime,
    about: dict[str, Any],
) -> PointChange:
    """Points that can be spent once the days to wait are over, and expire like others of that day."""
    available = earning.earned_at + timedelta(days=programme.pending_days)
    expires = expiry(programme=programme, now=available)
    if expires is not None and expires <= now:
        expires = expiry(programme=programme, now=now)
    return PointChange(
        customer_id,
        points,
        Kind.EARN,
        source=Source.ORDER,
        available_at=available,
        expires_at=expires,
        **about,
    )


def _take(
    customer_id: UUID, points: int, open_ones: list[tuple[UUID, int]], about: dict[str, Any]
) -> list[PointChange]:
    """Take what the order gave before all else; what was spent of it since becomes a debt, or comes from the rest."""
    found = []
    for giver, left in open_ones:
        if points:
            taken = min(left, points)
            points -= taken
            found.append(PointChange(customer_id, -taken, Kind.REVERSE, takes_first=giver, **about))
    if points:
        found.append(PointChange(customer_id, -points, Kind.REVERSE, **about))
    return found
