"""Names in the tree of a query: which segments it asks for, and the same tree with other names."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from regulars.kit.text import fold
from regulars.resources.language import And, Condition, Linked, Node, Not, Or, conditions

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


@dataclass(frozen=True, slots=True)
class Naming:
    """Where queries name something that people can rename: in a field, also of these linked things."""

    field: str
    links: tuple[str, ...] = ()

    def is_in(self, node: Node, name: str) -> bool:
        """Whether a query asks for what is called so."""
        return self.written(node, old=name, new="") != node

    def written(self, node: Node, *, old: str, new: str) -> Node:
        """The tree that asks for it by its new name."""
        match node:
            case Condition(field=self.field, values=values):
                kept = tuple(new if key_of(value) == key_of(old) else value for value in values)
                return replace(node, values=kept)
            case And(parts) | Or(parts):
                return replace(node, parts=tuple(self.written(part, old=old, new=new) for part in parts))
            case Not(part):
                return Not(self.written(part, old=old, new=new))
            case Linked(link=link, part=part) if link in self.links:
                return replace(node, part=self.written(part, old=old, new=new))
            case _:
                return node
