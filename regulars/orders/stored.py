"""The stored orders that rows of a file may be: by external id, by number, or because they look like one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from regulars.kit.ids import among
from regulars.orders.facts import DELIVERY
from regulars.orders.incoming import LINE
from regulars.orders.matching import existing_orders, orders_of_moments
from regulars.orders.models import OrderLine
from regulars.resources.importer import Decision
from regulars.stores.models import Store

KEYS: Final = {"external_id": "id", "number": "number"}
COMPARED = (
    "status", "channel", "placed_at", "items_count", "total_minor", "discount_minor", "shipping_minor", "tax_minor",
    "note", "courier", "tracking_number", "salesperson_name", *DELIVERY,
)  # fmt: skip
_ASKED = (
    "id",
    "number",
    "external_id",
    "version",
    "source",
    "paid_minor",
    "returned_minor",
    "returned_items",
    *COMPARED,
)
_LIKENESS = ("id", "customer_id", "placed_at", "total_minor", "items_count")
Row = Mapping[str, Any]


class Stored:
    """The orders that rows of a batch may be, found with one question per kind of key."""

    def __init__(self, store: Store, facts: Sequence[Row]) -> None:
        self.by = {key: self._load(store, key, {one[key] for one in facts if key in one}) for key in KEYS}
        _add_lines(store, [row for rows in self.by.values() for row in rows.values()])

    def _load(self, store: Store, key: str, wanted: Collection[str]) -> dict[str, dict[str, Any]]:
        found = existing_orders(store=store, column=key, keys=wanted, wanted=_ASKED) if wanted else []
        return {row[key]: row for row in found}


def _add_lines(store: Store, orders: Sequence[dict[str, Any]]) -> None:
    """Give each order its lines, to be compared with."""
    if not orders:
        return
    lines: dict[UUID, list[dict[str, Any]]] = {row["id"]: [] for row in orders}
    stored = OrderLine.objects.filter(store=store, order_id__in=among(lines)).order_by("position", "pk")
    for line in stored.values("order_id", *LINE):
        lines[line.pop("order_id")].append(line)
    for row in orders:
        row["lines"] = lines[row["id"]]


def look_for_alike(store: Store, new: Sequence[tuple[Decision, UUID]], before: datetime) -> None:
    """Find the orders of earlier that rows without external id and number look like: the same file, brought again."""
    if not new:
        return
    wanted = [(who, one.values["placed_at"]) for one, who in new]
    found = orders_of_moments(store=store, wanted=wanted, before=before, columns=_LIKENESS)
    _add_lines(store, found)
    by_moment: dict[tuple[UUID, datetime], list[dict[str, Any]]] = {}
    for row in found:
        by_moment.setdefault((row["customer_id"], row["placed_at"]), []).append(row)
    for (one, _who), key in zip(new, wanted, strict=True):
        alike = (row for row in by_moment.get(key, ()) if _looks_like(one.values, row))
        one.alike = tuple(f"order:{row['id']}" for row in alike)


def _looks_like(facts: Row, order: Row) -> bool:
    same_sums = (facts.get("total_minor", 0), facts.get("items_count", 0)) == (
        order["total_minor"],
        order["items_count"],
    )
    return same_sums and facts.get("lines", order["lines"]) == order["lines"]
