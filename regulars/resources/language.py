"""The query language: `country = FR and spent > 200 and not tag = vip`.

One text for the search bar, the address of a page, saved views, the API and the command line. It is parsed into a
small tree (see `tree`) that the filter builder edits too, and written back from it.
"""

from typing import Any

from django.utils.translation import gettext as _
from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, VisitError

from regulars.resources.mistakes import explain_mistake
from regulars.resources.tree import (
    EVERYTHING,
    MAX_CONDITIONS,
    MAX_COUNT,
    MAX_DEPTH,
    MAX_LENGTH,
    MAX_LINKED,
    And,
    Condition,
    Linked,
    Node,
    Not,
    Or,
    Place,
    QueryError,
    both,
    check_size,
    conditions,
    from_json,
    to_json,
    too_deep,
)
from regulars.resources.writing import write

__all__ = [
    "EVERYTHING",
    "MAX_CONDITIONS",
    "MAX_DEPTH",
    "MAX_LENGTH",
    "MAX_LINKED",
    "And",
    "Condition",
    "Linked",
    "Node",
    "Not",
    "Or",
    "QueryError",
    "both",
    "conditions",
    "from_json",
    "length_error",
    "parse",
    "read_tree",
    "to_json",
    "write",
]

# `not in segment X` is one condition, not the negation of another: hence two levels of negation.
_GRAMMAR = r"""
    ?start: disjunction
    ?disjunction: conjunction (OR conjunction)*
    ?conjunction: negation (AND negation)*
    ?negation: other | inside
    ?other: NOT other -> negated
        | NOT inside -> outside
        | "(" disjunction ")"
        | condition
    inside: IN SEGMENT value | IN SEGMENT "(" value ("," value)* ")"
    condition: subject OPERATOR value -> compared
        | subject IS value -> same
        | subject IS NOT value -> different
        | subject CONTAINS value -> contains
        | subject NOT CONTAINS value -> not_contains
        | subject STARTS WITH value -> starts
        | subject ENDS WITH value -> ends
        | subject BETWEEN value AND value -> between
        | subject IN "(" value ("," value)* ")" -> among
        | subject NOT IN "(" value ("," value)* ")" -> not_among
        | subject IS EMPTY -> empty
        | subject IS NOT EMPTY -> not_empty
        | HAS NAME part? -> has
        | HAS NO NAME part? -> has_no
        | HAS OPERATOR COUNT NAME part? -> has_so_many
        | HAS COUNT NAME part? -> has_vague
    subject: NAME | NAME "(" NAME ")"
    part: "(" disjunction ")"
    ?value: QUOTED | WORD
    OR.3: /or(?![\w-])/i
    AND.3: /and(?![\w-])/i
    NOT.3: /not(?![\w-])/i
    IN.3: /in(?![\w-])/i
    IS.3: /is(?![\w-])/i
    EMPTY.3: /empty(?![\w-])/i
    BETWEEN.3: /between(?![\w-])/i
    CONTAINS.3: /contains(?![\w-])/i
    STARTS.3: /starts(?![\w-])/i
    ENDS.3: /ends(?![\w-])/i
    WITH.3: /with(?![\w-])/i
    HAS.3: /has(?![\w-])/i
    NO.3: /no(?![\w-])/i
    SEGMENT.3: /segment(?![\w-])/i
    OPERATOR: "!=" | "<=" | ">=" | "=" | "<" | ">"
    COUNT: /[0-9]+/
    NAME.2: /[a-z_][a-z0-9_]*/i
    QUOTED.1: /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'(?![^\s(),"=<>!])|“[^“”]*”/s
    WORD: /[^\s(),"=<>!]+/
    %ignore /\s+/
"""
_PARSER = Lark(_GRAMMAR, parser="lalr", lexer="contextual", propagate_positions=True)


def length_error(text: str) -> QueryError | None:
    """The refusal of a query that is longer than a page or the database should have to carry."""
    if len(text) <= MAX_LENGTH:
        return None
    return QueryError(
        _("This query is longer than %(max_length)s characters; split it into saved segments.")
        % {"max_length": MAX_LENGTH}
    )


