"""From the tree of a query to a filter of the database; only declared fields the person may see can be asked."""

from dataclasses import replace

from django.db.models import Exists, Q
from django.utils.translation import gettext as _

from regulars.kit.errors import Invalid
from regulars.kit.words import inside
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.kinds import ANYTHING, NOTHING
from regulars.resources.links import Link
from regulars.resources.mistakes import suggest
from regulars.resources.resource import Resource
from regulars.resources.tree import EVERYTHING, And, Condition, Linked, Node, Not, Or, QueryError, parts_of


def compile_query(node: Node, resource: Resource | Link, context: Context, *, one_by_one: bool = False) -> Q:
    """The filter of a query. `not` and the negative operators are true complements: empty values are kept by them.

    What is linked is asked `one_by_one` of the few records of a page; else the database may begin at what is linked.
    Raises `QueryError` pointing at the word that cannot be understood.
    """
    match node:
        case Condition():
            return compile_condition(node, resource, context)
        case Linked():
            return _compile_linked(node, resource, context, one_by_one)
        case And(parts):
            return Q(*(compile_query(part, resource, context, one_by_one=one_by_one) for part in parts))
        case Or(parts):
            each = (compile_query(part, resource, context, one_by_one=one_by_one) for part in parts)
            return Q(*each, _connector=Q.OR)
        case Not(part):
            if part == EVERYTHING:
                return NOTHING
            return ~compile_query(part, resource, context, one_by_one=one_by_one)


def fields_asked(node: Node, resource: Resource, context: Context) -> list[Field]:
    """The fields of a record that a query speaks of, for the annotations it needs."""
    match node:
        case Condition():
            found = resource.field(node.field, context.actor)
            return [found] if found else []
        case Linked():
            return []
    return [field for part in parts_of(node) for field in fields_asked(part, resource, context)]


def field_of(condition: Condition, resource: Resource | Link, context: Context) -> Field:
    """The field a condition asks of. Raises `QueryError`."""
    field = resource.field(condition.field, context.actor)
    if field is not None and field.filterable:
        return field
    visible = (
        resource.visible(context.actor) if isinstance(resource, Link) else resource.fields(context.actor)
    )
    known = [one.name for one in visible if one.filterable]
    hint = suggest(condition.field, known)
    if isinstance(resource, Link):
        hint = hint or _(" Of %(label)s one can ask: %(names)s.") % {
            "label": inside(resource.label),
            "names": ", ".join(known),
        }
    raise _at(
        condition.place(0),
        _("There is no field “%(field)s”.%(hint)s") % {"field": condition.field, "hint": hint},
    )


def link_of(linked: Linked, resource: Resource | Link, context: Context) -> Link:
    """The link that is asked about. Raises `QueryError`."""
    if isinstance(resource, Link):
        raise _at(
            linked.place,
            _("“has %(link)s” cannot stand inside “has %(name)s (…)”: ask for both side by side, with and.")
            % {"link": linked.link, "name": resource.name},
        )
    known = {link.name: link for link in resource.links(context.actor)}
    if linked.link not in known:
        raise _at(
            linked.place,
            _("Nothing linked is named “%(link)s”.%(value)s")
            % {
                "link": linked.link,
                "value": suggest(linked.link, known) or " Known: " + ", ".join(known) + ".",
            },
        )
    return known[linked.link]


def compile_condition(condition: Condition, resource: Resource | Link, context: Context) -> Q:
    """The filter of one condition. Raises `QueryError`."""
    field = field_of(condition, resource, context)
    operators = field.operators
    if condition.function:
        functions = field.kind.functions
        if condition.function not in functions:
            hint = suggest(condition.function, functions)
            can = (
                _(" One can ask: %(names)s.") % {"names": ", ".join(functions)}
                if functions and not hint
                else ""
            )
            what = _("cannot be asked with a function") if not functions else _("has no such function")
            place = condition.place(0)[0], min(condition.place(0)[1], len(condition.function))
            raise _at(place, f"{field.label} {what}: “{condition.function}”.{hint}{can}")
        operators = functions[condition.function]
    if condition.operator not in operators:
        raise _at(
            condition.place(1),
            _("%(label)s cannot be asked with “%(operator)s”. Use one of: %(names)s.")
            % {"label": field.label, "operator": condition.operator, "names": ", ".join(operators)},
        )
    try:
        return field.compile(condition, context)
    except Invalid as error:
        raise _at(_place_of_fault(condition, field, context), error.sentence) from error


def _place_of_fault(condition: Condition, field: Field, context: Context) -> tuple[int, int]:
    """Where the value stands that cannot be understood; the first one when they do not fit together."""
    for number, value in enumerate(condition.values):
        try:
            field.compile(replace(condition, values=(value,) * len(condition.values)), context)
        except Invalid:
            return condition.place(2 + number)
    return condition.place(2)


def _compile_linked(linked: Linked, resource: Resource | Link, context: Context, one_by_one: bool) -> Q:
    link = link_of(linked, resource, context)
    rows = link.of_record(context.store, compile_query(linked.part, link, context))

    def at_least(count: int) -> Q:
        # "Is there an n-th one?" ends at the n-th row, and is never null, so that its negation is a true complement.
        if count <= 0:
            return ANYTHING
        enough = Q(Exists(rows if count == 1 else rows[count - 1 : count]))
        # That there is one at all says the same again, but in a way that the database may begin at: with the few who
        # have what is rare, instead of with everybody.
        return enough if count == 1 or one_by_one else Q(Exists(rows)) & enough

    count = linked.count
    match linked.operator:
        case ">=":
            return at_least(count)
        case ">":
            return at_least(count + 1)
        case "<":
            return ~at_least(count)
        case "<=":
            return ~at_least(count + 1)
        case "=":
            return at_least(count) & ~at_least(count + 1)
    return ~(at_least(count) & ~at_least(count + 1))


def _at(place: tuple[int, int], sentence: str) -> QueryError:
    return QueryError(sentence, position=place[0], length=place[1])
