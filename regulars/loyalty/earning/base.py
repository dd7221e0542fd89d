"""What every kind of earning rule says of itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from regulars.kit.words import Words

Settings = Mapping[str, Any]
MOST_POINTS = 1_000_000
MOST_MINOR = 10**12


class Trigger(StrEnum):
    """What makes a rule give points."""

    ORDER = "order"
    MULTIPLIER = "multiplier"
    JOINING = "joining"
    BIRTHDAY = "birthday"


@dataclass(frozen=True, slots=True)
class Line:
    """Goods of an order that were kept."""

    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Basis:
    """What of an order earns points: what was paid for goods that were kept, in minor units, and these goods."""

    amount_minor: int
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One setting of a rule, for forms and machines."""

    name: str
    label: Words
    kind: Literal["points", "money", "percent", "skus", "tiers"]
    first: Any
    help: Words = ""


def nothing(settings: Settings, basis: Basis) -> int:
    """Of an order, nothing."""
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleClass:
    """A kind of rule: when it gives, what it asks for, and how many points come of an order."""

    name: str
    label: Words
    help: Words
    trigger: Trigger
    questions: tuple[Question, ...]
    points: Callable[[Settings, Basis], int] = nothing
