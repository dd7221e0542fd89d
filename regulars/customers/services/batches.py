"""Writing many customers in one statement, each by its own facts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from regulars.customers.models import Customer
from regulars.customers.rules import SEARCH_COLUMNS, SEARCHED_FACTS, needs_search_columns, search_columns
from regulars.kit.updating import update_rows
from regulars.stores.models import Store

Changes = Sequence[tuple[UUID, Mapping[str, Any]]]


def update_customers(*, store: Store, changes: Changes, now: datetime) -> None:
    """Change many customers at once, each by its own facts; for imports, which keep the history of the batch.

    The rows must be locked and compared by the caller. Search forms follow from the facts.
    """
    names = sorted({name for _, values in changes for name in values})
    if not names:
        return
    derived = needs_search_columns(names)
    needed = {*names, *(SEARCHED_FACTS if derived else ())}
    kept = Customer.objects.filter(store=store, pk__in=[record_id for record_id, _ in changes])
    stored = {row["id"]: row for row in kept.values("id", *needed)}
    rows: list[tuple[UUID, Mapping[str, Any]]] = []
    for record_id, values in changes:
        facts = stored[record_id] | dict(values)
        rows.append((record_id, facts | search_columns(facts) if derived else facts))
    write_columns(store=store, columns=[*names, *(SEARCH_COLUMNS if derived else ())], rows=rows, now=now)


def write_columns(*, store: Store, columns: Sequence[str], rows: Changes, now: datetime) -> None:
    """Write these columns of these customers, in one statement; each row holds a value for each column."""
    written = ((record_id, {**values, "updated_at": now}) for record_id, values in rows)
    update_rows(model=Customer, store_id=store.pk, columns=[*columns, "updated_at"], rows=written)
