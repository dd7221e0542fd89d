"""Changing customers so that two people who edit at once lose nothing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.customers import events
from regulars.customers.choices import State
from regulars.customers.models import Customer
from regulars.customers.rules import EDITABLE, SEARCHED_FACTS, as_json, needs_search_columns, search_columns
from regulars.customers.services.create import check_group, refuse_twins
from regulars.kit.actor import Actor
from regulars.kit.errors import InvalidRecord, NotFound, Refused
from regulars.kit.locks import lock_rows
from regulars.resources.conflicts import Conflict, EditConflict, UnknownVersion
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.queries import happenings_since
from regulars.timeline.services import Touched, emit


class Final(Refused):
    """An anonymised customer cannot be changed any more."""

    code = "anonymised"


def lock_customer(*, store: Store, customer_id: UUID) -> Customer:
    """The customer, locked until the transaction ends, to change or to add to. Raises `NotFound` and `Final`."""
    customer = lock_rows(Customer.objects.filter(store=store), [customer_id]).get(customer_id)
    if customer is None:
        raise NotFound(_("This customer does not exist in this store."))
    if customer.state == State.ANONYMISED:
        raise Final(_("This customer was anonymised and cannot be changed any more."))
    return customer


def edit_customer(
    *,
    store: Store,
    customer_id: UUID,
    values: Mapping[str, Any],
    base_version: int | None,
    actor: Actor,
    now: datetime,
    kind: EventKind = events.EDITED,
) -> Customer:
    """Change facts of a customer.

    `values` may be all fields of a form: those that equal the base the person was looking at (`base_version`) are not
    theirs to change, so what others changed meanwhile stays. Raises `NotFound`, `EditConflict`, `UnknownVersion`,
    `EmailTaken`, `ExternalIdTaken`, `Final`, and `InvalidRecord` when nothing would be left that says who it is.
    """
    unknown = set(values) - set(EDITABLE)
    if unknown:
        raise InvalidRecord(dict.fromkeys(sorted(unknown), _("This cannot be edited.")))
    with transaction.atomic(), refuse_twins(store):
        customer = lock_customer(store=store, customer_id=customer_id)
        changed = _own_changes(store, customer, values, base_version)
        if not changed:
            return customer
        if "group_id" in changed:
            check_group(store=store, group_id=changed["group_id"])
        before = {name: as_json(getattr(customer, name)) for name in changed}
        for name, value in changed.items():
            setattr(customer, name, value)
        if not any(
            (
                customer.first_name,
                customer.last_name,
                customer.company,
                customer.email,
                customer.phone,
                customer.external_id,
            )
        ):
            raise InvalidRecord(
                {"first_name": _("Keep at least a name, a company, an e-mail or a phone number.")}
            )
        written = [*changed, "version", "updated_at"]
        if needs_search_columns(changed):
            for name, key in search_columns(
                {fact: getattr(customer, fact) for fact in SEARCHED_FACTS}
            ).items():
                setattr(customer, name, key)
                written.append(name)
        customer.version += 1
        customer.updated_at = now
        customer.save(update_fields=written)
        emit(
            store=store,
            actor=actor,
            resource="customers",
            kind=kind,
            touched=Touched(
                customer.pk,
                version=customer.version,
                before=before,
                after={name: as_json(value) for name, value in changed.items()},
            ),
            now=now,
        )
    return customer


def _own_changes(
    store: Store, customer: Customer, values: Mapping[str, Any], base_version: int | None
) -> dict[str, Any]:
    """The fields the person really changed; raises `EditConflict` where others changed them differently."""
    changed = {
        name: value for name, value in values.items() if as_json(value) != as_json(getattr(customer, name))
    }
    if "phone" in values and "phone" not in changed:
        changed.pop("phone_typed", None)  # the same number written otherwise is not a change
    if base_version is not None and base_version > customer.version:  # after a restore, or made up
        raise UnknownVersion(
            _("This customer is at version %(version)s. Look at it again, then change it.")
            % {"version": customer.version}
        )
    if base_version is None or base_version == customer.version or not changed:
        return changed
    base: dict[str, Any] = {}
    latest: dict[str, tuple[str, datetime]] = {}
    for happening in happenings_since(store=store, record_id=customer.pk, version=base_version):
        for name, value in happening.before.items():
            base.setdefault(name, value)
            latest[name] = (happening.actor_name, happening.at)
    own = {name: value for name, value in changed.items() if name not in base or as_json(value) != base[name]}
    conflicts = [
        Conflict(name, as_json(getattr(customer, name)), *latest[name])
        for name in own
        if name in base and name != "phone_typed"
    ]
    if conflicts:
        raise EditConflict(conflicts, customer.version, own)
    return own
