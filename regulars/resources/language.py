"""The query language: `country = FR and spent > 200 and not tag = vip`.

One text for the search bar, the address of a page, saved views, the API and the command line. It is parsed into a
small tree that the filter builder edits too, and written back from it. Values stay text here: what they mean is the
business of the field's kind (see `compile`).
"""

import dataclasses
from dataclasses import dataclass
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from regulars.kit.errors import Refused

MAX_LENGTH = 4000
MAX_CONDITIONS = 100
MAX_DEPTH = 12

_GRAMMAR = r"""
    ?start: disjunction
    ?disjunction: conjunction (OR conjunction)*
    ?conjunction: negation (AND negation)*
    ?negation: NOT negation -> negated
        | "(" disjunction ")"
        | condition
    condition: NAME OPERATOR value -> compared
        | NAME CONTAINS value -> contains
        | NAME NOT CONTAINS value -> not_contains
        | NAME STARTS WITH value -> starts
        | NAME ENDS WITH value -> ends
        | NAME BETWEEN value AND value -> between
        | NAME IN "(" value ("," value)* ")" -> among
        | NAME NOT IN "(" value ("," value)* ")" -> not_among
        | NAME IS EMPTY -> empty
        | NAME IS NOT EMPTY -> not_empty
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
    OPERATOR: "!=" | "<=" | ">=" | "=" | "<" | ">"
    NAME.2: /[a-z_][a-z0-9_]*/i
    QUOTED: /"(?:[^"\\]|\\.)*"/
    WORD: /[^\s(),"=<>!]+/
    %ignore /\s+/
"""
_PARSER = Lark(_GRAMMAR, parser="lalr", lexer="contextual", propagate_positions=True)


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
    """`spent > 200`: a field, an operator and the values as written."""

    field: str
    operator: str
    values: tuple[str, ...] = ()
    position: int = dataclasses.field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class And:
    parts: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    parts: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    part: "Node"


Node = Condition | And | Or | Not
EVERYTHING = And(())


def length_error(text: str) -> QueryError | None:
    """The refusal of a query that is longer than a page or the database should have to carry."""
    if len(text) <= MAX_LENGTH:
        return None
    return QueryError(f"This query is longer than {MAX_LENGTH} characters; split it into saved segments.")


def parse(text: str) -> Node:
    """The tree of a query; the empty text means everything. Raises `QueryError` pointing at the word."""
    if not text.strip():
        return EVERYTHING
    if too_long := length_error(text):
        raise too_long
    try:
        tree: Node = _Build().transform(_PARSER.parse(text))
        _check_size(tree)
    except UnexpectedInput as error:
        raise _explain(text, error) from error
    except RecursionError as error:
        raise QueryError(f"This query has brackets more than {MAX_DEPTH} levels deep.") from error
    return tree


def write(node: Node) -> str:
    """The query as text; `parse(write(tree)) == tree`."""
    match node:
        case Condition():
            return _write_condition(node)
        case And(parts):
            return " and ".join(
                f"({write(part)})" if isinstance(part, Or | And) else write(part) for part in parts
            )
        case Or(parts):
            return " or ".join(
                f"({write(part)})" if isinstance(part, Or | And) else write(part) for part in parts
            )
        case Not(part):
            return f"not {write(part)}" if isinstance(part, Condition | Not) else f"not ({write(part)})"


def conditions(node: Node) -> list[Condition]:
    """Every condition in the tree, in the order of the text."""
    match node:
        case Condition():
            return [node]
        case And(parts) | Or(parts):
            return [condition for part in parts for condition in conditions(part)]
        case Not(part):
            return conditions(part)


def both(first: Node, second: Node) -> Node:
    """The tree that asks for both, kept flat."""
    parts: list[Node] = []
    for node in (first, second):
        parts.extend(node.parts if isinstance(node, And) else (node,))
    return parts[0] if len(parts) == 1 else And(tuple(parts))


