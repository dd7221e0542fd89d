"""Lists that one turns over, newest first: a page of rows, and the row at which the next page goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet


@dataclass(frozen=True, slots=True)
class Turned[Row: Model]:
    """Some rows, and the last of them where more follow."""

    rows: Sequence[Row]
    further: UUID | None


def newest_first[Row: Model](
    rows: QuerySet[Row, Any], *, by: str, after: UUID | None, limit: int
) -> Turned[Row]:
    """The rows after one of them by a column and the id; from the start when it is none of them."""
    edge = rows.filter(pk=after).values_list(by, "pk").first() if after else None
    if edge is not None:
        rows = rows.filter(Q(**{f"{by}__lt": edge[0]}) | Q(**{by: edge[0]}, pk__lt=edge[1]))
    found = list(rows.order_by(f"-{by}", "-pk")[: limit + 1])
    return Turned(found[:limit], found[limit - 1].pk if len(found) > limit else None)
