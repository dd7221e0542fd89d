"""What can be done to the cells of a column before they are read: each way is one small declared class."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from regulars.kit.errors import Invalid
from regulars.kit.text import storable
from regulars.resources.mistakes import suggest
from regulars.transfers.reading.dayformats import DAY_FIRST, MONTH_FIRST
from regulars.transfers.reading.limits import CELL_LIMIT

Words = str | Promise
Change = Callable[[str], str]
MOST_STEPS = 10
LONGEST_INPUT = 200
_LOUD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Input:
    """One thing that a step asks: a text, or one of `choices`."""

    name: str
    label: Words
    choices: Mapping[str, Words] | None = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A way to change a cell. `make` gets the inputs and returns what is done to each cell.

    A step without `make` is about the whole column, and is carried out by whoever reads rows: `date` gives the order of
    day and month, `phone` the country of numbers, `join` the columns that are joined.
    """

    name: str
    label: Words
    inputs: tuple[Input, ...] = ()
    make: Callable[[Mapping[str, str]], Change] | None = None


def _replace(inputs: Mapping[str, str]) -> Change:
    find, instead = inputs["find"], inputs.get("with", "")
    growth = len(instead) - len(find)

    def replace(cell: str) -> str:
        # Several of these, one after the other, would make any cell larger than memory.
        if growth > 0 and len(cell) + growth * cell.count(find) > CELL_LIMIT:
            raise Invalid(gettext("Replacing makes this cell too long. Look at what is replaced with what."))
        return cell.replace(find, instead)

    return replace


def _case(inputs: Mapping[str, str]) -> Change:
    match inputs["to"]:
        case "lower":
            return str.lower
        case "upper":
            return str.upper
    return _name_case


def _name_case(cell: str) -> str:
    """“ADA O'NEILL-KING” as people write it; what is mixed already is left alone."""
    if cell.isupper() or cell.islower():
        return _LOUD.sub(lambda word: word[0].capitalize(), cell)
    return cell


def _order_of_name(inputs: Mapping[str, str]) -> Change:
    """A full name as “first last”, the form that is split at its last space."""

    def comma(cell: str) -> str:
        last, found, first = cell.partition(",")
        return f"{first.strip()} {last.strip()}".strip() if found else cell

    def turned(cell: str) -> str:
        last, found, first = cell.strip().partition(" ")
        return f"{first.strip()} {last}" if found else cell

    return comma if inputs["order"] == "last, first" else turned


def _part(inputs: Mapping[str, str]) -> Change:
    between, wanted = inputs["separator"] or " ", inputs["which"]

    def take(cell: str) -> str:
        if wanted == "first":
            return cell.strip().partition(between)[0].strip()
        if wanted == "last":
            return cell.strip().rpartition(between)[2].strip()
        return cell.strip().partition(between)[2].strip()

    return take


def _words(inputs: Mapping[str, str]) -> Change:
    yes = {word.strip().casefold() for word in inputs["yes"].split(",") if word.strip()}
    return lambda cell: "yes" if cell.strip().casefold() in yes else "no"


def _digits(inputs: Mapping[str, str]) -> Change:
    return lambda cell: "".join(char for char in cell if char.isdigit())


DAY_ORDERS: dict[str, Words] = {
    DAY_FIRST: _("day, month, year"),
    MONTH_FIRST: _("month, day, year"),
}
STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        Step(
            "name_order",
            _("Full name is written"),
            (
                Input(
                    "order",
                    pgettext_lazy("sequence", "Order"),
                    {"last, first": _("Last, First"), "last first": _("Last First")},
                    required=True,
                ),
            ),
            _order_of_name,
        ),
        Step(
            "part",
            _("Take a part"),
            (
                Input(
                    "which",
                    _("Part"),
                    {
                        "first": _("the first"),
                        "last": _("the last"),
                        "rest": _("all but the first"),
                    },
                    required=True,
                ),
                Input("separator", _("Parted by")),
            ),
            _part,
        ),
        Step(
            "case",
            pgettext_lazy("upper and lower case", "Letters"),
            (
                Input(
                    "to",
                    _("Become"),
                    {
                        "name": _("Names Like This"),
                        "lower": _("small letters"),
                        "upper": _("CAPITAL LETTERS"),
                    },
                    required=True,
                ),
            ),
            _case,
        ),
        Step(
            "replace",
            _("Find and replace"),
            (Input("find", _("Find"), required=True), Input("with", _("Replace with"))),
            _replace,
        ),
        Step("digits", _("Keep only digits"), (), _digits),
        Step(
            "yes",
            _("Words that mean yes"),
            (Input("yes", pgettext_lazy("single words", "Words"), required=True),),
            _words,
        ),
        Step(
            "date",
            _("Dates are written"),
            (Input("order", pgettext_lazy("sequence", "Order"), DAY_ORDERS, required=True),),
        ),
        Step("phone", _("Phone numbers are of"), (Input("country", _("Country code"), required=True),)),
        Step(
            "join",
            _("Join with other columns"),
            (Input("columns", _("Columns"), required=True), Input("separator", _("Put between"))),
        ),
    )
}


