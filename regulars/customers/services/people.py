"""Who a customer is and ever was, to be found wherever it was written down, and forgetting it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from regulars.customers.erasing import Person, earlier_of, erase
from regulars.customers.models import Address, Customer
from regulars.customers.rules import ADDRESS_FIELDS, SEARCH_COLUMNS
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.models import Event

EMAILS = frozenset({"email", "email_key"})
PHONES = frozenset({"phone", "phone_typed"})
NAMES = frozenset({"first_name", "last_name", "company", "name"})
# One line of an address by itself, an id of another system: they mean somebody only as a whole.
TEXTS = frozenset({"address", "building", "external_id"})
# Events of addresses name two more.
OF_ADDRESSES = frozenset({"label", "name", "company", "phone", *ADDRESS_FIELDS})


@cache
def personal_columns() -> frozenset[str]:
    """The columns of a customer that hold personal data, by the catalogue, and the search forms made of them."""
    fields = get_resource("customers").all_fields()
    columns = {field.name for field in Customer._meta.concrete_fields}
    personal = {name for field in fields if field.personal for name in (field.path, field.key, *field.needs)}
    others = {field.path for field in fields if not field.personal}
    return frozenset((personal - others) & columns | set(SEARCH_COLUMNS))


def people_of(*, store: Store, ids: Collection[UUID]) -> list[Person]:
    """These customers with every name, e-mail, phone and address they have or had."""
    found: dict[UUID, dict[str, set[str]]] = {
        one: {"emails": set(), "phones": set(), "names": set(), "texts": set()} for one in ids
    }
    customers = Customer.objects.filter(store=store, pk__in=list(ids))
    for row in customers.values("id", *(EMAILS | PHONES | NAMES - {"name"} | TEXTS)):
        _take_in(found[row["id"]], row)
    for row in Address.objects.filter(store=store, customer_id__in=list(ids)).values(
        "customer_id", *OF_ADDRESSES
    ):
        _take_in(found[row["customer_id"]], row)
    earlier = earlier_of(store=store, ids=ids)
    for record_id, others in earlier.items():
        for row in others.rows:
            _take_in(found[record_id], row)
    whose = {record_id: one for one, others in earlier.items() for record_id in (one, *others.ids)}
    happened = Event.objects.filter(store=store, record_id__in=list(whose)).exclude(
        before__isnull=True, after__isnull=True
    )
    for record_id, before, after in happened.values_list("record_id", "before", "after").iterator():
        for values in (before, after):
            _take_in(found[whose[record_id]], values or {})
    return [
        Person(
            id=record_id,
            earlier=earlier[record_id].ids,
            **{name: frozenset(texts) for name, texts in each.items()},
        )
        for record_id, each in found.items()
    ]


def _take_in(found: dict[str, set[str]], values: Mapping[str, Any]) -> None:
    for kind, names in (("emails", EMAILS), ("phones", PHONES), ("names", NAMES), ("texts", TEXTS)):
        found[kind].update(text for name in names if isinstance(text := values.get(name), str) and text)
    first, last = values.get("first_name"), values.get("last_name")
    if first and last:
        found["texts"].update((f"{first} {last}", f"{last} {first}"))


def forget(*, store: Store, ids: Collection[UUID], now: datetime) -> None:
    """Take everything personal about these customers out of every table; their rows stay, and say nothing.

    The rows must be locked by the caller, to be removed.
    """
    erase(store=store, people=people_of(store=store, ids=ids), now=now)
