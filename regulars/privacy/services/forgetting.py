"""The three steps of a rule's night, each on a batch: spare who came back, forget whose day has come, tell others."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from regulars.customers import services as customers
from regulars.customers.models import Customer
from regulars.kit.actor import system
from regulars.kit.errors import Refused
from regulars.kit.locks import lock_rows
from regulars.messaging.services import Wanted, send_many
from regulars.privacy import events, mails, queries
from regulars.privacy.models import RetentionRule, Warned
from regulars.privacy.services.mailing import day_in, shop_url
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, Touched, record


@dataclass(frozen=True, slots=True)
class Batch:
    """How many it did, how many could not be done now, and after which row the next batch begins (none: it was the
    last)."""

    count: int
    failed: int
    last: UUID | None


def spare_batch(
    *,
    store: Store,
    rule: RetentionRule,
    after: UUID | None,
    limit: int,
    change_set: OpenChangeSet,
    now: datetime,
) -> Batch:
    """Take the day back of those whom the rule means no more: they came back, or have something open."""
    rows = _page(Warned.objects.filter(store=store, rule=rule), after, limit)
    _lock(store, rows)
    meant = _still_meant(store, rule, rows, now)
    back = [one for one in rows if one.customer_id not in meant]
    Warned.objects.filter(pk__in=[one.pk for one in back]).delete()
    touched = [Touched(one.customer_id, 0, data={"why": rule.name}) for one in back]
    record(change_set=change_set, resource="customers", kind=events.SPARED, touched=touched, now=now)
    return Batch(len(back), 0, rows[-1].pk if len(rows) == limit else None)


def forget_batch(
    *,
    store: Store,
    rule: RetentionRule,
    after: UUID | None,
    limit: int,
    change_set: OpenChangeSet,
    now: datetime,
) -> Batch:
    """Forget those whose day has come and whom the rule still means."""
    rows = _page(Warned.objects.filter(store=store, rule=rule, forget_at__lte=now), after, limit)
    _lock(store, rows)
    ids = sorted(_still_meant(store, rule, rows, now))
    failed = 0
    if ids:
        try:
            customers.anonymise_customers(
                store=store, ids=ids, inputs={}, actor=system(), now=now, change_set=change_set
            )
        except Refused:  # an import that is under way names one of them; tomorrow is another night
            ids, failed = [], len(ids)
    return Batch(len(ids), failed, rows[-1].pk if len(rows) == limit else None)


def warn_batch(
    *,
    store: Store,
    rule: RetentionRule,
    after: UUID | None,
    limit: int,
    change_set: OpenChangeSet,
    now: datetime,
) -> Batch:
    """Tell those whom the rule means and who do not know yet; who has no e-mail has the same time all the same."""
    meant = queries.forgettable(store=store, rule=rule, now=now).exclude(
        pk__in=Warned.objects.filter(store=store).values("customer")
    )
    if after is not None:
        meant = meant.filter(pk__gt=after)
    ids = list(meant.order_by("pk").values_list("pk", flat=True)[:limit])
    lock_rows(Customer.objects.filter(store=store).only("pk"), ids)
    # Once more, now that nobody can change them: who bought a moment ago is not told.
    fresh = queries.forgettable(store=store, rule=rule, now=now).filter(pk__in=ids).only("pk", "language")
    told = {one.pk: one.language for one in fresh}
    day = now + timedelta(days=rule.grace_days)
    Warned.objects.bulk_create(
        [Warned(store=store, rule=rule, customer_id=one, warned_at=now, forget_at=day) for one in told]
    )
    link = shop_url(store)
    wanted = [
        Wanted(
            one,
            {"day": day_in(store, language or store.language, day), "link": link},
            f"retention:{one}:{day.date()}",
        )
        for one, language in told.items()
    ]
    send_many(store=store, kind=mails.WARNING, wanted=wanted, actor=system(), now=now, change_set=change_set)
    touched = [Touched(one, 0, data={"day": store.day_of(day).isoformat()}) for one in told]
    record(change_set=change_set, resource="customers", kind=events.WARNED, touched=touched, now=now)
    return Batch(len(told), 0, ids[-1] if len(ids) == limit else None)


def _page(rows: QuerySet[Warned], after: UUID | None, limit: int) -> list[Warned]:
    if after is not None:
        rows = rows.filter(pk__gt=after)
    return list(rows.order_by("pk")[:limit])


def _lock(store: Store, rows: list[Warned]) -> None:
    lock_rows(
        Customer.objects.filter(store=store).only("pk"), [one.customer_id for one in rows], to_remove=True
    )


def _still_meant(store: Store, rule: RetentionRule, rows: list[Warned], now: datetime) -> set[UUID]:
    ids = [one.customer_id for one in rows]
    meant = queries.forgettable(store=store, rule=rule, now=now).filter(pk__in=ids)
    return set(meant.values_list("pk", flat=True))