def clean_steps(given: Any) -> dict[str, list[dict[str, str]]]:
    """The steps of each column as a plan keeps them. Raises `Invalid`."""
    if not isinstance(given, Mapping):
        raise Invalid(gettext("“steps” is an object: a list of steps by header."), field="steps")
    if any(storable(str(header)) != str(header) for header in given):
        raise Invalid(gettext("“steps” holds characters that are no text."), field="steps")
    cleaned = {str(header): [_clean(one) for one in _listed(steps)] for header, steps in given.items()}
    return {header: steps for header, steps in cleaned.items() if steps}


def _listed(steps: Any) -> list[Any]:
    if not isinstance(steps, list | tuple):
        raise Invalid(gettext("The steps of a column are a list."), field="steps")
    if len(steps) > MOST_STEPS:
        raise Invalid(
            gettext("A column takes up to %(most_steps)s steps.") % {"most_steps": MOST_STEPS}, field="steps"
        )
    return list(steps)


def _clean(given: Any) -> dict[str, str]:
    if not isinstance(given, Mapping) or not all(isinstance(value, str) for value in given.values()):
        raise Invalid(gettext("A step is an object with “step” and its inputs, all texts."), field="steps")
    step = STEPS.get(given.get("step", ""))
    if step is None:
        name = str(given.get("step", ""))
        raise Invalid(
            gettext("There is no step “%(name)s”.%(suggest)s")
            % {"name": name, "suggest": suggest(name, STEPS)},
            field="steps",
        )
    cleaned = {"step": step.name}
    for asked in step.inputs:
        value = given.get(asked.name, "")
        if not value and asked.required:
            raise Invalid(
                gettext("“%(label)s” needs “%(label2)s”.") % {"label": step.label, "label2": asked.label},
                field="steps",
            )
        if asked.choices is not None and value and value not in asked.choices:
            raise Invalid(
                gettext("“%(value)s” is none of: %(names)s.")
                % {"value": value, "names": ", ".join(asked.choices)},
                field="steps",
            )
        if len(value) > LONGEST_INPUT and asked.name != "columns":  # as long as the headers are
            raise Invalid(
                gettext("“%(label)s” takes up to %(longest_input)s characters.")
                % {"label": asked.label, "longest_input": LONGEST_INPUT},
                field="steps",
            )
        if storable(value) != value:
            raise Invalid(
                gettext("“%(label)s” holds characters that are no text.") % {"label": asked.label},
                field="steps",
            )
        cleaned[asked.name] = value
    if step.name == "join":
        cleaned["columns"] = "\n".join(joined_headers(cleaned))
    return cleaned


def changes_of(steps: Sequence[Mapping[str, str]]) -> Change | None:
    """What is done to each cell of a column, in order; nothing when no step changes cells."""
    made = [STEPS[one["step"]].make for one in steps]
    changes = [make(one) for make, one in zip(made, steps, strict=True) if make is not None]
    if not changes:
        return None
    if len(changes) == 1:
        return changes[0]

    def change(cell: str) -> str:
        for each in changes:
            cell = each(cell)
        return cell

    return change


def input_of(steps: Sequence[Mapping[str, str]], name: str, wanted: str) -> str:
    """An input of the last step of this name; "" when the column has none."""
    found = [one.get(wanted, "") for one in steps if one["step"] == name]
    return found[-1] if found else ""


def joined_headers(step: Mapping[str, str]) -> list[str]:
    """The other columns of a `join`, one header per line; each once."""
    return list(dict.fromkeys(line.strip() for line in step["columns"].splitlines() if line.strip()))
