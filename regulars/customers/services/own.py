"""What customers do with their own addresses: whichever is named must be theirs."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.customers.models import Address
from regulars.customers.services.addresses import (
    add_address,
    clean_address,
    edit_address,
    make_address_main,
    remove_address,
)
from regulars.customers.services.edit import lock_customer
from regulars.kit.actor import Actor
from regulars.kit.errors import InvalidRecord, NotFound
from regulars.stores.models import Store

MOST_ADDRESSES = 30


def save_own_address(
    *,
    store: Store,
    customer_id: UUID,
    address_id: UUID | None,
    values: Mapping[str, str],
    actor: Actor,
    now: datetime,
) -> Address:
    """Add an address to the customer's own, or change one of them. Raises `NotFound` and `InvalidRecord`."""
    cleaned = clean_address(values=values, country=store.country)
    with transaction.atomic():
        lock_customer(store=store, customer_id=customer_id)
        if address_id is not None:
            _require(store, customer_id, address_id)
            return edit_address(store=store, address_id=address_id, values=cleaned, actor=actor, now=now)
        if Address.objects.filter(store=store, customer_id=customer_id).count() >= MOST_ADDRESSES:
            raise InvalidRecord({"address": _("You have many addresses already. Remove one first.")})
        return add_address(store=store, customer_id=customer_id, values=cleaned, actor=actor, now=now)


def remove_own_address(
    *, store: Store, customer_id: UUID, address_id: UUID, actor: Actor, now: datetime
) -> None:
    """Take one of the customer's own addresses away. Raises `NotFound`."""
    with transaction.atomic():
        lock_customer(store=store, customer_id=customer_id)
        _require(store, customer_id, address_id)
        remove_address(store=store, address_id=address_id, actor=actor, now=now)


def make_own_address_main(
    *, store: Store, customer_id: UUID, address_id: UUID, actor: Actor, now: datetime
) -> None:
    """Swap one of the customer's own addresses with the main one. Raises `NotFound`."""
    with transaction.atomic():
        lock_customer(store=store, customer_id=customer_id)
        _require(store, customer_id, address_id)
        make_address_main(store=store, address_id=address_id, actor=actor, now=now)


def _require(store: Store, customer_id: UUID, address_id: UUID) -> None:
    if not Address.objects.filter(store=store, customer_id=customer_id, pk=address_id).exists():
        raise NotFound(_("This address does not exist any more."))
