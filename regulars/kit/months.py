"""Names of months as they stand by themselves: under a bar, at the head of a column.

Babel has them as `LLL`, but keeps what it once resolved for one language where other languages look, too: after a
month was written in Chinese, French and Arabic ones were Chinese for as long as the process ran.
"""

from datetime import date
from typing import Literal

from babel import localedata
from babel.dates import get_month_names

Width = Literal["abbreviated", "wide"]


def month_name(day: date, locale: str, *, width: Width = "abbreviated", with_year: bool = False) -> str:
    """The month of a day: "May", "май", "5月"; or with its year."""
    name = get_month_names(width, context=_context(locale, width), locale=locale)[day.month]
    return f"{name} {day.year}" if with_year else name


def _context(locale: str, width: Width) -> Literal["format", "stand-alone"]:
    """A language without names of its own for this says the same as within a date. What it shares with all languages
    is the place that Babel mixes up."""
    own, shared = (localedata.load(one)["months"]["stand-alone"].get(width) for one in (locale, "root"))
    return "format" if own is shared or isinstance(own, localedata.Alias) else "stand-alone"
