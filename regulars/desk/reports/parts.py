"""What a report is made of on its page: a picture, and the same figures as a table that is a file, too."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_date
from babel.numbers import format_percent
from django.urls import reverse

from regulars.desk import cells, values
from regulars.desk.segments.words import list_url
from regulars.kit import money
from regulars.kit.months import month_name
from regulars.reports.choices import next_step
from regulars.resources.context import Context
from regulars.transfers.cells import encoded, guard

TONES = 6
_STEP_FORMATS = {"day": "d MMM", "week": "d MMM", "quarter": "QQQ yyyy", "year": "yyyy"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure: as people read it, as a file holds it, and the list it is a door to."""

    text: str
    raw: Any
    url: str = ""
    number: bool = True
    tone: int = 0


@dataclass(frozen=True, slots=True)
class Rank:
    """One bar of a list of bars."""

    label: str
    text: str
    share: str
    percent: float
    url: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report: its picture is a drawing, a list of bars, or a table with coloured cells.

    `people` are the fields of customers in one that names them: its file is an export like any other.
    """

    name: str
    title: str
    note: str
    heads: list[str]
    rows: list[list[Cell]]
    svg: str = ""
    ranks: list[Rank] = field(default_factory=list)
    heat_heads: list[str] = field(default_factory=list)
    heat: list[tuple[Cell, list[Cell]]] = field(default_factory=list)
    corner: str = ""
    legend: str = ""
    whole: bool = False
    people: tuple[str, ...] = ()
    empty: str = ""

    @property
    def is_table(self) -> bool:
        """Whether the table is all there is to see."""
        return not (self.svg or self.ranks or self.heat)


class Writer:
    """Writes figures for one reader."""

    def __init__(self, context: Context) -> None:
        self.context = context
        style = values.style_of(context)
        self.language, self.currency = style.language, style.currency

    def whole(self, number: int, url: str = "") -> Cell:
        """A number of customers or orders; a nought leads nowhere."""
        return Cell(cells.format_whole(number, self.language), number, url if number else "")

    def amount(self, minor: int, url: str = "") -> Cell:
        """An amount of money."""
        major = money.to_major(minor, self.currency)
        return Cell(money.display_money(minor, self.currency, self.language), str(major), url)

    def round_amount(self, minor: int) -> str:
        """A round amount, without decimals where it has none."""
        major = money.to_major(minor, self.currency)
        if major != int(major):
            return money.display_money(minor, self.currency, self.language)
        return money.display_round_money(int(major), self.currency, self.language)

    def words(self, text: str, url: str = "") -> Cell:
        """A name."""
        return Cell(text, guard(text), url, number=False)

    def share(self, part: int, of: int, *, tone_of: int = 0, url: str = "") -> Cell:
        """A part of a whole, as a percentage; of nobody it leads nowhere."""
        share = part / of if of else 0.0
        # One decimal below 10 %, where it tells.
        rounded = round(share, 2 if share >= 0.1 else 3)
        text = format_percent(rounded, locale=self.language, decimal_quantization=False)
        return Cell(text, f"{share:.4f}", url if part else "", tone=tone(part, tone_of or of))

    def step(self, begin: date, step: str, *, short: bool = False) -> str:
        """A day, week, month, quarter or year; `short` where the chart says the year."""
        if step == "month":
            return month_name(begin, self.language, with_year=not short)
        return format_date(begin, _STEP_FORMATS[step], locale=self.language)

    def day(self, day: date) -> str:
        """A calendar day."""
        return cells.format_day(day, self.language)

    def list_url(self, where: str) -> str:
        """The customers that these conditions find."""
        return list_url(self.context, where)

    def orders_url(self, where: str) -> str:
        """The orders that these conditions find."""
        base = reverse("list", kwargs={"store": self.context.store.slug, "resource_name": "orders"})
        return f"{base}?{urlencode({'tab': 'all', 'where': where})}"

    def csv_url(self, name: str, span: str) -> str:
        """The file of a report."""
        here = {"store": self.context.store.slug, "name": name}
        return f"{reverse('report_file', kwargs=here)}?span={span}"


def between(name: str, begin: date, step: str, first: date, last: date) -> str:
    """The condition for a moment within a step, as far as it lies within the days of the report."""
    return f"{name} between {max(begin, first).isoformat()} and {end_of(begin, step, last).isoformat()}"


def end_of(begin: date, step: str, last: date) -> date:
    """The last day of a step, as far as it lies within the days of the report."""
    return min(next_step(begin, step) - timedelta(days=1), last)


def bought_between(first: date, last: date) -> str:
    """The condition for orders that count, placed within some days."""
    return f"placed between {first.isoformat()} and {last.isoformat()} and status != cancelled"


def tone(part: int, of: int) -> int:
    """How strong the colour of a figure is, from 0 for none to 5 for the largest."""
    return 0 if not part or not of else 1 + min((TONES - 2), part * (TONES - 1) // of)


def as_csv(report: Report) -> Iterator[bytes]:
    """The table of a report."""
    return encoded(
        [[guard(head) for head in report.heads], *([cell.raw for cell in row] for row in report.rows)],
        byte_order_mark=True,
    )
