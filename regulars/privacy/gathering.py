"""Everything that is kept about one customer, found through the tables themselves.

The customer comes by the fields of the catalogue. Everything else comes along the foreign keys: each table that points
to customers, and each that points to one of those, whatever part it belongs to, so that a table of a part to come is
in the copy without anybody thinking of it. What is left out is written down here, with the reason, and tests look for
tables that are neither reached nor named.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

from regulars.customers.models import Customer
from regulars.resources.context import Context
from regulars.resources.record import fetch_record, record_json
from regulars.resources.resource import get_resource
from regulars.stores.fields import StoreForeignKey
from regulars.stores.models import Store
from regulars.timeline.models import Event

AnyModel = type[models.Model]

# Tables that hang on customers and are in no copy, and why.
LEFT_OUT = {
    "customers_lookup": "the same words again, for searching",
    "duplicates_pair": "speaks of two people",
    "duplicates_merge": "how records were joined; what they held is with the customer now",
    "duplicates_moved": "names of rows",
    "duplicates_kept": "rows as they were before a merge; those that live on are in the copy themselves",
    "blocklist_key": "keyed hashes",
    "blocklist_rule": "how the store protects itself; whom it keeps out is told to them at the door",
    "blocklist_hit": "how the store protects itself",
    "privacy_copy": "copies like this one",
    "privacy_copypiece": "copies like this one",
    "accounts_token": "links of mails that are used up, and digests",
    "accounts_recoverycode": "digests",
}
# What staff write among themselves: in the copy where the store says so.
NOTES_TABLE = "customers_note"
NOTES_FIELDS = frozenset({"note", "flag", "flag_reason", "flag_review", "flag_review_on"})
# Their words in other tables: why, for colleagues, and how they found out who asks.
NOTES_COLUMNS = {
    "accounts_visit": frozenset({"reason"}),
    "credit_entry": frozenset({"reason"}),
    "invoices_invoice": frozenset({"void_reason"}),
    "loyalty_entry": frozenset({"reason"}),
    "loyalty_membership": frozenset({"reason"}),
    "offers_redemption": frozenset({"voided_by", "void_reason"}),
    "orders_order": frozenset({"note"}),
    "orders_return": frozenset({"reason"}),
    "privacy_request": frozenset({"proof_note", "proof_by", "handler_name", "problem"}),
    "tradeins_tradein": frozenset({"note"}),
}
# That one was written, or a flag set, says as much as the words.
_NOTES_EVENTS = ("customer.flag", "customer.note")
# Columns that open something, or are forms of other columns, by how they are called.
_SECRET = (
    "_hash",
    "_sealed",
    "_digest",
    "_key",
    "digest",
    "password",
    "password_until",
    "totp_step",
    "sealed",
    "secret",
    "token",
    "_reversed",
)
# Of the house, not of the person.
_INTERNAL = {
    "id",
    "store",
    "version",
    "author_id",
    "staff_id",
    "handler_id",
    "key",
    "run_id",
    "change_set_id",
    "search",
    "author_name",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a copy: its rows are found along `path` from the customer's id."""

    model: AnyModel
    name: str
    path: str
    columns: tuple[str, ...]


@cache
def tables() -> tuple[Table, ...]:
    """Every table of a copy except the customer's own, each along its shortest way to the customer."""
    found: dict[AnyModel, str] = {}
    border: list[tuple[AnyModel, str]] = [(Customer, "")]
    while border:
        beyond: list[tuple[AnyModel, str]] = []
        for model, path in border:
            for one, column in _pointing_to(model):
                if one in found or one is Customer or one._meta.db_table in LEFT_OUT:
                    continue
                found[one] = f"{column}__{path}" if path else column
                beyond.append((one, found[one]))
        border = beyond
    return tuple(
        Table(model, model._meta.db_table, path, _columns(model))
        for model, path in sorted(found.items(), key=lambda each: each[0]._meta.db_table)
    )


def tables_for(*, with_notes: bool) -> list[Table]:
    """The same for one copy: without what staff write among themselves unless the store says so."""
    if with_notes:
        return list(tables())
    return [
        replace(
            one, columns=tuple(name for name in one.columns if name not in NOTES_COLUMNS.get(one.name, ()))
        )
        for one in tables()
        if one.name != NOTES_TABLE
    ]


def _pointing_to(model: AnyModel) -> Iterator[tuple[AnyModel, str]]:
    for other in apps.get_models():
        for field in other._meta.concrete_fields:
            if isinstance(field, StoreForeignKey) and field.related_model is model and other is not model:
                yield other, field.name


def _columns(model: AnyModel) -> tuple[str, ...]:
    return tuple(
        field.attname if field.is_relation else field.name
        for field in model._meta.concrete_fields
        if field.name not in _INTERNAL and not is_secret(field)
    )


def is_secret(field: "models.Field[Any, Any]") -> bool:
    """Whether a column opens something, or says nothing that another one does not say better."""
    return isinstance(field, models.BinaryField) or any(
        field.name == end or (end.startswith("_") and field.name.endswith(end)) for end in _SECRET
    )


def customer_row(*, customer_id: UUID, with_notes: bool, context: Context) -> dict[str, Any]:
    """The customer by the fields of the catalogue, as files hold them."""
    resource = get_resource("customers")
    hidden = frozenset() if with_notes else NOTES_FIELDS
    fields = [one for one in resource.all_fields() if one.exportable and one.name not in hidden]
    return record_json(fetch_record(resource, customer_id, fields, context), fields, context)


def events_of(*, store: Store, customer_id: UUID, with_notes: bool) -> Iterator[dict[str, Any]]:
    """What happened to the record: when, what, and the values before and after."""
    hidden = frozenset() if with_notes else NOTES_FIELDS
    rows = Event.objects.filter(store=store, resource="customers", record_id=customer_id).order_by("at", "pk")
    for at, key, before, after in rows.values_list("at", "key", "before", "after").iterator():
        if hidden and key.startswith(_NOTES_EVENTS):
            continue
        yield {
            "at": at,
            "what": key,
            "before": {name: value for name, value in (before or {}).items() if name not in hidden},
            "after": {name: value for name, value in (after or {}).items() if name not in hidden},
        }


def rows_of(*, table: Table, store: Store, customer_id: UUID) -> Iterator[dict[str, Any]]:
    """The rows of one table, in the order they came to be."""
    rows = table.model._default_manager.filter(store=store, **{table.path: customer_id}).order_by("pk")
    yield from rows.values(*table.columns).iterator(chunk_size=500)
