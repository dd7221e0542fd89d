"""What offers give, one small class for each kind."""

from regulars.offers.benefits.base import Benefit, Given, Worth
from regulars.offers.benefits.money import AmountOff, PercentOff
from regulars.offers.benefits.things import FreeShipping, Gift, Points

BENEFITS: dict[str, Benefit] = {
    one.kind.value: one for one in (PercentOff(), AmountOff(), Gift(), Points(), FreeShipping())
}

__all__ = ["BENEFITS", "Benefit", "Given", "Worth", "benefit_of"]


def benefit_of(kind: str) -> Benefit:
    """What an offer of this kind gives."""
    return BENEFITS[kind]
