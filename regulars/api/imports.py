"""Files in: imports that are mapped, checked and then run."""

from typing import IO, Any, cast

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from ninja import Path, Router

from regulars.api import import_schemas, schemas
from regulars.api.access import asked_by
from regulars.api.answers import respond, respond_page
from regulars.api.problems import BadBody, UnsupportedMedia
from regulars.api.reading import check_keys, read_limit, read_object, read_params, read_string
from regulars.api.runs import run_url
from regulars.kit.errors import Invalid, NotAllowed, NotFound
from regulars.kit.ids import parse_id
from regulars.resources.context import Context
from regulars.resources.idempotency import answer_once
from regulars.resources.resource import Resource, all_resources, get_resource
from regulars.transfers import queries, services
from regulars.transfers.plan import Plan
from regulars.transfers.queries import ImportView

router = Router(tags=["imports"])
IMPORT = Path(..., description="The id of an import.")
FAILURES_SHOWN = 100
MOST_PLAN = 200_000
_PLAN_PARAMS = ("mode", "phone_country", "tags")


@router.post(
    "/imports",
    operation_id="create_imports",
    summary="Bring a file, or say where it is, and have it checked; nothing is written yet",
    openapi_extra={
        "parameters": [*import_schemas.parameters(import_schemas.START_PARAMS), schemas.IDEMPOTENCY_KEY]
    }
    | import_schemas.BROUGHT
    | schemas.answers(202, schemas.ref("Import"), "It was taken in and is being checked; Location says where."),
)  # fmt: skip
def create_import(request: HttpRequest) -> HttpResponse:
    context = asked_by(request)
    params = read_params(request, import_schemas.START_PARAMS)
    resource = get_resource(params.get("resource", "customers"))
    context.actor.require(resource.permission("import"))
    asks = _flag(params, "wait")
    body = _body(request)
    plan = _plan(body.get("plan"), params, resource, context)
    one: dict[str, Any] = {
        "store": context.store,
        "resource": resource,
        "actor": context.actor,
        "now": context.now,
        "plan": plan,
        "asks": asks,
    }

    def answer() -> dict[str, Any]:
        if "url" in body:
            view = services.start_import_from_url(url=read_string(body, "url"), **one)
        else:
            file, name = _file(request)
            view = services.start_import(file=file, filename=params.get("filename") or name, **one)
        return {"id": str(view.id)}

    # Of a file its length stands for its bytes: it may be larger than memory.
    asked = {
        **params,
        "url": body.get("url"),
        "plan": body.get("plan"),
        "size": request.headers.get("Content-Length"),
    }
    made, _is_new = answer_once(
        what="imports",
        key=request.headers.get("Idempotency-Key", "").strip(),
        request=orjson.dumps(asked, option=orjson.OPT_SORT_KEYS),
        context=context,
        answer=answer,
    )
    found = import_json(allowed(made["id"], context), context)
    return respond(found, status=202, headers={"Location": found["url"]})


@router.get(
    "/imports",
    operation_id="list_imports",
    summary="The imports of the store, newest first",
    openapi_extra={
        "parameters": [*schemas.parameters("limit"), *import_schemas.parameters(import_schemas.LIST_PARAMS)]
    }
    | schemas.answers(200, import_schemas.LISTED, "Imports, and the address of the next page."),
)
def list_imports(request: HttpRequest) -> HttpResponse:
    context = asked_by(request)
    mine = [
        one.name for one in all_resources() if one.importer and context.actor.may(one.permission("import"))
    ]
    if not mine:
        raise NotAllowed("The role of this token does not include importing.")
    params = read_params(request, ("limit", "before"))
    limit, before, before_id = read_limit(params.get("limit", "")), None, None
    if "before" in params:
        last = allowed(params["before"], context)
        before, before_id = last.created_at, last.id
    found = queries.list_imports(
        store=context.store, limit=limit + 1, before=before, before_id=before_id, resources=mine
    )
    return respond_page(
        found,
        limit,
        request=request,
        params=params,
        item=lambda view: _line(view, context),
        cursor=lambda view: {"before": str(view.id)},
    )


@router.get(
    "/imports/{import_id}",
    operation_id="show_imports",
    summary="What an import found or wrote, and how far it is",
    openapi_extra=schemas.answers(200, schemas.ref("Import"), "The import."),
)
def show_import(request: HttpRequest, import_id: str = IMPORT) -> HttpResponse:
    context = asked_by(request)
    read_params(request, ())
    return respond(import_json(allowed(import_id, context), context))


def _step(name: str, summary: str, step: Any) -> None:
    """One way an import moves on, at an address of its own."""

    @router.post(
        f"/imports/{{import_id}}/{name}",
        operation_id=f"{name}_imports",
        summary=summary,
        openapi_extra=schemas.answers(202, schemas.ref("Import"), "The import as it is now."),
    )
    def take_step(request: HttpRequest, import_id: str = IMPORT) -> HttpResponse:
        context = asked_by(request)
        found = allowed(import_id, context)
        view = step(store=context.store, import_id=found.id, actor=context.actor, now=context.now)
        return respond(import_json(view, context), status=202)


