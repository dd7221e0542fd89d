"""Figures: fields that stand large on a record's page and on its card, each with the rows it is made of."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from regulars.kit.words import Words
from regulars.resources.context import Context
from regulars.resources.field import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A field of the record, told large. The lowest `rank` stands first.

    `rows` names the list with what it is made of, `where` the conditions of a record there: that is what it opens; or
    it is the `tab` of the record's page that tells it, of which one `flow` may be told alone.
    `note` says something small below it. On the page it stands when `page`, on the card of the counter when `card`;
    with `if_any` only when it is not zero. `tone` colours it on the card when it is not zero.
    """

    field: str
    rank: int
    label: Words = ""
    rows: str = ""
    where: Callable[[Row], str] | None = None
    tab: str = ""
    flow: str = ""
    note: Callable[[Row, Context], str] | None = None
    needs: tuple[str, ...] = ()
    page: bool = True
    card: bool = False
    if_any: bool = False
    tone: str = ""

    def is_there(self, value: object) -> bool:
        """Whether there is something to tell."""
        return not self.if_any or value not in (None, "", 0, Decimal(0), [])
