"""Finders: from what is in somebody's hand (the number on a receipt, a serial) to the record it is about."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

from regulars.kit.words import Words
from regulars.resources.context import Context


class Sure(IntEnum):
    """How sure a finder is; the surest are asked first."""

    NAMES_ONE = 1  # a number, an id, an address: it means one thing
    BEGINS = 2  # the beginning or the end of something
    CONTAINS = 3
    SOUNDS = 4


@dataclass(frozen=True, slots=True)
class Find:
    """A record that was found, and by what: the words ("Order 1042") and, where it has a page, the thing itself as
    the name of its resource and its id."""

    record_id: UUID
    by: str = ""
    thing: tuple[str, UUID] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """One way to find a record. Parts above give those of what they keep: the number of an order, a serial.

    `find` gets what was typed and at most how many are wanted, and gives the likeliest first; what it asks the
    database has an index, and a text that cannot be meant costs no question. `label` names what one can type.
    """

    name: str
    label: Words
    sure: Sure
    find: Callable[[str, Context, int], list[Find]]
    permission: str = ""
