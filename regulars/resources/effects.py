"""What else changes when records are written: what an import shows before it runs, beside the records themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from regulars.kit.words import Words
from regulars.resources.context import Context


@dataclass(frozen=True, slots=True)
class Effect:
    """A set of records, before and after: a segment, those who get the newsletter, those who are blocked."""

    label: Words
    more: int
    fewer: int


class Sight(Protocol):
    """Which of these records are in which sets, by the label of each set."""

    def __call__(self, *, ids: Sequence[UUID], context: Context) -> Mapping[Words, set[UUID]]: ...


_sights: dict[str, list[Sight]] = {}


def sees(resource_name: str, sight: Sight) -> None:
    """Declare sets of a resource's records that people want to hear of. Called from `AppConfig.ready`."""
    _sights.setdefault(resource_name, []).append(sight)


def look(resource_name: str, *, ids: Sequence[UUID], context: Context) -> dict[Words, set[UUID]]:
    """All sets of these records."""
    found: dict[Words, set[UUID]] = {}
    for sight in _sights.get(resource_name, ()):
        found.update(sight(ids=ids, context=context))
    return found


def compare(before: Mapping[Words, set[UUID]], after: Mapping[Words, set[UUID]]) -> list[Effect]:
    """The sets that changed, in the order they were seen."""
    found = []
    for label in {**before, **after}:
        known, now = before.get(label, set()), after.get(label, set())
        if known != now:
            found.append(Effect(label, len(now - known), len(known - now)))
    return found
