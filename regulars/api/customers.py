"""What customers have beside their fields: notes, further addresses and groups."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router

from regulars.api import schemas
from regulars.api.access import asked_by
from regulars.api.answers import respond
from regulars.api.reading import check_keys, read_flag, read_object, read_params, read_string, read_values
from regulars.api.records import SAFE
from regulars.customers import queries, services
from regulars.customers.resource import CUSTOMERS
from regulars.customers.resource.permissions import EDIT, NOTES, TAG, VIEW
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.ids import parse_id
from regulars.kit.text import storable
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Field

router = Router(tags=["customers"])
_LABEL = Field(name="label", label="Label", kind=kinds.Text(max_length=60), editable=True)
_NAME = Field(name="name", label="Name", kind=kinds.Text(max_length=200), editable=True)
_OF_CUSTOMER = ("company", "address", "building", "city", "region", "postcode", "country", "phone")
_BY_NAME = {field.name: field for field in CUSTOMERS.all_fields()}
ADDRESS_FIELDS = (_LABEL, _NAME, *(_BY_NAME[name] for name in _OF_CUSTOMER))
_ADDRESS_BODY: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {field.name: schemas.write_schema(field) for field in ADDRESS_FIELDS},
}
_ADDRESS: dict[str, Any] = {
    "type": "object",
    "properties": {"id": schemas.UUID} | {field.name: schemas.read_schema(field) for field in ADDRESS_FIELDS},
}
_TEXT = {"type": "string", "minLength": 1}
_NOTE_BODY = {
    "type": "object",
    "additionalProperties": False,
    "required": ["body"],
    "properties": {"body": _TEXT | {"maxLength": 10_000}, "pinned": {"type": "boolean"}},
}
_GROUP_BODY = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name"],
    "properties": {"name": _TEXT | {"maxLength": 80}},
}
ADDRESS_ID = Path(..., description="The id of the address.")


def _items(schema: dict[str, Any]) -> dict[str, Any]:
    items = {"type": "array", "items": schema}
    return {"type": "object", "required": ["items"], "properties": {"items": items}}


def _customer(request: HttpRequest, record_id: str, permission: str) -> tuple[Context, UUID]:
    """The asker and the customer's id. Raises `NotAllowed` and `NotFound`."""
    context = asked_by(request)
    context.actor.require(VIEW)
    context.actor.require(permission)
    read_params(request, ())
    known = parse_id(record_id)
    if known is None:
        raise NotFound("This customer does not exist in this store.")
    return context, queries.get_customer(store=context.store, customer_id=known).pk


@router.get(
    "/customers/{record_id}/notes",
    operation_id="list_customers_notes",
    summary="Notes about a customer: pinned ones first, then the newest",
    openapi_extra=schemas.answers(200, _items(schemas.ref("Note")), "The notes."),
)
def list_notes(request: HttpRequest, record_id: str = SAFE) -> HttpResponse:
    context, known = _customer(request, record_id, VIEW)
    notes = queries.notes_of(store=context.store, customer_id=known)
    return respond({"items": [_note_json(note) for note in notes]})


@router.post(
    "/customers/{record_id}/notes",
    operation_id="create_customers_notes",
    summary="Write a note about a customer",
    openapi_extra=schemas.json_body(_NOTE_BODY) | schemas.answers(201, schemas.ref("Note"), "The note."),
)
def create_note(request: HttpRequest, record_id: str = SAFE) -> HttpResponse:
    context, known = _customer(request, record_id, NOTES)
    body = read_object(request)
    check_keys(body, ("body", "pinned"))
    note = services.add_note(
        store=context.store,
        customer_id=known,
        body=read_string(body, "body"),
        pinned=read_flag(body, "pinned"),
        actor=context.actor,
        now=context.now,
    )
    return respond(_note_json(note), status=201)


@router.get(
    "/customers/{record_id}/addresses",
    operation_id="list_customers_addresses",
    summary="Further addresses of a customer; the main one is part of the record",
    openapi_extra=schemas.answers(200, _items(_ADDRESS), "The addresses."),
)
def list_addresses(request: HttpRequest, record_id: str = SAFE) -> HttpResponse:
    context, known = _customer(request, record_id, VIEW)
    found = queries.addresses_of(store=context.store, customer_id=known)
    return respond({"items": [_address_json(address) for address in found]})


