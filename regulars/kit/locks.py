"""The one order in which rows are locked.

Lock before you check, once per transaction, in this order, each table by primary key: store counters, customers,
orders, trade-ins, points, offers. Two services that follow it can wait for each other but never deadlock.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet


def lock_rows[M: Model](
    rows: QuerySet[M], ids: Iterable[UUID], *, to_remove: bool = False, leave_busy: bool = False
) -> dict[UUID, M]:
    """The rows with these ids, locked until the transaction ends, by id. Must run inside `transaction.atomic`.

    Rows that are locked `to_remove` them cannot get new rows that point to them meanwhile either. With `leave_busy`,
    rows that somebody else holds are left out instead of waited for: the way to lock more of a table later on.
    """
    locked: QuerySet[M, Any] = (
        rows.filter(pk__in=list(ids))
        .order_by("pk")
        .select_for_update(of=("self",), no_key=not to_remove, skip_locked=leave_busy)
    )
    return {row.pk: row for row in locked}
