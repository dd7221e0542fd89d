"""A list to print or to send: A4 landscape, with its title, its filter in words, and the header on every page.

Columns are as wide as what they hold, then narrower with their cells on several lines. Where even that does not fit,
the further columns follow on pages of their own, each with the first column, the same rows at the same height.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import IO

from babel import Locale
from babel.numbers import get_decimal_symbol, get_group_symbol
from django.utils.translation import gettext as _
from fpdf import FPDF

from regulars.kit.errors import Invalid
from regulars.kit.letters import MAIN, Letters, runs_right_to_left
from regulars.transfers.writing.base import About, Column, Row, Value, in_words
from regulars.transfers.writing.limits import MOST_ROWS_OF_PDF
from regulars.transfers.writing.pdfcolumns import BOLDER, PADDING, SIZE, Place, blocks_of

MOST_ROWS = MOST_ROWS_OF_PDF
# Many columns make many pages of the same rows: 4,300 pages were 295 MB of memory, 7,200 were 350 MB.
MOST_PAGES = 4_000
# A cell may take a third of a page; what is longer ends with a mark.
MOST_LINES = 18
LEADING = 9.2
ABOVE = 3.0
MARGIN = 28.0
TITLE_SIZE = 12.0
WIDTH, HEIGHT = 841.89, 595.28
_BOTTOM = HEIGHT - MARGIN - 14
# So many rows say how wide the columns have to be.
SAMPLE = 1_000
Cells = list[list[list[str]]]


class Pdf:
    """One document; pages are drawn as soon as they are full."""

    def __init__(self, out: IO[bytes], columns: Sequence[Column], about: About) -> None:
        self._out, self._columns, self._about = out, columns, about
        self._pdf = FPDF("landscape", "pt", "A4")
        self._pdf.set_auto_page_break(False)
        self._pdf.set_margins(MARGIN, MARGIN)
        self._pdf.set_title(about.title)
        self._pdf.set_creator("Regulars")
        self._pdf.set_creation_date(about.made_at)
        self._pdf.c_margin = 0
        self._pdf.set_text_shaping(True)
        self._letters = Letters(self._pdf, about.language)
        self._signs = _signs(about.language)
        self._blocks: list[list[Place]] = []
        self._sample: list[list[str]] = []
        self._page: list[tuple[float, Cells]] = []
        self._left = 0.0
        self._count = 0

    def write(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._count += 1
            if self._count > MOST_ROWS:
                raise Invalid(
                    _("A PDF file holds %(most_rows)s rows. Narrow the list down, or take xlsx or csv.")
                    % {"most_rows": f"{MOST_ROWS:,}"},
                    field="format",
                )
            words = [self._shown(value, column) for value, column in zip(row, self._columns, strict=True)]
            if self._blocks:
                self._add(words)
            else:
                self._sample.append(words)
                if len(self._sample) == SAMPLE:
                    self._begin()

    def close(self) -> None:
        if not self._blocks:
            self._begin()
        self._draw_pages()
        self._pdf.output(self._out)  # type: ignore[call-overload]

    def _shown(self, value: Value, column: Column) -> str:
        """The value as people read it: figures in groups, moments without seconds."""
        if isinstance(value, datetime):
            return self._about.there(value).strftime("%Y-%m-%d %H:%M")
        if column.type == "money" and isinstance(value, int | Decimal) and not isinstance(value, bool):
            return f"{value:,.{column.places}f}".translate(self._signs)
        if isinstance(value, Decimal):
            return f"{value:.{column.places}f}".translate(self._signs)
        return in_words(value, column, self._about)

    def _begin(self) -> None:
        self._blocks = blocks_of(self._columns, self._sample, self._letters, WIDTH - 2 * MARGIN)
        self._titles = self._lines([column.header for column in self._columns], BOLDER)
        self._turn_page()
        for words in self._sample:
            self._add(words)
        self._sample = []

    def _add(self, words: Sequence[str]) -> None:
        cells = self._lines(words)
        height = _height(cells)
        if height > self._left and self._page:
            self._draw_pages()
            self._turn_page()
        self._page.append((height, cells))
        self._left -= height

    def _lines(self, words: Sequence[str], wider: float = 1.0) -> Cells:
        """The lines of each cell of a row, for each block of columns."""
        return [
            [self._letters.lines(words[place.index], place.inside / wider, MOST_LINES) for place in block]
            for block in self._blocks
        ]

    def _turn_page(self) -> None:
        """Begin to fill a page: how much room is below its heading?"""
        self._page = []
        self._heading = self._heading_lines(first=not self._pdf.pages)
        self._left = _BOTTOM - self._top() - _height(self._titles)

    def _top(self) -> float:
        return MARGIN + 18 + (len(self._heading) * LEADING + 4 if self._heading else 0)

    def _heading_lines(self, *, first: bool) -> list[str]:
        """Below the title of the first page: what the list leaves in, whole."""
        if not first or not self._about.filter_words:
            return []
        return self._letters.lines(self._about.filter_words, (WIDTH - 2 * MARGIN) * 1000 / SIZE, 25)

    def _draw_pages(self) -> None:
        """The rows that fill a page, once for each block of columns."""
        if len(self._pdf.pages) + len(self._blocks) > MOST_PAGES:
            raise Invalid(
                _("A PDF file holds %(most_pages)s pages. Take fewer columns or rows, or take xlsx or csv.")
                % {"most_pages": f"{MOST_PAGES:,}"},
                field="format",
            )
        for number, block in enumerate(self._blocks):
            self._pdf.add_page()
            self._draw_heading(number, block)
            y = self._draw_header(block, self._titles[number], self._top())
            self._pdf.set_font(MAIN, "", SIZE)
            for height, cells in self._page:
                for place, lines in zip(block, cells[number], strict=True):
                    self._draw_lines(place, lines, y)
                y += height
                self._pdf.set_draw_color(215)
                self._pdf.line(MARGIN, y, WIDTH - MARGIN, y)
            self._draw_foot()

    def _draw_heading(self, number: int, block: Sequence[Place]) -> None:
        self._pdf.set_font(MAIN, "B", TITLE_SIZE)
        room = WIDTH - 2 * MARGIN - 120
        title, *more = self._letters.lines(
            f"{self._about.title} · {self._about.store_name}", room * 900 / TITLE_SIZE, MOST_LINES
        )
        self._draw(MARGIN, MARGIN + 2, room, f"{title} …" if more else title, size=TITLE_SIZE)
        self._pdf.set_font(MAIN, "", SIZE)
        if len(self._blocks) > 1:
            own = block[1:] if number else block
            words = _("Columns %(index)s to %(index2)s of %(count)s") % {
                "index": own[0].index + 1,
                "index2": own[-1].index + 1,
                "count": len(self._columns),
            }
            self._draw(MARGIN, MARGIN + 2, WIDTH - 2 * MARGIN, words, align="R")
        for index, line in enumerate(self._heading if number == 0 else []):
            self._draw(MARGIN, MARGIN + 18 + index * LEADING, WIDTH - 2 * MARGIN, line)

    def _draw_header(self, block: Sequence[Place], titles: Sequence[list[str]], y: float) -> float:
        height = _height(self._titles)
        self._pdf.set_fill_color(236)
        self._pdf.rect(MARGIN, y, WIDTH - 2 * MARGIN, height, "F")
        self._pdf.set_font(MAIN, "B", SIZE)
        for place, lines in zip(block, titles, strict=True):
            self._draw_lines(place, lines, y)
        return y + height

    def _draw_lines(self, place: Place, lines: Sequence[str], y: float) -> None:
        if lines == [""]:
            return
        align = "R" if place.right or runs_right_to_left(lines[0]) else "L"
        for index, line in enumerate(lines):
            self._draw(
                MARGIN + place.x + PADDING,
                y + ABOVE + index * LEADING,
                place.width - 2 * PADDING,
                line,
                align=align,
            )

    def _draw_foot(self) -> None:
        about = self._about
        made = f"{about.there(about.made_at):%Y-%m-%d %H:%M} · {about.made_by}"
        y = HEIGHT - MARGIN - 8
        self._draw(MARGIN, y, WIDTH - 2 * MARGIN, self._letters.written(made))
        self._pdf.set_xy(MARGIN, y)
        page = _("Page %(page_no)s of {nb}") % {"page_no": self._pdf.page_no()}
        self._pdf.cell(WIDTH - 2 * MARGIN, LEADING, page, align="R")

    def _draw(
        self, x: float, y: float, width: float, text: str, *, align: str = "L", size: float = SIZE
    ) -> None:
        """One line."""
        self._letters.draw(x, y, width, text, size=size, align=align)


def _height(cells: Sequence[Sequence[Sequence[str]]]) -> float:
    """The height of a row, the same in all blocks of columns."""
    return max(len(lines) for block in cells for lines in block) * LEADING + 2 * ABOVE


def _signs(language: str) -> dict[int, str]:
    """How the reader's language writes the signs of numbers."""
    locale = Locale.parse(language.replace("-", "_"))
    return {ord("."): get_decimal_symbol(locale), ord(","): get_group_symbol(locale)}
