"""From the tree of a query to a filter of the database; only declared fields the person may see can be asked."""

from django.db.models import Q

from regulars.kit.errors import Invalid
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.language import And, Condition, Node, Not, Or, QueryError
from regulars.resources.resource import Resource, suggest


def compile_query(node: Node, resource: Resource, context: Context) -> Q:
    """The filter of a query. `not` and the negative operators are true complements: empty values are kept by them.

    Raises `QueryError` pointing at the word that cannot be understood.
    """
    match node:
        case Condition():
            return _compile_condition(node, resource, context)
        case And(parts):
            found = Q()
            for part in parts:
                found &= compile_query(part, resource, context)
            return found
        case Or(parts):
            found = compile_query(parts[0], resource, context)
            for part in parts[1:]:
                found |= compile_query(part, resource, context)
            return found
        case Not(part):
            return ~compile_query(part, resource, context)


def fields_asked(node: Node, resource: Resource, context: Context) -> list[Field]:
    """The fields a query speaks of, for the annotations it needs."""
    match node:
        case Condition():
            found = resource.field(node.field, context.actor)
            return [found] if found else []
        case And(parts) | Or(parts):
            return [field for part in parts for field in fields_asked(part, resource, context)]
        case Not(part):
            return fields_asked(part, resource, context)


def _compile_condition(condition: Condition, resource: Resource, context: Context) -> Q:
    field = resource.field(condition.field, context.actor)
    position, length = condition.position, len(condition.field)
    if field is None or not field.filterable:
        known = [one.name for one in resource.fields(context.actor) if one.filterable]
        raise QueryError(
            f"There is no field “{condition.field}”.{suggest(condition.field, known)}",
            position=position,
            length=length,
        )
    if condition.operator not in field.operators:
        raise QueryError(
            f"{field.label} cannot be asked with “{condition.operator}”. Use one of: {', '.join(field.operators)}.",
            position=position,
            length=length,
        )
    try:
        return field.compile(condition, context)
    except Invalid as error:
        raise QueryError(error.sentence, position=position, length=length) from error
