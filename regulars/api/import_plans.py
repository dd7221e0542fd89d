"""What a person or a machine decides about a file: its columns and rules, its rows one by one, and kept profiles."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router

from regulars.api import import_schemas, schemas
from regulars.api.access import asked_by
from regulars.api.answers import respond, respond_page
from regulars.api.imports import IMPORT, allowed, import_json
from regulars.api.reading import check_keys, read_limit, read_object, read_params, read_string
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.ids import parse_id
from regulars.resources.context import Context
from regulars.resources.importer import Verdict
from regulars.resources.resource import get_resource
from regulars.transfers import queries, services
from regulars.transfers.plan import Plan
from regulars.transfers.queries import ImportView
from regulars.transfers.told import RowTeller, profile_json

router = Router(tags=["imports"])
LINE = Path(..., description="The number of a line of the file.")


@router.put(
    "/imports/{import_id}/plan",
    operation_id="plan_imports",
    summary="Say what the columns become and how rows are treated; a checked file has to be checked again",
    openapi_extra=schemas.json_body(schemas.ref("ImportPlan"))
    | schemas.answers(200, schemas.ref("Import"), "The import, which waits for its check."),
)
def plan_import(request: HttpRequest, import_id: str = IMPORT) -> HttpResponse:
    context = asked_by(request)
    found = allowed(import_id, context)
    services.plan_import(
        store=context.store,
        import_id=found.id,
        plan=Plan.from_json(read_object(request)),
        actor=context.actor,
        now=context.now,
    )
    return _now(found, context)


@router.post(
    "/imports/{import_id}/sheet",
    operation_id="choose_sheet_of_imports",
    summary="Read another sheet of the workbook",
    openapi_extra=schemas.json_body(import_schemas.SHEET)
    | schemas.answers(200, schemas.ref("Import"), "The import; a large workbook is read by the worker."),
)
def choose_sheet(request: HttpRequest, import_id: str = IMPORT) -> HttpResponse:
    context = asked_by(request)
    found = allowed(import_id, context)
    body = read_object(request)
    check_keys(body, ("sheet",))
    services.choose_sheet(
        store=context.store,
        import_id=found.id,
        sheet=read_string(body, "sheet"),
        actor=context.actor,
        now=context.now,
    )
    return _now(found, context)


@router.get(
    "/imports/{import_id}/rows",
    operation_id="list_import_rows",
    summary="The rows that the check or the run kept: what each would change, what is wrong, how it can be settled",
    openapi_extra={
        "parameters": [
            *import_schemas.parameters(
                {
                    "verdict": f"Only these: {', '.join(Verdict)}.",
                    "after": "The line after which the page begins.",
                }
            ),
            *schemas.parameters("limit"),
        ]
    }
    | schemas.answers(200, import_schemas.ROWS, "In the order of the file; rows that change nothing are not kept."),
)  # fmt: skip
def list_rows(request: HttpRequest, import_id: str = IMPORT) -> HttpResponse:
    context = asked_by(request)
    found = allowed(import_id, context)
    params = read_params(request, ("verdict", "after", "limit"))
    limit, after, verdict = (
        read_limit(params.get("limit", "")),
        params.get("after", "0"),
        params.get("verdict", ""),
    )
    if verdict and verdict not in list(Verdict):
        raise Invalid(f"Choose one of {', '.join(Verdict)}.", field="verdict")
    rows = queries.rows_page(
        store=context.store, import_id=found.id, verdict=verdict, after=_line(after, "after"), limit=limit + 1
    )
    return respond_page(
        rows,
        limit,
        request=request,
        params=params,
        item=RowTeller(found, get_resource(found.resource), context).tell,
        cursor=lambda row: {"after": str(row.line)},
    )


@router.patch(
    "/imports/{import_id}/rows/{line}",
    operation_id="edit_import_rows",
    summary="Write other cells into a row, or settle it; it is checked anew at once",
    openapi_extra=schemas.json_body(import_schemas.CELLS)
    | schemas.answers(200, schemas.ref("ImportRow"), "The row as it is now."),
)
def edit_row(request: HttpRequest, import_id: str = IMPORT, line: str = LINE) -> HttpResponse:
    context = asked_by(request)
    found = allowed(import_id, context)
    body = read_object(request)
    check_keys(body, ("cells", "choice"))
    if len(body) != 1:
        raise Invalid("Give either cells or choice.", field="cells")
    one: dict[str, Any] = {
        "store": context.store,
        "import_id": found.id,
        "line": _line(line, "line"),
        "actor": context.actor,
        "now": context.now,
    }
    if "choice" in body:
        mended = services.settle_row(choice=read_string(body, "choice"), **one)
    else:
        mended = services.mend_row(cells=_cells(body["cells"]), **one)
    return respond(RowTeller(found, get_resource(found.resource), context).tell(mended.row))


@router.post(
    "/imports/{import_id}/settle",
    operation_id="settle_import_rows",
    summary="Give many rows of one verdict the same answer, up to 1,000 at a time",
    openapi_extra=schemas.json_body(import_schemas.SETTLE)
    | schemas.answers(200, import_schemas.SETTLED, "How many took the answer; 0 when none is left."),
)
def settle_rows(request: HttpRequest, import_id: str = IMPORT) -> HttpResponse:
    context = asked_by(request)
    found = allowed(import_id, context)
    body = read_object(request)
    check_keys(body, ("verdict", "choice"))
    verdict = read_string(body, "verdict")
    if verdict not in list(Verdict):
        raise Invalid(f"Choose one of {', '.join(Verdict)}.", field="verdict")
    settled = services.settle_rows(
        store=context.store,
        import_id=found.id,
        verdict=verdict,
        choice=read_string(body, "choice"),
        actor=context.actor,
        now=context.now,
    )
    return respond({"settled": settled})


@router.post(
    "/imports/{import_id}/profile",
    operation_id="keep_import_profile",
    summary="Keep the plan of an import under a name; files with the same headers are proposed it",
    openapi_extra=schemas.json_body(import_schemas.NAME)
    | schemas.answers(201, schemas.ref("ImportProfile"), "It is kept; one of this name is replaced."),
)
def keep_profile(request: HttpRequest, import_id: str = IMPORT) -> HttpResponse:
    context = asked_by(request)
    found = allowed(import_id, context)
    body = read_object(request)
    check_keys(body, ("name",))
    profile = services.keep_profile(
        store=context.store,
        import_id=found.id,
        name=read_string(body, "name"),
        actor=context.actor,
        now=context.now,
    )
    return respond(profile_json(profile), status=201)


@router.get(
    "/import-profiles",
    operation_id="list_import_profiles",
    summary="The kept profiles of a kind of record, by name",
    openapi_extra={"parameters": import_schemas.parameters({"resource": "Whose; customers by default."})}
    | schemas.answers(200, import_schemas.PROFILES, "All of them."),
)
def list_profiles(request: HttpRequest) -> HttpResponse:
    context = asked_by(request)
    resource = get_resource(read_params(request, ("resource",)).get("resource", "customers"))
    context.actor.require(resource.permission("import"))
    profiles = queries.profiles_of(store=context.store, resource=resource)
    return respond({"items": [profile_json(one) for one in profiles]})


@router.delete(
    "/import-profiles/{profile_id}",
    operation_id="delete_import_profiles",
    summary="Forget a profile; imports that used it stay as they are",
    openapi_extra=schemas.answers(204, {}, "It is gone."),
)
def delete_profile(
    request: HttpRequest, profile_id: str = Path(..., description="The id of a profile.")
) -> HttpResponse:
    context = asked_by(request)
    known = parse_id(profile_id)
    if known is None:
        raise NotFound("This profile does not exist.")
    services.delete_profile(store=context.store, profile_id=known, actor=context.actor, now=context.now)
    return HttpResponse(status=204)


def _now(found: ImportView, context: Context) -> HttpResponse:
    return respond(import_json(allowed(str(found.id), context), context))


def _line(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Invalid("Give the number of a line.", field=name)
    return int(text)


def _cells(given: Any) -> dict[str, str]:
    if not isinstance(given, dict) or not all(isinstance(one, str) for one in given.values()):
        raise Invalid("Give the texts of cells by header.", field="cells")
    return given
