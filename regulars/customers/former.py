"""Where customers live on that were merged: a door for the part that merges.

Files, other systems and old letters go on naming a merged customer by the id, e-mail or number it had. The part that
merges registers how it is found; without one nobody was ever merged.
"""

from collections.abc import Iterable
from typing import Protocol
from uuid import UUID

from regulars.stores.models import Store


class FindSurvivors(Protocol):
    """Answers who goes by these external ids, or e-mails in their compared form, since a merge."""

    def __call__(self, *, store: Store, column: str, keys: Iterable[str]) -> dict[str, UUID]: ...


_finders: list[FindSurvivors] = []


def finds_survivors(finder: FindSurvivors) -> None:
    """Register how survivors are found. Called once, at start."""
    _finders.append(finder)


def survivors_by(*, store: Store, column: str, keys: Iterable[str]) -> dict[str, UUID]:
    """The customers that live on for the merged ones which had these external ids or e-mails."""
    wanted = list(keys)
    found: dict[str, UUID] = {}
    for finder in _finders if wanted else ():
        found |= finder(store=store, column=column, keys=wanted)
    return found
