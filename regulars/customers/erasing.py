"""Two doors for parts that keep something about customers: what to erase, and what speaks against deleting.

A higher part registers both in its `AppConfig.ready`. Anonymising and deleting then call every eraser inside their
transaction, and the preview of a deletion counts every history. A test fails when a table is neither covered by an
eraser nor declared to hold nothing personal.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from regulars.kit.traces import Traces
from regulars.kit.words import Words
from regulars.stores.models import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A customer about to be forgotten, with every personal value that was kept about them.

    `names` are first name, last name and company each by itself; `texts` are what identifies only as a whole: the full
    name either way round, street addresses, external ids. Values of the past are among them too. `earlier`
    are the ids of other records of the same person, which became this one.
    """

    id: UUID
    earlier: frozenset[UUID] = frozenset()
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()


def traces_of(people: Iterable[Person]) -> Traces:
    """What to look for in free texts, files and queries so that nothing of these people stays behind."""
    some = list(people)
    return Traces(
        emails=frozenset().union(*(person.emails for person in some)),
        phones=frozenset().union(*(person.phones for person in some)),
        names=frozenset().union(*(person.names for person in some)),
        texts=frozenset().union(*(person.texts for person in some)),
    )


class Eraser(Protocol):
    """Takes what a part keeps about these people out of its tables, inside the transaction of anonymise and delete.

    The customers' own rows are still there. Set-based, please: there can be 500 people at once.
    """

    def __call__(self, *, store: Store, people: list[Person], now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Earlier:
    """Other records of the same person, which became this one: their ids, and rows that are kept of them."""

    ids: frozenset[UUID] = frozenset()
    rows: tuple[Mapping[str, Any], ...] = ()


FindEarlier = Callable[..., Mapping[UUID, Earlier]]
Count = Callable[..., Mapping[UUID, int]]
Remove = Callable[..., None]


_GONE = _("no longer with them")


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Something that hangs on customers and is counted before they are deleted.

    `count(store=, ids=)` tells how many each has (those with none may be left out). What `binds` keeps a customer from
    being deleted where the store's policy says so. `remove(store=, ids=)` deletes it with them; without it the database
    does, by a foreign key that cascades. What becomes of it is said in the words of `when_deleted` and
    `when_anonymised`: "3 orders: kept."
    """

    name: str
    counted: Any
    count: Count
    binds: bool = False
    remove: Remove | None = None
    when_deleted: Words = _GONE
    when_anonymised: Words = _GONE

    def say(self, number: int) -> str:
        """ "1 order", "3 orders"."""
        return str(self.counted % {"count": number})


_erasers: dict[str, Eraser] = {}
_earlier: list[FindEarlier] = []
_covered: dict[str, str] = {}
_histories: dict[str, History] = {}


def erases(name: str, eraser: Eraser, *, tables: Iterable[str]) -> None:
    """Register how a part forgets people, and the database tables this covers."""
    if _erasers.setdefault(name, eraser) is not eraser:
        raise ValueError(f"Two erasers are named {name}.")
    _covered.update(dict.fromkeys(tables, name))


def earlier_records(finder: FindEarlier) -> None:
    """Register where it is known which records became customers: `finder(store=, ids=)` gives them by customer."""
    _earlier.append(finder)


def earlier_of(*, store: Store, ids: Iterable[UUID]) -> dict[UUID, Earlier]:
    """The records that became these customers; one without any is there with none."""
    found = dict.fromkeys(ids, Earlier())
    for finder in _earlier:
        for one, more in finder(store=store, ids=list(found)).items():
            found[one] = Earlier(found[one].ids | more.ids, found[one].rows + more.rows)
    return found


def history(found: History) -> None:
    """Register something that hangs on customers."""
    if _histories.setdefault(found.name, found) is not found:
        raise ValueError(f"Two histories are named {found.name}.")


def erase(*, store: Store, people: list[Person], now: datetime) -> None:
    """Let every part forget these people."""
    for eraser in _erasers.values():
        eraser(store=store, people=people, now=now)


def covered_tables() -> Mapping[str, str]:
    """The tables that erasers clean, with the eraser's name."""
    return dict(_covered)


def histories() -> list[History]:
    """Everything that hangs on customers, in the order it was registered."""
    return list(_histories.values())
