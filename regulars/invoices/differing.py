"""Comparing what an invoice says with what its order says by now, line by line.

An issued invoice stays as it was. Where the order wants less of it, a credit note takes the difference back; where it
wants more, or belongs to somebody else, all is taken back and another invoice is written.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext as _

from regulars.invoices.sums import ONE, NewLine

Key = tuple[str, str, Decimal]


class Why(StrEnum):
    """What about the order is not as the invoice says."""

    CANCELLED = "cancelled"
    DELETED = "deleted"
    MOVED = "moved"
    LESS = "less"
    CHANGED = "changed"


@dataclass(slots=True)
class Held:
    """What all lines of one name and tax rate come to: how many at which price, and the discounts."""

    prices: dict[int, Decimal] = field(default_factory=dict)
    discount: int = 0
    amount: int = 0

    def add(self, line: NewLine, sign: int) -> None:
        """Count a line in, or with -1 out. Prices below zero count as so many less."""
        price, quantity = line.price_minor, line.quantity * sign
        if price < 0:
            price, quantity = -price, -quantity
        self.prices[price] = self.prices.get(price, Decimal(0)) + quantity
        self.discount += line.discount_minor * sign
        self.amount += line.amount_minor * sign

    @property
    def is_nothing(self) -> bool:
        """Whether all that was counted in was counted out."""
        return not self.amount and not self.discount and not any(self.prices.values())

    def as_line(self, key: Key) -> NewLine:
        """The same as one line: so many at their price where there is but one price, else the amount."""
        title, sku, percent = key
        told = [(price, quantity) for price, quantity in self.prices.items() if quantity]
        if len(told) == 1 and told[0][0] * told[0][1] - self.discount == self.amount:
            price, quantity = told[0]
            return NewLine(
                title=title,
                sku=sku,
                quantity=quantity,
                price_minor=price,
                discount_minor=self.discount,
                tax_percent=percent,
            )
        return NewLine(title=title, sku=sku, quantity=ONE, price_minor=self.amount, tax_percent=percent)


def held_by(lines: Iterable[NewLine], *, less: Iterable[NewLine] = ()) -> dict[Key, Held]:
    """What lines come to, by name and tax rate, without what is there less."""
    found: dict[Key, Held] = {}
    for sign, some in ((1, lines), (-1, less)):
        for line in some:
            key = line.title, line.sku, line.tax_percent.quantize(Decimal("0.01"))
            found.setdefault(key, Held()).add(line, sign)
    return {key: one for key, one in found.items() if not one.is_nothing}


def to_credit(said: list[NewLine], wanted: list[NewLine]) -> list[NewLine] | None:
    """The lines of a credit note that turns what was said into what is wanted: none where both agree.

    Nothing where no credit note can: something is wanted that was not said.
    """
    wants = held_by(wanted)
    over = held_by(said, less=wanted)
    for key, one in over.items():
        more = one.amount < 0 or (not one.amount and key in wants)
        if more and (key not in wants or wants[key].amount > 0):
            return None
    lines = [one.as_line(key) for key, one in over.items() if one.amount]
    return lines if sum(line.amount_minor for line in lines) > 0 or not over else None


def without(credit: list[NewLine], back: list[NewLine]) -> list[NewLine]:
    """What is still to be credited when so much was already: by the same lines, or by others that staff chose."""
    if sum(line.amount_minor for line in credit) <= sum(line.amount_minor for line in back):
        return []
    left = held_by(credit, less=back)
    if all(one.amount >= 0 for one in left.values()):
        return [one.as_line(key) for key, one in left.items() if one.amount]
    rates: dict[Decimal, int] = {}
    for (_title, _sku, percent), one in left.items():
        rates[percent] = rates.get(percent, 0) + one.amount
    title = _("Difference to the order")
    return [
        NewLine(title=title, price_minor=amount, tax_percent=rate) for rate, amount in rates.items() if amount
    ]
