"""Many at once: a list of records, payments or returns is sent, and each is taken or refused by itself."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from regulars.api import schemas
from regulars.api.access import asked_by
from regulars.api.answers import respond
from regulars.api.reading import check_keys, read_object, read_values
from regulars.kit.errors import Invalid, InvalidRecord, Refused
from regulars.resources.context import Context
from regulars.resources.idempotency import take_once
from regulars.resources.resource import Resource

MOST = 500
NEW, SAME, FAILED = OUTCOMES = ("new", "same", "failed")

# Takes one of the list: its id, and whether it is new.
Take = Callable[[dict[str, Any], Context], tuple[UUID, bool]]


def list_schema(items: schemas.Schema, most: int) -> schemas.Schema:
    """A list of so many at most."""
    return {"type": "array", "items": items, "maxItems": most}


def bulk_router(
    *,
    path: str,
    name: str,
    summary: str,
    permissions: tuple[str, ...],
    schema: schemas.Schema,
    take: Take,
) -> Router:
    """The address that takes up to 500 at once, under the key `name` of the body."""
    router = Router(tags=[path.split("/")[1]])
    body = {
        "type": "object",
        "additionalProperties": False,
        "required": [name],
        "properties": {name: list_schema(schema, MOST)},
    }

    @router.post(
        path,
        operation_id="create_many_" + path.strip("/").removesuffix("/bulk").replace("/", "_"),
        summary=summary,
        openapi_extra=schemas.json_body(body)
        | schemas.answers(200, _ANSWER, "What became of each, in the order they were sent."),
    )
    def take_many(request: HttpRequest) -> HttpResponse:
        context = asked_by(request)
        for permission in permissions:
            context.actor.require(permission)
        sent = read_object(request)
        check_keys(sent, (name,))
        given = sent.get(name)
        if not isinstance(given, list) or len(given) > MOST:
            raise Invalid(f"Give a list of up to {MOST} {name}.", field=name)
        items = [_taken(one, name, take, context) for one in given]
        counts = {outcome: sum(item["outcome"] == outcome for item in items) for outcome in OUTCOMES}
        return respond({**counts, "items": items})

    return router


def bulk_router_for(resource: Resource) -> Router:
    """The address that takes many records of a resource."""

    def take(given: dict[str, Any], context: Context) -> tuple[UUID, bool]:
        visible, writable = resource.fields(context.actor), resource.creatable_fields(context.actor)
        values = read_values(given, writable, visible, context)
        values = {name: value for name, value in values.items() if value is not None}
        return take_once(resource=resource, values=values, key="", request=b"", context=context)

    items = str(resource.label).lower()
    return bulk_router(
        path=f"/{resource.name}/bulk",
        name=resource.name,
        summary=f"Add up to {MOST} {items}, each by itself; those sent with their external id before stay as they are",
        permissions=(resource.permission("create"),),
        schema=schemas.ref(f"{resource.singular}Create"),
        take=take,
    )


def _taken(given: Any, name: str, take: Take, context: Context) -> dict[str, Any]:
    try:
        if not isinstance(given, dict):
            raise Invalid("Write an object.", field=name)
        record_id, is_new = take(given, context)
    except InvalidRecord as refusal:
        return {"outcome": FAILED, "id": None, "errors": refusal.errors}
    except Refused as refusal:
        return {"outcome": FAILED, "id": None, "errors": {refusal.field or name: refusal.sentence}}
    return {"outcome": NEW if is_new else SAME, "id": str(record_id), "errors": {}}


_ANSWER: schemas.Schema = {
    "type": "object",
    "required": [*OUTCOMES, "items"],
    "properties": {
        NEW: {"type": "integer"},
        SAME: {"type": "integer", "description": "Known by their external id already; left as they are."},
        FAILED: {"type": "integer"},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["outcome", "id", "errors"],
                "properties": {
                    "outcome": {"type": "string", "enum": list(OUTCOMES)},
                    "id": {
                        "type": ["string", "null"],
                        "description": "The record, or what the part belongs to.",
                    },
                    "errors": {"type": "object", "description": "A sentence for each field that is wrong."},
                },
            },
        },
    },
}
