"""What a resource declares about leaving in the form of another system: its headers, and how its cells are written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from regulars.kit.words import Words

Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PresetColumn:
    """A column of another system's file.

    `value` is the name of the field whose text goes in, or makes the cell from the texts of the fields in `needs`;
    without either the cell stays empty: the other system has the column, we do not keep what it says.
    """

    header: str
    value: str | Callable[[Cells], str] = ""
    needs: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields whose texts `cell` reads."""
        return self.needs if callable(self.value) else tuple(filter(None, (self.value,)))

    def cell(self, texts: Cells) -> str:
        """The cell of a record, given the texts of its fields by name (a field that one may not see is left out)."""
        return self.value(texts) if callable(self.value) else texts.get(self.value, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportPreset:
    """The file of another system, header for header."""

    name: str
    label: Words
    columns: tuple[PresetColumn, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of all fields that the columns read, each once."""
        return tuple(dict.fromkeys(name for column in self.columns for name in column.fields))
