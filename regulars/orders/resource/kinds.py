"""Kinds of fields that orders have: codes of other systems, contacts of the delivery, somebody to choose, lines."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, Q

from regulars.kit.email import email_key
from regulars.orders.models import OrderLine
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.kinds.base import NEGATIVE
from regulars.resources.tree import Condition


@dataclass(frozen=True, slots=True)
class Code(kinds.Text):
    """A number or id as another system writes it: the same only letter for letter, so that an index finds it."""

    def compare(self, operator: str, operands: list[Any], field: Field) -> Q:
        if operator == "=" and operands[0]:
            return Q(**{field.path: operands[0]}) & ~Q(**{field.path: ""})
        return kinds.Text.compare(self, operator, operands, field)


@dataclass(frozen=True, slots=True)
class Mail(kinds.Email):
    """An e-mail beside an order; `key` names the compared form where there is one."""

    def compare(self, operator: str, operands: list[Any], field: Field) -> Q:
        if operator == "=" and operands[0] and field.key:
            return Q(**{field.key: email_key(operands[0]) or operands[0].casefold()})
        return kinds.Text.compare(self, operator, operands, replace(field, key=""))


@dataclass(frozen=True, slots=True)
class Number(kinds.Phone):
    """A phone number beside an order: asked for whole in any form, or by its parts as it is kept."""

    operators: ClassVar[tuple[str, ...]] = (*kinds.EQUALITY, "contains", "not contains", *kinds.EMPTINESS)

    def beside(self, raw: str) -> dict[str, Any]:
        return {}

    def meeting(
        self, operator: str, values: tuple[str, ...], field: Field, context: Context, function: str
    ) -> Q:
        value = self.operand(values[0], field, context)
        wanted = self.clean(value, field, context) if operator == "=" and value else value
        return kinds.Text.compare(self, operator, [wanted], field)


def on_lines(*paths: str) -> Callable[[Condition, Field, Context], Q]:
    """How one asks of an order what stands on its lines: whether any line has it in one of these columns."""

    def asked(condition: Condition, field: Field, context: Context) -> Q:
        if condition.operator in NEGATIVE:
            return ~asked(replace(condition, operator=NEGATIVE[condition.operator]), field, context)
        lines = OrderLine.objects.filter(store=context.store, order=OuterRef("pk"))
        if condition.operator == "is empty":
            filled = Q(*(~Q(**{path: ""}) for path in paths), _connector=Q.OR)
            return ~Q(Exists(lines.filter(filled)))
        each = (
            field.kind.compile(condition.operator, condition.values, replace(field, path=path), context)
            for path in paths
        )
        return Q(Exists(lines.filter(Q(*each, _connector=Q.OR))))

    return asked