for _name, _summary, _service in (
    ("check", "Have the rows checked once the columns are mapped", services.check_import),
    ("run", "Write what was checked", services.confirm_import),
    ("cancel", "Stop after the current batch; what was written stays", services.cancel_import),
    ("retry", "Take a stopped or failed import up where it was", services.retry_import),
    ("discard", "Throw an import away: its file and its rows; what it wrote stays", services.discard_import),
):
    _step(_name, _summary, _service)


@router.get(
    "/imports/{import_id}/failed.csv",
    operation_id="list_failed_rows",
    summary="The rows that were not taken, with the same headers and a column “error”",
    openapi_extra=schemas.answers(
        200, {"type": "string"}, "A file to mend and bring again.", types=["text/csv"]
    ),
)
def failed_rows(request: HttpRequest, import_id: str = IMPORT) -> HttpResponseBase:
    context = asked_by(request)
    read_params(request, ())
    found = allowed(import_id, context)
    pieces = services.export_failed_rows(store=context.store, import_id=found.id, actor=context.actor)
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="failed.csv"'
    return response


def _body(request: HttpRequest) -> dict[str, Any]:
    """What came beside the file: the object of a JSON body, or the plan of a form."""
    if request.content_type == "application/json":
        body = read_object(request)
        check_keys(body, ("url", "plan"))
        if not read_string(body, "url"):
            raise Invalid("Say where the file is, or send it as the body.", field="url")
        return body
    if request.content_type != "multipart/form-data" or not (text := request.POST.get("plan", "")):
        return {}
    if len(text) > MOST_PLAN:
        raise Invalid("The plan is too long.", field="plan")
    try:
        return {"plan": orjson.loads(text)}
    except orjson.JSONDecodeError as error:
        raise Invalid(f"The plan is not JSON: {error}.", field="plan") from error


def _plan(given: Any, params: dict[str, str], resource: Resource, context: Context) -> Plan | None:
    """The plan of the request: what the profile says, then the body, then the address; nothing when none says any."""
    if given is not None and not isinstance(given, dict):
        raise Invalid("A plan is an object.", field="plan")
    kept: dict[str, Any] = {}
    if wanted := params.get("profile"):
        kept = queries.find_profile(store=context.store, resource=resource, wanted=wanted).plan
    more: dict[str, Any] = {name: params[name] for name in _PLAN_PARAMS if name in params}
    if match := params.get("match"):
        more["match"] = [name.strip() for name in match.split(",") if name.strip()]
    told = kept | (given or {}) | more
    return Plan.from_json(told) if told or given is not None else None


def _file(request: HttpRequest) -> tuple[Any, str]:
    """The file in the body: as it is, or as the part `file` of a form."""
    if request.content_type in import_schemas.FILE_TYPES:
        return cast(IO[bytes], request), "import"
    if request.content_type != "multipart/form-data":
        types = ", ".join(import_schemas.FILE_TYPES)
        raise UnsupportedMedia(
            f"Send the file as the part “file” of multipart/form-data, or as the body with one of: {types}."
        )
    sent = request.FILES.get("file")
    if sent is None:
        raise BadBody("Send the file as the part “file”.")
    return sent, sent.name or "import"


def _flag(params: dict[str, str], name: str) -> bool:
    text = params.get(name, "false")
    if text not in ("true", "false"):
        raise Invalid("Write true or false.", field=name)
    return text == "true"


def allowed(import_id: str, context: Context) -> ImportView:
    """The import of an address. Raises `NotFound`, and `NotAllowed` when the role may not bring such records."""
    known = parse_id(import_id)
    if known is None:
        raise NotFound("This import does not exist.")
    view = queries.get_import(store=context.store, import_id=known)
    context.actor.require(get_resource(view.resource).permission("import"))
    return view


def import_json(view: ImportView, context: Context) -> dict[str, Any]:
    """An import as the API gives it, with the first rows that were not taken."""
    failures = queries.failures(store=context.store, import_id=view.id, limit=FAILURES_SHOWN)
    return _line(view, context) | {
        "failures": [
            {"line": one.line, "column": one.column, "value": one.value, "message": one.sentence}
            for one in failures
        ],
    }


def _line(view: ImportView, context: Context) -> dict[str, Any]:
    url = f"/api/v1/imports/{view.id}"
    seen = {one.name for one in get_resource(view.resource).fields(context.actor)} | {""}
    return {
        "id": str(view.id),
        "url": url,
        "resource": view.resource,
        "file_name": view.file_name,
        "format": view.format,
        "layout": view.layout_text,
        "preset": view.preset_label,
        "sheets": view.sheets,
        "sheet": view.sheet,
        "notes": view.notes,
        "state": str(view.state.value),
        "counts": view.counts,
        "done": view.done,
        "total": view.total,
        "message": view.message,
        "run": run_url(view.run_id) if view.run_id else None,
        "change_set": str(view.change_set_id) if view.change_set_id else None,
        "columns": [
            {
                "header": column.header,
                "field": column.field,
                "reason": column.reason,
                "samples": column.samples,
            }
            for column in view.columns
            if column.field in seen
        ],
        "plan": view.plan.as_json(),
        "profile": view.profile_name,
        "effects": view.effects,
        "failed_rows": f"{url}/failed.csv",
        "rows": f"{url}/rows",
        "actor": view.actor_name,
        "created": view.created_at.isoformat(),
        "finished": view.finished_at.isoformat() if view.finished_at else None,
    }
