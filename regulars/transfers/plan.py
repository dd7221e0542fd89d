"""What a person decides about a file before it is brought in: columns, rules, and what happens to each match."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from phonenumbers import SUPPORTED_REGIONS

from regulars.kit.errors import Invalid
from regulars.kit.text import storable
from regulars.resources.importer import Mark
from regulars.resources.mistakes import suggest
from regulars.transfers.steps import clean_steps

Words = str | Promise
MODES: dict[str, Words] = {
    "both": _("Add new ones and change those that are there"),
    "create": _("Only add new ones"),
    "update": _("Only change those that are there"),
}
POLICIES: dict[str, Words] = {
    "overwrite": _("Overwrite"),
    "fill": _("Only if empty"),
    "append": _("Add to what is there"),
    "ignore": _("Leave as it is"),
}
TWINS: dict[str, Words] = {
    "refuse": _("Ask: take the first row and show the others"),
    "first": _("Take the first row, leave out the others"),
    "last": _("Take all, the last row has the last word"),
}
FOUND: dict[str, Words] = {
    "update": _("Change it, and leave it so"),
    "restore": _("Change it and make it active again"),
    "skip": _("Leave the row out"),
    "refuse": _("Show it as wrong"),
}
SHARED_MAIL: dict[str, Words] = {
    "ask": _("Ask for each one"),
    "same": _("It is the same person under a new name"),
    "apart": _("Another person: add them without the e-mail"),
}
FOUND_MARKS = tuple(Mark)
ENCODINGS: dict[str, Words] = {
    "utf-8": _("UTF-8"),
    "utf-16": _("UTF-16 (Excel's “Unicode text”)"),
    "cp1252": _("Western European (Windows)"),
    "cp1250": _("Central European (Windows)"),
    "cp1251": _("Cyrillic (Windows)"),
    "cp1253": _("Greek (Windows)"),
    "cp1254": _("Turkish (Windows)"),
    "mac_roman": _("Western European (old Mac)"),
    "cp932": _("Japanese (Shift JIS)"),
    "cp949": _("Korean"),
    "gb18030": _("Chinese (GB 18030)"),
    "big5": _("Chinese (Big5)"),
}
DELIMITERS: dict[str, Words] = {
    ",": _("commas"),
    ";": _("semicolons"),
    "\t": _("tabs"),
    "|": _("vertical bars"),
    "^": _("circumflexes"),
    " ": _("spaces, any number of them"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a file is brought in. Everything has a default that is right for most files.

    `columns` names a field per header ("" leaves one out); headers that are not named are mapped by themselves.
    `steps` change the cells of a column first; `defaults` fill empty cells, by field. `match` is the order in which a
    row is looked for ("" means the resource's own); `policies` say per field what happens to a value that is there.
    `reading` overrides how the file is read: encoding, delimiter, header_row (from 1), sheet.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    steps: Mapping[str, list[dict[str, str]]] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    tags: str = ""
    phone_country: str = ""
    mode: str = "both"
    match: tuple[str, ...] = ()
    policies: Mapping[str, str] = field(default_factory=dict)
    twins: str = "refuse"
    found: Mapping[str, str] = field(default_factory=dict)
    shared_mail: str = "ask"
    reading: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As imports and profiles keep it."""
        return asdict(self) | {"match": list(self.match)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Plan":
        """The plan of a form, the API or the command line. Raises `Invalid` naming what is wrong."""
        known = cls.__dataclass_fields__
        for name in data:
            if name not in known:
                raise Invalid(
                    gettext("A plan says nothing about “%(name)s”.%(suggest)s")
                    % {"name": name, "suggest": suggest(name, known)},
                    field=name,
                )
        given = dict(data)
        for name in ("columns", "defaults", "policies", "found", "reading"):
            given[name] = _texts(given.get(name, {}), name)
        for name in ("tags", "phone_country", "mode", "twins", "shared_mail"):
            if not isinstance(text := given.get(name, ""), str):
                raise Invalid(gettext("“%(name)s” is a text.") % {"name": name}, field=name)
            if storable(text) != text:
                raise Invalid(
                    gettext("“%(name)s” holds characters that are no text.") % {"name": name}, field=name
                )
        match = given.get("match", ())
        if not isinstance(match, list | tuple) or not all(isinstance(one, str) for one in match):
            raise Invalid(gettext("“match” is a list of names of fields."), field="match")
        given["match"] = tuple(match)
        given["phone_country"] = given.get("phone_country", "").strip().upper()
        given["steps"] = clean_steps(given.get("steps", {}))
        plan = cls(**given)
        plan.check()
        return plan

    def check(self) -> None:
        """Raise `Invalid` when a choice is none of those that there are."""
        for name, value, choices in (
            ("mode", self.mode, MODES),
            ("twins", self.twins, TWINS),
            ("shared_mail", self.shared_mail, SHARED_MAIL),
            *(("policies", value, POLICIES) for value in self.policies.values()),
            *(("found", value, FOUND) for value in self.found.values()),
            *(("found", mark, FOUND_MARKS) for mark in self.found),
            *(("reading", name, READING) for name in self.reading),
            *(("reading", self.reading[name], known) for name, known in _READINGS if name in self.reading),
        ):
            if value not in choices:
                raise Invalid(
                    gettext("“%(value)s” is not known here; choose one of %(names)s.%(suggest)s")
                    % {"value": value, "names": ", ".join(choices), "suggest": suggest(value, choices)},
                    field=name,
                )
        for mark, answer in self.found.items():
            if answer == "restore" and mark not in (Mark.ARCHIVED, Mark.INACTIVE):
                raise Invalid(
                    gettext("Only archived and inactive ones can be made active again."), field="found"
                )
        if self.phone_country and self.phone_country not in SUPPORTED_REGIONS:
            raise Invalid(
                gettext("Write the country of the phone numbers as its two-letter code, like FR."),
                field="phone_country",
            )


READING = ("encoding", "delimiter", "header_row", "sheet")
_READINGS = (("encoding", ENCODINGS), ("delimiter", DELIMITERS))
NO_PLAN = Plan()


def _texts(value: Any, name: str) -> dict[str, str]:
    if not isinstance(value, Mapping) or not all(
        isinstance(key, str) and isinstance(one, str) for key, one in value.items()
    ):
        raise Invalid(gettext("“%(name)s” is an object of texts by name.") % {"name": name}, field=name)
    if any(storable(text) != text for pair in value.items() for text in pair):
        raise Invalid(gettext("“%(name)s” holds characters that are no text.") % {"name": name}, field=name)
    return dict(value)
