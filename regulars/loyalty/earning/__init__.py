"""What a store can give points for: a small declared class each, and how they work together."""

from regulars.loyalty.earning.base import Basis, Line, Question, RuleClass, Trigger
from regulars.loyalty.earning.customers import BIRTHDAY, JOINING
from regulars.loyalty.earning.orders import AMOUNT, MULTIPLIER, PRODUCTS
from regulars.loyalty.earning.terms import Terms, agree, counts_on, worth_of

CLASSES: dict[str, RuleClass] = {one.name: one for one in (AMOUNT, PRODUCTS, JOINING, BIRTHDAY, MULTIPLIER)}

__all__ = [
    "BIRTHDAY",
    "CLASSES",
    "JOINING",
    "MULTIPLIER",
    "Basis",
    "Line",
    "Question",
    "RuleClass",
    "Terms",
    "Trigger",
    "agree",
    "counts_on",
    "worth_of",
]
