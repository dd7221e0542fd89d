"""Points for what customers are, not for what they buy: joining, and birthdays."""

import calendar
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from itertools import batched
from uuid import UUID

from django.db.models.lookups import In

from regulars.customers.choices import State
from regulars.customers.queries import customers_of
from regulars.kit.actor import Actor
from regulars.loyalty import queries, tier_queries
from regulars.loyalty.choices import BelowZero, Kind, Source
from regulars.loyalty.earning import Trigger, counts_on
from regulars.loyalty.models import EarnRule, Entry
from regulars.loyalty.services.adjust import expiry
from regulars.loyalty.services.change import PointChange, change_many
from regulars.loyalty.services.place import place_members
from regulars.resources.kinds import day_of_year
from regulars.stores.models import Store

# A worker that was down gives the birthdays of the days before when it is back.
LATE_DAYS = 6


def welcome(*, store: Store, customer_ids: Collection[UUID], actor: Actor, now: datetime) -> int:
    """Give what the rules say to customers who just joined; returns how many entries that were."""
    rules = _rules(store, Trigger.JOINING, store.day_of(now))
    return sum(_give(store, rule, customer_ids, "joining", actor, now) for rule in rules)


def give_birthdays(*, store: Store, actor: Actor, now: datetime) -> int:
    """Give what the rules say to whoever has birthday today or had it in the days before; once for each birthday."""
    given, today = 0, store.day_of(now)
    for back in range(LATE_DAYS + 1):
        day = today - timedelta(days=back)
        for rule in _rules(store, Trigger.BIRTHDAY, day):
            key = f"birthday:{day.year}"
            people = customers_of(store).filter(
                In(day_of_year("birthdate"), _born_on(day)),
                birthdate__isnull=False,
                state=State.ACTIVE,
                blocked=False,
                created_at__lt=datetime.combine(day + timedelta(days=1), time.min, store.zone),
            )
            ids = people.order_by("pk").values_list("pk", flat=True)
            for some in batched(ids, 2000):
                given += _give(store, rule, some, key, actor, now)
    return given


def _born_on(day: date) -> list[int]:
    """The days of the year, as the index of birthdays has them, whose birthday it is."""
    is_leap_too = (day.month, day.day) == (2, 28) and not calendar.isleap(day.year)
    return [day.month * 100 + day.day, *([229] if is_leap_too else [])]


def _rules(store: Store, trigger: Trigger, day: date) -> list[EarnRule]:
    """The rules for an occasion on this day; none while the programme is off."""
    rules = tier_queries.active_rules(store=store, triggers={trigger.value})
    if not rules or not queries.programme_of(store=store).active:
        return []
    return [one for one in rules if counts_on(one, day, added=store.day_of(one.created_at))]


def _give(
    store: Store, rule: EarnRule, ids: Collection[UUID], occasion: str, actor: Actor, now: datetime
) -> int:
    wanted = {f"{occasion}:{rule.pk}:{one}": one for one in ids}
    known = set(Entry.objects.filter(store=store, key__in=list(wanted)).values_list("key", flat=True))
    expires = expiry(programme=queries.programme_of(store=store), now=now)
    changes = [
        PointChange(
            customer_id,
            rule.settings["points"],
            Kind.EARN,
            reason=rule.name,
            source=Source.RULE,
            rule=rule.name,
            key=key,
            expires_at=expires,
        )
        for key, customer_id in wanted.items()
        if key not in known
    ]
    if not changes:
        return 0
    changed = change_many(
        store=store, changes=changes, policy=BelowZero.DEBT, actor=actor, now=now, change_set=None
    )
    people = [one.customer_id for one in changed.entries]
    place_members(store=store, ids=people, actor=actor, now=now, only_up=True)
    return len(changed.entries)
