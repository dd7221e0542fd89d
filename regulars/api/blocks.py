"""The block list beside its common addresses: add with a rehearsal, remove, and the question of every door."""

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Router

from regulars.api import schemas
from regulars.api.access import asked_by
from regulars.api.answers import respond
from regulars.api.reading import check_keys, read_flag, read_object, read_params, read_string, read_values
from regulars.api.records import SAFE, router_for, whole
from regulars.blocklist import queries, services
from regulars.blocklist.choices import Door
from regulars.blocklist.rehearsal import Rehearsal, rehearse_rule
from regulars.blocklist.resource import BLOCKS, new_rule
from regulars.blocklist.resource.permissions import CREATE, EDIT, VALUES, VIEW
from regulars.customers.resource.permissions import VIEW as SEE_CUSTOMERS
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.ids import parse_id
from regulars.kit.money import to_major
from regulars.resources.context import Context
from regulars.resources.idempotency import create_once
from regulars.stores.queries import Store

router = router_for(BLOCKS, create=False)
# Before the addresses with an id.
doors = Router(tags=["blocks"])
_TEXT = {"type": "string"}
_LISTS = {"type": "array", "items": _TEXT}
_REHEARSAL: dict[str, Any] = {
    "type": "object",
    "properties": {
        "customers": {"type": "integer", "description": "How many customers on record are meant."},
        "exact": {"type": "boolean", "description": "False when the figures are estimates from a sample."},
        "trusted": {"type": "integer", "description": "How many of them are flagged as trusted."},
        "on_trust_list": {"type": "integer"},
        "blocked": {"type": "integer", "description": "How many of them are blocked already."},
        "yearly_spend": {"type": "string", "description": "What they spend a year, together."},
        "where": {"type": "string", "description": "A query that finds them among the customers."},
        "notices": _LISTS,
        "warnings": _LISTS,
        "needs_second_yes": {
            "type": "boolean",
            "description": "Send `confirm` with it to add it all the same.",
        },
    },
}
_CREATE: dict[str, Any] = {
    "type": "object",
    "required": ["value"],
    "additionalProperties": False,
    "properties": schemas.create_schema(BLOCKS)["properties"]
    | {
        "dry_run": {
            "type": "boolean",
            "default": False,
            "description": "Say what it would do; write nothing.",
        },
        "confirm": {
            "type": "boolean",
            "default": False,
            "description": "The second yes to a very wide rule.",
        },
    },
}
_CHECK: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "door": {"type": "string", "enum": list(Door.values), "default": Door.REGISTER.value},
        "email": _TEXT,
        "phone": _TEXT,
        "ip": _TEXT,
        "customer": schemas.UUID | {"description": "The id of a customer."},
    },
}
_VERDICT: dict[str, Any] = {
    "type": "object",
    "required": ["allowed", "trusted", "reason_shown", "rule"],
    "properties": {
        "allowed": {"type": "boolean"},
        "trusted": {"type": "boolean", "description": "The trust list decided."},
        "reason_shown": {"type": "string", "description": "What the person may be told."},
        "rule": {"type": ["string", "null"], "format": "uuid"},
    },
}


@router.post(
    "/blocks",
    operation_id="create_blocks",
    summary="Add a rule, or say what it would do",
    openapi_extra={"parameters": [schemas.IDEMPOTENCY_KEY]}
    | schemas.json_body(_CREATE)
    | schemas.answers(
        201,
        {"anyOf": [schemas.ref("Rule"), _REHEARSAL]},
        "It was added; Location says where it is.",
        also={200: "What it would do (dry run), or the same key was sent before."},
    ),
)
def create_rule(request: HttpRequest) -> HttpResponse:
    context = asked_by(request)
    context.actor.require(CREATE)
    body = read_object(request)
    given = {name: value for name, value in body.items() if name not in ("dry_run", "confirm")}
    values = read_values(given, BLOCKS.creatable_fields(context.actor), BLOCKS.fields(context.actor), context)
    values["confirmed"] = read_flag(body, "confirm")
    if read_flag(body, "dry_run"):
        found = rehearse_rule(store=context.store, rule=new_rule(values), now=context.now)
        return respond(_rehearsal_json(found, context))
    record_id, is_new = create_once(
        resource=BLOCKS,
        values={name: value for name, value in values.items() if value is not None},
        key=request.headers.get("Idempotency-Key", "").strip(),
        request=orjson.dumps(body, option=orjson.OPT_SORT_KEYS),
        context=context,
    )
    made = whole(BLOCKS, record_id, context)
    location = f"{request.path}/{record_id}"
    return respond(made, status=201 if is_new else 200, headers={"Location": location})


@router.delete(
    "/blocks/{record_id}",
    operation_id="delete_blocks",
    summary="Remove a rule; that can be undone for 30 days",
    openapi_extra=schemas.answers(204, {}, "It is removed."),
)
def remove_rule(request: HttpRequest, record_id: str = SAFE) -> HttpResponse:
    context = asked_by(request)
    context.actor.require(EDIT)
    read_params(request, ())
    known = parse_id(record_id)
    if known is None:
        raise NotFound("This rule does not exist in this store.")
    rule = queries.get_rule(store=context.store, rule_id=known)
    services.remove_rules(
        store=context.store, ids=[rule.pk], inputs={}, actor=context.actor, now=context.now, change_set=None
    )
    return HttpResponse(status=204)


@doors.post(
    "/blocks/check",
    operation_id="check_blocks",
    summary="May this person come in? A refusal is kept among the hits of its rule",
    openapi_extra=schemas.json_body(_CHECK) | schemas.answers(200, _VERDICT, "The answer."),
)
def check(request: HttpRequest) -> HttpResponse:
    context = asked_by(request)
    context.actor.require(VIEW)
    context.actor.require(VALUES)
    body = read_object(request)
    check_keys(body, ("door", "email", "phone", "ip", "customer"))
    door = read_string(body, "door") or Door.REGISTER
    if door not in Door.values:
        raise Invalid(f"Choose a door: {', '.join(Door.values)}.", field="door")
    written = read_string(body, "customer")
    customer_id = parse_id(written) if written else None
    if written and customer_id is None:
        raise Invalid("This is not an id.", field="customer")
    verdict = services.may_pass(
        store=context.store,
        door=Door(door),
        email=read_string(body, "email"),
        phone=read_string(body, "phone"),
        ip=read_string(body, "ip"),
        customer_id=customer_id,
        now=context.now,
    )
    return respond(
        {
            "allowed": verdict.allowed,
            "trusted": verdict.trusted,
            "reason_shown": verdict.reason_shown,
            "rule": str(verdict.rule_id) if verdict.rule_id else None,
        }
    )


def _rehearsal_json(found: Rehearsal, context: Context) -> dict[str, Any]:
    return {
        "customers": found.count,
        "exact": found.exact,
        "trusted": found.trusted,
        "on_trust_list": found.kept_open,
        "blocked": found.blocked,
        "yearly_spend": _amount(found.yearly_minor, context.store),
        "where": found.where if context.actor.may(SEE_CUSTOMERS) else "",
        "notices": found.notices,
        "warnings": found.warnings,
        "needs_second_yes": bool(found.doubt),
    }


def _amount(minor: int, store: Store) -> str:
    return str(to_major(minor, store.currency))
