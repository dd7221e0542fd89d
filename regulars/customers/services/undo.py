"""Putting customers, their addresses and notes back as they were before an act; who was changed since is left alone."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Field, Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.customers import events
from regulars.customers.choices import State
from regulars.customers.models import Address, Customer, Group, Note
from regulars.customers.rules import ADDRESS_FIELDS, as_json
from regulars.customers.services.addresses import FIELDS, make_address_main
from regulars.customers.services.batches import update_customers
from regulars.customers.services.notes import KEPT
from regulars.customers.services.plain import restore_plainly
from regulars.kit.actor import Actor
from regulars.kit.email import email_key
from regulars.kit.locks import lock_rows
from regulars.stores.models import Store
from regulars.timeline.events import EventKind, undone
from regulars.timeline.services import OpenChangeSet, Touched, record
from regulars.timeline.undoing import Past

GONE = gettext_noop("no longer exists")
FINAL = gettext_noop("was anonymised")
CHANGED = gettext_noop("was changed since")


def restore_facts(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Write the facts that customers had before, where they are still what the act made them."""
    done = restore_plainly(store=store, pasts=pasts, change_set=change_set, now=now)
    pasts = [past for past in pasts if past.record_id not in done]
    if not pasts:
        return {}
    needed = {"version", "state", *(name for past in pasts for name in past.after)}
    rows = Customer.objects.filter(store=store).only(*needed)
    customers = lock_rows(rows, [past.record_id for past in pasts])
    left: dict[UUID, str] = {}
    going: list[tuple[Past, dict[str, Any]]] = []
    for past in pasts:
        why = _why_not(customers.get(past.record_id), past)
        if why:
            left[past.record_id] = why
        else:
            going.append(
                (past, {name: _from_json(Customer, name, value) for name, value in past.before.items()})
            )
    left |= _taken(store, going)
    left |= _without_group(store, going)
    going = [(past, values) for past, values in going if past.record_id not in left]
    for changes in _same_columns(going):
        update_customers(store=store, changes=changes, now=now)
    record(
        change_set=change_set,
        resource="customers",
        kind=events.UNDONE,
        touched=[
            Touched(
                past.record_id,
                version=customers[past.record_id].version + 1,
                before={name: past.after.get(name) for name in past.before},
                after=past.before,
                data=undone(past.key, past.data),
            )
            for past, _values in going
        ],
        now=now,
    )
    return left


def _why_not(customer: Customer | None, past: Past) -> str:
    if customer is None:
        return _(GONE)
    if customer.state == State.ANONYMISED:
        return _(FINAL)
    for name, value in past.after.items():
        if as_json(getattr(customer, name)) != value:
            return _(CHANGED)
    return ""


def _from_json(model: type[Model], name: str, value: Any) -> Any:
    field = model._meta.get_field(name)
    assert isinstance(field, Field)
    return field.to_python(value)


def _taken(store: Store, going: list[tuple[Past, dict[str, Any]]]) -> dict[UUID, str]:
    """Customers whose earlier e-mail or external id belongs to somebody else by now."""
    found: dict[UUID, str] = {}
    for name, column, key in (("email", "email_key", email_key), ("external_id", "external_id", str)):
        wanted = {key(values[name]): past.record_id for past, values in going if values.get(name)}
        if not wanted:
            continue
        others = Customer.objects.filter(store=store, **{f"{column}__in": list(wanted)}).exclude(
            pk__in=list(wanted.values())
        )
        label = "e-mail" if name == "email" else "external id"
        for value in others.values_list(column, flat=True):
            found[wanted[value]] = _("another customer has this %(label)s by now") % {"label": label}
    return found


def _without_group(store: Store, going: list[tuple[Past, dict[str, Any]]]) -> dict[UUID, str]:
    asked = {values["group_id"] for _past, values in going if values.get("group_id")}
    known = (
        set(Group.objects.filter(store=store, pk__in=asked).values_list("pk", flat=True)) if asked else set()
    )
    return {
        past.record_id: _("the group no longer exists")
        for past, values in going
        if values.get("group_id") and values["group_id"] not in known
    }


