"""What the columns of a file become: proposed from the catalogue's names, labels and aliases."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from dataclasses import field as attribute
from typing import Any

from django.utils.translation import gettext as _
from rapidfuzz.distance import OSA

from regulars.kit.errors import Invalid
from regulars.kit.text import fold
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.importer import Cleaner, Importer, Preset
from regulars.resources.kinds import Choice, Date, Email, Moment, Phone, Reference
from regulars.resources.resource import Resource, suggest
from regulars.transfers.cells import unguard
from regulars.transfers.plan import Plan
from regulars.transfers.reading.csvfile import Folding
from regulars.transfers.reading.dayformats import day_order
from regulars.transfers.reading.errors import UnreadableFile
from regulars.transfers.steps import input_of, joined_headers

_NOT_WORDS = re.compile(r"[\W_]+")
_IN_BRACKETS = re.compile(r"\([^)]*\)")
# Never read, never stored, not even among the rows that were not taken.
_SECRET = re.compile(
    r"passw|pwd|hash|token|secret|salt$|cardnumber|cvv|cvc|iban|motdepasse|kennwort|contrasena"
)
SHORTEST_SLIP, LONG_WORD = 4, 6
_SLIP = 1000
SHOWN_SAMPLES = 3
SHOWN_LENGTH = 80


def header_key(header: str) -> str:
    """The form headers are compared by: E-mail, e_mail and "Email *" are one word."""
    return _NOT_WORDS.sub("", fold(header))


@dataclass(slots=True)
class Column:
    """A column of the file: the field it becomes, or why it is left out."""

    index: int
    header: str
    field: str = ""
    reason: str = ""
    secret: bool = False
    order: str = ""
    samples: list[str] = attribute(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The column as the import keeps it."""
        return asdict(self)


def preset_among(presets: Sequence[Preset], headers: Sequence[str]) -> Preset | None:
    """The system a file comes from: all headers that give it away are there, the most telling one wins."""
    keys = {header_key(header) for header in headers}
    fitting = [one for one in presets if {header_key(header) for header in one.headers} <= keys]
    return max(fitting, key=lambda one: len(one.headers), default=None)


def folding_of(importer: Importer, header: Sequence[str]) -> Folding | None:
    """How the rows under these headers are made one, if the system they come from writes several for a record."""
    preset = preset_among(importer.presets, header)
    if preset is None or preset.fold is None:
        return None
    at = {header_key(unguard(header[index])): index for index in reversed(range(len(header)))}
    key = at.get(header_key(preset.fold.key))
    parts = {part: at[header_key(name)] for name, part in preset.fold.parts.items() if header_key(name) in at}
    if key is None or not parts:
        return None
    return Folding(key=key, parts=parts, into=preset.fold.into, width=len(header))


class Headers:
    """Looks headers up in a resource's catalogue and in the presets of other systems."""

    def __init__(self, resource: Resource, importer: Importer, context: Context) -> None:
        self.context = context
        self.fields = {one.name: one for one in resource.fields(context.actor)}
        self._fields: dict[str, tuple[int, Field]] = {}
        self._importer, self._presets = importer, importer.presets
        self._preset_keys = {
            header_key(header)
            for preset in importer.presets
            for header, name in preset.columns.items()
            if name
        }
        self.importable = [
            one for one in self.fields.values() if one.importable and context.actor.may(one.edit_permission)
        ]
        for one in self.importable:
            for rank, header in enumerate((one.name, str(one.label), *one.aliases)):
                key = header_key(header)
                if key not in self._fields or rank < self._fields[key][0]:
                    self._fields[key] = (rank, one)

    def is_known(self, header: str) -> bool:
        """True when a header means something here."""
        return self.find(header) is not None or header_key(unguard(header)) in self._preset_keys

    def cleaner_of(self, field: Field) -> Cleaner:
        """What reads the cells that become a field."""
        return self._importer.cleaner(field, self.context) or (lambda cell: field.clean(cell, self.context))

    def find(self, header: str) -> tuple[int, Field] | None:
        """The field a header means, and how directly (0 is its own name)."""
        text = unguard(header.strip().removeprefix("\ufeff"))
        return self._fields.get(header_key(text)) or self._fields.get(header_key(_IN_BRACKETS.sub("", text)))

    def resembling(self, header: str) -> tuple[str, Field] | None:
        """The name that a header is a slip of the pen of (Emial, Compny), and its field; only one can be meant."""
        key = header_key(unguard(header))
        slips = {name: found for name, (_rank, found) in self._fields.items() if _is_slip(key, name, found)}
        fields = {found.name for found in slips.values()}
        if len(fields) != 1:
            return None
        name = min(slips, key=lambda one: (abs(len(one) - len(key)), one))
        return name, slips[name]

    def preset_of(self, headers: Sequence[str]) -> Preset | None:
        """The system a file comes from."""
        return preset_among(self._presets, headers)


def _is_slip(typed: str, name: str, field: Field) -> bool:
    """Letters that changed places; one letter too many, too few or wrong in a word that is long or checks itself."""
    if len(typed) < SHORTEST_SLIP or len(name) < SHORTEST_SLIP or typed[0] != name[0]:
        return False
    if OSA.distance(typed, name, score_cutoff=1) != 1:
        return False
    checks_itself = isinstance(field.kind, Email | Phone | Date)
    return checks_itself or sorted(typed) == sorted(name) or min(len(typed), len(name)) >= LONG_WORD


