"""Where segments are used: other parts that keep queries say so here.

A part registers how its saved queries are found and how one of them is written anew. A segment that one of them names
cannot be deleted, and renaming it rewrites them.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Protocol
from uuid import UUID

from regulars.kit.actor import Actor
from regulars.kit.errors import Refused
from regulars.resources.language import parse
from regulars.segments.models import Segment
from regulars.segments.names import Naming, key_of, named_in
from regulars.stores.models import Store


@dataclass(frozen=True, slots=True)
class Use:
    """A saved query: of which kind ("segment", "view"), its id, what people call it, and its conditions."""

    kind: str
    id: UUID
    name: str
    where: str


class Find(Protocol):
    """Every saved query of a part, whatever it asks."""

    def __call__(self, *, store: Store) -> Iterable[Use]: ...


class Rewrite(Protocol):
    """Give a saved query other conditions that mean the same, because a segment was renamed."""

    def __call__(self, *, store: Store, use_id: UUID, where: str, actor: Actor, now: datetime) -> None: ...


_registered: dict[str, tuple[Find, Rewrite]] = {}


def register_use(*, kind: str, find: Find, rewrite: Rewrite) -> None:
    """Declare a part that keeps queries. Called from `AppConfig.ready`."""
    if kind in _registered:
        raise ValueError(f"Two parts register saved queries as {kind}.")
    _registered[kind] = find, rewrite


def uses_of(*, store: Store, segment: Segment) -> list[Use]:
    """The saved queries that ask for a segment, by its name or its id."""
    found = uses_by_name(store=store)
    return [*found.get(segment.name_key, []), *found.get(str(segment.pk), [])]


def uses_by_name(*, store: Store) -> dict[str, list[Use]]:
    """The saved queries by the compared names, or ids, of the segments they ask for."""
    found: dict[str, list[Use]] = {}
    for find, _rewrite in _registered.values():
        for use in find(store=store):
            for name in names_asked(use.where):
                found.setdefault(name, []).append(use)
    return found


def uses_of_name(*, store: Store, naming: Naming, name: str) -> list[Use]:
    """The saved queries that name something else than a segment: a tier by its name. What cannot be read names none."""
    found = []
    for find, _rewrite in _registered.values():
        for use in find(store=store):
            if naming.field in use.where.lower():
                with suppress(Refused):
                    found += [use] if naming.is_in(parse(use.where), name) else []
    return found


@lru_cache(maxsize=4096)  # reading a query takes long, and a page asks for every saved one
def names_asked(where: str) -> frozenset[str]:
    """The compared forms of the segments that a saved query names; a query that cannot be read names none."""
    if "segment" not in where.lower():
        return frozenset()
    try:
        return frozenset(key_of(name) for name in named_in(parse(where)))
    except Refused:
        return frozenset()


def rewriter_of(kind: str) -> Rewrite:
    """How a saved query of this kind is written anew."""
    return _registered[kind][1]
