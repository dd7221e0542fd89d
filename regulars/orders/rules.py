"""Sums of an order, and what follows from its facts. Prices hold the tax."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import floor
from typing import Any, Final, Protocol
from uuid import UUID

from babel import Locale

MOST_DIGITS: Final = 9


class Priced(Protocol):
    """A line with its price of the day."""

    @property
    def quantity(self) -> int: ...
    @property
    def total_minor(self) -> int: ...
    @property
    def tax_percent(self) -> Decimal: ...


def counted(number: object) -> int:
    """How high a number of an order is among those that are given out; other texts are not among them, nor are numbers
    made of dates or by marketplaces, which are longer than any store counts."""
    text = str(number)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else 0


def rounded(amount: Decimal) -> int:
    """Halves up, as on a bill."""
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def half_up(amount: Fraction) -> int:
    """The same for an exact share, 0 or more."""
    return floor(amount + Fraction(1, 2))


def total_of(goods: int, *, discount: int, shipping: int) -> int:
    """What an order costs whose lines come to `goods`."""
    return goods - discount + shipping


def tax_within(lines: Iterable[Priced], *, discount: int, shipping: int) -> int:
    """The tax that is part of an order's total. Discount and shipping are shared out among the rates like the goods."""
    by_rate: dict[Decimal, int] = {}
    for line in lines:
        by_rate[line.tax_percent] = by_rate.get(line.tax_percent, 0) + line.total_minor
    goods = sum(by_rate.values())
    if not goods:
        return 0
    share = Decimal(goods - discount + shipping) / goods
    return sum(rounded(amount * share * rate / (100 + rate)) for rate, amount in by_rate.items())


def refund_for(lines: Sequence[tuple[Priced, int, int]], *, discount: int, left: int) -> int:
    """What is given back when so many of each line are back now, and so many were before: what they cost, less their
    share of the order's discount. All lines of the order are given.

    Counted from the first that came back, so that pieces give back to the cent what all at once does; never more than
    what is `left` of the order's total.
    """
    goods = sum(line.total_minor for line, _before, _now in lines)
    if not goods:
        return 0

    def worth(counts: Iterable[tuple[Priced, int]]) -> int:
        cost = sum((Fraction(line.total_minor * count, line.quantity) for line, count in counts), Fraction(0))
        return half_up(cost * (goods - discount) / goods)

    before = worth((line, count) for line, count, _now in lines)
    return max(0, min(worth((line, count) for line, _before, count in lines) - before, left))


def commission_rate(*, store_percent: Decimal, reduction: Decimal) -> Decimal:
    """The store's commission on an order of a customer whose commission is reduced by so many percent."""
    return (store_percent * (100 - reduction) / 100).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def as_json(value: Any) -> Any:
    """A fact as the history keeps it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | UUID) else value


def as_facts(record: Any, names: Iterable[str]) -> Mapping[str, Any]:
    """These facts of a record as the history keeps them."""
    return {name: as_json(getattr(record, name)) for name in names}


def address_lines(order: Any, language: str) -> list[str]:
    """Where an order goes, the way it is written on a parcel; the country in this language."""
    country = Locale.parse(language, sep="-").territories.get(order.country, order.country)
    place = f"{order.postcode} {order.city}".strip()
    lines = (order.name, order.company, order.address, order.building, place, order.region, country)
    return [line for line in lines if line]
