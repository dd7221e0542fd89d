"""Segments: make, change and delete them, who is in them, bring them up to date, put customers in and take them out."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from regulars.api import schemas
from regulars.api.access import asked_by
from regulars.api.answers import respond
from regulars.api.reading import (
    check_keys,
    read_flag,
    read_ids,
    read_limit,
    read_object,
    read_params,
    read_string,
    read_version,
)
from regulars.api.records import SAFE
from regulars.api.runs import run_json
from regulars.customers.resource.permissions import VIEW as SEE_CUSTOMERS
from regulars.kit.errors import Invalid
from regulars.kit.ids import parse_id
from regulars.resources.context import Context
from regulars.segments import queries, services
from regulars.segments.choices import How, SegmentKind
from regulars.segments.queries import Segment
from regulars.segments.rules import EDIT, FILL, VIEW
from regulars.segments.services import MOST_LINES, SegmentFacts

router = Router(tags=["segments"])
_TEXT = {"type": "string"}
_NULL_MOMENT = {"type": ["string", "null"], "format": "date-time"}
_KIND = {"type": "string", "enum": SegmentKind.values}
_FACTS: dict[str, Any] = {
    "name": {"type": "string", "minLength": 1, "maxLength": 80},
    "kind": _KIND,
    "where": {"type": "string", "description": "The conditions of a dynamic segment."},
    "note": {"type": "string", "maxLength": 2000},
}
_USE = {
    "type": "object",
    "properties": {"kind": _TEXT, "id": schemas.UUID, "name": _TEXT},
}
SEGMENT: dict[str, Any] = {
    "type": "object",
    "properties": _FACTS
    | {
        "id": schemas.UUID,
        "version": {"type": "integer"},
        "size": {"type": "integer", "description": "How many were in it at the last count."},
        "counted": _NULL_MOMENT,
        "problem": {"type": "string", "description": "Why the last count did not succeed, if so."},
        "created": schemas.MOMENT,
        "created_by": _TEXT,
        "used_by": {"type": "array", "items": _USE},
    },
}
_ITEMS = {"type": "object", "properties": {"items": {"type": "array", "items": SEGMENT}}}
_CREATE = {
    "type": "object",
    "required": ["name", "kind"],
    "additionalProperties": False,
    "properties": _FACTS,
}
_EDIT: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": _FACTS
    | {
        "version": {"type": ["integer", "null"], "minimum": 0, "description": "Instead of If-Match."},
        "accept_uses": {
            "type": "boolean",
            "description": "Make a dynamic segment static although saved queries use it.",
        },
    },
}
_MEMBER = {
    "type": "object",
    "properties": {
        "customer": schemas.UUID,
        "number": {"type": "integer"},
        "name": _TEXT,
        "since": schemas.MOMENT,
        "how": {"type": "string", "enum": How.values},
    },
}
_MEMBERS = {
    "type": "object",
    "properties": {
        "items": {"type": "array", "items": _MEMBER},
        "next": {"type": ["string", "null"], "description": "The cursor of the next page, for `after`."},
        "counted": _NULL_MOMENT,
    },
}
_IDS = {"type": "array", "items": schemas.UUID, "maxItems": 10_000}
_ADD: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "ids": _IDS,
        "list": {
            "type": "array",
            "items": _TEXT,
            "maxItems": MOST_LINES,
            "description": "Or e-mails and customer numbers.",
        },
        "accept_missing": {
            "type": "boolean",
            "description": "Go on although some of the list mean nobody; else nothing is written.",
        },
    },
}
_CHANGED = {
    "type": "object",
    "properties": {
        "done": {"type": "integer"},
        "skipped": {"type": "integer"},
        "missing": {
            "type": "array",
            "items": {"type": "object", "properties": {"line": {"type": "integer"}, "text": _TEXT}},
        },
        "change_set": {"type": ["string", "null"]},
    },
}


def _asked(request: HttpRequest, permission: str) -> Context:
    context = asked_by(request)
    context.actor.require(permission)
    return context


def _segment(context: Context, record_id: str) -> Segment:
    return queries.get_segment(store=context.store, segment_id=parse_id(record_id) or UUID(int=0))


def _json(segment: Segment, context: Context) -> dict[str, Any]:
    uses = queries.uses_of(store=context.store, segment=segment)
    return _line(segment) | {
        "used_by": [{"kind": use.kind, "id": str(use.id), "name": use.name} for use in uses]
    }


def _line(segment: Segment) -> dict[str, Any]:
    return {
        "id": str(segment.pk),
        "version": segment.version,
        "name": segment.name,
        "kind": segment.kind,
        "where": segment.where,
        "note": segment.note,
        "size": segment.size,
        "counted": segment.counted_at.isoformat() if segment.counted_at else None,
        "problem": segment.problem,
        "created": segment.created_at.isoformat(),
        "created_by": segment.created_by_name,
    }


def _etag(segment: Segment) -> dict[str, str]:
    return {"ETag": f'"{segment.version}"'}


@router.get(
    "/segments",
    operation_id="list_segments",
    summary="The segments of the store, by name",
    openapi_extra=schemas.answers(200, _ITEMS, "All of them."),
)
def list_segments(request: HttpRequest) -> HttpResponse:
    context = _asked(request, VIEW)
    read_params(request, ())
    return respond({"items": [_line(one) for one in queries.list_segments(store=context.store)]})


@router.post(
    "/segments",
    operation_id="create_segments",
    summary="Make a segment",
    openapi_extra=schemas.json_body(_CREATE) | schemas.answers(201, SEGMENT, "It is made."),
)
def create_segment(request: HttpRequest) -> HttpResponse:
    context = _asked(request, EDIT)
    body = read_object(request)
    check_keys(body, _FACTS)
    facts = SegmentFacts(**{name: read_string(body, name) for name in _FACTS})
    made = services.create_segment(store=context.store, facts=facts, actor=context.actor, now=context.now)
    _refresh(made.pk, context)
    found = _segment(context, str(made.pk))
    location = {"Location": f"/api/v1/segments/{found.pk}"}
    return respond(_json(found, context), status=201, headers=location | _etag(found))


@router.get(
    "/segments/{record_id}",
    operation_id="show_segments",
    summary="One segment, and where it is used",
    openapi_extra=schemas.answers(200, SEGMENT, "The segment; ETag holds its version."),
)
def show_segment(request: HttpRequest, record_id: str = SAFE) -> HttpResponse:
    context = _asked(request, VIEW)
    read_params(request, ())
    segment = _segment(context, record_id)
    return respond(_json(segment, context), headers=_etag(segment))


@router.patch(
    "/segments/{record_id}",
    operation_id="edit_segments",
    summary="Change a segment; a new name is written into every saved query that names it",
    openapi_extra={"parameters": [schemas.IF_MATCH]}
    | schemas.json_body(_EDIT)
    | schemas.answers(200, SEGMENT, "The segment as it is now."),
)
def edit_segment(request: HttpRequest, record_id: str = SAFE) -> HttpResponse:
    context = _asked(request, EDIT)
    segment = _segment(context, record_id)
    body = read_object(request)
    check_keys(body, _EDIT["properties"])
    known = SegmentFacts(name=segment.name, kind=segment.kind, where=segment.where, note=segment.note)
    given = {name: read_string(body, name) for name in _FACTS if name in body}
    services.edit_segment(
        store=context.store,
        segment_id=segment.pk,
        facts=SegmentFacts(**(asdict(known) | given)),
        base_version=read_version(request, body),
        actor=context.actor,
        now=context.now,
        accept_uses=read_flag(body, "accept_uses"),
    )
    _refresh(segment.pk, context)
    found = _segment(context, record_id)
    return respond(_json(found, context), headers=_etag(found))


@router.delete(
    "/segments/{record_id}",
    operation_id="delete_segments",
    summary="Delete a segment; refused while saved queries use it",
    openapi_extra=schemas.answers(204, {}, "It is gone; for 30 days that can be undone."),
)
def delete_segment(request: HttpRequest, record_id: str = SAFE) -> HttpResponse:
    context = _asked(request, EDIT)
    segment = _segment(context, record_id)
    services.delete_segment(store=context.store, segment_id=segment.pk, actor=context.actor, now=context.now)
    return HttpResponse(status=204)


@router.post(
    "/segments/{record_id}/refresh",
    operation_id="refresh_segments",
    summary="Bring the members of a segment up to date",
    openapi_extra=schemas.answers(
        200, {"type": "object"}, "The segment; 202 with a run when the worker does it."
    ),
)
def refresh_segment(request: HttpRequest, record_id: str = SAFE) -> HttpResponse:
    context = _asked(request, VIEW)
    segment = _segment(context, record_id)
    run = services.ask_for_refresh(
        store=context.store, segment_id=segment.pk, actor=context.actor, now=context.now
    )
    if run is None:
        return respond(_json(_segment(context, record_id), context))
    found = run_json(run)
    return respond({"run": found}, status=202, headers={"Location": found["url"]})


@router.get(
    "/segments/{record_id}/members",
    operation_id="list_segments_members",
    summary="Who is in a segment, as of its last count",
    openapi_extra={"parameters": schemas.parameters("limit", "after")}
    | schemas.answers(
        200, _MEMBERS, "A page of members; `GET /customers?where=in segment …` is always right."
    ),
)
def list_members(request: HttpRequest, record_id: str = SAFE) -> HttpResponse:
    context = _asked(request, VIEW)
    context.actor.require(SEE_CUSTOMERS)
    params = read_params(request, ("limit", "after"))
    limit, after = read_limit(params.get("limit", "")), params.get("after", "")
    key = parse_id(after)
    if after and key is None:
        raise Invalid("This is no cursor of a page of members.", field="after")
    segment = _segment(context, record_id)
    found = queries.members_page(store=context.store, segment_id=segment.pk, after=key, limit=limit + 1)
    items = [
        {
            "customer": str(stay.customer_id),
            "number": stay.customer.number,
            "name": stay.customer.name,
            "since": stay.entered_at.isoformat(),
            "how": stay.how,
        }
        for stay in found[:limit]
    ]
    return respond(
        {
            "items": items,
            "next": items[-1]["customer"] if len(found) > limit else None,
            "counted": segment.counted_at.isoformat() if segment.counted_at else None,
        }
    )


@router.post(
    "/segments/{record_id}/members",
    operation_id="create_segments_members",
    summary="Put customers into a static segment",
    openapi_extra=schemas.json_body(_ADD) | schemas.answers(200, _CHANGED, "What was done."),
)
def add_members(request: HttpRequest, record_id: str = SAFE) -> HttpResponse:
    context = _asked(request, FILL)
    context.actor.require(SEE_CUSTOMERS)
    segment = _segment(context, record_id)
    body = read_object(request)
    check_keys(body, _ADD["properties"])
    if ("ids" in body) == ("list" in body):
        raise Invalid("Give ids, or a list of e-mails and numbers.", field="ids")
    if "ids" in body:
        return _by_ids(services.add_to_segment, segment, body, context)
    lines = body["list"]
    if not isinstance(lines, list) or not all(isinstance(one, str) for one in lines):
        raise Invalid("Write a list of strings.", field="list")
    filled = services.fill_segment(
        store=context.store,
        segment_id=segment.pk,
        text="\n".join(" ".join(one.split()) for one in lines),
        accept_missing=read_flag(body, "accept_missing"),
        actor=context.actor,
        now=context.now,
    )
    return respond(
        {
            "done": filled.found if filled.written else 0,
            "skipped": filled.already,
            "missing": [{"line": one.line, "text": one.text} for one in filled.missing],
            "change_set": str(filled.change_set) if filled.change_set else None,
        }
    )


@router.post(
    "/segments/{record_id}/members/remove",
    operation_id="remove_segments_members",
    summary="Take customers out of a static segment",
    openapi_extra=schemas.json_body(
        {"type": "object", "required": ["ids"], "additionalProperties": False, "properties": {"ids": _IDS}}
    )
    | schemas.answers(200, _CHANGED, "What was done."),
)
def remove_members(request: HttpRequest, record_id: str = SAFE) -> HttpResponse:
    context = _asked(request, FILL)
    context.actor.require(SEE_CUSTOMERS)
    segment = _segment(context, record_id)
    body = read_object(request)
    check_keys(body, ("ids",))
    return _by_ids(services.remove_from_segment, segment, body, context)


def _by_ids(service: Any, segment: Segment, body: dict[str, Any], context: Context) -> HttpResponse:
    outcome = service(
        store=context.store,
        ids=list(read_ids(body.get("ids"))),
        inputs={"segment": str(segment.pk)},
        actor=context.actor,
        now=context.now,
        change_set=None,
    )
    return respond(
        {
            "done": len(outcome.done),
            "skipped": len(outcome.skipped),
            "missing": [],
            "change_set": str(outcome.change_set) if outcome.change_set else None,
        }
    )


def _refresh(segment_id: UUID, context: Context) -> None:
    services.ask_for_refresh(store=context.store, segment_id=segment_id, actor=context.actor, now=context.now)
