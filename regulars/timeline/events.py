"""Kinds of events. Each names its sentence and the personal fields it may hold, or it does not load."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, override

from regulars.kit.words import Words, inside

_kinds: dict[str, "EventKind"] = {}
# What an event that took another one back keeps of it.
UNDONE, UNDONE_DATA = "undone", "undone_data"


@dataclass(frozen=True, slots=True)
class EventKind:
    """What can happen to a record: `customer.edited`.

    `sentence` is for people, translated when it is said, and may use the keys of the event's data
    ("Archived: {reason}"). `words` names the keys whose values are words of ours: they are kept in English and said
    in the reader's language; `labels` says a value that is kept as a code. `personal` names the keys of the data that
    hold personal data and are emptied when the person is anonymised; before/after are always cleaned through the
    field catalogue.
    """

    key: str
    sentence: str
    icon: str
    personal: frozenset[str]
    words: frozenset[str] = frozenset()
    labels: Mapping[str, Callable[[str], Words]] = field(default_factory=dict, compare=False)

    def say(self, data: Mapping[str, Any] | None) -> str:
        """The sentence for people, with the event's data filled in."""
        known = dict(data or {})
        for name in self.words & known.keys():
            known[name] = _spoken(known[name])
        for name, label_of in self.labels.items():
            if known.get(name):
                known[name] = inside(label_of(known[name]))
        if UNDONE in known:
            known["what"] = kind_of(known[UNDONE]).say(known.get(UNDONE_DATA))
        return gettext(self.sentence).format_map(_Blank(known))

    def kept(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """The data as it is written down: words in English, whoever writes."""
        found = {
            name: value for name, value in data.items() if isinstance(value, Promise) or name in self.words
        }
        if not found:
            return data
        with override("en"):
            return {**data, **{name: _plain(value) for name, value in found.items()}}


def undone(key: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """What an undo keeps of the event it takes back, so that it can be said in every language."""
    with override("en"):
        return {"what": kind_of(key).say(data), UNDONE: key, UNDONE_DATA: dict(data)}


def _spoken(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_spoken, value))
    return inside(gettext(value)) if value else ""


def _plain(value: Any) -> Any:
    return [str(one) for one in value] if isinstance(value, list | tuple) else str(value)


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def event_kind(
    key: str,
    sentence: str,
    *,
    icon: str = "point",
    personal: frozenset[str] = frozenset(),
    words: frozenset[str] = frozenset(),
    labels: Mapping[str, Callable[[str], Words]] | None = None,
) -> EventKind:
    """Declare a kind of event once, at import."""
    noun, _, verb = key.partition(".")
    if not noun or not verb or not sentence:
        raise ValueError(f"An event needs a key like noun.verbed and a sentence: {key!r}")
    if key in _kinds:
        raise ValueError(f"The event {key} is declared twice.")
    _kinds[key] = kind = EventKind(key, sentence, icon, personal, words, labels or {})
    return kind


def kind_of(key: str) -> EventKind:
    """The declared kind; events of a part that was taken out since still show their key."""
    return _kinds.get(key) or EventKind(key, key, "point", frozenset())


def all_kinds() -> list[EventKind]:
    """Every declared kind of event, by key."""
    return [_kinds[key] for key in sorted(_kinds)]
