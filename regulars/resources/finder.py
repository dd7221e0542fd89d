"""Finders: from what is in somebody's hand (the number on a receipt, a serial) to the record it is about."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from regulars.kit.words import Words
from regulars.resources.context import Context


@dataclass(frozen=True, slots=True)
class Find:
    """A record that was found, and by what: the words ("Order 1042") and, where it has a page, the thing itself as
    the name of its resource and its id."""

    record_id: UUID
    by: str = ""
    thing: tuple[str, UUID] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """One way to find a record that the search of its list does not know.

    `find` gets what was typed and at most how many are wanted, and gives the likeliest first; what it asks the
    database has an index, and a text that cannot be meant costs no question. `label` names what one can type. A
    `loose` one guesses: it is asked last, when there is room left.
    """

    name: str
    label: Words
    find: Callable[[str, Context, int], list[Find]]
    permission: str = ""
    loose: bool = False
