"""What there is: the fields and actions of a resource as the token's role has them, and how far runs are."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router

from regulars.api import schemas
from regulars.api.access import asked_by
from regulars.api.answers import respond
from regulars.api.reading import check_keys, read_object, read_params, read_string
from regulars.api.runs import run_json
from regulars.jobs import queries as job_queries
from regulars.kit.errors import NotFound
from regulars.kit.ids import parse_id
from regulars.kit.text import storable
from regulars.resources import agreeing
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.resource import get_resource

router = Router(tags=["catalogue"])
RESOURCE = Path(..., description="The name of a resource, like customers.")
RUN = Path(..., description="The id of a run.")


@router.get(
    "/fields/{resource}",
    operation_id="list_fields",
    summary="The fields, links and actions of a resource",
    openapi_extra=schemas.answers(200, {"type": "object"}, "Only what the role of the token includes."),
)
def list_fields(request: HttpRequest, resource: str = RESOURCE) -> HttpResponse:
    context = asked_by(request)
    read_params(request, ())
    found = get_resource(resource)
    actor = context.actor
    actor.require(found.permission("view"))
    editable = {field.name for field in found.editable_fields(actor)}
    creatable = (
        {field.name for field in found.creatable_fields(actor)}
        if actor.may(found.permission("create"))
        else ()
    )
    fields: list[dict[str, Any]] = [
        {
            "name": field.name,
            "label": str(field.label),
            "kind": field.kind.name,
            "section": str(field.section),
            "help": str(field.help),
            "operators": list(field.operators),
            "functions": {name: list(operators) for name, operators in field.kind.functions.items()},
            "sortable": field.sort is not None,
            "editable": field.name in editable,
            "creatable": field.name in creatable,
            "importable": field.importable,
            "exportable": field.exportable,
            "personal": field.personal,
            "choices": _choices(field, context),
        }
        for field in found.fields(actor)
    ]
    actions = [
        {
            "name": action.name,
            "label": str(action.label),
            "inputs": [
                {"name": one.name, "label": str(one.label), "required": one.required} for one in action.inputs
            ],
        }
        for action in found.actions(actor)
    ]
    links = [
        {
            "name": link.name,
            "label": str(link.label),
            "fields": [
                {
                    "name": field.name,
                    "label": str(field.label),
                    "kind": field.kind.name,
                    "operators": list(field.operators),
                    "choices": _choices(field, context),
                }
                for field in link.visible(actor)
            ],
        }
        for link in found.links(actor)
    ]
    tabs = [{"name": tab.name, "label": str(tab.label)} for tab in found.tabs]
    return respond(
        {"resource": found.name, "fields": fields, "links": links, "actions": actions, "tabs": tabs}
    )


def _choices(field: Field, context: Context) -> list[dict[str, str]]:
    return [{"value": value, "label": str(label)} for value, label in field.choices_for(context)]


@router.get(
    "/runs",
    tags=["runs"],
    operation_id="list_held_runs",
    summary="What waits for a second person to agree, the oldest first",
    openapi_extra=schemas.answers(
        200,
        {"type": "object", "properties": {"items": {"type": "array", "items": schemas.ref("Run")}}},
        "The runs whose action the asker may perform.",
    ),
)
def list_held_runs(request: HttpRequest) -> HttpResponse:
    context = asked_by(request)
    read_params(request, ())
    held = [
        run
        for run in job_queries.held_runs(store=context.store)
        if context.actor.may(agreeing.action_of(run).permission)
    ]
    return respond({"items": [run_json(run) for run in held]})


@router.post(
    "/runs/{run_id}/agree",
    tags=["runs"],
    operation_id="agree_to_run",
    summary="Agree to what another person asked for; it begins at once",
    openapi_extra=schemas.answers(200, schemas.ref("Run"), "The run as it is now."),
)
def agree(request: HttpRequest, run_id: str = RUN) -> HttpResponse:
    context = asked_by(request)
    read_params(request, ())
    known = _run_id(run_id)
    agreeing.agree(store=context.store, run_id=known, actor=context.actor)
    return respond(run_json(job_queries.get_run(store=context.store, run_id=known)))


@router.post(
    "/runs/{run_id}/turn-down",
    tags=["runs"],
    operation_id="turn_down_run",
    summary="Turn down what another person asked for, or take one's own request back",
    openapi_extra=schemas.json_body(
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {"reason": {"type": "string", "maxLength": 300}},
        }
    )
    | schemas.answers(200, schemas.ref("Run"), "The run, which never begins."),
)
def turn_down(request: HttpRequest, run_id: str = RUN) -> HttpResponse:
    context = asked_by(request)
    read_params(request, ())
    body = read_object(request) if request.body.strip() else {}
    check_keys(body, ("reason",))
    reason = storable(read_string(body, "reason"))[:300] if "reason" in body else ""
    known = _run_id(run_id)
    agreeing.turn_down(store=context.store, run_id=known, reason=reason, actor=context.actor)
    return respond(run_json(job_queries.get_run(store=context.store, run_id=known)))


@router.get(
    "/runs/{run_id}",
    tags=["runs"],
    operation_id="show_run",
    summary="How far a long piece of work is",
    openapi_extra=schemas.answers(200, schemas.ref("Run"), "The run."),
)
def show_run(request: HttpRequest, run_id: str = RUN) -> HttpResponse:
    context = asked_by(request)
    read_params(request, ())
    return respond(run_json(job_queries.get_run(store=context.store, run_id=_run_id(run_id))))


def _run_id(text: str) -> UUID:
    known = parse_id(text)
    if known is None:
        raise NotFound("This run does not exist.")
    return known
