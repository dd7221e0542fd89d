"""What the filter builder asks while somebody builds: the catalogue, what a filter means, and values in use."""

from collections.abc import Iterator
from typing import Any

import orjson
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.desk.access import staff
from regulars.desk.lists.counts import count_text
from regulars.desk.lists.editor import catalogue
from regulars.desk.lists.views import base_of, open_resource, query_of
from regulars.desk.requests import StaffRequest
from regulars.desk.values import style_of
from regulars.kit.errors import NotFound, Refused
from regulars.kit.text import storable
from regulars.kit.words import inside
from regulars.resources.compile import compile_query
from regulars.resources.context import Context
from regulars.resources.explain import explain
from regulars.resources.field import Field
from regulars.resources.language import parse, read_tree
from regulars.resources.page import count_matching, tab_counts
from regulars.resources.query import Query
from regulars.resources.resource import Resource
from regulars.resources.tree import EVERYTHING, And, Linked, Node, Not, Or, QueryError, to_json

# A tree that fits a query of 4,000 characters is never longer than this.
MOST_CHARACTERS = 100_000
COUNT_AT_MOST = 400
MOST_SUGGESTED = 20


@require_GET
@staff("")
def fields(request: StaffRequest, resource_name: str) -> HttpResponse:
    """The fields, comparisons, values and linked things the person may ask about."""
    resource, context = open_resource(request, resource_name)
    return JsonResponse(catalogue(resource, context))


@require_POST
@staff("")
def check(request: StaffRequest, resource_name: str) -> HttpResponse:
    """What a filter that is being built means: its text and tree, in words, how many match, and what is wrong.

    The filter comes as `tree` (JSON) or as `where` (text), together with the rest of the page's address.
    """
    resource, context = open_resource(request, resource_name)
    try:
        node = _node_of(request)
    except QueryError as refusal:
        return JsonResponse({"problems": [_problem(refusal)]}, status=refusal.status)
    query = query_of(request, resource, context).with_where(node)
    told: dict[str, Any] = {"where": query.where, "tree": to_json(node)}
    if problems := list(_problems(node, resource, context)):
        return JsonResponse(told | {"problems": problems}, status=QueryError.status)
    told |= {
        "url": query.url(base_of(request, resource)),
        "words": _words(query, context),
        "problems": [],
    }
    return JsonResponse(told | _counted(query, context))


@require_GET
@staff("")
def suggest(request: StaffRequest, resource_name: str) -> HttpResponse:
    """Values of a field that fit what was typed: of its list, or in use."""
    resource, context = open_resource(request, resource_name)
    field = _field_of(request, resource, context)
    typed = storable(request.GET.get("q", "")).strip()[:100]
    found = [(value, value) for value in field.suggestions(context, typed)] if field.suggestions else []
    items = [{"value": value, "label": label} for value, label in found[:MOST_SUGGESTED]]
    return JsonResponse({"items": items})


def _field_of(request: StaffRequest, resource: Resource, context: Context) -> Field:
    """The field asked for, of the records or of a linked thing. Raises `NotFound`, also for what one may not see."""
    name, linked = request.GET.get("field", ""), request.GET.get("link", "")
    if linked:
        link = next((one for one in resource.links(context.actor) if one.name == linked), None)
        field = link.field(name, context.actor) if link else None
    else:
        field = resource.field(name, context.actor)
    if field is None or not field.filterable:
        raise NotFound(_("There is no such field."))
    return field


def _node_of(request: StaffRequest) -> Node:
    """The filter that was sent. Raises `QueryError`."""
    sent = request.POST.get("tree", "")
    if not sent:
        return parse(storable(request.POST.get("where", "")).strip())
    if len(sent) > MOST_CHARACTERS:
        raise QueryError(_("This filter is too large; split it into saved segments."))
    try:
        return read_tree(orjson.loads(storable(sent)))
    except orjson.JSONDecodeError as error:
        raise QueryError(_("This filter cannot be read: it is not JSON.")) from error


def _problem(refusal: Refused, place: str | None = None) -> dict[str, Any]:
    position, length = (refusal.position, refusal.length) if isinstance(refusal, QueryError) else (0, 0)
    return {"place": place, "sentence": refusal.sentence, "position": position, "length": length}


def _problems(node: Node, resource: Resource, context: Context) -> Iterator[dict[str, Any]]:
    """What is wrong with each condition, with its place in the tree (as in a JSON pointer)."""
    for place, leaf in _leaves(node, ""):
        try:
            compile_query(leaf, resource, context)
        except Refused as refusal:
            yield _problem(refusal, place)


def _leaves(node: Node, place: str, link: Linked | None = None) -> Iterator[tuple[str, Node]]:
    """Each condition alone, and each linked thing without its conditions; those stay inside what they are linked by."""
    match node:
        case And(parts) | Or(parts):
            name = "and" if isinstance(node, And) else "or"
            for number, part in enumerate(parts):
                yield from _leaves(part, f"{place}/{name}/{number}", link)
        case Not(part):
            yield from _leaves(part, f"{place}/not", link)
        case Linked() if link is None:
            yield place, Linked(node.link, node.operator, node.count, EVERYTHING, node.place)
            yield from _leaves(node.part, f"{place}/where", node)
        case _:
            yield place, Linked(link.link, part=node, place=link.place) if link else node


def _words(query: Query, context: Context) -> str:
    """The filter as a sentence."""
    return explain(query.node, query.resource, context).sentence


def _counted(query: Query, context: Context) -> dict[str, Any]:
    """How many records match, and of how many in the tab; an estimate when counting takes too long."""
    language = style_of(context).language
    found = count_matching(query, context, milliseconds=COUNT_AT_MOST)
    total = tab_counts(query.resource, context, current=query.tab)[query.tab]
    told = {
        "count": count_text(found, language),
        "total": count_text(total, language),
        "things": inside(query.resource.label),
    }
    # A total that had to be guessed can be less than what was counted: then it says nothing.
    is_known = total.exact or total.value >= found.value
    sentence = (_("%(count)s of %(total)s %(things)s") if is_known else _("%(count)s %(things)s")) % told
    if found.late:
        sentence += " · " + _("estimated: counting this takes too long")
    return {"count": sentence, "slow": found.late}
