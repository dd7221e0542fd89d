"""Whose the orders of a file are: found for a whole batch with one question per kind of key.

The rules are those of an order that is placed: by external id, else by e-mail, else by a phone that one customer has.
Where there is none of these, by number or name. Rows of one file may be the first of somebody, so customers are
added on the way.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from regulars.customers import queries
from regulars.customers.choices import State
from regulars.customers.former import survivors_by
from regulars.kit.copying import array_of
from regulars.kit.email import email_key
from regulars.kit.ids import new_id
from regulars.kit.text import fold
from regulars.stores.models import Store

_COMPARED = ("id", "number", "state", "external_id", "email_key", "phone", "name_key")


@dataclass(frozen=True, slots=True)
class Buyer:
    """What a row says about who bought. Number and name count where nothing else is said: another store gave the same
    number to somebody else."""

    number: int = 0
    external_id: str = ""
    email: str = ""
    phone: str = ""
    name: str = ""

    @property
    def is_said(self) -> bool:
        """Whether anything says who it is, so that a customer can be made of it."""
        return bool(self.external_id or self.email or self.phone or self.name)

    @property
    def has_key(self) -> bool:
        """Whether somebody can be found by it."""
        return bool(self.external_id or self.email or self.phone)


@dataclass(frozen=True, slots=True)
class Person:
    """A customer as far as rows are compared with them."""

    id: UUID
    state: str
    email_key: str
    name_key: str


class People:
    """The customers that the rows of a batch may be about."""

    def __init__(self, store: Store, buyers: Sequence[Buyer]) -> None:
        self._store = store
        self._by_external_id = self._one_by("external_id", (one.external_id for one in buyers))
        self._by_email = self._one_by("email_key", (email_key(one.email) for one in buyers if one.email))
        self._by_phone: dict[str, list[Person]] = defaultdict(list)
        for row in self._load("phone", (one.phone for one in buyers)):
            self._by_phone[row["phone"]].append(_person(row))
        vague = [one for one in buyers if not one.has_key]
        numbers = {one.number for one in vague if one.number}
        rows = queries.existing_by_number(store=store, numbers=numbers, wanted=_COMPARED) if numbers else []
        self._by_number = {row["number"]: _person(row) for row in rows}
        named = self._load("name_key", (fold(one.name) for one in vague), without_contact=True)
        self._by_name: dict[str, Person] = {}
        for row in sorted(named, key=lambda one: int(one["number"])):
            self._by_name.setdefault(row["name_key"], _person(row))

    def find(self, buyer: Buyer) -> Person | None:
        """Who it is, if they are known."""
        if not buyer.has_key:
            numbered, name = self._by_number.get(buyer.number), fold(buyer.name)
            if numbered is not None and (not name or numbered.name_key in ("", name)):
                return numbered
            return self._by_name.get(name) if name else None
        key = email_key(buyer.email) if buyer.email else ""
        found = self._by_external_id.get(buyer.external_id) if buyer.external_id else None
        if found is None and key:
            found = self._by_email.get(key)
        if found is not None or not buyer.phone:
            return found
        # A phone that people with e-mails of their own share says nothing.
        sharing = [one for one in self._by_phone.get(buyer.phone, ()) if not key or not one.email_key]
        if len(sharing) > 1:
            sharing = [one for one in sharing if one.name_key == fold(buyer.name)]
        return sharing[0] if len(sharing) == 1 else None

    def is_sure(self, buyer: Buyer, person: Person) -> bool:
        """Whether it is this one, whomever else a file brings: found by the first thing that counts."""
        if buyer.external_id:
            return self._by_external_id.get(buyer.external_id) is person
        if buyer.email:
            return self._by_email.get(email_key(buyer.email)) is person
        return not buyer.phone and self._by_number.get(buyer.number) is person

    def add(self, buyer: Buyer) -> Person:
        """Let later rows find somebody who is to be made of this one, by an id that stands for theirs."""
        key = email_key(buyer.email) if buyer.email else ""
        person = Person(new_id(), State.ACTIVE, key, fold(buyer.name))
        if buyer.external_id:
            self._by_external_id[buyer.external_id] = person
        if key:
            self._by_email[key] = person
        if buyer.phone:
            self._by_phone[buyer.phone].append(person)
        if not buyer.has_key:
            self._by_name.setdefault(person.name_key, person)
        return person

    def _one_by(self, column: str, keys: Iterable[str]) -> dict[str, Person]:
        """The customer of each key; of a key that belonged to a merged customer, the one it lives on in."""
        wanted = {key for key in keys if key}
        found = {row[column]: _person(row) for row in self._load(column, wanted)}
        survivors = survivors_by(store=self._store, column=column, keys=wanted - found.keys())
        if survivors:
            rows = queries.existing_by_id(store=self._store, ids=survivors.values(), wanted=_COMPARED)
            by_id = {row["id"]: _person(row) for row in rows}
            found |= {key: by_id[one] for key, one in survivors.items() if one in by_id}
        return found

    def _load(
        self, column: str, keys: Iterable[str], *, without_contact: bool = False
    ) -> list[dict[str, Any]]:
        wanted = list({key for key in keys if key})
        if not wanted:
            return []
        return queries.existing_by(
            store=self._store, column=column, keys=wanted, wanted=_COMPARED, without_contact=without_contact
        )


def existing_orders(
    *, store: Store, column: str, keys: Iterable[str], wanted: tuple[str, ...]
) -> list[dict[str, Any]]:
    """These columns of the orders whose column has one of these values; empty ones find nothing."""
    # One array instead of thousands of parameters. "Not empty" lets the planner use the index without empty keys.
    columns = ", ".join(f'"{name}"' for name in wanted)
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT {columns} FROM orders_order WHERE store_id = %s AND "{column}" = ANY(%s::text[]) '
            f"AND \"{column}\" <> ''",
            [store.pk, array_of(keys)],
        )
        return [dict(zip(wanted, row, strict=True)) for row in cursor.fetchall()]


def orders_of_moments(
    *, store: Store, wanted: Sequence[tuple[UUID, datetime]], before: datetime, columns: tuple[str, ...]
) -> list[dict[str, Any]]:
    """These columns of the orders that customers placed at these moments and that were there before, oldest first."""
    named = ", ".join(f'placed."{name}"' for name in columns)
    pairs = set(wanted)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT {named} FROM unnest(%s::uuid[], %s::timestamptz[]) AS wanted (customer, moment)
            JOIN orders_order AS placed ON placed.store_id = %s AND placed.customer_id = wanted.customer
                AND placed.placed_at = wanted.moment
            WHERE placed.created_at < %s ORDER BY placed.id""",
            [
                array_of(str(one) for one, _moment in pairs),
                array_of(moment.isoformat() for _one, moment in pairs),
                store.pk,
                before,
            ],
        )
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _person(row: Mapping[str, Any]) -> Person:
    return Person(row["id"], row["state"], row["email_key"], row["name_key"])
