"""What happened in the store, and taking it back."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Path, Router

from regulars.api import schemas
from regulars.api.access import asked_by
from regulars.api.answers import respond, respond_page
from regulars.api.reading import (
    check_keys,
    read_flag,
    read_id,
    read_ids,
    read_limit,
    read_moment,
    read_object,
    read_params,
)
from regulars.api.runs import run_json
from regulars.kit.errors import Invalid
from regulars.kit.ids import parse_id
from regulars.kit.text import storable
from regulars.resources.context import Context
from regulars.staff.permissions import AUDIT_VIEW
from regulars.timeline import queries
from regulars.timeline.queries import Act, Asked
from regulars.timeline.undoing import Undone, may_undo, rehearse_undo, undo_change_set

router = Router(tags=["changes"])
CHANGE = Path(..., description="The id of a change set.")
PARAMS = ("actor", "kind", "surface", "since", "until", "limit", "before")


@router.get(
    "/changes",
    operation_id="list_changes",
    summary="Every act of the store, newest first",
    openapi_extra={"parameters": schemas.parameters("limit", "until")}
    | schemas.answers(200, {"type": "object"}, "Acts, and the address of the next page."),
)
def list_changes(request: HttpRequest) -> HttpResponse:
    context = asked_by(request)
    context.actor.require(AUDIT_VIEW)
    params = read_params(request, PARAMS)
    limit = read_limit(params.get("limit", ""))
    asked = Asked(
        actor_id=read_id(params, "actor"),
        key=storable(params.get("kind", "")),
        surface=storable(params.get("surface", "")),
        since=read_moment(params, "since"),
        until=read_moment(params, "until"),
        before=read_id(params, "before"),
    )
    found = queries.acts(store=context.store, asked=asked, limit=limit + 1)
    return respond_page(
        found,
        limit,
        request=request,
        params=params,
        item=lambda act: _act_json(act, context),
        cursor=lambda act: {"before": str(act.id)},
    )


@router.get(
    "/changes/{change_set}",
    operation_id="show_change",
    summary="One act",
    openapi_extra=schemas.answers(200, {"type": "object"}, "The act, and whether it can be undone."),
)
def show_change(request: HttpRequest, change_set: str = CHANGE) -> HttpResponse:
    context = asked_by(request)
    context.actor.require(AUDIT_VIEW)
    read_params(request, ())
    act = queries.get_act(store=context.store, change_set_id=_id(change_set))
    can = may_undo(store=context.store, change_set_id=act.id, actor=context.actor, now=context.now)
    return respond(_act_json(act, context) | {"can_undo": can})


@router.post(
    "/changes/{change_set}/undo",
    operation_id="undo_change",
    summary="Take an act back, in whole or for some records",
    description="What was changed since is left alone and listed. An undo can itself be undone.",
    openapi_extra=schemas.json_body(
        {
            "type": "object",
            "properties": {
                "ids": {"type": "array", "items": schemas.UUID, "description": "Only these records."},
                "dry_run": {"type": "boolean"},
            },
        }
    )
    | schemas.answers(200, schemas.ref("Performed"), "What was put back; 202 with a run when it is much."),
)
def undo(request: HttpRequest, change_set: str = CHANGE) -> HttpResponse:
    context = asked_by(request)
    body = read_object(request) if request.body.strip() else {}
    check_keys(body, ("ids", "dry_run"))
    only = read_ids(body["ids"]) if "ids" in body else ()
    if "ids" in body and not only:
        raise Invalid("Name at least one record, or leave ids out to take all of it back.", field="ids")
    one = {"store": context.store, "change_set_id": _id(change_set), "only": only, "actor": context.actor}
    if read_flag(body, "dry_run"):
        return respond(_undone_json(rehearse_undo(**one, now=timezone.now())) | {"change_set": None})
    undone = undo_change_set(**one, now=timezone.now())
    if undone.run is None:
        return respond(_undone_json(undone))
    run = run_json(undone.run)
    return respond(_undone_json(undone) | {"run": run}, status=202, headers={"Location": run["url"]})


def _id(text: str) -> Any:
    known = parse_id(text)
    if known is None:
        raise Invalid("This is not an id.", field="change_set")
    return known


def _act_json(act: Act, context: Context) -> dict[str, Any]:
    return {
        "id": str(act.id),
        "kind": act.key,
        "sentence": act.sentence,
        "at": act.at.astimezone(context.store.zone).isoformat(),
        "actor": act.actor_name,
        "actor_id": str(act.actor_id) if act.actor_id else None,
        "surface": act.surface,
        "undoes": str(act.undoes) if act.undoes else None,
        "records": {
            "value": min(act.records, queries.COUNTED_RECORDS),
            "exact": act.records <= queries.COUNTED_RECORDS,
        },
    }


def _undone_json(undone: Undone) -> dict[str, Any]:
    return {
        "matched": len(undone.done) + len(undone.left),
        "done": len(undone.done),
        "skipped": len(undone.left),
        "reasons": [{"id": str(record_id), "reason": why} for record_id, why in undone.left.items()],
        "change_set": str(undone.change_set) if undone.change_set else None,
        "run": None,
    }