def parse(text: str) -> Node:
    """The tree of a query; the empty text means everything. Raises `QueryError` pointing at the word."""
    if not text.strip():
        return EVERYTHING
    if too_long := length_error(text):
        raise too_long
    try:
        tree: Node = _Build().transform(_PARSER.parse(text))
        check_size(tree)
    except UnexpectedInput as error:
        raise explain_mistake(text, error) from error
    except VisitError as error:
        if isinstance(error.orig_exc, QueryError):
            raise error.orig_exc from error
        raise too_deep() from error
    except RecursionError as error:
        raise too_deep() from error
    return tree


def read_tree(data: Any) -> Node:
    """The tree that a machine sent as JSON, held to the length of a text. Raises `QueryError`."""
    tree = from_json(data)
    if too_long := length_error(write(tree)):
        raise too_long
    return tree


# The forms of a condition in the grammar: their operator, and how many words it is written with.
_FORMS = {
    "same": ("=", 1),
    "different": ("!=", 2),
    "contains": ("contains", 1),
    "not_contains": ("not contains", 2),
    "starts": ("starts with", 2),
    "ends": ("ends with", 2),
    "between": ("between", 1),
    "among": ("in", 1),
    "not_among": ("not in", 2),
    "empty": ("is empty", 2),
    "not_empty": ("is not empty", 3),
}


class _Build(Transformer[Token, Any]):
    """Turns lark's tree into ours."""

    def disjunction(self, parts: list[Any]) -> Node:
        return Or(tuple(part for part in parts if not isinstance(part, Token)))

    def conjunction(self, parts: list[Any]) -> Node:
        return And(tuple(part for part in parts if not isinstance(part, Token)))

    def negated(self, parts: list[Any]) -> Node:
        return Not(parts[-1])

    def inside(self, parts: list[Token]) -> Node:
        return _condition([parts[1]], "in", parts[:1], parts[2:])

    def outside(self, parts: list[Any]) -> Node:
        inside: Condition = parts[1]
        return Condition("segment", "not in", inside.values, places=inside.places)

    def subject(self, parts: list[Token]) -> list[Token]:
        return parts

    def compared(self, parts: list[Any]) -> Node:
        return _condition(parts[0], str(parts[1]), parts[1:2], parts[2:])

    def __default__(self, data: Any, children: list[Any], meta: Any) -> Node:
        operator, signs = _FORMS[str(data)]
        values = [word for word in children[1 + signs :] if word.type in ("QUOTED", "WORD")]
        return _condition(children[0], operator, children[1 : 1 + signs], values)

    def part(self, parts: list[Node]) -> Node:
        return parts[0]

    def has(self, parts: list[Any]) -> Node:
        return _linked(parts[1], ">=", 1, parts[2:])

    def has_no(self, parts: list[Any]) -> Node:
        return _linked(parts[2], "=", 0, parts[3:])

    def has_so_many(self, parts: list[Any]) -> Node:
        count: Token = parts[2]
        if len(count) > 7 or int(count) > MAX_COUNT:
            position, length = _place([count])
            raise QueryError(
                _("Count up to %(max_count)s.") % {"max_count": f"{MAX_COUNT:,}"},
                position=position,
                length=length,
            )
        return _linked(parts[3], str(parts[1]), int(count), parts[4:])

    def has_vague(self, parts: list[Any]) -> Node:
        position, length = _place([parts[1]])
        many = f"{parts[1][:12]} {parts[2]}"
        raise QueryError(
            _("Say whether there are at least or exactly so many: has >= %(many)s, or has = %(many)s.")
            % {"many": many},
            position=position,
            length=length,
        )


def _condition(subject: list[Token], operator: str, signs: list[Token], values: list[Token]) -> Condition:
    """The condition with the places of its words; a subject of two words is a function and a field."""
    *function, name = subject
    return Condition(
        str(name).lower(),
        operator,
        tuple(_unquote(value) for value in values),
        str(function[0]).lower() if function else "",
        (_place(subject), _place(signs), *(_place([value]) for value in values)),
    )


def _linked(link: Token, operator: str, count: int, part: list[Node]) -> Linked:
    return Linked(str(link).lower(), operator, count, part[0] if part else EVERYTHING, _place([link]))


def _place(words: list[Token]) -> Place:
    start, end = words[0].start_pos or 0, words[-1].end_pos or 0
    return start, end - start


def _unquote(token: Token) -> str:
    if token.type != "QUOTED":
        return str(token)
    if token.startswith("“"):
        return str(token[1:-1])
    out: list[str] = []
    escaped = False
    for char in token[1:-1]:
        if escaped or char != "\\":
            out.append(char)
            escaped = False
        else:
            escaped = True
    return "".join(out)
