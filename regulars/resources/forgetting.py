"""Taking what names a person out of saved conditions, so that these can still be asked, and then find nobody."""

from regulars.kit.traces import Traces
from regulars.resources.language import parse, write
from regulars.resources.resource import Resource
from regulars.resources.tree import And, Condition, Linked, Node, Not, Or, QueryError

# A condition on the city Paris says nothing about a customer named Paris.
_NAMELESS = frozenset({"", "place"})
# Part of a value that was taken out cannot be looked for; equality with what is left can, whatever the field.
_WHOLE = {"contains": "=", "starts with": "=", "ends with": "=", "not contains": "!="}


def forget_in_where(*, where: str, resource: Resource, traces: Traces) -> str:
    """The conditions without what names somebody; unchanged when they name nobody."""
    if not traces.found_in(where):
        return where
    classes = {field.name: field.personal for field in resource.all_fields()}
    try:
        return write(_without(parse(where), classes, traces))
    except QueryError:  # saved by an older release
        return traces.clean(where)


def _without(node: Node, classes: dict[str, str], traces: Traces) -> Node:
    match node:
        case Condition(field, operator, values, function):
            names = classes.get(field, "identity") not in _NAMELESS
            cleaned = tuple(traces.clean(value, names=names) for value in values)
            if cleaned == values:
                return node
            return Condition(field, _WHOLE.get(operator, operator), cleaned, function)
        case And(parts):
            return And(tuple(_without(part, classes, traces) for part in parts))
        case Or(parts):
            return Or(tuple(_without(part, classes, traces) for part in parts))
        case Not(part):
            return Not(_without(part, classes, traces))
        case Linked(link, operator, count, part):
            return Linked(link, operator, count, _without(part, classes, traces))
