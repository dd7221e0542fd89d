"""Links: what belongs to a record and can be asked about: `has no orders`, `has >= 3 orders (total > 100)`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, QuerySet

from regulars.kit.actor import Actor
from regulars.kit.words import Words
from regulars.resources.field import Field
from regulars.stores.models import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Rows of another table that belong to a record, with the fields one can ask of them.

    `rows` gives those of a store, `path` is their column with the record's id. Who lacks the permission cannot ask.
    """

    name: str
    label: Words
    singular: Words
    fields: tuple[Field, ...]
    rows: Callable[[Store], QuerySet[Any]]
    path: str = "customer_id"
    permission: str = ""

    def __post_init__(self) -> None:
        for field in self.fields:
            if field.expression is not None:
                raise ValueError(f"{self.name}.{field.name}: a linked thing has no computed columns.")

    def field(self, name: str, actor: Actor) -> Field | None:
        """The field of that name if it exists and the actor may see it."""
        return next((one for one in self.visible(actor) if one.name == name), None)

    def visible(self, actor: Actor) -> list[Field]:
        """The fields the actor may ask, in declared order."""
        return [one for one in self.fields if actor.may(one.permission)]

    def of_record(self, store: Store, part: Q) -> QuerySet[Any]:
        """The rows of the record in the outer query that meet a condition.

        The store is compared in both tables: a row of another store can never count, and a database that is spread
        by store answers on one node.
        """
        own = {self.path: OuterRef("pk"), "store_id": OuterRef("store_id")}
        return self.rows(store).filter(part, **own).order_by()
