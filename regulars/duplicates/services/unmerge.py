"""Splitting customers again that were merged."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.customers import events as customer_events
from regulars.customers.models import Customer
from regulars.customers.rules import as_json
from regulars.customers.services import update_customers
from regulars.customers.services.create import refuse_twins
from regulars.duplicates.facts import FACTS
from regulars.duplicates.models import Kept, Merge, Moved
from regulars.duplicates.services import moving
from regulars.duplicates.services.merge import CannotMerge
from regulars.kit.actor import Actor
from regulars.kit.errors import NotFound, Refused
from regulars.kit.locks import lock_rows
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record
from regulars.timeline.undoing import Past

_LABELS = {column: str(fact.label) for fact in FACTS for column in fact.columns}


def unmerge(
    *,
    store: Store,
    merge_id: UUID,
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None = None,
) -> list[str]:
    """Make the customer that went into another one a customer of its own again, with exactly what it brought.

    Returns the facts of the survivor that were changed since and stay as they are. What came after the merge stays
    with the survivor. Raises `CannotMerge` where it is too late, `NotFound`, and `EmailTaken` or `ExternalIdTaken` when
    somebody else has by now what the customer was known by.
    """
    actor.require("customers.merge")
    with transaction.atomic(), refuse_twins(store):
        merge = Merge.objects.filter(store=store, pk=merge_id).first()
        if merge is None:
            raise NotFound(_("There is no such merge in this store, or it was undone already."))
        # Customers before merges, like everywhere; then the merge again, which may have been undone meanwhile.
        rows = Customer.objects.filter(store=store)
        survivor = lock_rows(rows, [merge.survivor_id], to_remove=True).get(merge.survivor_id)
        merge = Merge.objects.select_for_update().filter(store=store, pk=merge_id).first()
        if survivor is None or merge is None or merge.survivor_id != survivor.pk:
            raise NotFound(_("There is no such merge in this store, or it was undone already."))
        if merge.is_final:
            raise CannotMerge(
                _("#%(number)s was anonymised since: there is nothing left to split.")
                % {"number": survivor.number}
            )
        if merge.into_id != survivor.pk:
            between = Merge.objects.get(store=store, loser_id=merge.into_id)
            raise CannotMerge(
                _(
                    "#%(number)s, into which #%(number2)s was merged, was itself merged into "
                    "#%(number3)s. Undo that merge first."
                )
                % {"number": between.number, "number2": merge.number, "number3": survivor.number}
            )
        values, left = _what_to_restore(survivor, merge)
        update_customers(store=store, changes=[(survivor.pk, values or {"state": survivor.state})], now=now)
        moving.put_back(merge=merge)
        moving.move_back(merge=merge)
        moving.take_made_away(merge=merge)
        _tell(store, merge, survivor, values, actor, now, change_set)
        Moved.objects.filter(store=store, merge=merge).delete()
        Kept.objects.filter(store=store, merge=merge).delete()
        Merge.objects.filter(store=store, pk=merge.pk).delete()
    return left


def undo_merges(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Undo of an act, as the timeline asks for it: each merge once, newest first."""
    left: dict[UUID, str] = {}
    for past in pasts:
        merge_id = past.data["merge"]
        known = Merge.objects.filter(store=store, pk=merge_id).first()
        if known is None:
            if not _split_in(store, change_set, merge_id):
                left[past.record_id] = _("was split again already")
            continue
        try:
            with transaction.atomic():
                changed = unmerge(store=store, merge_id=known.pk, actor=actor, now=now, change_set=change_set)
        except Refused as refusal:  # too late, or somebody else has the e-mail by now; the others still go
            left[past.record_id] = refusal.sentence
            continue
        if changed:
            left[known.survivor_id] = _("split again; changed since and left: %(names)s") % {
                "names": ", ".join(changed)
            }
    return left


def _split_in(store: Store, change_set: OpenChangeSet, merge_id: str) -> bool:
    """True when this very undo has split it: an act tells of the survivor and of the other one."""
    split = Event.objects.filter(
        store=store, change_set_id=change_set.id, key=customer_events.UNMERGED.key, data__merge=merge_id
    )
    return split.exists()


def _what_to_restore(survivor: Customer, merge: Merge) -> tuple[dict[str, Any], list[str]]:
    """The survivor's facts of before the merge; those changed since are left, and named.

    Where a later merge built on what this one wrote, that one learns what was there before.
    """
    later = list(
        Merge.objects.filter(store=merge.store, survivor=survivor, into_id=survivor.pk, pk__gt=merge.pk)
        .order_by("pk")
        .select_for_update()
    )
    values: dict[str, Any] = {}
    left: list[str] = []
    for name, (before, after) in merge.changed.items():
        follower = next((one for one in later if name in one.changed and one.changed[name][0] == after), None)
        if follower is not None:
            follower.changed[name][0] = before
            Merge.objects.filter(pk=follower.pk).update(changed=follower.changed)
        elif as_json(getattr(survivor, name)) == after:
            field: Any = Customer._meta.get_field(name)
            values[name] = field.to_python(before)
            continue
        if (label := _LABELS.get(name, "")) and label not in left:
            left.append(label)
    return values, left


def _tell(
    store: Store,
    merge: Merge,
    survivor: Customer,
    values: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> None:
    kind = customer_events.UNMERGED
    opened = change_set or open_change_set(store=store, actor=actor, kind=kind, now=now)
    data = {"merge": str(merge.pk), "number": merge.number, "into": survivor.number}
    before = {name: as_json(getattr(survivor, name)) for name in values}
    after = {name: as_json(value) for name, value in values.items()}
    touched = [
        Touched(survivor.pk, survivor.version + 1, before, after, data),
        Touched(merge.loser_id, data=data),
    ]
    record(change_set=opened, resource="customers", kind=kind, touched=touched, now=now)
