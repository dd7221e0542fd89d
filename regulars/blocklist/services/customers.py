"""Blocking customers, and letting them in again; one customer is a selection of one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.blocklist import events, queries
from regulars.blocklist.choices import Cover, RuleKind, RuleList
from regulars.blocklist.identities import Identity
from regulars.blocklist.models import Key, Rule
from regulars.blocklist.services.marks import settle_rules
from regulars.blocklist.services.rules import NewRule, keys_of, make_room, make_rule, set_removed
from regulars.customers.choices import State
from regulars.customers.models import Customer
from regulars.kit.actor import Actor
from regulars.kit.errors import InvalidRecord
from regulars.kit.locks import lock_rows
from regulars.resources.action import Outcome
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record


def block_customers(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Keep customers from registering, signing in, ordering and trading in."""
    expires_at = inputs.get("expires")
    if expires_at is not None and expires_at <= now:
        raise InvalidRecord({"expires": _("This is in the past.")})
    wanted = NewRule(
        kind=RuleKind.CUSTOMER,
        value="",
        reason=inputs.get("reason", ""),
        reason_shown=inputs.get("reason_shown", ""),
        expires_at=expires_at,
    )
    with_contacts = inputs.get("cover") != Cover.RECORD
    outcome = Outcome()
    with transaction.atomic():
        people = lock_rows(Customer.objects.filter(store=store), ids)
        outcome.skipped = _cannot_be_blocked(store, ids, people, now)
        rules = []
        for pk in dict.fromkeys(ids):
            if pk not in outcome.skipped:
                person = people[pk]
                identity = Identity(RuleKind.CUSTOMER, str(pk), f"#{person.number}")
                rules.append(
                    make_rule(
                        store=store, rule=wanted, identity=identity, customer=person, actor=actor, now=now
                    )
                )
        if not rules:
            return outcome
        make_room(store=store, rules=rules, now=now)
        Rule.objects.bulk_create(rules, batch_size=2000)
        keys = [
            key for rule in rules for key in keys_of(rule, people[_person(rule)], with_contacts=with_contacts)
        ]
        Key.objects.bulk_create(keys, batch_size=2000)
        outcome.done = [_person(rule) for rule in rules]
        settle_rules(store=store, rules=rules if with_contacts else [], also=outcome.done)
        outcome.change_set = _tell_blocked(store, rules, people, actor, now, change_set)
    return outcome


def unblock_customers(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Let blocked customers in again. Whom a rule of the list blocks too stays blocked, and is told so."""
    outcome = Outcome()
    with transaction.atomic():
        people = lock_rows(Customer.objects.filter(store=store).only("number", "blocked"), ids)
        matches = queries.matches_of(store=store, customer_ids=ids, now=now)
        removed: list[UUID] = []
        touched: list[Touched] = []
        for pk in dict.fromkeys(ids):
            person = people.get(pk)
            blocking = queries.blocking(matches.get(pk, ()))
            own = [match.rule_id for match in blocking if match.customer_id == pk]
            others = [match for match in blocking if match.customer_id != pk]
            if person is None:
                outcome.skipped[pk] = _("does not exist in this store")
            elif not blocking:
                outcome.skipped[pk] = _("is not blocked")
            elif others:
                outcome.skipped[pk] = _("blocked by the rule %(name)s") % {"name": _name(others[0])}
            else:
                removed += own
                outcome.done.append(pk)
                rules = [str(rule_id) for rule_id in own]
                touched.append(Touched(pk, 0, {"blocked": True}, {"blocked": False}, {"rules": rules}))
        if outcome.done:
            rules_now = lock_rows(queries.rules_of(store), removed)
            set_removed(store=store, rules=list(rules_now.values()), removed_at=now, now=now)
            opened = change_set or open_change_set(
                store=store, actor=actor, kind=events.CUSTOMER_UNBLOCKED, now=now
            )
            outcome.change_set = opened.id
            record(
                change_set=opened,
                resource="customers",
                kind=events.CUSTOMER_UNBLOCKED,
                touched=touched,
                now=now,
            )
    return outcome


def _cannot_be_blocked(
    store: Store, ids: list[UUID], people: dict[UUID, Customer], now: datetime
) -> dict[UUID, str]:
    skipped: dict[UUID, str] = {}
    matches = queries.matches_of(store=store, customer_ids=list(people), now=now)
    for pk in ids:
        found = matches.get(pk, [])
        if pk not in people:
            skipped[pk] = _("does not exist in this store")
        elif people[pk].state == State.ANONYMISED:
            skipped[pk] = _("is anonymised")
        elif queries.trusts(found):
            skipped[pk] = _("is on the trust list")
        elif any(match.customer_id == pk and match.list == RuleList.BLOCK for match in found):
            skipped[pk] = _("is blocked already")
    return skipped


def _tell_blocked(
    store: Store,
    rules: list[Rule],
    people: dict[UUID, Customer],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> UUID:
    opened = change_set or open_change_set(store=store, actor=actor, kind=events.CUSTOMER_BLOCKED, now=now)
    touched = [
        Touched(
            _person(rule),
            0,
            {"blocked": people[_person(rule)].blocked},
            {"blocked": True},
            {"rules": [str(rule.pk)], "because": f": {rule.reason}" if rule.reason else ""},
        )
        for rule in rules
    ]
    record(change_set=opened, resource="customers", kind=events.CUSTOMER_BLOCKED, touched=touched, now=now)
    return opened.id


def _person(rule: Rule) -> UUID:
    assert rule.customer_id is not None
    return rule.customer_id


def _name(match: queries.Match) -> str:
    """A rule in few words: a domain with its @, as people know it."""
    if match.kind == RuleKind.DOMAIN:
        return match.masked if match.masked.startswith("*") else f"@{match.masked}"
    if match.kind == RuleKind.CUSTOMER:
        return _("about customer %(masked)s, who has the same e-mail or phone") % {"masked": match.masked}
    return match.masked
