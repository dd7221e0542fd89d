"""Writing the customers that a file brings, in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from regulars.customers import events
from regulars.customers.models import Customer
from regulars.customers.rules import as_json
from regulars.customers.services.batches import update_customers
from regulars.customers.services.create import create_group, insert_customers
from regulars.resources.importer import Decision, Overtaken, Verdict
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, Touched, announce, copy_events, record


def write_imported(
    *, store: Store, decisions: Sequence[Decision], change_set: OpenChangeSet, now: datetime
) -> None:
    """Add the new customers and change the known ones, with one event each.

    New ones come first because they lock the store's counter, which is locked before customers everywhere.
    """
    _make_groups(store, decisions, change_set, now)
    new = [one for one in decisions if one.verdict is Verdict.NEW]
    if new:
        add_imported(store=store, records=[one.values for one in new], change_set=change_set, now=now)
    changed = {one.record_id: one for one in decisions if one.verdict is Verdict.CHANGED and one.record_id}
    if changed:
        _lock(store, changed)
        update_customers(
            store=store, changes=[(record_id, one.values) for record_id, one in changed.items()], now=now
        )
        record(
            change_set=change_set,
            resource="customers",
            kind=events.CHANGED_BY_FILE,
            touched=[_touched(record_id, one) for record_id, one in changed.items()],
            now=now,
        )


def add_imported(
    *, store: Store, records: Sequence[dict[str, Any]], change_set: OpenChangeSet, now: datetime
) -> list[UUID]:
    """Add the customers that a file brings, also those whom only another kind of record names; gives their ids."""
    ids = insert_customers(store=store, records=records, now=now)
    copy_events(change_set=change_set, resource="customers", kind=events.IMPORTED, record_ids=ids, at=now)
    announce(change_set=change_set, kind=events.IMPORTED, touched=[Touched(one, 1) for one in ids])
    return ids


def _make_groups(
    store: Store, decisions: Sequence[Decision], change_set: OpenChangeSet, now: datetime
) -> None:
    made: dict[str, UUID] = {}
    for one in decisions:
        name = one.values.pop("group_name", "") if one.verdict in (Verdict.NEW, Verdict.CHANGED) else ""
        if name:
            if name not in made:
                made[name] = create_group(store=store, name=name, actor=change_set.actor, now=now).pk
            one.values["group_id"] = made[name]


def _lock(store: Store, changed: dict[UUID, Decision]) -> None:
    rows = Customer.objects.filter(store=store, pk__in=list(changed)).order_by("pk")
    versions = dict(rows.select_for_update(no_key=True).values_list("pk", "version"))
    if any(versions.get(record_id) != one.version for record_id, one in changed.items()):
        raise Overtaken


def _touched(record_id: UUID, decision: Decision) -> Touched:
    after: dict[str, Any] = {name: as_json(value) for name, value in decision.values.items()}
    before = {name: as_json(decision.before.get(name)) for name in after}
    return Touched(record_id, decision.version + 1, before, after)
