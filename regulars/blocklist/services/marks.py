"""The mark "blocked" beside customers: kept, so that lists and filters need not ask the rules.

It follows the rules within the same transaction where few customers are concerned, else within a minute, by the
worker; so it does for customers whom somebody else is writing just then. The worker also looks once more, a minute
later, at whom each rule is about: a customer who was being written while the rule was, and whom neither saw of the
other, is found then. The doors do not look at the mark (see `gate`).
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from regulars.blocklist import queries
from regulars.blocklist.choices import RuleKind
from regulars.blocklist.models import Rule
from regulars.blocklist.queries import About
from regulars.customers.models import Customer
from regulars.customers.queries import customers_of
from regulars.customers.services import set_blocked
from regulars.kit.ids import among
from regulars.stores.models import Store

AT_ONCE = 500
# Each domain is a search of its own; those of a file are left to the worker.
FEW_DOMAINS = 3
BATCH = 2000


def look_again(*, store: Store, ids: Collection[UUID], leave_busy: bool = False) -> int:
    """Write the mark anew beside these customers and return how many changed."""
    if not ids:
        return 0
    marked = set(customers_of(store).filter(pk__in=among(ids), blocked=True).values_list("pk", flat=True))
    if not queries.rules_of(store).exists():
        return set_blocked(store=store, blocked=[], open_again=marked, leave_busy=leave_busy) if marked else 0
    found = queries.matches_of(store=store, customer_ids=ids)
    blocked = {pk for pk, matches in found.items() if queries.blocking(matches)}
    if blocked == marked:
        return 0
    return set_blocked(
        store=store, blocked=blocked - marked, open_again=marked - blocked, leave_busy=leave_busy
    )


def settle_rules(*, store: Store, rules: Sequence[Rule], also: Collection[UUID] = ()) -> int:
    """Write the marks of those whom some rules are about, when they are few; the worker does it for many.

    `also` are customers who are looked at in any case. Returns how many changed.
    """
    ids = set(also)
    domains = [rule for rule in rules if rule.kind == RuleKind.DOMAIN]
    each = [about_all(rule for rule in rules if rule.kind != RuleKind.DOMAIN)]
    if len(domains) <= FEW_DOMAINS:
        each += [queries.about_rule(rule) for rule in domains]
    for about in each:
        if about:
            rows = queries.customers_about(store=store, about=about).values_list("pk", flat=True)
            ids.update(rows[:AT_ONCE] if about.domains else rows)
    # Whoever changed the rules holds customers already; to wait for more of them could be for ever.
    return look_again(store=store, ids=ids, leave_busy=True)


def settle_due(*, store: Store, now: datetime, limit: int = BATCH) -> int:
    """What the worker does each minute: end rules that have expired, and look at whom the latest rules are about.

    Returns how many rules it looked at.
    """
    due = queries.due_rules(store=store, now=now, limit=limit)
    if not due:
        return 0
    ids = [rule.pk for rule in due]
    Rule.objects.filter(store=store, pk__in=ids, in_force=True, expires_at__lte=now).update(in_force=False)
    for each in _pages(store, due):
        with transaction.atomic():
            look_again(store=store, ids=each)
    # A rule that was changed meanwhile has a later version and stays to be looked at.
    for version in {rule.version for rule in due}:
        same = [rule.pk for rule in due if rule.version == version]
        Rule.objects.filter(store=store, pk__in=same, version=version).update(settled=True)
    return len(due)


def recount_marks(*, store: Store) -> int:
    """Write every mark of the store anew and return how many were wrong; for after a change of the secret."""
    changed = 0
    for ids in _by_pages(customers_of(store)):
        with transaction.atomic():
            changed += look_again(store=store, ids=ids)
    return changed


def about_all(rules: Iterable[Rule]) -> About:
    """Whom several rules are about."""
    each = [queries.about_rule(rule) for rule in rules]
    return About(
        emails=frozenset().union(*(one.emails for one in each)),
        phones=frozenset().union(*(one.phones for one in each)),
        domains=frozenset().union(*(one.domains for one in each)),
        customers=frozenset().union(*(one.customers for one in each)),
    )


def _pages(store: Store, due: Sequence[Rule]) -> Iterator[list[UUID]]:
    """Whom the rules are about, in batches. Of a rule whose person was forgotten nobody knows: all marked ones."""
    wide = [rule for rule in due if rule.kind == RuleKind.DOMAIN]
    about = about_all(rule for rule in due if rule.kind != RuleKind.DOMAIN)
    if about:
        yield from _by_pages(queries.customers_about(store=store, about=about))
    for rule in wide:
        yield from _by_pages(queries.customers_about(store=store, about=queries.about_rule(rule)))
    if any(queries.forgets_its_value(rule) for rule in due):
        yield from _by_pages(customers_of(store).filter(blocked=True))


def _by_pages(rows: QuerySet[Customer]) -> Iterator[list[UUID]]:
    after: UUID | None = None
    while True:
        page = rows.filter(pk__gt=after) if after else rows
        ids = list(page.order_by("pk").values_list("pk", flat=True)[:BATCH])
        if ids:
            yield ids
        if len(ids) < BATCH:
            return
        after = ids[-1]
