"""Segments as conditions of a query.

A dynamic segment is its own conditions, asked anew each time, so that it is never out of date; a static one is its
open memberships. A segment may be made of others.
"""

from dataclasses import replace
from functools import lru_cache

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from regulars.customers.models import Customer
from regulars.customers.queries import customers_of
from regulars.kit.actor import system
from regulars.kit.errors import Invalid
from regulars.resources.compile import compile_query, fields_asked
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.language import Condition, Node, Not, Or, QueryError, parse
from regulars.resources.page import annotate
from regulars.resources.resource import get_resource
from regulars.resources.tree import MAX_CONDITIONS, MAX_LINKED, Linked, walk
from regulars.segments.choices import SegmentKind
from regulars.segments.models import Segment, SegmentMembership
from regulars.segments.names import FIELD, NEGATIVE, key_of, named_in, with_segments
from regulars.segments.queries.find import by_names
from regulars.stores.models import Store

MAX_NESTED = 5
# One page asks for the same segments several times over; reading a long text takes longer than asking the database.
_read = lru_cache(maxsize=256)(parse)


class SegmentRefused(Invalid):
    """A segment is made of itself, of too many others in one another, or of too many conditions."""

    code = "segment_refused"


def segment_condition(condition: Condition, field: Field, context: Context) -> Q:
    """Customers who are in one of the named segments, or in none of them."""
    try:
        tree = inlined(Condition(FIELD, "in", condition.values), store=context.store)
        if isinstance(tree, Condition) and tree.field == FIELD:
            found = _open_memberships(context.store, tree.values)
        else:
            found = _rule(tree, context)
    except QueryError as error:
        names = ", ".join(f"“{name}”" for name in condition.values)
        raise SegmentRefused(
            _("The segment %(names)s cannot be asked any more: %(sentence)s")
            % {"names": names, "sentence": error.sentence}
        ) from error
    return ~found if condition.operator in NEGATIVE else found


def names_expression(context: Context) -> ArraySubquery:
    """The names of the segments a customer is in, as of their last refresh, as a column."""
    stays = SegmentMembership.objects.filter(
        store=context.store,
        store_id=OuterRef("store_id"),
        customer_id=OuterRef("pk"),
        left_at__isnull=True,
        segment__deleted_at__isnull=True,
    )
    return ArraySubquery(stays.order_by("segment__name_key").values("segment__name"))


def members_filter(segment: Segment, context: Context) -> Q:
    """The filter of a segment's members. Raises `Invalid` and `QueryError` when it cannot be asked any more."""
    if segment.kind == SegmentKind.STATIC:
        return _open_memberships(context.store, (str(segment.pk),))
    tree = inlined(_read(segment.where), store=context.store, path=(segment,))
    return _rule(tree, context)


def members_of(segment: Segment, context: Context) -> QuerySet[Customer]:
    """The customers who are in a segment now, unordered."""
    return customers_of(context.store).filter(members_filter(segment, context))


def inlined(node: Node, *, store: Store, path: tuple[Segment, ...] = ()) -> Node:
    """The tree with the conditions of dynamic segments in place of their names; static ones are left by their id.

    `path` is the segments on the way here. Raises `UnknownSegment` and `SegmentRefused`.
    """
    tree = _inlined(node, store, path)
    asked = [one for one in walk(tree) if isinstance(one, Condition | Linked)]
    if len(asked) > MAX_CONDITIONS or sum(isinstance(one, Linked) for one in asked) > MAX_LINKED:
        raise SegmentRefused(
            _(
                "With the segments it is made of, this asks %(count)s conditions; at most "
                "%(max_conditions)s, and %(max_linked)s of them with “has …”, can be asked at once."
            )
            % {"count": len(asked), "max_conditions": MAX_CONDITIONS, "max_linked": MAX_LINKED}
        )
    return tree


def _inlined(node: Node, store: Store, path: tuple[Segment, ...]) -> Node:
    names = named_in(node)
    if not names:
        return node
    found = by_names(store=store, names=names)

    def change(condition: Condition) -> Node:
        segments = {found[key_of(value)].pk: found[key_of(value)] for value in condition.values}
        static = tuple(str(one.pk) for one in segments.values() if one.kind == SegmentKind.STATIC)
        parts: list[Node] = [Condition(FIELD, "in", static)] if static else []
        for segment in segments.values():
            if segment.kind == SegmentKind.DYNAMIC:
                _check_path(segment, path)
                parts.append(_inlined(_read(segment.where), store, (*path, segment)))
        any_of = parts[0] if len(parts) == 1 else Or(tuple(parts))
        return Not(any_of) if condition.operator in NEGATIVE else any_of

    return with_segments(node, change)


def _check_path(segment: Segment, path: tuple[Segment, ...]) -> None:
    chain = " → ".join(f"“{one.name}”" for one in (*path, segment))
    if segment.pk in {one.pk for one in path}:
        raise SegmentRefused(
            _("A segment cannot be made of itself: %(chain)s.") % {"chain": chain}, code="segment_cycle"
        )
    if len(path) >= MAX_NESTED:
        raise SegmentRefused(
            _("Segments can be made of each other %(max_nested)s levels deep; these are more: %(chain)s.")
            % {"max_nested": MAX_NESTED, "chain": chain},
            code="segment_too_deep",
        )


def _open_memberships(store: Store, segment_ids: tuple[str, ...]) -> Q:
    rows = SegmentMembership.objects.filter(
        store=store,
        store_id=OuterRef("store_id"),  # said twice, so that a database spread by store answers on one node
        segment_id__in=segment_ids,
        customer_id=OuterRef("pk"),
        left_at__isnull=True,
    )
    return Q(Exists(rows))


def _rule(tree: Node, asked_by: Context) -> Q:
    # Everybody gets the same members of a segment, whatever fields their own role shows.
    context = replace(asked_by, actor=system())
    resource = get_resource("customers")
    found = compile_query(tree, resource, context)
    asked = fields_asked(tree, resource, context)
    if not any(field.expression and not field.condition for field in asked):
        return found
    # These conditions speak of computed columns, which the list around them does not have.
    rows = annotate(customers_of(context.store), asked, context).filter(found)
    return Q(pk__in=rows.order_by().values("pk"))
