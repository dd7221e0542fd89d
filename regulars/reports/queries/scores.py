"""Scores from 1 to 5: how a customer compares with all who bought, fifth by fifth."""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Expression, IntegerField, Q, Value, When

from regulars.reports.models import ScoreScale
from regulars.reports.queries.find import scale_of
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.kinds.base import NEGATIVE
from regulars.resources.tree import Condition

HIGHEST = 5
_MEETS: dict[str, Callable[[int, int], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Score:
    """A score by the name of its boundaries, and the figure of customers that is compared with them."""

    name: str
    column: str

    def is_at_least(self, score: int, scale: ScoreScale) -> Q:
        """The filter of buyers with this score or a higher one; 1 is all of them."""
        if score <= 1:
            return Q(orders_count__gt=0)
        return Q(orders_count__gt=0) & Q(**{f"{self.column}__gt": getattr(scale, self.name)[score - 2]})

    def is_one_of(self, wanted: set[int], scale: ScoreScale) -> Q:
        """The filter of buyers with one of these scores: one stretch of the figure for each run of scores, which its
        index is asked for."""
        found = kinds.NOTHING
        for first in sorted(wanted):
            if first - 1 in wanted:
                continue
            after = next(score for score in range(first, HIGHEST + 2) if score not in wanted)
            stretch = self.is_at_least(first, scale)
            if after <= HIGHEST:
                stretch &= Q(**{f"{self.column}__lte": getattr(scale, self.name)[after - 2]})
            found = stretch if found is kinds.NOTHING else found | stretch
        return found


SCORES = (
    Score("recency", "last_order_at"),
    Score("frequency", "orders_count"),
    Score("money", "spent_minor"),
)


def _scale(context: Context) -> ScoreScale | None:
    return context.once("reports.scale", lambda: scale_of(context.store))


def score_expression(score: Score, context: Context) -> Expression:
    """A score as a column; empty for who never bought, and before the boundaries were first counted."""
    scale = _scale(context)
    cases = [
        When(score.is_at_least(value, scale), then=Value(value)) for value in range(HIGHEST, 0, -1) if scale
    ]
    return Case(*cases, default=Value(None), output_field=IntegerField())


def score_condition(score: Score, condition: Condition, field: Field, context: Context) -> Q:
    """Asks of the figure itself, so that its index serves it."""
    negative = NEGATIVE.get(condition.operator)
    if negative:
        positive = Condition(condition.field, negative, condition.values)
        return ~score_condition(score, positive, field, context)
    scale = _scale(context)
    if condition.operator == "is empty":
        return kinds.ANYTHING if scale is None else Q(orders_count=0)
    asked: list[Any] = [field.kind.operand(value, field, context) for value in condition.values]
    match condition.operator:
        case "in":
            wanted = {score for score in range(1, HIGHEST + 1) if score in asked}
        case "between":
            wanted = {score for score in range(1, HIGHEST + 1) if asked[0] <= score <= asked[1]}
        case compared:
            wanted = {score for score in range(1, HIGHEST + 1) if _MEETS[compared](score, asked[0])}
    return kinds.NOTHING if scale is None else score.is_one_of(wanted, scale)
