"""Pairs of customers that may be the same person, what is decided about them, and merges."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router

from regulars.api import schemas
from regulars.api.access import asked_by
from regulars.api.answers import respond
from regulars.api.reading import check_keys, read_id, read_limit, read_object, read_params, read_string
from regulars.customers.resource.permissions import VIEW
from regulars.duplicates import queries, services
from regulars.duplicates.choices import Reason, Verdict
from regulars.duplicates.queries import Filter
from regulars.duplicates.resource import MERGE
from regulars.duplicates.rules import LIKELY, say_reasons
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.ids import parse_id

router = Router(tags=["duplicates"])
PAIR = Path(..., description="The id of a pair.")
MERGE_ID = Path(..., description="The id of a merge, as the history of the customer names it.")
PARAMS = ("reason", "verdict", "min_score", "customer", "limit", "after")
_PERSON = {
    "type": "object",
    "properties": {"id": schemas.UUID, "number": {"type": "integer"}, "name": {"type": "string"}},
}
_PAIR = {
    "type": "object",
    "properties": {
        "id": schemas.UUID,
        "score": {"type": "integer", "minimum": 0, "maximum": 100},
        "reasons": {"type": "array", "items": {"type": "string", "enum": list(Reason.values)}},
        "sentences": {"type": "array", "items": {"type": "string"}},
        "verdict": {"type": "string", "enum": list(Verdict.values)},
        "decided_by": {"type": "string"},
        "decided": {"type": ["string", "null"], "format": "date-time"},
        "customers": {"type": "array", "items": _PERSON},
    },
}
_VERDICT_BODY = {
    "type": "object",
    "additionalProperties": False,
    "required": ["verdict"],
    "properties": {"verdict": {"type": "string", "enum": list(Verdict.values)}},
}


def _param(name: str, schema: dict[str, Any], words: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": words}


@router.get(
    "/duplicates",
    operation_id="list_duplicates",
    summary="Pairs of customers that may be the same person, the likeliest first",
    openapi_extra={
        "parameters": [
            _param("reason", {"type": "string", "enum": list(Reason.values)}, "Only for this reason."),
            _param("verdict", {"type": "string", "enum": list(Verdict.values)}, "Undecided ones by default."),
            _param("min_score", {"type": "integer", "minimum": 0, "maximum": 100}, "50 by default."),
            _param("customer", schemas.UUID, "Only pairs with this customer."),
            _param("after", schemas.UUID, "The id of the last pair of the page before."),
            *schemas.parameters("limit"),
        ]
    }
    | schemas.answers(
        200, {"type": "object", "properties": {"items": {"type": "array", "items": _PAIR}}}, "The pairs."
    ),
)
def list_duplicates(request: HttpRequest) -> HttpResponse:
    context = asked_by(request)
    context.actor.require(VIEW)
    params = read_params(request, PARAMS)
    score = params.get("min_score", "")
    if score and not (score.isascii() and score.isdigit() and len(score) <= 3 and int(score) <= 100):
        raise Invalid("Give a score from 0 to 100.", field="min_score")
    for name, known in (("reason", Reason.values), ("verdict", Verdict.values)):
        if params.get(name, "") not in ("", *known):
            raise Invalid(f"Known: {', '.join(one for one in known if one)}.", field=name)
    wanted = Filter(
        lowest=int(score) if score else LIKELY,
        reason=params.get("reason", ""),
        verdict=params.get("verdict", ""),
        customer_id=read_id(params, "customer"),
    )
    limit = read_limit(params.get("limit", ""))
    found = queries.pairs(store=context.store, wanted=wanted, limit=limit, after=read_id(params, "after"))
    return respond({"items": [_pair_json(pair) for pair in found]})


@router.post(
    "/duplicates/{pair_id}/verdict",
    operation_id="decide_duplicate",
    summary="Say that a pair is not the same person, or one household; empty to leave it open again",
    openapi_extra=schemas.json_body(_VERDICT_BODY) | schemas.answers(200, _PAIR, "The pair as it is now."),
)
def decide(request: HttpRequest, pair_id: str = PAIR) -> HttpResponse:
    context = asked_by(request)
    context.actor.require(MERGE)
    read_params(request, ())
    body = read_object(request)
    check_keys(body, ("verdict",))
    if "verdict" not in body:
        raise Invalid("Say which verdict.", field="verdict")
    known = parse_id(pair_id)
    if known is None:
        raise NotFound("There is no such pair.")
    services.decide(
        store=context.store,
        pair_ids=[known],
        verdict=read_string(body, "verdict"),
        actor=context.actor,
        now=context.now,
    )
    return respond(_pair_json(queries.get_pair(store=context.store, pair_id=known)))


@router.get(
    "/merges",
    operation_id="list_merges",
    summary="The latest merges",
    openapi_extra={"parameters": schemas.parameters("limit")}
    | schemas.answers(200, {"type": "object"}, "Who went into whom, newest first."),
)
def list_merges(request: HttpRequest) -> HttpResponse:
    context = asked_by(request)
    context.actor.require(VIEW)
    params = read_params(request, ("limit",))
    found = queries.latest_merges(store=context.store, limit=read_limit(params.get("limit", "")))
    items = [
        {
            "id": str(merge.pk),
            "merged_id": str(merge.loser_id),
            "merged_number": merge.number,
            "into_id": str(merge.survivor_id),
            "into_number": merge.survivor.number,
            "by": merge.actor_name,
            "at": merge.at.isoformat(),
            "can_undo": not merge.is_final,
        }
        for merge in found
    ]
    return respond({"items": items})


@router.post(
    "/merges/{merge_id}/undo",
    operation_id="undo_merge",
    summary="Split two customers again that were merged",
    openapi_extra=schemas.answers(
        200, {"type": "object"}, "The customer that is its own again, and facts that changed since and stay."
    ),
)
def undo_merge(request: HttpRequest, merge_id: str = MERGE_ID) -> HttpResponse:
    context = asked_by(request)
    context.actor.require(MERGE)
    read_params(request, ())
    known = parse_id(merge_id)
    if known is None:
        raise NotFound("There is no such merge in this store, or it was undone already.")
    merge = queries.get_merge(store=context.store, merge_id=known)
    left = services.unmerge(store=context.store, merge_id=known, actor=context.actor, now=context.now)
    return respond({"id": str(merge.loser_id), "number": merge.number, "left": left})


def _pair_json(pair: Any) -> dict[str, Any]:
    return {
        "id": str(pair.pk),
        "score": pair.score,
        "reasons": pair.reasons,
        "sentences": say_reasons(pair.reasons, pair.likeness, {"phone": pair.first.phone}),
        "verdict": pair.verdict,
        "decided_by": pair.decided_by_name,
        "decided": pair.decided_at.isoformat() if pair.decided_at else None,
        "customers": [
            {"id": str(one.pk), "number": one.number, "name": one.name} for one in (pair.first, pair.second)
        ],
    }
