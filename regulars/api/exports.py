"""Files out: streamed while they are made, or made by the worker and kept for a week; and the ledger of both."""

from collections.abc import Iterator
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from ninja import Path, Router

from regulars.api import schemas
from regulars.api.access import asked_by
from regulars.api.answers import respond, respond_page
from regulars.api.reading import (
    QUERY_PARAMS,
    check_keys,
    read_flag,
    read_id,
    read_ids,
    read_limit,
    read_moment,
    read_object,
    read_params,
    read_query,
    read_string,
)
from regulars.api.runs import run_url
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.ids import parse_id
from regulars.resources.context import Context
from regulars.resources.resource import Resource, get_resource
from regulars.transfers import ledger, services
from regulars.transfers.choices import ExportState
from regulars.transfers.ledger import ExportView
from regulars.transfers.writing import FORMATS, FileFormat, format_named

router = Router(tags=["exports"])
_TYPES = sorted({one.content_type.partition(";")[0] for one in FORMATS.values()})
EXPORT = Path(..., description="The id of an export; that of the act, too.")
EXPORT_PARAMS = (*QUERY_PARAMS, "view", "sort", "columns", "fields")
LEDGER_PARAMS = ("actor", "format", "since", "until", "limit", "before")
ASKED = ("resource", "ids", *QUERY_PARAMS, "view", "sort", "columns", "preset", "format", "byte_order_mark")


@router.post(
    "/exports",
    operation_id="create_exports",
    summary="Have a file made in any format; small ones are ready at once",
    openapi_extra=schemas.json_body(schemas.ref("ExportAsked"))
    | schemas.answers(202, schemas.ref("Export"), "It is made; Location says where to ask how far it is."),
)
def create_export(request: HttpRequest) -> HttpResponse:
    context = asked_by(request)
    body = read_object(request)
    check_keys(body, (*ASKED, "reason"))
    resource = get_resource(read_string(body, "resource") or "customers")
    context.actor.require(resource.permission("export"))
    made = services.keep_export(asked=_asked(resource, body, context), context=context)
    view = ledger.get_export(store=context.store, export_id=made.pk, now=context.now)
    found = _json(view, context)
    return respond(found, status=202, headers={"Location": found["url"]})


def _asked(resource: Resource, body: dict[str, Any], context: Context) -> services.Asked:
    columns = body.get("columns", [])
    if not isinstance(columns, list) or not all(isinstance(one, str) for one in columns):
        raise Invalid("Write a list of names.", field="columns")
    ids, named = body.get("ids", []), [name for name in (*QUERY_PARAMS, "view", "sort") if name in body]
    if "ids" in body:
        if set(named) - {"sort"}:
            raise Invalid("Give ids or a query, not both.", field="ids")
        if not ids:
            raise Invalid("Give at least one id.", field="ids")
    query = read_query(resource, {name: read_string(body, name) for name in named}, context)
    return services.Asked(
        query=query,
        ids=read_ids(ids),
        columns=tuple(columns) or query.columns or ("all",),
        preset=read_string(body, "preset"),
        format=read_string(body, "format") or "csv",
        byte_order_mark=read_flag(body, "byte_order_mark"),
        reason=read_string(body, "reason"),
    )


@router.get(
    "/exports",
    operation_id="list_exports",
    summary="The ledger: who took what out, newest first",
    openapi_extra={"parameters": schemas.parameters("limit", "until")}
    | schemas.answers(200, {"type": "object"}, "Exports, and the address of the next page."),
)
def list_exports(request: HttpRequest) -> HttpResponse:
    context = asked_by(request)
    context.actor.require(get_resource("customers").permission("export"))
    params = read_params(request, LEDGER_PARAMS)
    limit = read_limit(params.get("limit", ""))
    found = ledger.list_exports(
        store=context.store,
        actor=context.actor,
        now=context.now,
        wanted=_filter(params),
        limit=limit + 1,
    )
    return respond_page(
        found,
        limit,
        request=request,
        params=params,
        item=lambda view: _json(view, context),
        cursor=lambda view: {"before": str(view.export.pk)},
    )


