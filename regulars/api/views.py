"""Saved views: those the token may open, and making, changing and deleting them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from regulars.api import schemas
from regulars.api.access import asked_by
from regulars.api.answers import respond
from regulars.api.reading import check_keys, read_object, read_params, read_query, read_string, read_version
from regulars.api.records import SAFE
from regulars.kit.errors import Invalid
from regulars.kit.ids import parse_id
from regulars.resources.context import Context
from regulars.resources.query import Query
from regulars.resources.resource import get_resource
from regulars.staff.choices import Role
from regulars.views import queries, services
from regulars.views.choices import Density, Scope
from regulars.views.queries import View

router = Router(tags=["views"])
_TEXT = {"type": "string"}
_SHOWN = ("tab", "q", "where", "sort", "columns")
_FACTS: dict[str, Any] = {
    "name": _TEXT | {"minLength": 1, "maxLength": 80},
    "scope": {
        "type": "string",
        "enum": Scope.values,
        "default": Scope.PERSONAL.value,
        "description": "For whom it is; a personal one is the token's own.",
    },
    "role": {"type": "string", "enum": ["", *Role.values], "description": "The role, with the scope “role”."},
    "tab": _TEXT,
    "q": _TEXT | {"maxLength": 200},
    "where": _TEXT | {"maxLength": 4000},
    "sort": _TEXT,
    "columns": {"type": "array", "items": _TEXT, "maxItems": 100},
    "density": {"type": "string", "enum": ["", *Density.values]},
}
VIEW: dict[str, Any] = {
    "type": "object",
    "properties": _FACTS
    | {
        "id": schemas.UUID,
        "version": {"type": "integer"},
        "resource": _TEXT,
        "size": {"type": "integer", "description": "Rows a page in the desk."},
        "owner": _TEXT,
        "changed_by": _TEXT,
        "created": schemas.MOMENT,
        "updated": schemas.MOMENT,
    },
}
_ITEMS = {"type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": VIEW}}}
_CREATE: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "additionalProperties": False,
    "properties": {"resource": _TEXT | {"default": "customers"}} | _FACTS,
}
_EDIT: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": _FACTS
    | {"version": {"type": ["integer", "null"], "minimum": 0, "description": "Instead of If-Match."}},
}
_RESOURCE = {
    "in": "query",
    "name": "resource",
    "required": False,
    "schema": _TEXT,
    "description": "Whose views; those of customers by default.",
}


@router.get(
    "/views",
    operation_id="list_views",
    summary="The saved views that the token may open",
    openapi_extra={"parameters": [_RESOURCE]} | schemas.answers(200, _ITEMS, "All of them."),
)
def list_views(request: HttpRequest) -> HttpResponse:
    context = asked_by(request)
    resource = get_resource(read_params(request, ("resource",)).get("resource") or "customers")
    context.actor.require(resource.permission("view"))
    found = queries.views_of(store=context.store, actor=context.actor, resource=resource.name)
    return respond({"items": [_json(view) for view in found]})


@router.post(
    "/views",
    operation_id="create_views",
    summary="Save a view",
    openapi_extra=schemas.json_body(_CREATE)
    | schemas.answers(201, VIEW, "It is saved; Location says where."),
)
def create_view(request: HttpRequest) -> HttpResponse:
    context = asked_by(request)
    body = read_object(request)
    check_keys(body, _CREATE["properties"])
    resource = get_resource(read_string(body, "resource") or "customers")
    view = services.save_view(
        store=context.store,
        query=_query(resource.name, {}, body, context),
        name=read_string(body, "name"),
        scope=read_string(body, "scope") or Scope.PERSONAL,
        role=read_string(body, "role"),
        density=read_string(body, "density"),
        actor=context.actor,
        now=context.now,
    )
    location = {"Location": f"{request.path}/{view.pk}"}
    return respond(_json(view), status=201, headers=location | _etag(view))


@router.get(
    "/views/{record_id}",
    operation_id="show_views",
    summary="One view",
    openapi_extra=schemas.answers(200, VIEW, "The view; ETag holds its version."),
)
def show_view(request: HttpRequest, record_id: str = SAFE) -> HttpResponse:
    context = asked_by(request)
    read_params(request, ())
    view = _view(record_id, context)
    return respond(_json(view), headers=_etag(view))


@router.patch(
    "/views/{record_id}",
    operation_id="edit_views",
    summary="Change what a view shows, its name, or for whom it is",
    openapi_extra={"parameters": [schemas.IF_MATCH]}
    | schemas.json_body(_EDIT)
    | schemas.answers(200, VIEW, "The view as it is now."),
)
def edit_view(request: HttpRequest, record_id: str = SAFE) -> HttpResponse:
    context = asked_by(request)
    view = _view(record_id, context)
    body = read_object(request)
    check_keys(body, _EDIT["properties"])
    shown = any(name in body for name in _SHOWN)
    shared = "scope" in body or "role" in body
    changed = services.change_view(
        store=context.store,
        view_id=view.pk,
        base_version=read_version(request, body),
        query=_query(view.resource, queries.params_of(view=view), body, context) if shown else None,
        density=read_string(body, "density") if "density" in body else None,
        name=read_string(body, "name") if "name" in body else None,
        scope=(read_string(body, "scope") or view.scope) if shared else None,
        role=read_string(body, "role") if "role" in body else "",
        actor=context.actor,
        now=context.now,
    )
    return respond(_json(changed), headers=_etag(changed))


@router.delete(
    "/views/{record_id}",
    operation_id="delete_views",
    summary="Delete a view for everybody who has it",
    openapi_extra=schemas.answers(
        200,
        {"type": "object", "properties": {"change_set": schemas.UUID}},
        "It is deleted; undoing the change set brings it back.",
    ),
)
def delete_view(request: HttpRequest, record_id: str = SAFE) -> HttpResponse:
    context = asked_by(request)
    read_params(request, ())
    view = _view(record_id, context)
    change_set = services.remove_view(
        store=context.store, view_id=view.pk, actor=context.actor, now=context.now
    )
    return respond({"change_set": str(change_set)})


def _view(record_id: str, context: Context) -> View:
    return queries.get_view(store=context.store, actor=context.actor, view_id=parse_id(record_id))


def _query(resource: str, kept: dict[str, str], body: dict[str, Any], context: Context) -> Query:
    """What a body asks a view to show, on top of what it shows."""
    found = get_resource(resource)
    given: dict[str, str] = {
        name: read_string(body, name) for name in ("tab", "q", "where", "sort") if name in body
    }
    if "columns" in body:
        given["columns"] = ",".join(_columns(body["columns"]))
    params = {name: value for name, value in (kept | given).items() if name != "size"}
    params["tab"] = params.get("tab") or found.default_tab
    return read_query(found, params, context)


def _columns(given: Any) -> list[str]:
    if not isinstance(given, list) or not all(isinstance(one, str) and "," not in one for one in given):
        raise Invalid("Give a list of field names.", field="columns")
    return given


def _json(view: View) -> dict[str, Any]:
    return {
        "id": str(view.pk),
        "version": view.version,
        "resource": view.resource,
        "name": view.name,
        "scope": view.scope,
        "role": view.role,
        "tab": view.tab or get_resource(view.resource).default_tab,
        "q": view.q,
        "where": view.where,
        "sort": view.sort,
        "columns": view.columns,
        "size": view.size,
        "density": view.density,
        "owner": view.owner_name,
        "changed_by": view.changed_by,
        "created": view.created_at.isoformat(),
        "updated": view.updated_at.isoformat(),
    }


def _etag(view: View) -> dict[str, str]:
    return {"ETag": f'"{view.version}"'}