class _Build(Transformer[Token, Any]):
    """Turns lark's tree into ours."""

    def disjunction(self, parts: list[Any]) -> Node:
        return Or(tuple(part for part in parts if not isinstance(part, Token)))

    def conjunction(self, parts: list[Any]) -> Node:
        return And(tuple(part for part in parts if not isinstance(part, Token)))

    def negated(self, parts: list[Any]) -> Node:
        return Not(parts[-1])

    def compared(self, parts: list[Token]) -> Node:
        return _condition(parts[0], str(parts[1]), parts[2:])

    def contains(self, parts: list[Token]) -> Node:
        return _condition(parts[0], "contains", parts[2:])

    def not_contains(self, parts: list[Token]) -> Node:
        return _condition(parts[0], "not contains", parts[3:])

    def starts(self, parts: list[Token]) -> Node:
        return _condition(parts[0], "starts with", parts[3:])

    def ends(self, parts: list[Token]) -> Node:
        return _condition(parts[0], "ends with", parts[3:])

    def between(self, parts: list[Token]) -> Node:
        return _condition(parts[0], "between", [parts[2], parts[4]])

    def among(self, parts: list[Token]) -> Node:
        return _condition(parts[0], "in", parts[2:])

    def not_among(self, parts: list[Token]) -> Node:
        return _condition(parts[0], "not in", parts[3:])

    def empty(self, parts: list[Token]) -> Node:
        return _condition(parts[0], "is empty", [])

    def not_empty(self, parts: list[Token]) -> Node:
        return _condition(parts[0], "is not empty", [])


def _condition(name: Token, operator: str, values: list[Token]) -> Condition:
    return Condition(
        str(name).lower(), operator, tuple(_unquote(value) for value in values), name.start_pos or 0
    )


def _unquote(token: Token) -> str:
    if token.type != "QUOTED":
        return str(token)
    out: list[str] = []
    escaped = False
    for char in token[1:-1]:
        if escaped or char != "\\":
            out.append(char)
            escaped = False
        else:
            escaped = True
    return "".join(out)


def _quote(value: str) -> str:
    plain = value and not any(char.isspace() or char in '(),"=<>!\\' for char in value)
    if plain and value.lower() not in {
        "and",
        "or",
        "not",
        "in",
        "is",
        "empty",
        "between",
        "contains",
        "starts",
        "ends",
        "with",
    }:
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _write_condition(condition: Condition) -> str:
    values = [_quote(value) for value in condition.values]
    match condition.operator:
        case "is empty" | "is not empty":
            return f"{condition.field} {condition.operator}"
        case "in" | "not in":
            return f"{condition.field} {condition.operator} ({', '.join(values)})"
        case "between":
            return f"{condition.field} between {values[0]} and {values[1]}"
        case _:
            return f"{condition.field} {condition.operator} {values[0]}"


def _check_size(tree: Node) -> None:
    if len(conditions(tree)) > MAX_CONDITIONS:
        raise QueryError(
            f"This query has more than {MAX_CONDITIONS} conditions; split it into saved segments."
        )
    if _depth(tree) > MAX_DEPTH:
        raise QueryError(f"This query has brackets more than {MAX_DEPTH} levels deep.")


def _depth(node: Node) -> int:
    match node:
        case And(parts) | Or(parts):
            return 1 + max((_depth(part) for part in parts), default=0)
        case Not(part):
            return 1 + _depth(part)
        case _:
            return 1


def _explain(text: str, error: UnexpectedInput) -> QueryError:
    at_end = isinstance(error, UnexpectedEOF) or (
        isinstance(error, UnexpectedToken) and error.token.type == "$END"
    )
    found = error.pos_in_stream if error.pos_in_stream is not None else len(text)
    position = len(text) if at_end or found < 0 else found
    if isinstance(error, UnexpectedCharacters) or position < len(text.rstrip()):
        word = text[position:].split(maxsplit=1)[0] if text[position:].strip() else ""
    else:
        word = ""
    if not word:
        return QueryError(
            "The query ends too early; write it like: country = FR and spent > 200.", position=len(text)
        )
    if word.startswith('"'):
        return QueryError("A quote is opened here and never closed.", position=position, length=len(word))
    return QueryError(
        f"“{word}” does not fit here. Write conditions like: country = FR and spent > 200; "
        "put words with spaces in quotes.",
        position=position,
        length=len(word),
    )
