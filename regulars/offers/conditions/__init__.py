"""When an offer can be redeemed: every condition is asked, and every one that does not hold says why."""

from regulars.offers.conditions.base import Asked, Condition
from regulars.offers.conditions.how_often import FreshCode, LargeEnough, NotOftenerEach, NotOftenerInAll
from regulars.offers.conditions.when import Active, InPeriod, InWindow
from regulars.offers.conditions.who import InAudience, Known, OwnCode, Welcome

CONDITIONS: tuple[Condition, ...] = (
    Active(),
    InPeriod(),
    InWindow(),
    Welcome(),
    Known(),
    OwnCode(),
    InAudience(),
    FreshCode(),
    NotOftenerEach(),
    NotOftenerInAll(),
    LargeEnough(),
)

__all__ = ["CONDITIONS", "Asked", "Condition", "failing"]


def failing(asked: Asked) -> list[tuple[str, str]]:
    """The conditions that do not hold, by name, each with its sentence."""
    return [(one.name, why) for one in CONDITIONS if (why := one.why_not(asked))]
