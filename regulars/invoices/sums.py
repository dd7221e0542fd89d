"""Amounts of lines and taxes: rounded once for each tax rate, so that all sums agree to the last cent."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

ONE = Decimal(1)
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """A line to be: what, how many, for how much each, at which tax rate."""

    title: str
    quantity: Decimal = ONE
    price_minor: int = 0
    discount_minor: int = 0
    tax_percent: Decimal = Decimal(0)
    sku: str = ""

    @property
    def amount_minor(self) -> int:
        """Quantity times price less the discount; halves are rounded away from zero, as on a bill."""
        return rounded(self.quantity * self.price_minor) - self.discount_minor


@dataclass(frozen=True, slots=True)
class RateSum:
    """What all lines of one tax rate come to."""

    percent: Decimal
    net: int
    tax: int

    @property
    def gross(self) -> int:
        """With tax."""
        return self.net + self.tax


@dataclass(frozen=True, slots=True)
class Sums:
    """What an invoice comes to, and by tax rate."""

    rates: tuple[RateSum, ...]

    @property
    def net(self) -> int:
        """Without tax."""
        return sum(rate.net for rate in self.rates)

    @property
    def tax(self) -> int:
        """All taxes."""
        return sum(rate.tax for rate in self.rates)

    @property
    def gross(self) -> int:
        """What is to be paid."""
        return self.net + self.tax


def rounded(amount: Decimal) -> int:
    """A whole number of minor units; halves away from zero."""
    return int(amount.quantize(ONE, rounding=ROUND_HALF_UP))


def sums_of(amounts: Iterable[tuple[Decimal, int]], *, include_tax: bool) -> Sums:
    """The sums of (tax percent, amount) pairs; the amounts include the tax or do not."""
    by_rate: dict[Decimal, int] = {}
    for percent, amount in amounts:
        rate = percent.quantize(Decimal("0.01"))
        by_rate[rate] = by_rate.get(rate, 0) + amount
    return Sums(tuple(_rate(rate, by_rate[rate], include_tax) for rate in sorted(by_rate)))


def _rate(percent: Decimal, amount: int, include_tax: bool) -> RateSum:
    if include_tax:
        tax = rounded(amount * percent / (HUNDRED + percent))
        return RateSum(percent, amount - tax, tax)
    return RateSum(percent, amount, rounded(amount * percent / HUNDRED))


def spread(amount: int, over: list[int]) -> list[int]:
    """An amount in shares as large as these are to each other; the shares add up to it."""
    whole = sum(over)
    if not whole:
        return [0 for _one in over[:-1]] + [amount] if over else []
    shares, given, seen = [], 0, 0
    for one in over:
        seen += one
        share = rounded(Decimal(amount) * seen / whole) - given
        shares.append(share)
        given += share
    return shares
