"""The reports of what a store owes in points, as plain data for the page and for its file."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from regulars.desk.reports.parts import Cell, Rank, Report, Writer, end_of
from regulars.desk.settings.loyalty_pages import in_tier
from regulars.kit import charts
from regulars.loyalty.rules import worth
from regulars.reports.choices import Span

Figures = dict[str, Any]
# More months than these are hard to read as columns.
MOST_COLUMNS = 18


def expiry(figures: Figures, span: Span, write: Writer) -> Report:
    """What customers can spend and when it expires if nobody spends any."""
    found = figures.get("points") or {"able": 0, "pending": 0, "owed": 0, "months": [], "never": 0}
    value = found.get("value_minor", 0)

    def line(name: Cell, points: int, where: str = "") -> list[Cell]:
        cell = write.whole(points, write.list_url(where) if where else "")
        return [name, cell, write.amount(worth(points, value_minor=value))]

    rows = []
    for text, points in found["months"]:
        begin = date.fromisoformat(text)
        last = end_of(begin, "month", date.max)
        where = f"has point_entries (expires between {begin.isoformat()} and {last.isoformat()} and left > 0)"
        rows.append(line(Cell(write.step(begin, "month"), text[:7], number=False), points, where))
    chart = ""
    if rows:
        chart = charts.bars(
            [(row[0].text, float(row[1].raw)) for row in rows[:MOST_COLUMNS]],
            title=_("Points that expire"),
            write=lambda number: write.whole(round(number)).text,
        )
    if found["never"]:
        where = "has point_entries (expires is empty and left > 0)"
        rows.append(line(write.words(_("Never")), found["never"], where))
    if found["pending"]:
        rows.append(line(write.words(_("Can be spent only later")), found["pending"], "points_pending > 0"))
    if found["owed"]:
        rows.append(
            [
                write.words(_("Owed by customers")),
                write.whole(-found["owed"], write.list_url("points < 0")),
                write.amount(-worth(found["owed"], value_minor=value)),
            ]
        )
    total = worth(found["able"], value_minor=value)
    return Report(
        name="points",
        title=_("Points to be spent"),
        note=_("%(points)s points, worth %(amount)s, by the month in which they expire")
        % {"points": write.whole(found["able"]).text, "amount": write.amount(total).text},
        heads=[_("Expire"), _("Points"), _("Worth")],
        rows=rows,
        svg=chart,
        empty=_("Nobody has points yet."),
    )


def by_tier(figures: Figures, span: Span, write: Writer) -> Report:
    """Who has the points, by tier."""
    found = figures.get("points") or {"tiers": [], "value_minor": 0}
    everything = sum(points for *_about, points in found["tiers"])
    most = max((points for *_about, points in found["tiers"]), default=0)
    rows, ranks = [], []
    for name, tone, number, points in found["tiers"]:
        where = f"{in_tier(name)} and points > 0" if name else "tier is empty and points > 0"
        label, url = name or _("No tier"), write.list_url(where)
        share, amount = write.share(points, everything), worth(points, value_minor=found["value_minor"])
        rows.append(
            [
                write.words(label, url),
                write.whole(number, url),
                write.whole(points),
                share,
                write.amount(amount),
            ]
        )
        width = points * 100 / most if most else 0
        ranks.append(Rank(label, write.whole(points).text, share.text, width, url, tone))
    return Report(
        name="points-by-tier",
        title=_("Points by tier"),
        note=_("Who can spend them, as it stands today"),
        heads=[_("Tier"), _("Customers"), _("Points"), _("Share"), _("Worth")],
        rows=rows if everything else [],
        ranks=ranks if everything else [],
        empty=_("Nobody has points yet."),
    )
