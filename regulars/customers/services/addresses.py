"""Further addresses of customers, and which one is the main one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from babel import Locale
from django.db import transaction
from django.utils.translation import gettext as _

from regulars.customers import events
from regulars.customers.models import Address, Customer
from regulars.customers.rules import ADDRESS_FIELDS
from regulars.customers.services.edit import edit_customer, lock_customer
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid, InvalidRecord, NotFound
from regulars.kit.ids import new_id
from regulars.kit.locks import lock_rows
from regulars.kit.phone import clean_phone
from regulars.kit.text import storable
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import Touched, emit

FIELDS = ("label", "name", "company", *ADDRESS_FIELDS, "phone")


def clean_address(*, values: Mapping[str, str], country: str) -> dict[str, str]:
    """What was typed for an address, tidied: phone in E.164 by the address's own country, else the store's.

    Raises `InvalidRecord` with a sentence for each field.
    """
    cleaned = {name: storable(values.get(name, "")).replace("\r\n", "\n").strip() for name in FIELDS}
    errors = {
        name: _("This is longer than 300 characters.") for name, text in cleaned.items() if len(text) > 300
    }
    cleaned["country"] = cleaned["country"].upper()
    if cleaned["country"] and cleaned["country"] not in Locale("en").territories:
        errors["country"] = _("Write the country as its two-letter code, like FR.")
    if cleaned["phone"]:
        try:
            cleaned["phone"] = clean_phone(cleaned["phone"], cleaned["country"] or country)
        except Invalid as refusal:
            errors["phone"] = refusal.sentence
    if errors:
        raise InvalidRecord(errors)
    return cleaned


def add_address(
    *, store: Store, customer_id: UUID, values: Mapping[str, str], actor: Actor, now: datetime
) -> Address:
    """Add an address to a customer. Raises `NotFound`, `Final`, and `InvalidRecord` when it is empty."""
    _check(values)
    with transaction.atomic():
        lock_customer(store=store, customer_id=customer_id)
        address = Address.objects.create(id=new_id(), store=store, customer_id=customer_id, **values)
        _tell(store, actor, events.ADDRESS_ADDED, address, now, after=_facts(address))
    return address


def edit_address(
    *, store: Store, address_id: UUID, values: Mapping[str, str], actor: Actor, now: datetime
) -> Address:
    """Change an address. Raises `NotFound` and `InvalidRecord`."""
    with transaction.atomic():
        address = _lock(store, address_id)
        before = _facts(address)
        for name, value in values.items():
            setattr(address, name, value)
        after = _facts(address)
        _check(after)
        changed = [name for name in FIELDS if before.get(name) != after.get(name)]
        if changed:
            address.save(update_fields=changed)
            _tell(
                store,
                actor,
                events.ADDRESS_EDITED,
                address,
                now,
                before={name: before.get(name, "") for name in changed},
                after={name: after.get(name, "") for name in changed},
            )
    return address


def remove_address(*, store: Store, address_id: UUID, actor: Actor, now: datetime) -> None:
    """Take an address away. The main address is part of the record and is emptied there instead."""
    with transaction.atomic():
        address = _lock(store, address_id)
        _tell(store, actor, events.ADDRESS_REMOVED, address, now, before=_facts(address))
        address.delete()


def make_address_main(*, store: Store, address_id: UUID, actor: Actor, now: datetime) -> Customer:
    """Swap an address with the main one, so that exactly one is the main address at any time."""
    with transaction.atomic():
        customer_id = (
            Address.objects.filter(store=store, pk=address_id).values_list("customer_id", flat=True).first()
        )
        if customer_id is None:
            raise NotFound(_("This address does not exist any more."))
        customer = lock_rows(Customer.objects.filter(store=store), [customer_id])[customer_id]
        address = _lock(store, address_id)
        old_main = {name: getattr(customer, name) for name in ADDRESS_FIELDS}
        new_main = {name: getattr(address, name) for name in ADDRESS_FIELDS}
        changed = edit_customer(
            store=store,
            customer_id=customer_id,
            values=new_main,
            base_version=None,
            actor=actor,
            now=now,
            kind=events.ADDRESS_MADE_MAIN,
        )
        if any(old_main.values()):
            for name, value in old_main.items():
                setattr(address, name, value)
            address.save(update_fields=list(old_main))
        else:
            address.delete()
    return changed


def _check(values: Mapping[str, str]) -> None:
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise InvalidRecord(dict.fromkeys(sorted(unknown), _("An address has no such field.")))
    if not any(values.get(name) for name in ADDRESS_FIELDS):
        raise InvalidRecord({"address": _("Write at least a street, a city or a country.")})


def _facts(address: Address) -> dict[str, str]:
    return {name: getattr(address, name) for name in FIELDS if getattr(address, name)}


def _lock(store: Store, address_id: UUID) -> Address:
    address = Address.objects.select_for_update().filter(store=store, pk=address_id).first()
    if address is None:
        raise NotFound(_("This address does not exist any more."))
    return address


def _tell(
    store: Store, actor: Actor, kind: EventKind, address: Address, now: datetime, **values: Any
) -> None:
    touched = Touched(address.customer_id, data={"address": str(address.pk)}, **values)
    emit(store=store, actor=actor, resource="customers", kind=kind, touched=touched, now=now)
