"""Taking back what was done to rules, and to customers through them. What was changed since is left alone."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.blocklist import events, queries
from regulars.blocklist.models import Rule
from regulars.blocklist.services.locking import lock_rules
from regulars.blocklist.services.rules import set_removed, touched, write_rules
from regulars.kit.actor import Actor
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import OpenChangeSet, Touched, record
from regulars.timeline.undoing import Past

CHANGED = gettext_noop("was changed since")
GONE = gettext_noop("is not on the list any more")
AGAIN = gettext_noop("is on the list again already")


def undo_rules(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Undo what was done to rules: added ones go, removed ones come back, changed ones are as they were."""
    rules = lock_rules(store, [past.record_id for past in pasts], removed=True)
    replaced = _with_twins(store, rules.values())
    left: dict[UUID, str] = {}
    by_kind: dict[EventKind, list[Past]] = {}
    for past in pasts:
        rule = rules.get(past.record_id)
        removed = past.key == events.REMOVED.key
        if rule is None or (rule.removed_at is None) == removed:
            left[past.record_id] = _(GONE) if not removed else _(AGAIN)
        elif rule.version != past.version:
            left[past.record_id] = _(CHANGED)
        elif rule.pk in replaced:
            left[past.record_id] = _(AGAIN)
        elif past.key == events.CHANGED.key:
            by_kind.setdefault(events.CHANGED, []).append(past)
        else:
            by_kind.setdefault(events.RESTORED if removed else events.REMOVED, []).append(past)
    for kind, each in by_kind.items():
        if kind is events.CHANGED:
            _change_back(store, each, rules, change_set, now)
        else:
            going = [rules[past.record_id] for past in each]
            _put(store, going, kind, change_set, now)
    return left


def undo_customers(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Undo that customers were blocked or let in again, where the rule still is as that act left it."""
    ids = {past.record_id: [UUID(one) for one in past.data.get("rules", ())] for past in pasts}
    rules = lock_rules(store, [one for each in ids.values() for one in each], removed=True)
    replaced = _with_twins(store, rules.values())
    left: dict[UUID, str] = {}
    for was, again in (
        (events.CUSTOMER_BLOCKED, events.CUSTOMER_UNBLOCKED),
        (events.CUSTOMER_UNBLOCKED, events.CUSTOMER_BLOCKED),
    ):
        blocked = was is events.CUSTOMER_BLOCKED
        going: list[Rule] = []
        told: list[Touched] = []
        for past in (past for past in pasts if past.key == was.key):
            own = [rules[one] for one in ids[past.record_id] if one in rules]
            own = [rule for rule in own if (rule.removed_at is None) == blocked]
            if not own or any(rule.pk in replaced for rule in own):
                left[past.record_id] = _(CHANGED)
                continue
            going += own
            data: dict[str, Any] = {"rules": [str(rule.pk) for rule in own]}
            data |= {} if blocked else {"because": ""}
            told.append(Touched(past.record_id, 0, past.after, past.before, data))
        if going:
            set_removed(store=store, rules=going, removed_at=now if blocked else None, now=now)
            record(change_set=change_set, resource="customers", kind=again, touched=told, now=now)
    return left


def _put(store: Store, rules: list[Rule], kind: EventKind, change_set: OpenChangeSet, now: datetime) -> None:
    gone = kind is events.REMOVED
    set_removed(store=store, rules=rules, removed_at=now if gone else None, now=now)
    each = [Touched(rule.pk, rule.version, {"removed": not gone}, {"removed": gone}) for rule in rules]
    record(change_set=change_set, resource="blocks", kind=kind, touched=each, now=now)


def _change_back(
    store: Store, pasts: list[Past], rules: dict[UUID, Rule], change_set: OpenChangeSet, now: datetime
) -> None:
    changes = [(rules[past.record_id], _columns(past.before)) for past in pasts]
    each = [touched(rule, values) for rule, values in changes]
    write_rules(store=store, changes=changes, now=now)
    record(change_set=change_set, resource="blocks", kind=events.CHANGED, touched=each, now=now)


def _columns(kept: dict[str, Any]) -> dict[str, Any]:
    """Facts from the history as the columns hold them."""
    expires = kept.get("expires_at")
    return kept | ({"expires_at": datetime.fromisoformat(expires)} if expires else {})


def _with_twins(store: Store, rules: Iterable[Rule]) -> set[UUID]:
    """Those of the removed rules in whose place another about the same has come."""
    gone = [rule for rule in rules if rule.removed_at is not None]
    same = queries.rules_of(store).filter(digest__in=[rule.digest for rule in gone])
    there = set(same.values_list("list", "digest"))
    return {rule.pk for rule in gone if (rule.list, rule.digest) in there}
