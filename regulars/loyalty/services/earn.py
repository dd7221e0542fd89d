"""Points for orders.

An order earns from when it is completed or fully paid, whichever comes first, and as long as it is one of both.
Whatever happens to it, its points are worked out anew on the terms of that day, and the ledger gets what differs: so
each share is given and taken exactly once, in whatever order things come. What staff took back stays taken back.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.kit.actor import Actor
from regulars.kit.ids import among, new_id
from regulars.loyalty import queries, tier_queries
from regulars.loyalty.choices import BelowZero
from regulars.loyalty.earning import Trigger, agree, counts_on
from regulars.loyalty.models import Earning, EarnRule
from regulars.loyalty.services.change import Changed, PointChange, change_many
from regulars.loyalty.services.place import place_members
from regulars.loyalty.services.programme import running_programme
from regulars.loyalty.services.shares import KEY, bases_of, differences, given_for, is_earning
from regulars.orders import events as order_events
from regulars.orders.models import Order
from regulars.orders.services.locking import lock_orders
from regulars.resources.action import Outcome
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.timeline.services import OpenChangeSet

_AHEAD = {Trigger.ORDER.value, Trigger.MULTIPLIER.value}


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
    given = given_for(store=store, order_ids=earnings)
    bases = bases_of(store=store, orders=[orders[one] for one in earnings if one in orders])
    changes: list[PointChange] = []
    settled: list[Earning] = []
    for order_id, earning in earnings.items():
        order = orders.get(order_id)
        more = differences(
            order=order,
            earning=earning,
            basis=bases.get(order_id),
            given=given.get(order_id, {}),
            programme=programme,
            now=now,
        )
        if more:
            earning.times += 1
            settled.append(earning)
            changes += [
                replace(one, key=f"{KEY}{order_id}:{earning.times}:{number}")
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
