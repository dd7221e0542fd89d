"""A query in plain words, and why a record is in or not: the same tree with what each condition finds."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Case, Count, IntegerField, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from regulars.kit.errors import NotFound
from regulars.kit.words import inside
from regulars.resources.compile import compile_query, field_of, fields_asked, link_of
from regulars.resources.context import Context
from regulars.resources.field import Field, Row
from regulars.resources.kinds.base import EMPTINESS, NEGATIVE
from regulars.resources.language import write
from regulars.resources.links import Link
from regulars.resources.page import annotate
from regulars.resources.resource import Resource
from regulars.resources.tree import EVERYTHING, And, Condition, Linked, Node, Not, Or
from regulars.resources.words import TAG_OPERATORS, is_stretch, operands_words, operator_words, value_words

_OPPOSITE = NEGATIVE | {positive: negative for negative, positive in NEGATIVE.items()}
_QUOTED = ("contains", "not contains", "starts with", "ends with")


@dataclass(frozen=True, slots=True)
class Explained:
    """A part of a query in words. `kind` is condition, has, and, or, not or everything; `where` is its text."""

    kind: str
    words: str
    where: str
    parts: "tuple[Explained, ...]" = ()

    @property
    def sentence(self) -> str:
        """The words as they begin a line."""
        return self.words[:1].upper() + self.words[1:]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A part of a query that holds for a record or not, with the value the record has there in words."""

    explained: Explained
    holds: bool
    value: str = ""
    parts: "tuple[Verdict, ...]" = ()


def explain(node: Node, resource: Resource | Link, context: Context) -> Explained:
    """The query in words: "Country is France and total spent is over €200.00". Raises `QueryError`."""
    compile_query(node, resource, context)  # what cannot be asked cannot be explained
    return _explain(node, resource, context)


def why(node: Node, resource: Resource, context: Context, record_id: UUID) -> Verdict:
    """Why a record is in or not, condition by condition, from one question to the database.

    Raises `QueryError`, and `NotFound` when the store has no such record.
    """
    found = _explain(node, resource, context)
    asked: dict[Node, str] = {}
    for each in _leaves(node):
        asked.setdefault(each, f"why_{len(asked)}")
    fields = fields_asked(node, resource, context)
    rows = annotate(resource.rows(context.store).filter(pk=record_id), fields, context)
    columns: dict[str, Any] = {}
    for leaf, name in asked.items():
        met = When(compile_query(leaf, resource, context), then=Value(True))
        columns[name] = Case(met, default=Value(False), output_field=BooleanField())
        if isinstance(leaf, Linked):
            columns[f"{name}_count"] = _count(leaf, resource, context)
    needed = {need for field in fields for need in field.needs}
    row = rows.annotate(**columns).values("id", *needed, *columns).first()
    if row is None:
        raise NotFound(_("This %(noun)s does not exist in this store.") % {"noun": resource.noun})
    return _judge(node, found, row, asked, resource, context)


def _leaves(node: Node) -> list[Condition | Linked]:
    match node:
        case Condition() | Linked():
            return [node]
        case Not(part):
            return _leaves(part)
        case And(parts) | Or(parts):
            return [leaf for part in parts for leaf in _leaves(part)]


def _count(linked: Linked, resource: Resource, context: Context) -> Coalesce:
    link = link_of(linked, resource, context)
    rows = link.of_record(context.store, compile_query(linked.part, link, context))
    counted = rows.values(link.path).annotate(why_many=Count("pk")).values("why_many")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _judge(
    node: Node, found: Explained, row: Row, asked: dict[Node, str], resource: Resource, context: Context
) -> Verdict:
    match node:
        case Condition():
            field = field_of(node, resource, context)
            value = value_words(field, field.read(row, context), context)
            return Verdict(found, row[asked[node]], value or str(field.why_empty) or _("empty"))
        case Linked():
            link = link_of(node, resource, context)
            count = row[f"{asked[node]}_count"]
            return Verdict(found, row[asked[node]], f"{count} {_things(link, count)}")
        case Not(part):
            inner = _judge(part, found.parts[0], row, asked, resource, context)
            return Verdict(found, not inner.holds, parts=(inner,))
        case And(parts) | Or(parts):
            each = tuple(
                _judge(part, told, row, asked, resource, context)
                for part, told in zip(parts, found.parts, strict=True)
            )
            meets = all if isinstance(node, And) else any
            return Verdict(found, meets(one.holds for one in each), parts=each)


