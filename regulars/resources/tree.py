"""The tree of a query: conditions, what is linked, and how they are joined; and its form for machines.

Values stay text here: what they mean is the business of the field's kind (see `compile`).
"""

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.kit.errors import Refused
from regulars.kit.text import storable

MAX_LENGTH = 4000
MAX_CONDITIONS = 100
MAX_LINKED = 10
# Each named segment stands for a whole query.
MAX_SEGMENTS = 20
MAX_DEPTH = 12
MAX_COUNT = 1_000_000

# How many values each operator takes.
TAKES = {
    "=": "one",
    "!=": "one",
    "<": "one",
    "<=": "one",
    ">": "one",
    ">=": "one",
    "between": "two",
    "in": "many",
    "not in": "many",
    "contains": "one",
    "not contains": "one",
    "starts with": "one",
    "ends with": "one",
    "is empty": "none",
    "is not empty": "none",
}
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
NAME = re.compile(r"[a-z_][a-z0-9_]*")

# Where a word stands in the text of a query: its position and length.
Place = tuple[int, int]


class QueryError(Refused):
    """A query that cannot be understood. `position` and `length` point at the word in the text."""

    code = "query"
    status = 422

    def __init__(self, sentence: str, *, position: int = 0, length: int = 0) -> None:
        super().__init__(sentence, field="where")
        self.position = position
        self.length = length


@dataclass(frozen=True, slots=True)
class Condition:
    """`spent > 200`: a field, an operator and the values as written; `anniversary(birthdate)` has a function, too.

    `places` says where field, operator and values stand in the text, when it came from one.
    """

    field: str
    operator: str
    values: tuple[str, ...] = ()
    function: str = ""
    places: tuple[Place, ...] = dataclasses.field(default=(), compare=False, repr=False)

    def place(self, part: int) -> Place:
        """Where the field with its function (0), the operator (1) or a value (2 and on) stands."""
        return self.places[part] if part < len(self.places) else (0, 0)


@dataclass(frozen=True, slots=True)
class Linked:
    """`has >= 3 orders (total > 100)`: how many things linked to a record meet conditions of their own."""

    link: str
    operator: str = ">="
    count: int = 1
    part: "Node" = dataclasses.field(default_factory=lambda: And(()))
    place: Place = dataclasses.field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class And:
    parts: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    parts: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    part: "Node"


Node = Condition | Linked | And | Or | Not
EVERYTHING = And(())


