"""Writing the rules that a file brings, in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime

from regulars.blocklist import events
from regulars.blocklist.models import Key, Rule
from regulars.blocklist.services.locking import lock_rules
from regulars.blocklist.services.marks import settle_rules
from regulars.blocklist.services.rules import (
    EDITABLE,
    NewRule,
    added,
    keys_of,
    make_room,
    make_rule,
    read_rule,
    touched,
    write_rules,
)
from regulars.resources.importer import Decision, Overtaken, Verdict
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, record


def write_imported_rules(
    *, store: Store, decisions: Sequence[Decision], change_set: OpenChangeSet, now: datetime
) -> None:
    """Add the new rules and change the known ones, with one event each."""
    made: list[Rule] = []
    keys: list[Key] = []
    for one in decisions:
        if one.verdict is Verdict.NEW:
            wanted = NewRule(**one.values)
            identity, customer = read_rule(store=store, rule=wanted, now=now)
            rule = make_rule(
                store=store,
                rule=wanted,
                identity=identity,
                customer=customer,
                actor=change_set.actor,
                now=now,
            )
            made.append(rule)
            keys += keys_of(rule, customer, with_contacts=True)
    if made:
        for name in {rule.list for rule in made}:
            make_room(store=store, rules=[rule for rule in made if rule.list == name], now=now)
        Rule.objects.bulk_create(made, batch_size=2000)
        Key.objects.bulk_create(keys, batch_size=2000)
        record(
            change_set=change_set,
            resource="blocks",
            kind=events.ADDED,
            touched=[added(rule) for rule in made],
            now=now,
        )
        settle_rules(store=store, rules=made)
    _change_known(store, decisions, change_set, now)


def _change_known(
    store: Store, decisions: Sequence[Decision], change_set: OpenChangeSet, now: datetime
) -> None:
    changed = {one.record_id: one for one in decisions if one.verdict is Verdict.CHANGED and one.record_id}
    if not changed:
        return
    rules = lock_rules(store, changed)
    if any(rules[pk].version != one.version for pk, one in changed.items() if pk in rules) or len(
        rules
    ) < len(changed):
        raise Overtaken
    changes = [
        (rules[pk], {name: value for name, value in one.values.items() if name in EDITABLE})
        for pk, one in changed.items()
    ]
    each = [touched(rule, values) for rule, values in changes]
    write_rules(store=store, changes=changes, now=now)
    record(change_set=change_set, resource="blocks", kind=events.CHANGED, touched=each, now=now)