def _explain(node: Node, resource: Resource | Link, context: Context) -> Explained:
    match node:
        case Condition():
            return Explained("condition", _condition_words(node, resource, context), write(node))
        case Linked():
            return _linked(node, resource, context)
        case Not(part):
            inner = _explain(part, resource, context)
            return Explained("not", _negated(part, inner, resource, context), write(node), (inner,))
        case And(()):
            label = inside(resource.label)
            return Explained("everything", _("all %(things)s") % {"things": label}, "")
    kind, joint = ("and", _("and")) if isinstance(node, And) else ("or", _("or"))
    parts = tuple(_explain(part, resource, context) for part in node.parts)
    words = f" {joint} ".join(f"({one.words})" if one.kind in ("and", "or") else one.words for one in parts)
    return Explained(kind, words, write(node), parts)


def _negated(part: Node, inner: Explained, resource: Resource | Link, context: Context) -> str:
    """The opposite in words of its own where there are some, else "not: …"."""
    match part:
        case Condition(field=name, operator=operator, values=values, function=function):
            if operator in _OPPOSITE:
                turned = Condition(name, _OPPOSITE[operator], values, function)
                return _condition_words(turned, resource, context)
        case Linked(link=name, operator=">=", count=1, part=where):
            return _linked(Linked(name, "=", 0, where), resource, context).words
    return _("not: %(condition)s") % {"condition": f"({inner.words})" if inner.parts else inner.words}


def _condition_words(condition: Condition, resource: Resource | Link, context: Context) -> str:
    field = field_of(condition, resource, context)
    operator = condition.operator
    if len(condition.values) == 1:
        operator = {"in": "=", "not in": "!="}.get(operator, operator)
    in_the_year = bool(condition.function)
    values = [
        one or "“”" for one in operands_words(field, condition.values, context, in_the_year=in_the_year)
    ]
    value = (_(" and ") if operator == "between" else ", ").join(
        f"“{one}”" if operator in _QUOTED else one for one in values
    )
    if field.kind.name == "tags":
        return str(TAG_OPERATORS[operator]) % {"value": value}
    label = inside(field.label)
    if in_the_year:
        label = _("the anniversary of %(field)s") % {"field": label}
    told = _("%(field)s %(operator)s %(value)s") % {
        "field": label,
        "operator": operator_words(
            field, operator, stretch=bool(values) and is_stretch(condition.values[0], context)
        ),
        "value": value,
    }
    if operator in ("!=", "not in", "not contains") and _may_be_empty(field):
        told = _("%(condition)s or is empty") % {"condition": told}
    return told.strip()


def _may_be_empty(field: Field) -> bool:
    """Whether records can be without a value here, so that a negative condition also finds those."""
    return EMPTINESS[0] in field.operators and (field.kind.name != "choice" or field.editable)


def _linked(linked: Linked, resource: Resource | Link, context: Context) -> Explained:
    link = link_of(linked, resource, context)
    count = linked.count
    named = {"count": count, "things": _things(link, count)}
    match linked.operator, count:
        case (">=", 1):
            words = _("has %(things)s") % {"things": _things(link, 2)}
        case ("=", 0):
            words = _("has no %(things)s") % named
        case (">=", _):
            words = _("has at least %(count)d %(things)s") % named
        case (">", _):
            words = _("has more than %(count)d %(things)s") % named
        case ("<", _):
            words = _("has fewer than %(count)d %(things)s") % named
        case ("<=", _):
            words = _("has at most %(count)d %(things)s") % named
        case ("=", _):
            words = _("has exactly %(count)d %(things)s") % named
        case _:
            words = _("does not have exactly %(count)d %(things)s") % named
    if linked.part == EVERYTHING:
        return Explained("has", words, write(linked))
    inner = _explain(linked.part, link, context)
    words = _("%(has)s (%(conditions)s)") % {"has": words, "conditions": inner.words}
    return Explained("has", words, write(linked), (inner,))


def _things(link: Link, count: int) -> str:
    return inside(link.singular if count == 1 else link.label)
