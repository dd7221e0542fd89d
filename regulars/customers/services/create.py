"""Making customers: one at a time, or thousands from a file."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from regulars.customers import events
from regulars.customers.models import Customer, Group
from regulars.customers.rules import EDITABLE, SEARCHED_FACTS, as_json, search_columns
from regulars.kit.actor import Actor
from regulars.kit.copying import copy_rows
from regulars.kit.errors import Invalid, InvalidRecord, Refused
from regulars.kit.ids import new_id
from regulars.stores.models import Store
from regulars.stores.services import raise_customer_numbers, take_customer_numbers
from regulars.timeline.services import Touched, emit

DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(EDITABLE, ""),
    "birthdate": None,
    "group_id": None,
    "tags": [],
    "accepts_marketing": False,
    "points_summary": False,
    "accepts_sms": False,
    "commission_reduction": 0,
}
_FIGURES = {
    "orders_count": 0,
    "items_count": 0,
    "spent_minor": 0,
    "points": 0,
    "first_order_at": None,
    "last_order_at": None,
    "tier": "",
    "payout_method": "",
    "flag": "none",
    "flag_reason": "",
    "flag_review_on": None,
    "blocked": False,
    "has_account": False,
}
_UNLESS_GIVEN = {"state": "active", **DEFAULTS, **_FIGURES}
_NOT_SEARCHED: dict[str, Any] = dict.fromkeys(SEARCHED_FACTS, "")


class EmailTaken(Refused):
    """Another customer of the store has the e-mail."""

    code = "email_taken"


class ExternalIdTaken(Refused):
    """Another customer of the store has the external id."""

    code = "external_id_taken"


def create_customer(*, store: Store, values: Mapping[str, Any], actor: Actor, now: datetime) -> Customer:
    """Add a customer with these facts; facts that are not given are empty.

    Raises `InvalidRecord` when nothing says who it is, `EmailTaken` and `ExternalIdTaken`.
    """
    facts = {**DEFAULTS, **values}
    created_at, state = facts.pop("created_at", None), facts.pop("state", None)
    number = facts.pop("number", None)
    if not any(
        facts[name] for name in ("first_name", "last_name", "company", "email", "phone", "external_id")
    ):
        raise InvalidRecord(
            {"first_name": _("Give at least a name, a company, an e-mail or a phone number.")}
        )
    check_group(store=store, group_id=facts["group_id"])
    with transaction.atomic(), refuse_twins(store):
        if number is None:
            number = take_customer_numbers(store_id=store.pk, count=1)
        else:
            raise_customer_numbers(store_id=store.pk, at_least=number)
        customer = Customer(
            id=new_id(),
            store=store,
            number=number,
            created_at=created_at or now,
            updated_at=now,
            **({"state": state} if state else {}),
            **facts,
            **search_columns(facts),
        )
        customer.save(force_insert=True)
        emit(
            store=store,
            actor=actor,
            resource="customers",
            kind=events.CREATED,
            touched=Touched(
                customer.pk,
                version=1,
                after={name: as_json(value) for name, value in values.items() if value},
            ),
            now=now,
        )
    return customer


def insert_customers(*, store: Store, records: Sequence[dict[str, Any]], now: datetime) -> list[UUID]:
    """Add many customers at once and return their ids in order; for imports, which keep the history of the batch.

    Each record holds facts by field name, and may hold `number`, `created_at`, `state` and figures. Twins are
    the caller's to find: the database refuses the whole batch.
    """
    ids = [new_id() for _ in records]
    given = [record["number"] for record in records if record.get("number")]
    if given:
        raise_customer_numbers(store_id=store.pk, at_least=max(given))
    unnumbered = len(records) - len(given)
    next_number = take_customer_numbers(store_id=store.pk, count=unnumbered) if unnumbered else 0
    free_numbers = iter(range(next_number, next_number + unnumbered))
    searched = tuple(search_columns(_NOT_SEARCHED))
    brought = frozenset().union(*records)
    unless_given = _UNLESS_GIVEN | {"created_at": now}
    named = [(name, value) for name, value in unless_given.items() if name in brought]
    same = {name: value for name, value in unless_given.items() if name not in brought}
    same |= {"store_id": store.pk, "version": 1, "updated_at": now}

    def rows() -> Iterator[tuple[Any, ...]]:
        for record_id, record in zip(ids, records, strict=True):
            yield (
                record_id,
                record.get("number") or next(free_numbers),
                *[record.get(name, value) for name, value in named],
                *search_columns(_NOT_SEARCHED | record).values(),
            )

    with transaction.atomic():
        copy_rows(
            table="customers_customer",
            columns=("id", "number", *[name for name, _value in named], *searched),
            rows=rows(),
            same=same,
        )
    return ids


def create_group(*, store: Store, name: str, actor: Actor, now: datetime) -> Group:
    """Add a group, or return the one that has this name in any case."""
    name = " ".join(name.split())
    if not name or len(name) > 80:
        raise Invalid(_("Give the group a name of up to 80 characters."), field="group")
    found = Group.objects.filter(store=store, name__iexact=name).first()
    if found:
        return found
    try:
        with transaction.atomic():
            group = Group.objects.create(id=new_id(), store=store, name=name)
            emit(
                store=store,
                actor=actor,
                resource="groups",
                kind=events.GROUP_CREATED,
                touched=Touched(group.pk, after={"name": name}, data={"name": name}),
                now=now,
            )
    except IntegrityError:
        return Group.objects.get(store=store, name__iexact=name)
    return group


def check_group(*, store: Store, group_id: UUID | None) -> None:
    """Raise `Invalid` when the group is not one of the store."""
    if group_id and not Group.objects.filter(store=store, pk=group_id).exists():
        raise Invalid(_("This group does not exist in this store."), field="group")


@contextmanager
def refuse_twins(store: Store) -> Iterator[None]:
    """Turn the database's refusal of a second e-mail or external id into words."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        text = str(error)
        if "customer_email_unique_per_store" in text:
            raise EmailTaken(_("Another customer of this store has this e-mail."), field="email") from error
        if "customer_external_id_unique_per_store" in text:
            raise ExternalIdTaken(
                _("Another customer of this store has this external id."), field="external_id"
            ) from error
        if "customer_number_unique_per_store" in text:
            raise Refused(
                _("Another customer of this store has this number."), field="number", code="number_taken"
            ) from error
        raise
