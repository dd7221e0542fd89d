"""Segments in the tree of a query: which ones it names, and the same tree with other names."""

from collections.abc import Callable

from regulars.kit.text import fold
from regulars.resources.language import And, Condition, Node, Not, Or, conditions

FIELD = "segment"
NEGATIVE = {"!=": "=", "not in": "in"}


def key_of(name: str) -> str:
    """The name as it is compared: without regard to case, accents and spaces."""
    return fold(name)


def named_in(node: Node) -> list[str]:
    """The names of the segments that a query asks for, each once, as written."""
    found = [value for one in conditions(node) if one.field == FIELD for value in one.values]
    return list({key_of(value): value for value in found}.values())


def with_segments(node: Node, change: Callable[[Condition], Node]) -> Node:
    """The tree with each condition on segments replaced by what `change` makes of it."""
    match node:
        case Condition(field="segment"):
            return change(node)
        case And(parts):
            return And(tuple(with_segments(part, change) for part in parts))
        case Or(parts):
            return Or(tuple(with_segments(part, change) for part in parts))
        case Not(part):
            return Not(with_segments(part, change))
        case _:
            return node


def renamed(node: Node, *, old: str, new: str) -> Node:
    """The tree that asks for a segment by its new name."""
    wanted = key_of(old)

    def change(condition: Condition) -> Node:
        values = tuple(new if key_of(value) == wanted else value for value in condition.values)
        return Condition(condition.field, condition.operator, values)

    return with_segments(node, change)
