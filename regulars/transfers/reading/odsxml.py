"""What stands in the XML of an OpenDocument spreadsheet: sheets of rows of cells."""

import re

from django.utils.translation import gettext as _

from regulars.transfers.reading.errors import UnreadableFile, shown
from regulars.transfers.reading.limits import CELL_LIMIT, COLUMN_LIMIT, SHEET_LIMIT, size
from regulars.transfers.reading.markup import RowsParser
from regulars.transfers.reading.numbers import iso_text, plain_number

_CELLS = frozenset({"table-cell", "covered-table-cell"})
_NUMBERS = frozenset({"float", "percentage", "currency"})
_TOLD = frozenset(
    {
        "table:formula",
        "table:number-columns-spanned",
        "table:number-rows-spanned",
        "calcext:value-type",
    }
)
_DURATION = re.compile(r"PT(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S")
_HIDDEN = frozenset({"collapse", "filter"})
# Of a row: its sheet, its number, how often it stands there, its cells.
Repeated = tuple[str, int, int, list[str]]


class ContentParser(RowsParser[Repeated]):
    """Makes rows of texts from the part that holds all sheets; only of one sheet when one is wanted."""

    def __init__(self, *, wanted: str, most: int = 0) -> None:
        super().__init__(_("its content"))
        self._wanted, self._most = wanted, most
        self._sheet, self._depth, self._found = "", 0, 0
        self._number, self._repeated, self._hidden = 0, 1, False
        self._cells: list[str] = []
        self._cell: dict[str, str] | None = None
        self._column = 0
        self._paragraphs: list[list[str]] = []
        self._in_paragraph = self._in_comment = False
        self._length = 0
        self.sheets: list[str] = []
        self.passed = False
        self._on = False

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = self._names[name]
        if local == "table":
            self._begin_table(attributes)
        elif not self._on:
            return
        elif local == "table-row":
            self._cells, self._column = [], 0
            self._repeated = _count(attributes, "table:number-rows-repeated")
            self._hidden = attributes.get("table:visibility") in _HIDDEN
        elif local in _CELLS:
            self._cell, self._paragraphs, self._length = attributes, [], 0
        elif local == "annotation":
            self._in_comment = True
        elif self._cell is not None and not self._in_comment:
            self._start_text(local, attributes)

    def _start_text(self, local: str, attributes: dict[str, str]) -> None:
        if local == "p":
            self._paragraphs.append([])
            self._in_paragraph = True
        elif local == "s":
            self._text(" " * min(_count(attributes, "text:c"), CELL_LIMIT + 1))
        elif local == "tab":
            self._text("\t")
        elif local == "line-break":
            self._text("\n")

    def _text(self, text: str) -> None:
        if not self._in_paragraph:
            return
        self._length += len(text)
        if self._length > CELL_LIMIT:
            raise UnreadableFile(
                _(
                    "A cell in row %(number)s of the sheet “%(shown)s” holds more than %(size)s of text. Shorten it."
                )
                % {"number": f"{self._number + 1:,}", "shown": shown(self._sheet), "size": size(CELL_LIMIT)}
            )
        self._paragraphs[-1].append(text)

    def _end(self, name: str) -> None:
        local = self._names[name]
        if local == "table":
            self._depth -= 1
            self.passed = self.passed or bool(self._depth == 0 and self._wanted == self._sheet)
            self._on = self._is_wanted()
        elif not self._on:
            return
        elif local == "p":
            self._in_paragraph = False
        elif local == "annotation":
            self._in_comment = False
        elif local in _CELLS and self._cell is not None:
            self._end_cell(self._cell)
        elif local == "table-row":
            self._end_row()

    def _is_wanted(self) -> bool:
        """False in tables within cells, and in sheets of which no more rows are wanted."""
        if self._depth != 1 or self.passed:
            return False
        return self._sheet == self._wanted if self._wanted else self._found < self._most

    def _begin_table(self, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth != 1:
            self._on = False
            return
        self._sheet = attributes.get("table:name") or _("Sheet %(count)s") % {"count": len(self.sheets) + 1}
        self.sheets.append(self._sheet)
        self._number = self._found = 0
        if len(self.sheets) > SHEET_LIMIT:
            raise UnreadableFile(
                _("The spreadsheet has more than %(sheet_limit)s sheets. Save the one you need as CSV.")
                % {"sheet_limit": SHEET_LIMIT}
            )
        self._on = self._is_wanted()

    def _end_row(self) -> None:
        if any(map(str.strip, self._cells)):
            self._rows.append((self._sheet, self._number + 1, self._repeated, self._cells))
            self._found += 1
            self._on = self._is_wanted()
            if self._hidden:
                self._notes.hidden.add(_("Row %(number)s") % {"number": f"{self._number + 1:,}"})
        self._number += self._repeated

    def _end_cell(self, cell: dict[str, str]) -> None:
        self._cell = None
        repeated = _count(cell, "table:number-columns-repeated")
        value = self._read(cell, "\n".join(map("".join, self._paragraphs)))
        if value:
            if self._column + repeated > COLUMN_LIMIT:
                raise UnreadableFile(
                    _(
                        "Row %(number)s of the sheet “%(shown)s” goes beyond %(column_limit)s "
                        "columns. Delete those that are not needed."
                    )
                    % {
                        "number": f"{self._number + 1:,}",
                        "shown": shown(self._sheet),
                        "column_limit": f"{COLUMN_LIMIT:,}",
                    }
                )
            self._cells.extend([""] * (self._column - len(self._cells)))
            self._cells.extend([value] * repeated)
        self._column += repeated

    def _read(self, cell: dict[str, str], written: str) -> str:
        """The text that a cell stands for; `written` is how the spreadsheet shows it."""
        kind = cell.get("office:value-type", "")
        if not _TOLD.isdisjoint(cell) and self._tell(cell, kind, written):
            return ""
        if kind in _NUMBERS:
            number = plain_number(cell.get("office:value", ""))
            # 01234 and 06 12 34 56 78 are numbers too, whose zero in front only the shown text has.
            digits = re.sub(r"[ ().\u00a0/-]", "", written)
            return (
                written
                if digits.startswith("0") and digits.isdigit() and digits.lstrip("0") == number
                else number
            )
        if kind == "date":
            return iso_text(cell.get("office:date-value", written))
        if kind == "time" and (match := _DURATION.fullmatch(cell.get("office:time-value", ""))):
            return f"{int(match[1]):02}:{int(match[2]):02}:{int(match[3]):02}"
        if kind == "boolean":
            return "yes" if cell.get("office:boolean-value") == "true" else "no"
        return cell.get("office:string-value", written)[: CELL_LIMIT + 1]

    def _tell(self, cell: dict[str, str], kind: str, written: str) -> bool:
        """Count what is worth telling; true for a cell that is an error."""
        notes, where = (
            self._notes,
            _("row %(number)s, column %(column)s")
            % {"number": f"{self._number + 1:,}", "column": f"{self._column + 1:,}"},
        )
        if "table:number-columns-spanned" in cell or "table:number-rows-spanned" in cell:
            notes.merged.add(where)
        if "table:formula" in cell:
            notes.formulas.add(where)
            if not kind:
                notes.uncalculated.add(where)
        wrong = cell.get("calcext:value-type") == "error"
        if wrong:
            notes.errors.add(f"{where} {written[:20]}".strip())
        return wrong


def _count(attributes: dict[str, str], name: str) -> int:
    number = attributes.get(name, "1")
    return max(1, int(number)) if number.isdecimal() and len(number) < 10 else 1