def _filter(params: dict[str, str]) -> ledger.Filter:
    return ledger.Filter(
        actor_id=read_id(params, "actor"),
        format=format_named(params["format"]).name if params.get("format") else "",
        since=read_moment(params, "since"),
        until=read_moment(params, "until"),
        before=read_id(params, "before"),
    )


@router.get(
    "/exports/{export_id}",
    operation_id="show_exports",
    summary="How far an export is, and what is in it",
    openapi_extra=schemas.answers(200, schemas.ref("Export"), "The export."),
)
def show_export(request: HttpRequest, export_id: str = EXPORT) -> HttpResponse:
    context = asked_by(request)
    read_params(request, ())
    return respond(_json(_open(export_id, context), context))


@router.get(
    "/exports/{export_id}/file",
    operation_id="show_export_file",
    summary="The file, for a week after it was made",
    openapi_extra=schemas.answers(
        200,
        {"type": "string", "format": "binary"},
        "The file, in the format that was asked for.",
        types=_TYPES,
    ),
)
def show_export_file(request: HttpRequest, export_id: str = EXPORT) -> HttpResponseBase:
    context = asked_by(request)
    read_params(request, ())
    view = _open(export_id, context)
    kept = services.fetch_export(
        store=context.store, export_id=view.export.pk, actor=context.actor, now=context.now
    )
    return _to_save(FileResponse(kept.file, content_type=kept.content_type), kept.name)


def export_router(resource: Resource) -> Router:
    """The exports of one resource that are sent while they are made."""
    exports = Router(tags=[resource.name])
    for one in FORMATS.values():
        if one.streams:
            _add_stream(exports, resource, one)
    return exports


def _add_stream(exports: Router, resource: Resource, file_format: FileFormat) -> None:
    name = "" if file_format.name == "csv" else f"_{file_format.name}"

    @exports.get(
        f"/{resource.name}/export{file_format.suffix}",
        operation_id=f"export_{resource.name}{name}",
        summary=f"Every record of a query as {file_format.label}, streamed",
        openapi_extra={"parameters": schemas.parameters(*EXPORT_PARAMS)}
        | schemas.answers(
            200, {"type": "string"}, "The file.", types=[file_format.content_type.partition(";")[0]]
        ),
    )
    def export_records(request: HttpRequest) -> HttpResponseBase:
        context = asked_by(request)
        context.actor.require(resource.permission("export"))
        query = read_query(resource, read_params(request, EXPORT_PARAMS), context)
        asked = services.Asked(query=query, columns=query.columns or ("all",), format=file_format.name)
        file_name, pieces = services.stream_export(asked=asked, context=context)
        return _sent(pieces, file_name, file_format.content_type)


def _sent(pieces: Iterator[bytes], name: str, content_type: str) -> HttpResponseBase:
    return _to_save(StreamingHttpResponse(pieces, content_type=content_type), name)


def _to_save(response: StreamingHttpResponse, name: str) -> HttpResponseBase:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _open(export_id: str, context: Context) -> ExportView:
    known = parse_id(export_id)
    if known is None:
        raise NotFound("This export does not exist.")
    view = ledger.get_export(store=context.store, export_id=known, now=context.now)
    context.actor.require(get_resource(view.export.resource).permission("export"))
    return view


def _json(view: ExportView, context: Context) -> dict[str, Any]:
    export = view.export
    words, query = ledger.filter_of(export=export, actor=context.actor)
    url = f"/api/v1/exports/{export.pk}"
    return {
        "id": str(export.pk),
        "url": url,
        "resource": export.resource,
        "scope": export.scope,
        "filter": words,
        "query": query,
        "columns": export.columns,
        "preset": export.preset,
        "format": export.format,
        "reason": export.reason,
        "state": str(view.state.value),
        "done": view.done,
        "total": view.total,
        "message": view.message,
        "run": run_url(export.run_id) if export.run_id else None,
        "rows": export.row_count,
        "size": export.size,
        "sha256": export.sha256,
        "file": f"{url}/file" if view.state == ExportState.READY else None,
        "fetched": view.fetched,
        "by": {"id": str(export.actor_id) if export.actor_id else None, "name": export.actor_name},
        "created": export.created_at.isoformat(),
        "finished": export.finished_at.isoformat() if export.finished_at else None,
        "expires": export.expires_at.isoformat() if export.expires_at else None,
    }
