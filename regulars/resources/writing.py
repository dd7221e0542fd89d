"""The text of a tree, as `language` reads it back."""

from regulars.resources.tree import EVERYTHING, And, Condition, Linked, Node, Not, Or

# Words that mean something of their own are quoted where they are values.
_KEYWORDS = frozenset(
    "and or not in is empty between contains starts ends with has no segment".split()  # noqa: SIM905
)
_OPENING_QUOTES = ("'", "“")


def write(node: Node) -> str:
    """The query as text; `parse(write(tree)) == tree`."""
    match node:
        case Condition():
            return _write_condition(node)
        case Linked():
            return _write_linked(node)
        case And(parts):
            return " and ".join(
                f"({write(part)})" if isinstance(part, Or | And) else write(part) for part in parts
            )
        case Or(parts):
            return " or ".join(
                f"({write(part)})" if isinstance(part, Or | And) else write(part) for part in parts
            )
        case Not(part):
            plain = isinstance(part, Condition | Linked | Not) and not _is_membership(part)
            return f"not {write(part)}" if plain else f"not ({write(part)})"


def _quote(value: str) -> str:
    plain = value and not any(char.isspace() or char in '(),"=<>!\\' for char in value)
    if plain and value.lower() not in _KEYWORDS and not value.startswith(_OPENING_QUOTES):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _is_membership(node: Node) -> bool:
    """Whether the condition is written `in segment X`, which a `not` before it would make another condition."""
    return (
        isinstance(node, Condition)
        and (node.field, node.function) == ("segment", "")
        and node.operator in ("in", "not in")
        and len(node.values) == 1
    )


def _write_condition(condition: Condition) -> str:
    values = [_quote(value) for value in condition.values]
    if _is_membership(condition):
        return f"{condition.operator} segment {values[0]}"
    subject = f"{condition.function}({condition.field})" if condition.function else condition.field
    match condition.operator:
        case "is empty" | "is not empty":
            return f"{subject} {condition.operator}"
        case "in" | "not in":
            return f"{subject} {condition.operator} ({', '.join(values)})"
        case "between":
            return f"{subject} between {values[0]} and {values[1]}"
        case _:
            return f"{subject} {condition.operator} {values[0]}"


def _write_linked(linked: Linked) -> str:
    match linked.operator, linked.count:
        case ">=", 1:
            start = f"has {linked.link}"
        case "=", 0:
            start = f"has no {linked.link}"
        case operator, count:
            start = f"has {operator} {count} {linked.link}"
    return start if linked.part == EVERYTHING else f"{start} ({write(linked.part)})"
