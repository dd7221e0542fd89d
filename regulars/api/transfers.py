"""Files in: imports that are checked first and then run."""

from typing import IO, Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from ninja import Path, Router

from regulars.api import schemas
from regulars.api.access import asked_by
from regulars.api.answers import respond
from regulars.api.problems import BadBody, UnsupportedMedia
from regulars.api.reading import read_params
from regulars.api.runs import run_url
from regulars.kit.errors import NotFound
from regulars.kit.ids import parse_id
from regulars.resources.context import Context
from regulars.resources.resource import get_resource
from regulars.transfers import queries, services

router = Router(tags=["imports"])
IMPORT = Path(..., description="The id of an import.")
FAILURES_SHOWN = 100
_FILE: dict[str, Any] = {"type": "string", "format": "binary"}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            "multipart/form-data": {
                "schema": {"type": "object", "required": ["file"], "properties": {"file": _FILE}}
            },
        },
    }
}
_PARAMS = [
    {"in": "query", "name": name, "required": False, "schema": {"type": "string"}, "description": text}
    for name, text in (
        ("resource", "What the file holds; customers by default."),
        ("filename", "For people."),
    )
]


@router.post(
    "/imports",
    operation_id="create_imports",
    summary="Bring a file and have it checked; nothing is written yet",
    openapi_extra={"parameters": _PARAMS} | _BODY
    | schemas.answers(202, schemas.ref("Import"), "It was taken in and is being checked; Location says where."),
)  # fmt: skip
def create_import(request: HttpRequest) -> HttpResponse:
    context = asked_by(request)
    params = read_params(request, ("resource", "filename"))
    resource = get_resource(params.get("resource", "customers"))
    context.actor.require(resource.permission("import"))
    file, name = _file(request)
    view = services.start_import(
        store=context.store,
        resource=resource,
        file=file,
        filename=params.get("filename") or name,
        actor=context.actor,
        now=context.now,
    )
    found = _import_json(view, context)
    return respond(found, status=202, headers={"Location": found["url"]})


@router.get(
    "/imports/{import_id}",
    operation_id="show_imports",
    summary="What an import found or wrote, and how far it is",
    openapi_extra=schemas.answers(200, schemas.ref("Import"), "The import."),
)
def show_import(request: HttpRequest, import_id: str = IMPORT) -> HttpResponse:
    context = asked_by(request)
    read_params(request, ())
    return respond(_import_json(_allowed(import_id, context), context))


@router.post(
    "/imports/{import_id}/run",
    operation_id="run_imports",
    summary="Write what was checked",
    openapi_extra=schemas.answers(202, schemas.ref("Import"), "The worker writes it."),
)
def run_import(request: HttpRequest, import_id: str = IMPORT) -> HttpResponse:
    context = asked_by(request)
    found = _allowed(import_id, context)
    view = services.confirm_import(
        store=context.store, import_id=found.id, actor=context.actor, now=context.now
    )
    return respond(_import_json(view, context), status=202)


@router.post(
    "/imports/{import_id}/cancel",
    operation_id="cancel_imports",
    summary="Stop after the current batch; what was written stays",
    openapi_extra=schemas.answers(202, schemas.ref("Import"), "It stops."),
)
def cancel_import(request: HttpRequest, import_id: str = IMPORT) -> HttpResponse:
    context = asked_by(request)
    found = _allowed(import_id, context)
    view = services.cancel_import(
        store=context.store, import_id=found.id, actor=context.actor, now=context.now
    )
    return respond(_import_json(view, context), status=202)


@router.get(
    "/imports/{import_id}/failed.csv",
    operation_id="list_failed_rows",
    summary="The rows that were not taken, with the same headers and a column “error”",
    openapi_extra=schemas.answers(
        200, {"type": "string"}, "A file to mend and bring again.", type="text/csv"
    ),
)
def failed_rows(request: HttpRequest, import_id: str = IMPORT) -> HttpResponseBase:
    context = asked_by(request)
    read_params(request, ())
    found = _allowed(import_id, context)
    pieces = services.export_failed_rows(store=context.store, import_id=found.id, actor=context.actor)
    return _csv(pieces, "failed.csv")


def _csv(pieces: Any, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _file(request: HttpRequest) -> tuple[Any, str]:
    """The file in the body: as it is (text/csv), or as the part `file` of a form."""
    if request.content_type in ("text/csv", "application/octet-stream", "text/plain"):
        return cast(IO[bytes], request), "import.csv"
    if request.content_type != "multipart/form-data":
        raise UnsupportedMedia("Send the file as text/csv, or as the part “file” of multipart/form-data.")
    sent = request.FILES.get("file")
    if sent is None:
        raise BadBody("Send the file as the part “file”.")
    return sent, sent.name or "import.csv"


def _allowed(import_id: str, context: Context) -> queries.ImportView:
    known = parse_id(import_id)
    if known is None:
        raise NotFound("This import does not exist.")
    view = queries.get_import(store=context.store, import_id=known)
    context.actor.require(get_resource(view.resource).permission("import"))
    return view


def _import_json(view: queries.ImportView, context: Context) -> dict[str, Any]:
    url = f"/api/v1/imports/{view.id}"
    failures = queries.failures(store=context.store, import_id=view.id, limit=FAILURES_SHOWN)
    return {
        "id": str(view.id),
        "url": url,
        "resource": view.resource,
        "file_name": view.file_name,
        "state": str(view.state.value),
        "counts": view.counts,
        "done": view.done,
        "total": view.total,
        "message": view.message,
        "run": run_url(view.run_id),
        "change_set": str(view.change_set_id) if view.change_set_id else None,
        "columns": [
            {"header": column.header, "field": column.field, "reason": column.reason}
            for column in view.columns
        ],
        "failures": [
            {"line": one.line, "column": one.column, "value": one.value, "message": one.sentence}
            for one in failures
        ],
        "failed_rows": f"{url}/failed.csv",
        "created": view.created_at.isoformat(),
        "finished": view.finished_at.isoformat() if view.finished_at else None,
    }
