"""What all kinds share: the operators and what they mean for an empty value."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Q

from regulars.resources.context import Context

if TYPE_CHECKING:
    from regulars.resources.field import Field

EQUALITY = ("=", "!=", "in", "not in")
ORDER = ("<", "<=", ">", ">=", "between")
PARTS = ("contains", "not contains", "starts with", "ends with")
EMPTINESS = ("is empty", "is not empty")
NEGATIVE = {"!=": "=", "not in": "in", "not contains": "contains", "is not empty": "is empty"}
NOTHING = Q(pk__in=[])
ANYTHING = ~NOTHING  # not Q(), whose negation would match everything too


@dataclass(frozen=True, slots=True)
class Kind(ABC):
    """Base of all kinds. An empty value is None, or "" for texts.

    `functions` are what one can ask of a value instead of the value itself, with their operators.
    """

    name: ClassVar[str] = "text"
    operators: ClassVar[tuple[str, ...]] = (*EQUALITY, *EMPTINESS)
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = MappingProxyType({})
    numeric: ClassVar[bool] = False
    empty: ClassVar[Any] = None

    @abstractmethod
    def clean(self, raw: str, field: "Field", context: Context) -> Any:
        """The stored value of what was typed; raises `Invalid` with the way to write it."""

    def beside(self, raw: str) -> dict[str, Any]:
        """What else is stored of what was typed, by column."""
        return {}

    def export(self, value: Any, context: Context) -> str:
        """The value as text for files."""
        return "" if value is None else str(value)

    def json(self, value: Any, context: Context) -> Any:
        """The value for machines."""
        return value

    def operand(self, raw: str, field: "Field", context: Context) -> Any:
        """The value of a condition as the database compares it."""
        return self.clean(raw, field, context)

    def is_empty(self, field: "Field") -> Q:
        """The filter for records that have no value here."""
        return Q(**{f"{field.path}__isnull": True})

    def compile(
        self, operator: str, values: tuple[str, ...], field: "Field", context: Context, function: str = ""
    ) -> Q:
        """The filter of a condition on the value, or on what a function makes of it.

        Empty values match only `is empty` and the negative operators.
        """
        if operator in NEGATIVE:
            return ~self.compile(NEGATIVE[operator], values, field, context, function)
        if operator == "is empty":
            return self.is_empty(field)
        if operator == "in":
            each = (self.meeting("=", (value,), field, context, function) for value in dict.fromkeys(values))
            return Q(*each, _connector=Q.OR)
        return self.meeting(operator, values, field, context, function)

    def meeting(
        self, operator: str, values: tuple[str, ...], field: "Field", context: Context, function: str
    ) -> Q:
        """The filter of the positive operators but `in` and `is empty`, which are made of them."""
        return self.compare(operator, [self.operand(value, field, context) for value in values], field)

    def compare(self, operator: str, operands: list[Any], field: "Field") -> Q:
        """The filter of those operators on cleaned operands."""
        path = field.path
        match operator:
            case "=":
                found = Q(**{path: operands[0]})
            case "between":
                found = Q(**{f"{path}__gte": operands[0], f"{path}__lte": operands[1]})
            case _:
                lookup = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}[operator]
                found = Q(**{f"{path}__{lookup}": operands[0]})
        # Django cannot know that a generated column may be null, and would let `not` drop the rows without a value.
        return found & Q(**{f"{path}__isnull": False}) if self.numeric else found
