"""Kinds of messages: each part declares those it sends, with a first wording that stores can change.

A wording is plain text with variables like `{{first_name}}`; there is nothing else to learn, and nothing to break.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.kit.errors import Invalid
from regulars.kit.text import unturned
from regulars.kit.words import Words
from regulars.messaging.choices import Channel, Purpose

_VARIABLE = re.compile(r"\{\{\s*([A-Za-z0-9_]*)\s*\}\}")
_LINE_BREAKS = re.compile(r"[\r\n\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Variable:
    """What a wording may name; `example` is what previews show."""

    name: str
    label: Words
    example: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageKind:
    """One declaration of something customers are written about: `points.expiring`.

    `subject` and `body` are the first wording, `sms` that of text messages (none: the kind is never sent so). What is
    written by hand each time has none. `secrets` are the variables that let their reader in: what was sent is kept
    without them, and cannot be sent once more.
    """

    name: str
    label: Words
    purpose: Purpose
    variables: tuple[Variable, ...]
    subject: Words
    body: Words
    sms: Words = ""
    is_by_hand: bool = False
    secrets: frozenset[str] = frozenset()

    def known(self) -> dict[str, Variable]:
        """Every variable a wording of this kind may name, those about the customer and the store among them."""
        return {one.name: one for one in (*COMMON, *self.variables)}

    def first_wording(self, channel: Channel) -> tuple[str, str]:
        """Subject and body before a store changed them, in the language that is spoken now."""
        return ("", str(self.sms)) if channel == Channel.SMS else (str(self.subject), str(self.body))


COMMON = (
    Variable("first_name", gettext_lazy("First name"), "Ada"),
    Variable("name", gettext_lazy("Full name"), "Ada Lind"),
    Variable("store", gettext_lazy("Name of the shop"), "Corner Shop"),
)
_kinds: dict[str, MessageKind] = {}


def declare(kind: MessageKind) -> MessageKind:
    """Make a kind of message known. Called when its part is loaded."""
    if _kinds.setdefault(kind.name, kind) != kind:
        raise ValueError(f"The message {kind.name} is declared twice.")
    for text in (kind.subject, kind.body, kind.sms):
        check_wording(kind, str(text), field="body")
    return kind


def declare_service(
    *,
    name: str,
    label: Words,
    variables: tuple[Variable, ...],
    subject: Words = "",
    body: Words = "",
    sms: Words = "",
    secrets: frozenset[str] = frozenset(),
) -> MessageKind:
    """Make a message known that is about somebody's own business with the shop: it needs no agreement."""
    return declare(
        MessageKind(
            name=name,
            label=label,
            purpose=Purpose.SERVICE,
            variables=variables,
            subject=subject,
            body=body,
            sms=sms,
            secrets=secrets,
        )
    )


def kind_named(name: str) -> MessageKind:
    """The kind of this name. Raises `Invalid`."""
    if name not in _kinds:
        raise Invalid(
            _("There is no message “%(name)s”. Known: %(names)s.")
            % {"name": name, "names": ", ".join(sorted(_kinds))},
            field="kind",
        )
    return _kinds[name]


def label_of(name: str) -> str:
    """What to call a kind; one of a part that was taken out since still shows its name."""
    return str(_kinds[name].label) if name in _kinds else name


def words_of(name: str) -> Words:
    """What to call a kind, to be said in the language of who reads it."""
    return _kinds[name].label if name in _kinds else name


def has_secrets(name: str) -> bool:
    """Whether what was sent of this kind is kept without what its reader got."""
    return name in _kinds and bool(_kinds[name].secrets)


def all_kinds() -> list[MessageKind]:
    """Every declared kind, by name."""
    return [_kinds[name] for name in sorted(_kinds)]


def check_wording(kind: MessageKind, text: str, *, field: str) -> None:
    """Raise `Invalid` for a wording that names a variable which the kind does not have."""
    known = kind.known()
    for match in _VARIABLE.finditer(text):
        if match[1] not in known:
            names = ", ".join(f"{{{{{name}}}}}" for name in known)
            raise Invalid(
                _("There is no variable %(match)s. One can write: %(names)s.")
                % {"match": match[0], "names": names},
                field=field,
            )
    rest = _VARIABLE.sub("", text)
    if "{{" in rest or "}}" in rest:
        raise Invalid(
            _("A variable is written like {{first_name}}, with two braces on each side."), field=field
        )


def fill(text: str, values: Mapping[str, str]) -> str:
    """A wording with its variables replaced. Values are put in as they are: what looks like a variable in a name stays
    what it is."""
    return _VARIABLE.sub(lambda match: values.get(match[1], ""), text)


def one_line(text: str) -> str:
    """A subject: never more than one line, nor turned around, whatever a name brings along."""
    return " ".join(_LINE_BREAKS.sub(" ", unturned(text)).split())
