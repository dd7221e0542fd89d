"""What a filter says of one column in any case: where in a sorted list it can match, and where it cannot."""

import operator
from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Q

# One condition on one column, as filters are written: `("spent_minor__gt", 100)`.
Bound = tuple[str, Any]

_SIDES: dict[str, Callable[[Any, Any], bool]] = {
    "exact": operator.eq,
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}


def bounds_of(met: Q, column: str) -> list[Bound]:
    """The conditions on this column that hold for each row the filter lets through."""
    asked = {column, *(f"{column}__{side}" for side in (*_SIDES, "isnull"))}
    return [one for one in _certain(met) if one[0] in asked]


def fixed_in(met: Q) -> Iterator[Bound]:
    """The columns that have one value in all rows the filter lets through, with that value."""
    for path, value in _certain(met):
        if path.endswith("__isnull"):
            if value is True:
                yield path.removesuffix("__isnull"), None
        elif "__" not in path:
            yield path, value


def excluded(value: Any, bounds: list[Bound]) -> bool:
    """Whether a column with this value cannot be within these bounds."""
    for path, limit in bounds:
        _column, _, side = path.partition("__")
        if hasattr(limit, "resolve_expression"):
            continue
        if side == "isnull":
            met = (value is None) == limit
        else:
            met = value is not None and _SIDES[side or "exact"](value, limit)
        if not met:
            return True
    return False


def plainly(met: Q) -> list[Bound] | None:
    """The conditions of a filter that asks for all of several, in order: two that say the same are equal. Nothing for a
    filter of another kind."""
    if met.negated or (met.connector != Q.AND and len(met.children) > 1):
        return None
    found: list[Bound] = []
    for one in met.children:
        inner = plainly(one) if isinstance(one, Q) else [one] if isinstance(one, tuple) else None
        if inner is None:
            return None
        found += inner
    # What is more than 0 is not empty either.
    compared = {path.partition("__")[0] for path, _value in found if not path.endswith("__isnull")}
    return sorted(
        (
            (path, value)
            for path, value in found
            if value is not False or not path.endswith("__isnull") or path.partition("__")[0] not in compared
        ),
        key=lambda one: one[0],
    )


def _certain(met: Q) -> Iterator[Bound]:
    if met.negated or met.connector != Q.AND:
        return
    for one in met.children:
        if isinstance(one, Q):
            yield from _certain(one)
        elif isinstance(one, tuple):
            yield one