def propose(
    *,
    resource: Resource,
    headers: Headers,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    plan: Plan,
    context: Context,
) -> tuple[list[Column], Preset | None]:
    """The columns with what they become, by themselves or as the plan says: a field name, or "" to leave out.

    Raises `UnreadableFile` when no column says who the records are.
    """
    preset = headers.preset_of(header)
    columns = [
        Column(index=index, header=name, samples=_samples(rows, index)) for index, name in enumerate(header)
    ]
    by_preset = {header_key(name): value for name, value in preset.columns.items()} if preset else {}
    fold = preset.fold if preset else None
    parts = {header_key(name) for name in fold.parts} if fold else set()
    wishes = _wishes(plan, columns, headers)
    ranked: list[tuple[int, Column, str]] = []
    seen: set[str] = set()
    for column in columns:
        key = header_key(unguard(column.header))
        if _SECRET.search(key):
            column.secret, column.reason, column.samples = True, _("secrets are never kept"), []
        elif column.header in wishes:
            if wishes[column.header]:
                ranked.append((-2, column, wishes[column.header]))
            else:
                column.reason = _("left out by choice")
        elif not column.header:
            column.reason = _("it has no header")
        elif key in seen:
            column.reason = _("a second column named “%(header)s”") % {"header": column.header}
        elif fold and key in parts:
            column.reason = _("part of “%(into)s”") % {"into": fold.into}
        elif key in by_preset:
            column.reason = _("not needed") if not by_preset[key] else ""
            if by_preset[key]:
                ranked.append((-1, column, by_preset[key]))
        elif found := headers.find(column.header):
            ranked.append((found[0], column, found[1].name))
        elif meant := headers.resembling(column.header):
            # A header that is written right wins over one that is not.
            ranked.append((_SLIP, column, meant[1].name))
            column.reason = _("read as “%(meant)s”") % {"meant": meant[0]}
        else:
            column.reason = _("nothing here is called that")
        seen.add(key)
    _assign(ranked, columns, headers, rows, context)
    for column in columns:
        column.order = input_of(plan.steps.get(column.header, []), "date", "order") or column.order
    return columns, preset


def refuse_unless_identified(
    columns: Sequence[Column], resource: Resource, importer: Importer, headers: Headers, plan: Plan
) -> None:
    """Raise `UnreadableFile` when no column of the file says who its records are."""
    if any(column.field in (*importer.identifying, *plan.match) for column in columns if column.field):
        return
    first = ", ".join(f"“{column.header[:40]}”" for column in columns[:6] if column.header) or "none"
    needed = ", ".join(str(one.label) for one in headers.importable if one.name in importer.identifying)
    raise UnreadableFile(
        _(
            "No column says who the %(name)s are. The first line that could be a header names: "
            "%(first)s. Name at least one column: %(needed)s. The sample file shows all of them."
        )
        % {"name": resource.name, "first": first, "needed": needed}
    )


def _wishes(plan: Plan, columns: Sequence[Column], headers: Headers) -> dict[str, str]:
    known = {one.name for one in headers.importable}
    present = {column.header for column in columns}
    joined = {
        name
        for steps in plan.steps.values()
        for one in steps
        if one["step"] == "join"
        for name in joined_headers(one)
    }
    for header in {**plan.columns, **plan.steps, **dict.fromkeys(joined)}:
        if header not in present:
            raise Invalid(
                _("The file has no column “%(header)s”.%(suggest)s")
                % {"header": header, "suggest": suggest(header, present)},
                field="columns",
            )
    for name in plan.columns.values():
        if name and name not in known:
            raise Invalid(
                _("There is no field “%(name)s” to import.%(suggest)s")
                % {"name": name, "suggest": suggest(name, known)},
                field="columns",
            )
    return dict(plan.columns)


def _assign(
    ranked: list[tuple[int, Column, str]],
    columns: Sequence[Column],
    headers: Headers,
    rows: Sequence[Sequence[str]],
    context: Context,
) -> None:
    fields = headers.fields
    taken: dict[str, Column] = {}
    for _rank, column, name in sorted(ranked, key=lambda one: (one[0], one[1].index)):
        target = fields[name]
        values = _values(rows, column.index)
        if name in taken:
            column.reason = _("%(label)s comes from “%(header)s”") % {
                "label": target.label,
                "header": taken[name].header,
            }
        elif reason := _unfit(column, target, values, headers):
            column.reason = reason
        else:
            column.field, taken[name] = name, column
            if isinstance(target.kind, Date | Moment):
                column.order = day_order(values, context.store.country)


def _unfit(column: Column, target: Field, values: Sequence[str], headers: Headers) -> str:
    """Why a column cannot be what its header says: its values belong to another field of that name, or none fits."""
    namesake = headers.fields.get(column.header)
    if namesake and namesake.name != target.name and not namesake.importable and values:
        known = {value for value, _label in namesake.choices_for(headers.context)}
        if known and all(value in known for value in values):
            return _("%(label)s is never imported") % {"label": namesake.label}
    if values and isinstance(target.kind, Choice) and not isinstance(target.kind, Reference):
        clean, first = headers.cleaner_of(target), ""
        for value in values:
            try:
                clean(value)
            except Invalid as refusal:
                first = first or refusal.sentence
            else:
                return ""
        return first
    return ""


def _values(rows: Sequence[Sequence[str]], index: int) -> list[str]:
    cells = (unguard(row[index].strip()) for row in rows if index < len(row))
    return [cell for cell in cells if cell]


def _samples(rows: Sequence[Sequence[str]], index: int) -> list[str]:
    """The first values as people look at them in the mapping; texts the database can hold."""
    shown = (re.sub("[\x00\ud800-\udfff]", "\ufffd", value) for value in _values(rows, index)[:SHOWN_SAMPLES])
    return [value if len(value) <= SHOWN_LENGTH else value[: SHOWN_LENGTH - 1] + "…" for value in shown]
