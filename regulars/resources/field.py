"""A field: one thing that can be seen, filtered, sorted, edited, imported, exported and asked for by API."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.db.models import Expression, Q, Subquery
from django.utils.translation import gettext_lazy

from regulars.kit.words import Words
from regulars.resources.context import Context
from regulars.resources.kinds import EMPTINESS, Kind
from regulars.resources.tree import Condition

Row = Mapping[str, Any]
Choices = list[tuple[str, str]]

_CUSTOMER = gettext_lazy("Customer")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a sorted list: the rows of one filter in the order of one column and the id.

    `along` names the pair of columns with the index, where it is not on the rows' own table.
    """

    filter: Q | None
    order: str = ""
    descending: bool = False
    along: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Sort:
    """How a list is sorted by a field.

    `path` is the indexed column. `zeros` says that the index leaves out 0, and `rare` names the column that parts the
    few of them who have an index of their own (it is not 0 in their case); `empties` names the filter of rows without
    a value, which always come last: nobody looks for "no company" at the top. `along` names copies of the column and
    of the id in a table of their own, when the index is there.
    """

    path: str
    empties: Q | None = None
    zeros: bool = False
    rare: str = ""
    along: tuple[str, str] | None = None

    def spans(self, *, descending: bool) -> list[Span]:
        """The stretches the sorted list is read in; each one has an index to walk along."""
        if self.zeros:
            parts = [
                Span(Q(**{f"{self.path}__lt": 0}), self.path, descending),
                *(Span(Q(**{self.path: 0}) & one, "", descending) for one in self._zeros()),
                Span(Q(**{f"{self.path}__gt": 0}), self.path, descending),
            ]
            return parts[::-1] if descending else parts
        if self.empties is not None:
            return [Span(~self.empties, self.path, descending), Span(self.empties, "", descending)]
        # Without a copy there is no row: said so that the database may begin at the copies.
        there = Q(**{f"{self.along[0]}__isnull": False}) if self.along else None
        return [Span(there, self.path, descending, self.along)]

    def _zeros(self) -> list[Q]:
        return [~Q(**{self.rare: 0}), Q(**{self.rare: 0})] if self.rare else [Q()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One declaration that every surface reads.

    `path` is where the value is found (a column, or the name of `expression`); `needs` lists the columns a computed
    `value` is made from, and `said` is the same value as the database says it, so that it can write files by itself;
    `show` is how people see the value where machines get another text. `key` names the column with the folded form,
    used to compare texts. `aliases` are headers of other systems' files, compared folded. `personal` is the class of
    personal data ("" for none): what is kept, emptied or hidden when a person is anonymised or asks for their data.
    `suggestions` are values in use that begin with what was typed, where people make up values
    of their own. `only_brought` comes with files alone: forms and machines have other ways to say it. `tones` colours
    the values of a choice (grey, green, blue, amber, red, violet); `why_empty` is what an empty cell says; `currency`
    is the column with the currency of amounts that may be in another than the store's; `optional` says that a figure
    may be missing, so that one can ask whether it is empty. `goes_with` ("kind=percent") is the choice beside it in a
    form without which it means nothing: the form does not show it then.
    """

    name: str
    label: Words
    kind: Kind
    section: Words = _CUSTOMER
    path: str = ""
    expression: Callable[[Context], Expression | Subquery] | None = None
    needs: tuple[str, ...] = ()
    value: Callable[[Row, Context], Any] | None = None
    said: Callable[[Context], Expression] | None = None
    show: Callable[[Row, Context], str] | None = None
    key: str = ""
    in_search: bool = False
    sort: Sort | None = None
    filterable: bool = True
    condition: Callable[[Condition, "Field", Context], Q] | None = None
    choices: Callable[[Context], Choices] | None = None
    suggestions: Callable[[Context, str], list[str]] | None = None
    tones: Mapping[str, str] | Callable[[Context], Mapping[str, str]] = MappingProxyType({})
    currency: str = ""
    why_empty: Words = ""
    optional: bool = False
    shown: bool = False
    column: bool = True
    width: int = 140
    editable: bool = False
    required: bool = False
    inline: bool = True
    importable: bool = False
    only_brought: bool = False
    exportable: bool = True
    aliases: tuple[str, ...] = ()
    permission: str = ""
    edit_permission: str = ""
    personal: str = ""
    goes_with: str = ""
    help: Words = ""

    def __post_init__(self) -> None:
        if not self.path:
            object.__setattr__(self, "path", self.name)
        if not self.needs:
            object.__setattr__(self, "needs", (self.path, self.currency) if self.currency else (self.path,))

    def choices_for(self, context: Context) -> Choices:
        """The values one can choose from, with their labels."""
        return self.choices(context) if self.choices else []

    def tones_for(self, context: Context) -> Mapping[str, str]:
        """The colours of the values."""
        return self.tones(context) if callable(self.tones) else self.tones

    def read(self, row: Row, context: Context) -> Any:
        """The field's value of a row that was fetched with this field among the columns."""
        return self.value(row, context) if self.value else row[self.path]

    def clean(self, raw: str, context: Context) -> Any:
        """The stored value of what was typed or read from a file. Raises `Invalid`."""
        return self.kind.clean(raw, self, context)

    def export(self, row: Row, context: Context) -> str:
        """The value as text for files."""
        return self.kind.export(self.read(row, context), context)

    def compile(self, condition: Condition, context: Context) -> Q:
        """The filter of a condition on this field."""
        if self.condition is not None and not condition.function:
            return self.condition(condition, self, context)
        return self.kind.compile(condition.operator, condition.values, self, context, condition.function)

    @property
    def creatable(self) -> bool:
        """Whether a new record may be given it: what one may change, and what a file may bring."""
        return self.editable or (self.importable and self.exportable and not self.only_brought)

    @property
    def operators(self) -> tuple[str, ...]:
        """The questions one can ask of this field."""
        if not self.filterable:
            return ()
        asked = self.kind.operators
        return (*asked, *EMPTINESS) if self.optional and EMPTINESS[0] not in asked else asked