@router.post(
    "/customers/{record_id}/addresses",
    operation_id="create_customers_addresses",
    summary="Add an address to a customer",
    openapi_extra=schemas.json_body(_ADDRESS_BODY) | schemas.answers(201, _ADDRESS, "The address."),
)
def create_address(request: HttpRequest, record_id: str = SAFE) -> HttpResponse:
    context, known = _customer(request, record_id, EDIT)
    values = _address_values(read_object(request), context)
    address = services.add_address(
        store=context.store, customer_id=known, values=values, actor=context.actor, now=context.now
    )
    return respond(_address_json(address), status=201)


@router.patch(
    "/customers/{record_id}/addresses/{address_id}",
    operation_id="edit_customers_addresses",
    summary="Change an address",
    openapi_extra=schemas.json_body(_ADDRESS_BODY)
    | schemas.answers(200, _ADDRESS, "The address as it is now."),
)
def edit_address(request: HttpRequest, record_id: str = SAFE, address_id: str = ADDRESS_ID) -> HttpResponse:
    context, known = _address(request, record_id, address_id)
    values = _address_values(read_object(request), context)
    address = services.edit_address(
        store=context.store, address_id=known, values=values, actor=context.actor, now=context.now
    )
    return respond(_address_json(address))


@router.delete(
    "/customers/{record_id}/addresses/{address_id}",
    operation_id="delete_customers_addresses",
    summary="Take an address away",
    openapi_extra=schemas.answers(204, {}, "It is gone."),
)
def delete_address(request: HttpRequest, record_id: str = SAFE, address_id: str = ADDRESS_ID) -> HttpResponse:
    context, known = _address(request, record_id, address_id)
    services.remove_address(store=context.store, address_id=known, actor=context.actor, now=context.now)
    return HttpResponse(status=204)


@router.get(
    "/groups",
    tags=["groups"],
    operation_id="list_groups",
    summary="The groups of the store",
    openapi_extra=schemas.answers(200, _items(schemas.ref("Group")), "The groups, by name."),
)
def list_groups(request: HttpRequest) -> HttpResponse:
    context = asked_by(request)
    context.actor.require(VIEW)
    read_params(request, ())
    groups = queries.groups_of(store=context.store)
    return respond({"items": [{"id": str(group.pk), "name": group.name} for group in groups]})


@router.post(
    "/groups",
    tags=["groups"],
    operation_id="create_groups",
    summary="Add a group, or get the one that has this name",
    openapi_extra=schemas.json_body(_GROUP_BODY) | schemas.answers(201, schemas.ref("Group"), "The group."),
)
def create_group(request: HttpRequest) -> HttpResponse:
    context = asked_by(request)
    context.actor.require(TAG)
    body = read_object(request)
    check_keys(body, ("name",))
    name = storable(read_string(body, "name"))
    if not name.strip():
        raise Invalid("Give the group a name.", field="name")
    group = services.create_group(store=context.store, name=name, actor=context.actor, now=context.now)
    return respond({"id": str(group.pk), "name": group.name}, status=201)


def _address(request: HttpRequest, record_id: str, address_id: str) -> tuple[Context, UUID]:
    context, customer_id = _customer(request, record_id, EDIT)
    wanted = parse_id(address_id)
    found = queries.addresses_of(store=context.store, customer_id=customer_id)
    if wanted not in {address.pk for address in found}:
        raise NotFound("This customer has no such address.")
    assert wanted is not None
    return context, wanted


def _address_values(body: Mapping[str, Any], context: Context) -> dict[str, Any]:
    return read_values(body, ADDRESS_FIELDS, ADDRESS_FIELDS, context)


def _address_json(address: Any) -> dict[str, Any]:
    return {"id": str(address.pk)} | {field.name: getattr(address, field.name) for field in ADDRESS_FIELDS}


def _note_json(note: Any) -> dict[str, Any]:
    edited: datetime | None = note.edited_at
    return {
        "id": str(note.pk),
        "body": note.body,
        "author": note.author_name,
        "pinned": note.pinned,
        "created": note.created_at.isoformat(),
        "edited": edited.isoformat() if edited else None,
    }
