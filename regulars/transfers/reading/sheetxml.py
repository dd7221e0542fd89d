"""What stands in the XML of a sheet: rows of cells, and what is worth telling about them."""

import re
from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext as _

from regulars.transfers.reading.errors import UnreadableFile
from regulars.transfers.reading.limits import CELL_LIMIT, COLUMN_LIMIT, size
from regulars.transfers.reading.markup import LocalNames, Pieces, RowsParser
from regulars.transfers.reading.numbers import Reader, iso_text, plain_number
from regulars.transfers.reading.table import Row
from regulars.transfers.reading.texts import Texts

_TRUE = frozenset({"1", "true"})
# Signs that XML cannot hold are written by their number, like _x000D_.
_BY_NUMBER = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DIGITS = "0123456789"


class SheetParser(RowsParser[Row]):
    """Makes rows of texts from the XML of one sheet."""

    def __init__(self, part: str, texts: Texts, readers: list[Reader]) -> None:
        super().__init__(part)
        self._texts, self._columns = texts, _Columns()
        self._readers = {str(number): reader for number, reader in enumerate(readers)}
        self._number, self._cells, self._hidden = 0, [], False  # type: int, list[str], bool
        self._cell: dict[str, str] | None = None
        self._value: list[str] = []
        self._formula: list[str] | None = None
        self._into: list[str] | None = None
        self._length, self._spoken = 0, False

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = self._names[name]
        if local == "c":
            self._cell, self._value, self._formula, self._length = attributes, [], None, 0
        elif local == "v":
            self._into = self._value
        elif local == "t":
            self._into = None if self._spoken else self._value
        elif local == "f":
            self._into = self._formula = []
        elif local == "row":
            self._begin_row(attributes)
        elif local == "rPh":
            self._spoken = True
        elif local == "mergeCell":
            self._notes.merged.add(attributes.get("ref", ""))
        elif local == "col" and attributes.get("hidden") in _TRUE:
            self._notes.hidden.add(_("Column %(get)s") % {"get": attributes.get("min", "")})

    def _text(self, text: str) -> None:
        if self._into is None or self._cell is None:
            return
        self._length += len(text)
        if self._length > CELL_LIMIT:
            raise UnreadableFile(
                _("Cell %(get)s of %(part)s holds more than %(size)s of text. Shorten it.")
                % {"get": self._cell.get("r", ""), "part": self._part, "size": size(CELL_LIMIT)}
            )
        self._into.append(text)

    def _end(self, name: str) -> None:
        local = self._names[name]
        if local == "c":
            self._end_cell()
        elif local == "row":
            if any(map(str.strip, self._cells)):
                self._rows.append((self._number, self._cells))
                if self._hidden:
                    self._notes.hidden.add(_("Row %(number)s") % {"number": f"{self._number:,}"})
        elif local == "rPh":
            self._spoken = False
        else:
            self._into = None

    def _begin_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r", "")
        self._number = int(number) if number.isdecimal() and len(number) < 12 else self._number + 1
        self._cells = []
        self._hidden = attributes.get("hidden") in _TRUE

    def _end_cell(self) -> None:
        cell, self._cell = self._cell, None
        if cell is None:
            return
        value = self._read(cell, "".join(self._value))
        place = cell.get("r")
        at = self._columns[place.rstrip(_DIGITS)] if place else len(self._cells)
        if not value:
            if not place:
                self._cells.append("")
            return
        if at >= COLUMN_LIMIT:
            raise UnreadableFile(
                _(
                    "Row %(number)s of %(part)s goes beyond %(column_limit)s columns (cell "
                    "%(place)s). Delete those that are not needed."
                )
                % {
                    "number": f"{self._number:,}",
                    "part": self._part,
                    "column_limit": f"{COLUMN_LIMIT:,}",
                    "place": place,
                }
            )
        missing = at - len(self._cells)
        if missing > 0:
            self._cells.extend([""] * missing)
        if missing >= 0:
            self._cells.append(value)
        else:
            self._cells[at] = value

    def _read(self, cell: dict[str, str], raw: str) -> str:
        """The text that a cell stands for."""
        kind = cell.get("t", "n")
        if self._formula is not None:
            self._look_at_formula(cell, raw, kind)
        if kind == "s":
            return self._texts.get(int(raw)) if raw else ""
        if kind == "n":
            return self._readers.get(cell.get("s", "0"), plain_number)(raw.strip()) if raw else ""
        if kind == "b":
            return ("yes" if raw.strip() in _TRUE else "no") if raw else ""
        if kind == "e":
            self._notes.errors.add(f"{cell.get('r', '')} {raw[:20]}".strip())
            return ""
        return iso_text(raw) if kind == "d" else by_number(raw)

    def _look_at_formula(self, cell: dict[str, str], raw: str, kind: str) -> None:
        place = cell.get("r", "")
        self._notes.formulas.add(place)
        formula = "".join(self._formula or ()).replace("$", "")
        if not raw and kind != "str":
            self._notes.uncalculated.add(place)
        if place in formula and re.search(rf"(?<![A-Za-z0-9!:]){re.escape(place)}(?![0-9(])", formula):
            self._notes.circular.add(place)


class TextsParser:
    """Collects the texts that the cells of a workbook share."""

    def __init__(self, texts: Texts) -> None:
        self._texts, self._names = texts, LocalNames()
        self._pieces: list[str] = []
        self._inside = self._spoken = False
        self._length = 0

    def feed(self, source: IO[bytes]) -> Iterator[None]:
        """Read the texts, one turn after each piece of the part."""
        return Pieces(self._start, self._end, self._text, part=_("the list of texts")).feed(source)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = self._names[name]
        if local == "t":
            self._inside = not self._spoken
        elif local == "si":
            self._pieces, self._length = [], 0
        elif local == "rPh":
            self._spoken = True

    def _text(self, text: str) -> None:
        if self._inside:
            self._length += len(text)
            if self._length > CELL_LIMIT:
                raise UnreadableFile(
                    _("A cell of the workbook holds more than %(size)s of text. Shorten it.")
                    % {"size": size(CELL_LIMIT)}
                )
            self._pieces.append(text)

    def _end(self, name: str) -> None:
        local = self._names[name]
        if local == "t":
            self._inside = False
        elif local == "rPh":
            self._spoken = False
        elif local == "si":
            self._texts.add(by_number("".join(self._pieces)))


class _Columns(dict[str, int]):
    """The place of a column by its letters: A is 0, AA is 26."""

    def __missing__(self, letters: str) -> int:
        place = 0
        if not letters.isascii() or not letters.isalpha() or len(letters) > 3:
            raise UnreadableFile(_("The file is damaged: a cell has no place in the sheet. Save it anew."))
        for letter in letters.upper():
            place = place * 26 + ord(letter) - 64
        self[letters] = place - 1
        return place - 1


def by_number(text: str) -> str:
    """The text with the signs that are written by their number in place."""
    return _BY_NUMBER.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text
