"""Merging customers: one stays, the others go into it, with all that hangs on them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from regulars.customers import events as customer_events
from regulars.customers.choices import State
from regulars.customers.models import Address, Customer
from regulars.customers.rules import ADDRESS_FIELDS, as_json
from regulars.customers.services import add_address, update_customers
from regulars.duplicates.choices import Verdict
from regulars.duplicates.facts import merged_values
from regulars.duplicates.models import Merge, Pair
from regulars.duplicates.services import moving
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid, NotAllowed, NotFound, Refused
from regulars.kit.ids import new_id
from regulars.kit.locks import lock_rows
from regulars.resources.action import Outcome
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record

MOST = 10


class CannotMerge(Refused):
    """These customers cannot be merged, or not with each other."""

    code = "cannot_merge"


def merge_customers(
    *,
    store: Store,
    survivor_id: UUID,
    loser_ids: Sequence[UUID],
    choices: Mapping[str, UUID],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None = None,
) -> Outcome:
    """Let customers go into one. Everything of theirs moves and can be split back; old ids lead to the survivor.

    `choices` names facts whose value a person chose, with the customer it is taken from. Raises `CannotMerge` and
    `NotFound`.
    """
    actor.require("customers.merge")
    return _merge(store, survivor_id, loser_ids, choices, actor, now, change_set)


def merge_own(
    *,
    store: Store,
    survivor_id: UUID,
    loser_id: UUID,
    choices: Mapping[str, UUID],
    actor: Actor,
    now: datetime,
) -> Outcome:
    """The same, by the customer who stays, once both are known to be theirs. Raises `CannotMerge` and `NotFound`."""
    if (actor.kind, actor.id) != ("customer", survivor_id):
        raise NotAllowed(_("Customers join what is their own."))
    return _merge(store, survivor_id, [loser_id], choices, actor, now, None)


def _merge(
    store: Store,
    survivor_id: UUID,
    loser_ids: Sequence[UUID],
    choices: Mapping[str, UUID],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    with transaction.atomic():
        found = check_customers(
            store=store, survivor_id=survivor_id, loser_ids=loser_ids, choices=choices, lock=True
        )
        opened = change_set or open_change_set(store=store, actor=actor, kind=customer_events.MERGED, now=now)
        survivor = found[survivor_id]
        for loser_id in loser_ids:
            survivor = _merge_one(store, survivor, found[loser_id], choices, opened, now)
    return Outcome(done=[survivor_id, *loser_ids], change_set=opened.id)


def check_customers(
    *,
    store: Store,
    survivor_id: UUID,
    loser_ids: Sequence[UUID],
    choices: Mapping[str, UUID],
    lock: bool = False,
) -> dict[UUID, Customer]:
    """The customers of a merge by id, locked if wanted. Raises `CannotMerge` and `NotFound`."""
    ids = [survivor_id, *loser_ids]
    if len(set(ids)) < len(ids):
        raise CannotMerge(_("The same customer is among them twice. Pick each one once."))
    if not 2 <= len(ids) <= MOST:
        raise CannotMerge(
            _("Pick 2 to %(most)s customers to merge; these are %(count)s.")
            % {"most": MOST, "count": len(ids)}
        )
    if strangers := set(choices.values()) - set(ids):
        raise Invalid(
            _("%(next)s is not one of the customers to merge.") % {"next": next(iter(strangers))},
            field="keep",
        )
    rows = Customer.objects.filter(store=store)
    found = lock_rows(rows, ids, to_remove=True) if lock else rows.in_bulk(ids)
    for one in ids:
        customer = found.get(one)
        if customer is None:
            _raise_missing(store, one)
        elif customer.state == State.ANONYMISED:
            raise CannotMerge(
                _("#%(number)s was anonymised: nothing says any more who it was.")
                % {"number": customer.number}
            )
    return found


def _raise_missing(store: Store, customer_id: UUID) -> None:
    merged = Merge.objects.select_related("survivor").filter(store=store, loser_id=customer_id).first()
    if merged is not None:
        raise CannotMerge(
            _("#%(number)s was merged into #%(number2)s already.")
            % {"number": merged.number, "number2": merged.survivor.number}
        )
    raise NotFound(_("This customer does not exist in this store."))


def _merge_one(
    store: Store,
    survivor: Customer,
    loser: Customer,
    choices: Mapping[str, UUID],
    opened: OpenChangeSet,
    now: datetime,
) -> Customer:
    values = merged_values(survivor, loser, choices)
    before = {name: as_json(getattr(survivor, name)) for name in values}
    after = {name: as_json(value) for name, value in values.items()}
    merge = Merge.objects.create(
        id=new_id(),
        store=store,
        survivor=survivor,
        into_id=survivor.pk,
        loser_id=loser.pk,
        number=loser.number,
        external_id=loser.external_id,
        email_key=loser.email_key,
        changed={name: [before[name], after[name]] for name in values},
        change_set_id=opened.id,
        at=now,
        actor_name=opened.actor.name,
    )
    _settle_pairs(merge, survivor, loser)
    moving.move_all(merge=merge)
    moving.take_away(merge=merge, model=Customer, ids=[loser.pk])
    # Always written, so that the version counts the merge and editors of the survivor learn of it.
    update_customers(store=store, changes=[(survivor.pk, values or {"state": survivor.state})], now=now)
    merged = Customer.objects.get(store=store, pk=survivor.pk)
    _keep_addresses(merge, survivor, loser, merged, opened.actor, now)
    data = {"merge": str(merge.pk), "number": loser.number, "into": survivor.number}
    touched = Touched(survivor.pk, merged.version, before, after, data | {"loser": str(loser.pk)})
    record(
        change_set=opened,
        resource="customers",
        kind=customer_events.MERGED_AWAY,
        touched=[Touched(loser.pk, loser.version, data=data)],
        now=now,
    )
    record(change_set=opened, resource="customers", kind=customer_events.MERGED, touched=[touched], now=now)
    return Customer.objects.get(store=store, pk=survivor.pk)


def _settle_pairs(merge: Merge, survivor: Customer, loser: Customer) -> None:
    """Pairs with the loser rest in the merge; what was decided about the loser holds for the survivor too."""
    theirs = list(
        Pair.objects.filter(Q(first=loser.pk) | Q(second=loser.pk), store=merge.store).order_by("pk")
    )
    moving.take_away(merge=merge, model=Pair, ids=[pair.pk for pair in theirs])
    made = []
    for pair in theirs:
        other = pair.second_id if pair.first_id == loser.pk else pair.first_id
        if pair.verdict == Verdict.OPEN or other == survivor.pk:
            continue
        first, second = sorted((survivor.pk, other))
        if not Pair.objects.filter(store=merge.store, first=first, second=second).exists():
            pair.pk, pair.first_id, pair.second_id = new_id(), first, second
            made.append(pair)
    Pair.objects.bulk_create(made)
    moving.note_made(merge=merge, model=Pair, ids=[pair.pk for pair in made])


def _keep_addresses(
    merge: Merge, survivor: Customer, loser: Customer, merged: Customer, actor: Actor, now: datetime
) -> None:
    """The main address that did not win becomes a further one, unless the customer has it already."""
    further = Address.objects.filter(store=merge.store, customer=merged)
    known = {_address(one) for one in (merged, *further)}
    made = []
    for one in (survivor, loser):
        address = _address(one)
        if any(address) and address not in known:
            known.add(address)
            values: dict[str, Any] = dict(zip(ADDRESS_FIELDS, address, strict=True))
            values["label"] = f"#{loser.number}" if one is loser else ""
            made.append(
                add_address(store=merge.store, customer_id=merged.pk, values=values, actor=actor, now=now).pk
            )
    moving.note_made(merge=merge, model=Address, ids=made)


def _address(one: Any) -> tuple[str, ...]:
    return tuple(getattr(one, name) for name in ADDRESS_FIELDS)
