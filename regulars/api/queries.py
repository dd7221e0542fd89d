"""Queries: what one means, how many it matches, and why a record is in it or not."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router

from regulars.api import schemas
from regulars.api.access import asked_by
from regulars.api.answers import respond
from regulars.api.reading import check_keys, read_object, read_params, read_string
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.ids import parse_id
from regulars.kit.text import storable
from regulars.resources.explain import Explained, Verdict, explain, why
from regulars.resources.language import Node, parse, read_tree, to_json
from regulars.resources.page import count_matching
from regulars.resources.query import Query
from regulars.resources.resource import Resource

# A person waits for this beside what they type, not for a page: it may take longer than a count in a list.
COUNT_MILLISECONDS = 250
RECORD = Path(..., description="The id of the record.")
_TREE = {
    "type": "object",
    "description": (
        "A node: {and: […]}, {or: […]}, {not: …}, {field, operator, values, function} or "
        "{has, operator, count, where}."
    ),
}
_BODY: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "where": {"type": "string", "description": "The query as text…", "examples": ["country = FR"]},
        "tree": _TREE | {"description": f"…or as a tree. {_TREE['description']}"},
    },
}
_SAID: dict[str, Any] = {
    "kind": {"type": "string", "enum": ["condition", "has", "and", "or", "not", "everything"]},
    "words": {"type": "string", "description": "This part in plain words."},
    "where": {"type": "string", "description": "This part as text."},
    "parts": {"type": "array", "items": {"type": "object"}, "description": "Its parts, in the same form."},
}
_CHECKED: dict[str, Any] = {
    "type": "object",
    "properties": {
        "where": {"type": "string", "description": "The query as Regulars writes it."},
        "tree": _TREE,
        "explain": {"type": "string", "description": "The whole query in plain words."},
        "parts": {"type": "object", "properties": _SAID},
        "count": {"type": "integer", "description": "How many records it matches."},
        "estimated": {"type": "boolean", "description": "True when counting would have taken too long."},
    },
}
_JUDGED: dict[str, Any] = {
    "type": "object",
    "properties": _SAID
    | {
        "holds": {"type": "boolean"},
        "value": {"type": "string", "description": "What the record has there, in words; “” for groups."},
    },
}


def router_for(resource: Resource) -> Router:
    """The addresses about queries of one resource."""
    router = Router(tags=[resource.name])

    @router.post(
        f"/{resource.name}/query/check",
        operation_id=f"check_{resource.name}_query",
        summary="Say what a query means and how many it matches",
        description="A query that cannot be understood is a problem with the position and length of the word.",
        openapi_extra=schemas.json_body(_BODY) | schemas.answers(200, _CHECKED, "The query, understood."),
    )
    def check_query(request: HttpRequest) -> HttpResponse:
        context = asked_by(request)
        context.actor.require(resource.permission("view"))
        read_params(request, ())
        node = _read_query(read_object(request))
        told = explain(node, resource, context)
        query = Query(resource=resource, tab=_every_tab(resource)).with_where(node)
        count = count_matching(query, context, milliseconds=COUNT_MILLISECONDS)
        return respond(
            {
                "where": query.where,
                "tree": to_json(node),
                "explain": told.sentence,
                "parts": _said(told),
                "count": count.value,
                "estimated": not count.exact,
            }
        )

    @router.get(
        f"/{resource.name}/{{record_id}}/why",
        operation_id=f"why_{resource.name}",
        summary="Why a record is in a query or not, condition by condition",
        openapi_extra={"parameters": schemas.parameters("where")}
        | schemas.answers(200, _JUDGED, "The query with what each part finds."),
    )
    def explain_record(request: HttpRequest, record_id: str = RECORD) -> HttpResponse:
        context = asked_by(request)
        context.actor.require(resource.permission("view"))
        params = read_params(request, ("where",))
        known = parse_id(record_id)
        if known is None:
            raise NotFound(f"This {resource.noun} does not exist in this store.")
        node = parse(storable(params.get("where", "")).strip())
        return respond(_judged(why(node, resource, context, known)))

    return router


def _read_query(body: dict[str, Any]) -> Node:
    check_keys(body, ("where", "tree"))
    if ("where" in body) == ("tree" in body):
        raise Invalid("Give the query as where or as tree.", field="where")
    if "tree" in body:
        return read_tree(body["tree"])
    return parse(storable(read_string(body, "where")).strip())


def _every_tab(resource: Resource) -> str:
    return "all" if "all" in {tab.name for tab in resource.tabs} else resource.default_tab


def _said(told: Explained) -> dict[str, Any]:
    return {
        "kind": told.kind,
        "words": told.sentence,
        "where": told.where,
        "parts": [_said(part) for part in told.parts],
    }


def _judged(verdict: Verdict) -> dict[str, Any]:
    own = _said(verdict.explained) | {"holds": verdict.holds, "value": verdict.value}
    return own | {"parts": [_judged(part) for part in verdict.parts]}