def parts_of(node: Node) -> tuple[Node, ...]:
    """What the node is made of."""
    match node:
        case And(parts) | Or(parts):
            return parts
        case Not(part) | Linked(part=part):
            return (part,)
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, in the order of the text."""
    yield node
    for part in parts_of(node):
        yield from walk(part)


def conditions(node: Node) -> list[Condition]:
    """Every condition in the tree, those of linked things included, in the order of the text."""
    return [one for one in walk(node) if isinstance(one, Condition)]


def both(first: Node, second: Node) -> Node:
    """The tree that asks for both, kept flat."""
    parts: list[Node] = []
    for node in (first, second):
        parts.extend(node.parts if isinstance(node, And) else (node,))
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def check_size(tree: Node) -> None:
    """Refuse a tree that asks more than a page or the database should have to carry. Raises `QueryError`."""
    if _depth(tree) > MAX_DEPTH:
        raise too_deep()
    nodes = list(walk(tree))
    if sum(isinstance(one, Condition | Linked) for one in nodes) > MAX_CONDITIONS:
        raise QueryError(
            _("This query has more than %(max_conditions)s conditions; split it into saved segments.")
            % {"max_conditions": MAX_CONDITIONS}
        )
    asked = [one for one in nodes if isinstance(one, Condition) and one.field == "segment"]
    if sum(len(one.values) for one in asked) > MAX_SEGMENTS:
        position, length = asked[-1].place(0)
        raise QueryError(
            _("This query names more than %(max_segments)s segments; put some of them into one segment.")
            % {"max_segments": MAX_SEGMENTS},
            position=position,
            length=length,
        )
    links = [one for one in nodes if isinstance(one, Linked)]
    if len(links) > MAX_LINKED:
        position, length = links[MAX_LINKED].place
        raise QueryError(
            _("This query asks “has …” more than %(max_linked)s times; split it into saved segments.")
            % {"max_linked": MAX_LINKED},
            position=position,
            length=length,
        )


def too_deep() -> QueryError:
    """The refusal of brackets in brackets in brackets…"""
    return QueryError(
        _("This query has brackets more than %(max_depth)s levels deep.") % {"max_depth": MAX_DEPTH}
    )


def _depth(node: Node) -> int:
    return 1 + max((_depth(part) for part in parts_of(node) if part != EVERYTHING), default=0)


def to_json(node: Node) -> dict[str, Any]:
    """The tree for machines; `from_json(to_json(tree)) == tree`."""
    match node:
        case Condition(name, operator, values, function):
            found: dict[str, Any] = {"field": name, "operator": operator, "values": list(values)}
            return found | {"function": function} if function else found
        case Linked(link, operator, count, part):
            found = {"has": link, "operator": operator, "count": count}
            return found if part == EVERYTHING else found | {"where": to_json(part)}
        case And(parts):
            return {"and": [to_json(part) for part in parts]}
        case Or(parts):
            return {"or": [to_json(part) for part in parts]}
        case Not(part):
            return {"not": to_json(part)}


def from_json(data: Any) -> Node:
    """The tree that a machine sent; groups of nothing are left out, groups of one are that one.

    Raises `QueryError`.
    """
    tree = _read(data, MAX_DEPTH + 4) or EVERYTHING
    check_size(tree)
    return tree


def _read(data: Any, levels: int) -> Node | None:
    """The node of a piece of JSON; nothing for an empty group."""
    if not levels:
        raise too_deep()
    given: dict[str, Any] = data if isinstance(data, dict) else {}
    if given.keys() == {"and"} and isinstance(given["and"], list):
        return _group(And, given["and"], levels)
    if given.keys() == {"or"} and isinstance(given["or"], list):
        return _group(Or, given["or"], levels)
    if given.keys() == {"not"}:
        inner = _read(given["not"], levels - 1)
        return Not(inner) if inner is not None else None
    if {"has"} <= given.keys() <= {"has", "operator", "count", "where"}:
        return _read_linked(given, levels)
    if {"field", "operator"} <= given.keys() <= {"field", "operator", "values", "function"}:
        return _read_condition(given)
    raise QueryError(
        _(
            "A part of the tree is none of: {and: […]}, {or: […]}, {not: …}, {field, operator, "
            "values, function}, {has, operator, count, where}."
        )
    )


def _group(kind: type[And] | type[Or], parts: list[Any], levels: int) -> Node | None:
    if len(parts) > MAX_CONDITIONS:
        raise QueryError(
            _("A group has more than %(max_conditions)s parts; split it into saved segments.")
            % {"max_conditions": MAX_CONDITIONS}
        )
    found = [node for part in parts if (node := _read(part, levels - 1)) is not None]
    return kind(tuple(found)) if len(found) > 1 else next(iter(found), None)


def _read_linked(given: dict[str, Any], levels: int) -> Linked:
    operator, count = given.get("operator", ">="), given.get("count", 1)
    if operator not in COMPARISONS:
        raise QueryError(_("“has” is counted with one of: %(names)s.") % {"names": ", ".join(COMPARISONS)})
    if type(count) is not int or not 0 <= count <= MAX_COUNT:
        raise QueryError(
            _("“has” is counted with a whole number up to %(max_count)s.") % {"max_count": f"{MAX_COUNT:,}"}
        )
    where = given.get("where")
    part = _read(where, levels - 1) if where is not None else None
    return Linked(_name(given["has"]), operator, count, part or EVERYTHING)


def _read_condition(given: dict[str, Any]) -> Condition:
    operator, values, function = given["operator"], given.get("values", []), given.get("function") or ""
    if not isinstance(operator, str) or operator not in TAKES:
        raise QueryError(
            _("“%(storable)s” is no operator. Use one of: %(names)s.")
            % {"storable": storable(str(operator))[:40], "names": ", ".join(TAKES)}
        )
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise QueryError(_("The values of a condition are a list of texts."))
    wanted = {"none": 0, "one": 1, "two": 2}.get(TAKES[operator], max(len(values), 1))
    if len(values) != wanted:
        takes = ngettext(
            "“%(operator)s” takes %(count)s value.", "“%(operator)s” takes %(count)s values.", wanted
        )
        none = _("“%(operator)s” takes no values.")
        raise QueryError((takes if wanted else none) % {"operator": operator, "count": wanted})
    texts = tuple(storable(value) for value in values)
    return Condition(_name(given["field"]), operator, texts, _name(function) if function else "")


def _name(given: Any) -> str:
    name = given.lower() if isinstance(given, str) else ""
    if not NAME.fullmatch(name):
        raise QueryError(
            _("“%(storable)s” cannot be a name: names are letters, digits and _.")
            % {"storable": storable(str(given))[:40]}
        )
    return name
