"""The stretches of days that reports are about."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

# From how many days on a chart counts by the week, month, quarter and year: never more than some forty steps.
STEPS = ((3700, "year"), (1100, "quarter"), (190, "month"), (45, "week"), (0, "day"))
MONTHS = {"month": 1, "quarter": 3, "year": 12}


class Named(TextChoices):
    """Stretches that end today."""

    MONTH = "30d", _("30 days")
    QUARTER = "90d", _("90 days")
    YEAR = "12m", _("12 months")
    THIS_YEAR = "year", _("This year")
    ALL = "all", _("All time")


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first to the last, both included; `name` is how an address writes them."""

    name: str
    first: date
    last: date

    def as_counted(self, days: list[str] | None) -> "Span":
        """The days that were counted under this name: those of yesterday, until today's are there."""
        return Span(self.name, *map(date.fromisoformat, days)) if days else self

    @property
    def step(self) -> str:
        """By what a chart of these days counts."""
        days = (self.last - self.first).days + 1
        return next(step for least, step in STEPS if days > least)

    def steps(self, step: str = "") -> list[date]:
        """The day on which each step begins; the first may lie before the span."""
        step = step or self.step
        found = [begin_of(self.first, step)]
        while (following := next_step(found[-1], step)) <= self.last:
            found.append(following)
        return found


def begin_of(day: date, step: str) -> date:
    """The first day of the week (Monday), month, quarter or year of a day."""
    if step == "day":
        return day
    if step == "week":
        return day - timedelta(days=day.weekday())
    months = MONTHS[step]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def next_step(begin: date, step: str) -> date:
    """The first day of the week, month, quarter or year after the one that begins here."""
    if step in ("day", "week"):
        return begin + timedelta(days=1 if step == "day" else 7)
    month = begin.year * 12 + begin.month - 1 + MONTHS[step]
    return date(month // 12, month % 12 + 1, 1)
