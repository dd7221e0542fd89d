"""Each report from its figures, as plain data for the page and for its file."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from regulars.customers.choices import LifeStage
from regulars.customers.resource.fields.common import STAGE_TONES, country_choices
from regulars.desk.reports import points
from regulars.desk.reports.parts import (
    Cell,
    Rank,
    Report,
    Writer,
    between,
    bought_between,
    end_of,
    tone,
)
from regulars.kit import charts
from regulars.kit.ids import parse_id
from regulars.kit.money import to_major
from regulars.reports.choices import Span
from regulars.reports.queries import names_of

COUNTRIES_SHOWN = 8
# So many columns can carry a label each; more of them are drawn as a line.
MOST_COLUMNS = 13

Figures = dict[str, Any]
Draw = Callable[[Figures, Span, Writer], Report]


def growth(figures: Figures, span: Span, write: Writer) -> Report:
    """Customers added and first purchases, step by step."""
    total, rows = figures["added"]["before"], []
    for text, came, bought in figures["added"]["steps"]:
        begin = date.fromisoformat(text)
        total += came
        rows.append(
            [
                Cell(write.step(begin, span.step), text, number=False),
                write.whole(
                    came, write.list_url(between("created", begin, span.step, span.first, span.last))
                ),
                write.whole(
                    bought, write.list_url(between("first_order", begin, span.step, span.first, span.last))
                ),
                write.whole(total, write.list_url(f"created <= {end_of(begin, span.step, span.last)}")),
            ]
        )
    few = len(rows) <= MOST_COLUMNS and span.step != "quarter"
    labels = [write.step(begin, span.step, short=few) for begin in span.steps()]
    draw = charts.bars if few else charts.line
    return Report(
        name="growth",
        title=_("Customers added"),
        note=_("%(count)s customers at the end") % {"count": write.whole(total).text},
        heads=[_("From"), _("Added"), _("First purchase"), _("Customers at the end")],
        rows=rows,
        svg=draw(
            [(label, float(row[1].raw)) for label, row in zip(labels, rows, strict=True)],
            title=_("Customers added"),
            write=lambda value: write.whole(round(value)).text,
        ),
    )


def stages(figures: Figures, span: Span, write: Writer) -> Report:
    """How active customers stand today."""
    found = {stage: (number, spent) for stage, number, spent in figures["stages"]}
    everybody = sum(number for number, _spent in found.values())
    most = max((number for number, _spent in found.values()), default=0)
    base = reverse("list", kwargs={"store": write.context.store.slug, "resource_name": "customers"})
    rows, ranks = [], []
    for stage in LifeStage:
        number, spent = found.get(stage, (0, 0))
        url = f"{base}?tab={stage}"
        count, share = write.whole(number, url), write.share(number, everybody)
        rows.append([write.words(str(stage.label), url), count, share, write.amount(spent)])
        width = number * 100 / most if most else 0
        ranks.append(Rank(str(stage.label), count.text, share.text, width, url, STAGE_TONES[stage]))
    return Report(
        name="stages",
        title=_("Life stages"),
        note=_("Active customers, as they stand today"),
        heads=[_("Life stage"), _("Customers"), _("Share"), _("Spent ever")],
        rows=rows,
        ranks=ranks,
    )


def scores(figures: Figures, span: Span, write: Writer) -> Report:
    """How recently and how often buyers buy, fifth by fifth."""
    found = {(recent, often): (number, spent) for recent, often, number, spent in figures["scored"]}
    most = max((number for number, _spent in found.values()), default=0)
    rows, heat = [], []
    for recent in range(5, 0, -1):
        line = []
        for often in range(1, 6):
            number, spent = found.get((recent, often), (0, 0))
            url = write.list_url(f"recency_score = {recent} and frequency_score = {often}")
            cell = write.whole(number, url)
            line.append(Cell(cell.text, cell.raw, cell.url, tone=tone(number, most)))
            rows.append([write.whole(recent), write.whole(often), cell, write.amount(spent)])
        heat.append((Cell(_SCORED[recent](), recent), line))
    return Report(
        name="scores",
        title=_("Recency and frequency"),
        note=_("Everybody who bought, by the day of the last order and the number of orders"),
        heads=[_("Recency score"), _("Frequency score"), _("Customers"), _("Spent ever")],
        rows=rows if found else [],
        heat=heat if found else [],
        heat_heads=[_("1 · seldom"), "2", "3", "4", _("5 · often")],
        corner=_("Recency"),
        legend=_("Frequency: the fifth of the buyers with the most orders scores 5."),
    )


def spending(figures: Figures, span: Span, write: Writer) -> Report:
    """How many buyers have spent how much."""
    step, rows, drawn = figures["spending"]["step"], [], []
    bars = figures["spending"]["bars"]
    bars = bars if any(number for number, _spent in bars) else []
    for index, (number, spent) in enumerate(bars):
        least, is_last = index * step, index == len(bars) - 1
        low, high = (to_major(minor, write.currency) for minor in (least, least + step))
        where = f"orders_count > 0 and spent >= {low}" if index else "orders_count > 0"
        where += "" if is_last else f" and spent < {high}"
        label = f"{write.round_amount(least)} +" if is_last else write.round_amount(least)
        text = label if is_last else f"{label} – {write.round_amount(least + step)}"
        drawn.append((label, float(number)))
        rows.append(
            [
                Cell(text, str(low), number=False),
                Cell("" if is_last else write.round_amount(least + step), "" if is_last else str(high)),
                write.whole(number, write.list_url(where)),
                write.amount(spent),
            ]
        )
    return Report(
        name="spending",
        title=_("What customers have spent"),
        note=_("Everybody who bought, over all time"),
        whole=True,
        heads=[pgettext("threshold", "From"), _("Below"), _("Customers"), _("Spent ever")],
        rows=rows,
        svg=charts.bars(
            drawn,
            title=_("Customers by what they have spent"),
            write=lambda value: write.whole(round(value)).text,
        ),
    )


def places(figures: Figures, span: Span, write: Writer) -> Report:
    """Customers and what they spent within the days, by country."""
    names = dict(country_choices(write.context))
    most = max((spent for *_rest, spent in figures["places"]), default=0)
    everything = sum(spent for *_rest, spent in figures["places"])
    rows: list[list[Cell]] = []
    ranks: list[Rank] = []
    shown: list[tuple[str, str]] = []
    for code, customers, buyers, orders, spent in figures["places"]:
        name = names.get(code, code) or _("Not said")
        where = f"country = {code}" if code else "country is empty"
        url = write.list_url(where)
        bought = write.list_url(f"{where} and has orders ({bought_between(span.first, span.last)})")
        amount = write.amount(spent)
        numbers = write.whole(customers, url), write.whole(buyers, bought), write.whole(orders)
        rows.append([write.words(name, url), *numbers, amount])
        if code:
            tip = f"{name} · {amount.text} · {write.whole(customers).text}"
            shown.append((code, tip))
        if len(ranks) < COUNTRIES_SHOWN:
            width = spent * 100 / most if most else 0
            ranks.append(Rank(name, amount.text, write.share(spent, everything).text, width, url))
    # By their place in the order: one large country would leave all others pale.
    shades = [(code, 5 - place * 5 // len(shown), tip) for place, (code, tip) in enumerate(shown)]
    return Report(
        name="places",
        title=_("Customers and spend by country"),
        note=_("The stronger the colour, the more was spent"),
        heads=[_("Country"), _("Customers"), _("Bought"), _("Orders"), _("Spent")],
        rows=rows,
        svg=charts.world(shades, outlines=static("desk/world.svg"), title=_("Spend by country")),
        ranks=ranks,
        whole=True,
    )


def cohorts(figures: Figures, span: Span, write: Writer) -> Report:
    """Of those who first bought in a month, how many bought in the months after it."""
    step, lines = figures["cohorts"]["step"], figures["cohorts"]["lines"]
    rows: list[list[Cell]] = []
    heat: list[tuple[Cell, list[Cell]]] = []
    begins = [date.fromisoformat(text) for text, _counts in lines]
    for number, (text, counts) in enumerate(lines):
        begin, size = begins[number], counts[0]
        name = write.step(begin, step)
        first = between("first_order", begin, step, begin, span.last)
        url = write.list_url(first) if size else ""
        head = Cell(name, text, url, number=False)
        heat.append((head, [write.whole(size, url)]))
        for ahead, count in enumerate(counts):
            bought = bought_between(begins[number + ahead], end_of(begins[number + ahead], step, span.last))
            door = write.list_url(f"{first} and has orders ({bought})") if ahead else url
            share = write.share(count, size, url=door)
            rows.append([head, write.whole(ahead), write.whole(count, door), share])
            heat[-1][1].extend([share] if ahead else [])
    after = {
        "month": _("Months after it"),
        "quarter": _("Quarters after it"),
        "year": _("Years after it"),
    }[step]
    return Report(
        name="cohorts",
        title=_("Who comes back"),
        note=_("Of those who first bought at one time, the share who bought again later"),
        heads=[_("First purchase"), after, _("Customers"), _("Share")],
        rows=rows if any(counts[0] for _text, counts in lines) else [],
        heat=heat if any(counts[0] for _text, counts in lines) else [],
        heat_heads=[_("Customers"), *(str(number) for number in range(1, len(lines)))],
        corner=_("First purchase"),
        legend=after,
        whole=True,
    )


def top_customers(figures: Figures, span: Span, write: Writer) -> Report:
    """Who spent most within the days. Who was deleted since it was counted is left out."""
    context = write.context
    found = [(parse_id(text), orders, spent) for text, orders, spent in figures["top"]]
    names = names_of(store=context.store, ids=[pk for pk, _orders, _spent in found if pk])
    rows = []
    for pk, orders, spent in found:
        if pk is None or pk not in names:
            continue
        number, name = names[pk]
        page = reverse("customer", kwargs={"store": context.store.slug, "record_id": pk})
        bought = write.orders_url(f"customer = {number} and {bought_between(span.first, span.last)}")
        rows.append(
            [
                write.words(name, page),
                Cell(f"#{number}", number),
                write.whole(orders, bought),
                write.amount(spent, bought),
            ]
        )
    return Report(
        name="top",
        title=_("Top customers"),
        note=_("Who spent most"),
        heads=[_("Customer"), _("Number"), _("Orders"), _("Spent")],
        rows=rows,
        people=("name", "number", "orders_count", "spent"),
    )


_SCORED: dict[int, Callable[[], str]] = {
    5: lambda: _("5 · lately"),
    4: lambda: "4",
    3: lambda: "3",
    2: lambda: "2",
    1: lambda: _("1 · long ago"),
}
IN_THE_DAYS: dict[str, Draw] = {
    "growth": growth, "top": top_customers, "places": places, "cohorts": cohorts,
}  # fmt: skip
AS_IT_STANDS: dict[str, Draw] = {
    "stages": stages,
    "scores": scores,
    "spending": spending,
    "points": points.expiry,
    "points-by-tier": points.by_tier,
}
REPORTS = IN_THE_DAYS | AS_IT_STANDS


def drawn(reports: Iterable[Draw], figures: Figures, span: Span, write: Writer) -> list[Report]:
    """Reports in order."""
    return [draw(figures, span, write) for draw in reports]