def _same_columns(
    going: list[tuple[Past, dict[str, Any]]],
) -> Iterable[list[tuple[UUID, Mapping[str, Any]]]]:
    """The customers in groups that write the same columns, so that each group is one statement."""
    groups: dict[tuple[str, ...], list[tuple[UUID, Mapping[str, Any]]]] = {}
    for past, values in going:
        if values:
            groups.setdefault(tuple(sorted(values)), []).append((past.record_id, values))
    return groups.values()


def restore_addresses(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Take back what was done to further addresses."""
    customers = _lock_open(store, pasts)
    left: dict[UUID, str] = {}
    for past in pasts:
        address = Address.objects.select_for_update().filter(store=store, pk=past.data["address"]).first()
        if past.record_id not in customers:
            left[past.record_id] = _(GONE)
        elif past.after and (
            address is None or any(getattr(address, name) != value for name, value in past.after.items())
        ):
            left[past.record_id] = _(CHANGED)
        elif past.after and not past.before and address is not None:  # it was added
            address.delete()
        elif not past.after:  # it was removed
            Address.objects.create(
                id=past.data["address"], store=store, customer_id=past.record_id, **past.before
            )
        elif address is not None:
            for name in FIELDS:
                if name in past.before:
                    setattr(address, name, past.before[name])
            address.save()
        if past.record_id not in left:
            _tell(past, change_set, events.ADDRESS_UNDONE, now)
    return left


def restore_main_address(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Swap the main address back with the one that was main before."""
    left: dict[UUID, str] = {}
    for past in pasts:
        customer = lock_rows(Customer.objects.filter(store=store), [past.record_id]).get(past.record_id)
        if why := _why_not(customer, past):
            left[past.record_id] = why
            continue
        main = {name: getattr(customer, name) for name in ADDRESS_FIELDS}
        was = main | past.before
        address = Address.objects.filter(store=store, customer_id=past.record_id, **was).first()
        if address is not None:
            make_address_main(store=store, address_id=address.pk, actor=actor, now=now)
        elif any(was.values()):
            left[past.record_id] = _(CHANGED)
            continue
        else:
            Address.objects.create(store=store, customer_id=past.record_id, **main)
            update_customers(store=store, changes=[(past.record_id, was)], now=now)
        _tell(past, change_set, events.MAIN_ADDRESS_UNDONE, now)
    return left


def restore_notes(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Take back what was done to notes."""
    customers = _lock_open(store, pasts)
    left: dict[UUID, str] = {}
    for past in pasts:
        note = Note.objects.select_for_update().filter(store=store, pk=past.data["note"]).first()
        if past.record_id not in customers:
            left[past.record_id] = _(GONE)
        elif not _may_change(note, past, actor):
            left[past.record_id] = _("only the author, a manager or an owner can change this note")
        elif not past.after:  # it was removed
            if note is None:
                Note.objects.create(
                    id=past.data["note"], store=store, customer_id=past.record_id, **_note_values(past.before)
                )
            else:
                left[past.record_id] = _(CHANGED)
        elif note is None or any(as_json(getattr(note, name)) != value for name, value in past.after.items()):
            left[past.record_id] = _(CHANGED)
        elif not past.before:  # it was written
            # All of it, so that undoing this undo can put it back.
            past = replace(past, after={name: as_json(getattr(note, name)) for name in KEPT})
            note.delete()
        else:
            for name, value in past.before.items():
                setattr(note, name, value)
            note.save(update_fields=list(past.before))
        if past.record_id not in left:
            _tell(past, change_set, events.NOTE_UNDONE, now)
    return left


def _lock_open(store: Store, pasts: list[Past]) -> Collection[UUID]:
    """Those of the customers who can still be changed, locked: nobody forgets them meanwhile."""
    open_ones = Customer.objects.filter(store=store).exclude(state=State.ANONYMISED)
    return lock_rows(open_ones, [past.record_id for past in pasts]).keys()


def _may_change(note: Note | None, past: Past, actor: Actor) -> bool:
    author = str(note.author_id) if note is not None else past.before.get("author_id")
    return actor.may("notes.manage") or author == str(actor.id)


def _note_values(before: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _from_json(Note, name, value) for name, value in before.items()}


def _tell(past: Past, change_set: OpenChangeSet, kind: EventKind, now: datetime) -> None:
    """The event of an undo: the same record, with before and after swapped."""
    touched = Touched(past.record_id, before=past.after, after=past.before, data=past.data)
    record(change_set=change_set, resource="customers", kind=kind, touched=[touched], now=now)
