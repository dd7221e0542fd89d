"""What belongs to a record and has a list of its own: a tab of the record's page."""

from collections.abc import Callable
from dataclasses import dataclass

from regulars.kit.words import Words
from regulars.resources.field import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """A tab with the list `rows`, held to one record by the conditions that `where` gives: "customer = 1042".

    Who may not see that list has no tab. `without` names columns that say the same in each row. The lowest `rank`
    stands first.
    """

    name: str
    label: Words
    rows: str
    rank: int
    where: Callable[[Row], str]
    without: tuple[str, ...] = ()
