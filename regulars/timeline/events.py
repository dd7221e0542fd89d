"""Kinds of events. Each names its sentence and the personal fields it may hold, or it does not load."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

_kinds: dict[str, "EventKind"] = {}


@dataclass(frozen=True, slots=True)
class EventKind:
    """What can happen to a record: `customer.edited`.

    `sentence` is for people, translated when it is said, and may use the keys of the event's data
    ("Archived: {reason}"). `personal` names the keys of the data that hold personal data and are emptied when the
    person is anonymised; before/after are always cleaned through the field catalogue.
    """

    key: str
    sentence: str
    icon: str
    personal: frozenset[str]

    def say(self, data: Mapping[str, Any] | None) -> str:
        """The sentence for people, with the event's data filled in."""
        return gettext(self.sentence).format_map(_Blank(data or {}))


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def event_kind(
    key: str, sentence: str, *, icon: str = "point", personal: frozenset[str] = frozenset()
) -> EventKind:
    """Declare a kind of event once, at import."""
    noun, _, verb = key.partition(".")
    if not noun or not verb or not sentence:
        raise ValueError(f"An event needs a key like noun.verbed and a sentence: {key!r}")
    if key in _kinds:
        raise ValueError(f"The event {key} is declared twice.")
    _kinds[key] = kind = EventKind(key, sentence, icon, personal)
    return kind


def kind_of(key: str) -> EventKind:
    """The declared kind; events of a part that was taken out since still show their key."""
    return _kinds.get(key) or EventKind(key, key, "point", frozenset())


def all_kinds() -> list[EventKind]:
    """Every declared kind of event, by key."""
    return [_kinds[key] for key in sorted(_kinds)]
