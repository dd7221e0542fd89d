"""List, show, create, edit, act and history of any resource: the same five addresses for each one in the registry."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Path, Router

from regulars.api import schemas
from regulars.api.access import asked_by
from regulars.api.answers import respond
from regulars.api.reading import (
    QUERY_PARAMS,
    check_keys,
    read_flag,
    read_ids,
    read_limit,
    read_moment,
    read_object,
    read_params,
    read_query,
    read_string,
    read_text,
    read_values,
    read_version,
)
from regulars.api.runs import performed_answer, performed_json
from regulars.kit.errors import Invalid, InvalidRecord
from regulars.kit.ids import parse_id
from regulars.resources.context import Context
from regulars.resources.execute import Selection, perform, rehearse
from regulars.resources.field import Field
from regulars.resources.idempotency import answer_once, take_once
from regulars.resources.page import count_matching, fetch_page
from regulars.resources.query import Query
from regulars.resources.record import fetch_record, record_json
from regulars.resources.resource import Resource
from regulars.timeline.queries import Happening, happenings

LIST_PARAMS = (*QUERY_PARAMS, "view", "sort", "columns", "fields", "limit", "after", "before")
SAFE = Path(..., description="The id of the record.")


def router_for(resource: Resource, *, create: bool = True) -> Router:
    """The addresses of one resource; without `create` the resource has a way of its own to add records."""
    router = Router(tags=[resource.name])
    title = str(resource.singular)
    item, items = schemas.ref(title), str(resource.label).lower()
    one = f"/{resource.name}/{{record_id}}"

    @router.get(
        f"/{resource.name}",
        operation_id=f"list_{resource.name}",
        summary=f"List {items}",
        openapi_extra={"parameters": schemas.parameters(*LIST_PARAMS)}
        | schemas.answers(
            200, schemas.list_of(title), "A page, with links to its neighbours also in the header Link."
        ),
    )
    def list_records(request: HttpRequest) -> HttpResponse:
        context = asked_by(request)
        context.actor.require(resource.permission("view"))
        params = read_params(request, LIST_PARAMS)
        query = read_query(resource, params, context)
        return _page(query, params, context, base=request.path)

    def create_record(request: HttpRequest) -> HttpResponse:
        context = asked_by(request)
        context.actor.require(resource.permission("create"))
        body = read_object(request)
        values = _values(body, resource.creatable_fields(context.actor), resource, context)
        record_id, is_new = take_once(
            resource=resource,
            values={name: value for name, value in values.items() if value is not None},
            key=request.headers.get("Idempotency-Key", "").strip(),
            request=orjson.dumps(body, option=orjson.OPT_SORT_KEYS),
            context=context,
        )
        found = whole(resource, record_id, context)
        location = f"{request.path}/{record_id}"
        return respond(found, status=201 if is_new else 200, headers={"Location": location} | _etag(found))

    if create:
        router.post(
            f"/{resource.name}",
            operation_id=f"create_{resource.name}",
            summary=f"Add one of the {items}",
            openapi_extra={"parameters": [schemas.IDEMPOTENCY_KEY]}
            | schemas.json_body(schemas.ref(f"{title}Create"))
            | schemas.answers(
                201,
                item,
                "It was added; Location says where it is.",
                also={200: "The same key or external id was sent before: nothing new."},
            ),
        )(create_record)

    @router.get(
        one,
        operation_id=f"show_{resource.name}",
        summary="Show one",
        openapi_extra=schemas.answers(200, item, "The record; ETag holds its version."),
    )
    def show_record(request: HttpRequest, record_id: str = SAFE) -> HttpResponse:
        context = asked_by(request)
        context.actor.require(resource.permission("view"))
        read_params(request, ())
        found = whole(resource, parse_id(record_id), context)
        # A record that was merged away is answered with the one it lives on in; this says where that is.
        return respond(found, headers=_etag(found) | _location(resource, record_id, found))

    @router.patch(
        one,
        operation_id=f"edit_{resource.name}",
        summary="Change fields of one",
        openapi_extra={"parameters": [schemas.IF_MATCH]}
        | schemas.json_body(schemas.ref(f"{title}Edit"))
        | schemas.answers(200, item, "The record as it is now."),
    )
    def edit_record(request: HttpRequest, record_id: str = SAFE) -> HttpResponse:
        context = asked_by(request)
        context.actor.require(resource.permission("edit"))
        known = _existing(resource, record_id, context)
        body = read_object(request)
        version = read_version(request, body)
        given = {name: value for name, value in body.items() if name != "version"}
        values = _values(given, resource.editable_fields(context.actor), resource, context)
        resource.edit(
            store=context.store,
            record_id=known,
            values=values,
            base_version=version,
            actor=context.actor,
            now=context.now,
        )
        found = whole(resource, known, context)
        return respond(found, headers=_etag(found))

    @router.get(
        f"{one}/events",
        operation_id=f"list_{resource.name}_events",
        summary="What happened to one, newest first",
        openapi_extra={"parameters": schemas.parameters("limit", "until")}
        | schemas.answers(
            200,
            {"type": "object", "properties": {"items": {"type": "array", "items": schemas.ref("Event")}}},
            "Its events.",
        ),
    )
    def list_events(request: HttpRequest, record_id: str = SAFE) -> HttpResponse:
        context = asked_by(request)
        context.actor.require(resource.permission("view"))
        params = read_params(request, ("limit", "until"))
        known = _existing(resource, record_id, context)
        limit, until = read_limit(params.get("limit", "")), read_moment(params, "until")
        found = happenings(store=context.store, record_id=known, limit=limit, before=until)
        seen = resource.seen_by(context.actor)
        return respond({"items": [_event_json(event, seen) for event in found]})

    @router.post(
        f"/{resource.name}/actions/{{name}}",
        operation_id=f"act_on_{resource.name}",
        summary=f"Perform an action on {items}",
        description="Actions: " + ", ".join(f"`{action.name}`" for action in resource.all_actions()) + ".",
        openapi_extra={"parameters": [schemas.IDEMPOTENCY_KEY]}
        | schemas.json_body(schemas.ref(f"{title}Act"))
        | schemas.answers(
            200, schemas.ref("Performed"), "What was done; 202 with a run when the worker does it."
        ),
    )
    def act(request: HttpRequest, name: str) -> HttpResponse:
        context = asked_by(request)
        context.actor.require(resource.permission("view"))
        action = resource.action(name)
        context.actor.require(action.permission)
        body = read_object(request)
        check_keys(body, (*QUERY_PARAMS, "ids", "inputs", "dry_run"))
        selection = _selection(resource, body, context)
        inputs = _inputs(action.inputs, body.get("inputs", {}))
        if read_flag(body, "dry_run"):
            rehearsal = rehearse(
                resource=resource, name=name, selection=selection, raw_inputs=inputs, context=context
            )
            counts = {"matched": rehearsal.matched, "done": 0, "skipped": 0}
            told = {"preview": rehearsal.sentences, "irreversible": rehearsal.irreversible}
            return respond(counts | told)

        said: dict[UUID, str] = {}

        def answer() -> dict[str, Any]:
            performed = perform(
                resource=resource, name=name, selection=selection, raw_inputs=inputs, context=context
            )
            said.update(performed.said)
            return performed_json(performed)

        body, _is_new = answer_once(
            what=f"{resource.name}.{name}",
            key=request.headers.get("Idempotency-Key", "").strip(),
            request=orjson.dumps(body, option=orjson.OPT_SORT_KEYS),
            context=context,
            answer=answer,
        )
        # Beside the answer that is kept for a repeated request: a password is told once.
        told_once = [{"id": str(record_id), "text": text} for record_id, text in said.items()]
        return performed_answer(body | ({"said": told_once} if told_once else {}), context)

    return router


def _page(query: Query, params: dict[str, str], context: Context, *, base: str) -> HttpResponse:
    actor = context.actor
    asked = [query.resource.field(name, actor) for name in query.columns]
    fields = [field for field in asked if field] or query.resource.fields(actor)
    page = fetch_page(query, context, fields)
    count = count_matching(query, context)
    kept = {name: value for name, value in params.items() if name not in ("after", "before")}
    links = {
        rel: f"{base}?{urlencode(kept | {parameter: cursor})}" if cursor else None
        for rel, parameter, cursor in (("next", "after", page.next), ("prev", "before", page.previous))
    }
    body = {
        "items": [_with_currency(record_json(row, fields, context), context) for row in page.rows],
        "next": links["next"],
        "previous": links["prev"],
        "count": {"value": count.value, "exact": count.exact},
    }
    link = ", ".join(f'<{url}>; rel="{rel}"' for rel, url in links.items() if url)
    return respond(body, headers={"Link": link} if link else None)


def _values(
    body: dict[str, Any], writable: list[Field], resource: Resource, context: Context
) -> dict[str, Any]:
    values = read_values(body, writable, resource.fields(context.actor), context)
    for field in writable:
        if field.name in values and isinstance(body[field.name], str):
            values |= field.kind.beside(body[field.name])
    return values


def whole(resource: Resource, record_id: UUID | None, context: Context) -> dict[str, Any]:
    """A record with every field that the actor may see. Raises `NotFound`."""
    fields = resource.fields(context.actor)
    row = fetch_record(resource, record_id, fields, context)
    return _with_currency(record_json(row, fields, context), context)


def _with_currency(found: dict[str, Any], context: Context) -> dict[str, Any]:
    return {"currency": context.store.currency} | found


def _location(resource: Resource, asked: str, found: dict[str, Any]) -> dict[str, str]:
    if parse_id(asked) == parse_id(found["id"]):
        return {}
    return {"Content-Location": f"/api/v1/{resource.name}/{found['id']}"}


def _etag(found: dict[str, Any]) -> dict[str, str]:
    return {"ETag": f'"{found["version"]}"'} if "version" in found else {}


def _existing(resource: Resource, record_id: str, context: Context) -> UUID:
    known: UUID = fetch_record(resource, parse_id(record_id), (), context)["id"]
    return known


def _selection(resource: Resource, body: dict[str, Any], context: Context) -> Selection:
    by_query = [name for name in QUERY_PARAMS if name in body]
    if "ids" in body:
        if by_query:
            raise Invalid("Give ids or a query, not both.", field="ids")
        return Selection(ids=read_ids(body["ids"]))
    if not {"where", "q"}.intersection(by_query):
        raise Invalid("Say which records: ids, where or q; an empty where means all.", field="ids")
    return Selection(
        query=read_query(resource, {name: read_string(body, name) for name in by_query}, context)
    )


def _inputs(fields: tuple[Field, ...], given: Any) -> dict[str, str]:
    if not isinstance(given, dict):
        raise Invalid("Write an object.", field="inputs")
    known = {field.name: field for field in fields}
    inputs: dict[str, str] = {}
    errors: dict[str, str] = {}
    for name, value in given.items():
        if name not in known:
            errors[name] = "This action asks no such thing."
        elif value is not None:
            try:
                inputs[name] = read_text(known[name], value)
            except Invalid as refusal:
                errors[name] = refusal.sentence
    if errors:
        raise InvalidRecord(errors)
    return inputs


def _event_json(event: Happening, seen: Callable[[Mapping[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": str(event.id),
        "kind": event.kind.key,
        "sentence": event.sentence,
        "at": event.at.isoformat(),
        "actor": event.actor_name,
        "actor_kind": event.actor_kind,
        "surface": event.surface,
        "version": event.version,
        "before": seen(event.before),
        "after": seen(event.after),
    }
